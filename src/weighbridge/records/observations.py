"""What a reader yields: batches of observations, one row a model and moment, checked row by row."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

MOMENT = pa.timestamp("s", tz="UTC")

OBSERVATIONS = pa.schema(
    [
        ("row", pa.int64()),  # position in the file, from 1
        ("hub_key", pa.string()),  # the hub's immutable id; null where the file has none
        ("name", pa.string()),  # org/name as the hub writes it
        ("observed", MOMENT),  # null: the whole reading has one moment, `--at`
        ("created", MOMENT),  # null: unknown
        ("downloads_30d", pa.int64()),  # the hub's count of the last 30 days; null: not given
        ("downloads_all", pa.int64()),  # cumulative count (downloads or pulls); null: not given
        ("step", pa.int64()),  # rounding step of the counter, in counts; 0: exact
        ("likes", pa.int64()),
        ("task", pa.string()),
        ("library", pa.string()),
        ("licence", pa.string()),
        ("base_models", pa.list_(pa.string())),  # declared parents, as written
        ("relation", pa.string()),  # declared: finetune, adapter, quantized, merge; null: not declared
        ("tags", pa.list_(pa.string())),
        ("datasets", pa.list_(pa.string())),
        ("parameters", pa.int64()),  # total parameters, a count
        ("active_parameters", pa.int64()),  # used for one token, a count
        ("gated", pa.bool_()),
        ("removed", pa.bool_()),  # true: the hub no longer has it; its counters are not zeros
        ("modified", MOMENT),
    ]
)
"""Columns of a batch. Null always means *not given*."""

COUNTERS = ("downloads_30d", "downloads_all")
ATTRIBUTES = tuple(
    name for name in OBSERVATIONS.names if name not in ("row", "observed", "downloads_30d", "downloads_all", "step")
)

PLACES = pa.schema([("namespace", pa.string()), ("place", pa.string()), ("note", pa.string())])
"""A register that came with a source: a namespace and an ISO code or a broad bucket such as `(europe)`."""


@dataclass(frozen=True)
class Reject:
    """One row that was not taken, or one value of it that was not."""

    row: int
    column: str
    reason: str

    def to_dict(self) -> dict[str, int | str]:
        """`{"row", "column", "reason"}`."""
        return {"row": self.row, "column": self.column, "reason": self.reason}


@dataclass(frozen=True)
class Batch:
    """A validated piece of a reading.

    Attributes:
        rows: table with the schema `OBSERVATIONS`.
        rejects: rows left out, with the reason.
        doubts: values set to null in rows that were kept, with the reason.
        places: table with the schema `PLACES`, where the source brings a register.
    """

    rows: pa.Table
    rejects: list[Reject] = field(default_factory=list)
    doubts: list[Reject] = field(default_factory=list)
    places: pa.Table | None = None


def observations(columns: dict[str, object], length: int) -> pa.Table:
    """A table with all columns of `OBSERVATIONS`; those not given are null.

    Args:
        columns: Arrow arrays or lists by column name.
        length: number of rows.
    """
    arrays = []
    for column in OBSERVATIONS:
        value = columns.get(column.name)
        if value is None:
            arrays.append(pa.nulls(length, column.type))
        elif isinstance(value, (pa.Array, pa.ChunkedArray)):
            arrays.append(value.cast(column.type))
        else:
            arrays.append(pa.array(value, column.type))
    return pa.Table.from_arrays(arrays, schema=OBSERVATIONS)

"""What a reader yields: batches of observations, one row a model and moment, checked row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.records.parts import MOMENT as MOMENT

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
        ("parameters_from", pa.string()),  # safetensors, gguf, card or listed; null: not given
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

DUPLICATE = "duplicate key"
"""How the reason begins where a row observes a model at a moment at which another row does too."""

REJECTS = pa.schema(
    [
        ("row", pa.int64()),  # position in the file, from 1
        ("column", pa.string()),  # empty: the whole row
        ("reason", pa.string()),
        ("name", pa.string()),  # of the model; null: not known
        ("downloads", pa.int64()),  # the row's counter, the 30-day one where there are two; null: not known
        ("day", pa.int32()),  # UTC day of the observation; null: not known
        ("kind", pa.string()),  # reject: the row was left out; doubt: the value was set to null
    ]
)
"""All rows and values of a reading that were not taken."""


@dataclass(frozen=True)
class Reject:
    """One row that was not taken, or one value of it that was not; `name`, `downloads` and `day` where known."""

    row: int
    column: str
    reason: str
    name: str | None = None
    downloads: int | None = None
    day: int | None = None

    def to_dict(self) -> dict[str, int | str]:
        """`{"row", "column", "reason"}`."""
        return {"row": self.row, "column": self.column, "reason": self.reason}


def identified(rejects: Sequence[Reject], rows: pa.Table) -> list[Reject]:
    """The same with the name, counter and day that stand in these rows, found by the row's number.

    Args:
        rejects: rows that are not among `rows` stay as they are.
        rows: table with the schema `OBSERVATIONS`.
    """
    if not rejects:
        return []
    numbers = rows["row"].to_numpy()
    order = np.argsort(numbers, kind="stable")
    wanted = np.array([reject.row for reject in rejects], np.int64)
    place = np.searchsorted(numbers[order], wanted)
    there = np.append(numbers[order], -1)[place] == wanted
    found = rows.take(pa.array(np.append(order, 0)[place[there]]))
    names = found["name"].to_pylist()
    counters = pc.coalesce(found["downloads_30d"], found["downloads_all"]).to_pylist()
    seconds = found["observed"].cast(pa.int64()).to_pylist()
    known = iter(zip(names, counters, seconds, strict=True))
    filled = []
    for reject, is_there in zip(rejects, there.tolist(), strict=True):
        if is_there:
            name, count, second = next(known)
            reject = replace(reject, name=name, downloads=count, day=None if second is None else second // 86_400)
        filled.append(reject)
    return filled


def rejects_table(rejects: Sequence[Reject], doubts: Sequence[Reject]) -> pa.Table:
    """Rows with the schema `REJECTS`, in order of the file's rows."""
    both = [(reject, "reject") for reject in rejects] + [(doubt, "doubt") for doubt in doubts]
    both.sort(key=lambda pair: pair[0].row)
    columns = [[getattr(reject, name) for reject, _ in both] for name in REJECTS.names[:-1]]
    return pa.table([*columns, [kind for _, kind in both]], schema=REJECTS)


@dataclass(frozen=True)
class Batch:
    """A validated piece of a reading.

    Attributes:
        rows: table with the schema `OBSERVATIONS`.
        rejects: rows left out, with the reason.
        doubts: values set to null in rows that were kept, with the reason.
        parts: further tables that the source brings, by their names in `weighbridge.records.parts.PARTS`.
    """

    rows: pa.Table
    rejects: list[Reject] = field(default_factory=list)
    doubts: list[Reject] = field(default_factory=list)
    parts: Mapping[str, pa.Table] = field(default_factory=dict)


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

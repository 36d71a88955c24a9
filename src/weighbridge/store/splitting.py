"""Rows of a reading in the order of its file, split into models and counters, whatever the order was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.records.observations import ATTRIBUTES, DUPLICATE, OBSERVATIONS, Reject, identified, observations
from weighbridge.store.spooling import IN_MEMORY_BYTES, Spool, in_order, picked

Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]

DAY_SECONDS = 86_400
COUNTED = ("observed", "downloads_30d", "downloads_all", "step", "likes")
IN_MEMORY = ("row", *COUNTED, "removed")
SPOOLED = tuple(name for name in ATTRIBUTES if name != "removed")
MODELS = pa.schema([OBSERVATIONS.field(name) for name in ATTRIBUTES])


class Rows:
    """All rows of a reading: in memory what orders and counts them, in a spool what describes models."""

    def __init__(self, scratch: Path, in_memory: int = IN_MEMORY_BYTES) -> None:
        """No rows yet.

        Args:
            scratch: folder for files.
            in_memory: bytes of attributes from which on they are kept in a file.
        """
        self.count = 0
        self._keys: list[pa.DictionaryArray] = []
        self._columns: dict[str, list[pa.Array]] = {name: [] for name in IN_MEMORY}
        schema = pa.schema([OBSERVATIONS.field(name) for name in SPOOLED])
        self.spool = Spool(scratch / "rows.arrow", schema, in_memory)

    def add(self, rows: pa.Table) -> None:
        """Take in more rows, of the schema `OBSERVATIONS`."""
        for batch in rows.to_batches():
            key = pc.coalesce(batch["hub_key"], batch["name"])
            self._keys.append(key.cast(pa.large_string()).dictionary_encode())
            for name, pieces in self._columns.items():
                pieces.append(batch[name])
            self.spool.add(batch.select(list(SPOOLED)))
            self.count += batch.num_rows

    def codes(self) -> Ints:
        """For each row the number of its model, in the order in which models are first met; their keys are forgotten.

        A model is its hub's key, or its name where a row has none.
        """
        found = pa.chunked_array(self._keys, pa.dictionary(pa.int32(), pa.large_string())).unify_dictionaries()
        self._keys.clear()
        return np.concatenate([np.zeros(0, np.int64), *(chunk.indices.to_numpy() for chunk in found.chunks)])

    def column(self, name: str) -> pa.Array:
        """A column that is in memory, as one array."""
        pieces = self._columns[name]
        if len(pieces) != 1:
            pieces[:] = [pa.concat_arrays([pa.nulls(0, OBSERVATIONS.field(name).type), *pieces])]
        return pieces[0]

    def forget(self) -> None:
        """Free the columns that are in memory."""
        self._columns.clear()


@dataclass(frozen=True)
class Split:
    """Models and counters of a reading.

    Attributes:
        counters: one row a model and UTC day, in order of day and model; what the hub counted last on that day.
        duplicates: rows that observe a model at a moment at which a later row does too.
        empty: observations without a counter.
        gone: observations that a model was removed.
        rows: where the attributes are.
        alive: of each model, in the order of the file, the row that tells its attributes: the last that is not a
            removal; int64[models].
        place: of each of these its model's number, int64[models].
        removed: whether the hub has the model no more, in order of number.
    """

    counters: pa.Table
    duplicates: list[Reject]
    empty: int
    gone: int
    rows: Rows
    alive: Ints
    place: Ints
    removed: pa.Array

    def models(self) -> Iterator[pa.Table]:
        """Models in order of name, in groups, of which there is at least one; the rows are forgotten."""
        if not len(self.alive):
            yield MODELS.empty_table()
        begin = 0
        at = MODELS.get_field_index("removed")
        for group in in_order(self.rows.spool, self.alive, self.place):
            removed = self.removed.slice(begin, len(group))
            begin += len(group)
            yield group.add_column(at, MODELS.field(at), removed)
        self.rows.spool.clear()


def split(rows: Rows) -> Split:
    """Models (last observation's attributes), counters (last of each UTC day), duplicates, null counters, removals.

    Models are numbered in order of name, so the order of a file's rows leaves no trace. The rows' columns in memory
    are forgotten.
    """
    code = rows.codes()
    _give_back(rows)
    order, code, day, last_of_day, duplicates = _ordered(rows, code)
    alive, last = _last_rows(rows, order, code)
    file_order = np.argsort(alive)
    alive = alive[file_order]
    by_name = _order_by_name(rows, alive)
    _give_back(rows)
    place = np.empty(len(alive), np.int64)
    place[by_name] = np.arange(len(alive))
    removed = rows.column("removed").take(pa.array(last[file_order[by_name]]))
    number_of = np.empty(len(alive), np.int32)
    number_of[file_order] = place
    del last, file_order, by_name
    counters, empty, gone = _counters(rows, order[last_of_day], number_of[code[last_of_day]], day[last_of_day])
    rows.forget()
    return Split(counters, duplicates, empty, gone, rows, alive, place, removed)


def _give_back(rows: Rows) -> None:
    """After many rows, let the system have what Arrow keeps of freed memory for its next use, which is another."""
    if rows.spool.in_file:
        pa.default_memory_pool().release_unused()


def _ordered(rows: Rows, code: Ints) -> tuple[Ints, Ints, Days, npt.NDArray[np.bool_], list[Reject]]:
    """Rows in order of model, moment and number; their codes and days; which is a day's last; and duplicates."""
    seconds = rows.column("observed").cast(pa.int64()).to_numpy()
    order = np.lexsort((rows.column("row").to_numpy(), seconds, code))
    code, seconds = code[order], seconds[order]
    follows = code[1:] == code[:-1]
    duplicates = _duplicates(rows, order, np.flatnonzero(follows & (seconds[1:] == seconds[:-1])))
    day = (seconds // DAY_SECONDS).astype(np.int32)
    last_of_day = np.append(~(follows & (day[1:] == day[:-1])), True)[: len(order)]
    return order, code, day, last_of_day, duplicates


def _last_rows(rows: Rows, order: Ints, code: Ints) -> tuple[Ints, Ints]:
    """Of each model the last row that is not a removal, if there is one, and its last row."""
    gone = pc.fill_null(rows.column("removed"), False).to_numpy(zero_copy_only=False)[order]
    last = np.full(int(code.max(initial=-1)) + 1, -1, np.int64)
    last[code] = order
    alive = last.copy()
    alive[code[~gone]] = order[~gone]
    return alive, last


def _order_by_name(rows: Rows, alive: Ints) -> Ints:
    """Which of some rows, in the order of the file, comes first by name, then by the hub's key, and so on."""
    texts = {}
    for name in ("name", "hub_key"):
        pieces = picked(rows.spool, alive, [name])[name].cast(pa.large_string())
        texts[name] = pa.concat_arrays([pa.nulls(0, pa.large_string()), *pieces.chunks])
    return np.asarray(
        pc.sort_indices(pa.table(texts), sort_keys=[("name", "ascending"), ("hub_key", "ascending")]), np.int64
    )


def _counters(rows: Rows, kept: Ints, model: npt.NDArray[np.int32], day: Days) -> tuple[pa.Table, int, int]:
    """Counters that are given, in order; how many are not, and how many observations are of removals."""
    taken = pa.array(kept)
    gone = pc.fill_null(rows.column("removed").take(taken), False)
    given = pc.or_(
        rows.column("downloads_30d").is_valid().take(taken), rows.column("downloads_all").is_valid().take(taken)
    )
    empty = int(pc.sum(pc.and_not(pc.invert(given), gone)).as_py() or 0)
    there = np.flatnonzero(pc.and_not(given, gone).to_numpy(zero_copy_only=False))
    there = there[np.lexsort((model[there], day[there]))]
    taken = pa.array(kept[there])
    columns = {name: rows.column(name).take(taken) for name in COUNTED}
    table = pa.table({"model": pa.array(model[there]), "day": pa.array(day[there]), **columns})
    return table, empty, int(pc.sum(gone).as_py() or 0)


def _duplicates(rows: Rows, order: Ints, twice: Ints) -> list[Reject]:
    """Rows that the next in order observes again, with what they say."""
    number = rows.column("row").to_numpy()
    found = [
        Reject(first, "name", f"{DUPLICATE}: row {second} observes the same model then")
        for first, second in zip(number[order[twice]].tolist(), number[order[twice + 1]].tolist(), strict=True)
    ]
    if not found:
        return []
    named = np.flatnonzero(np.isin(number, number[order[twice]]))
    columns = {name: rows.column(name).take(pa.array(named)) for name in IN_MEMORY}
    names = picked(rows.spool, named, ["name"])["name"]
    return identified(found, observations({**columns, "name": names}, len(named)))

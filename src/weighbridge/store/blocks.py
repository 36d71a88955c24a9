"""Counters of a hub's readings, block by block of its models, so that memory does not grow with the readings.

Models of a reading are in order of name, and counters in order of day and model; so a block, a range of names, is a
range of rows in each reading, and of its counters only the row groups that meet the range are read. A model that has
names of several blocks is a stray: its counters are put aside as they are met, and make a last block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from weighbridge.errors import StoreDamaged
from weighbridge.records.vintage import Vintage
from weighbridge.store.catalogue import Counters
from weighbridge.store.numbering import AGAIN, Numbering
from weighbridge.store.package import mend
from weighbridge.store.packs import file_bytes, inside_pack, where_it_lies

Int = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

COUNTER = "downloads_all"
BLOCK_OBSERVATIONS = 2_000_000  # of which each takes some 200 bytes while it becomes flows
NOWHERE = -1


@dataclass(frozen=True)
class Observations:
    """Some observations, in any order: number of the model, day, counter, rounding step, rank of the reading."""

    columns: tuple[Int, Int, Int, Int, Int]

    def part(self, kept: Mask) -> Observations:
        """Fewer of them."""
        model, day, value, step, rank = (column[kept] for column in self.columns)
        return Observations((model, day, value, step, rank))


class Blocks:
    """Readings of a hub, cut into blocks of models."""

    def __init__(
        self,
        numbering: Numbering,
        vintages: Sequence[Vintage],
        most: int = BLOCK_OBSERVATIONS,
        since: int | None = None,
    ) -> None:
        """Cut the names so that a block has at most so many observations.

        Args:
            numbering: has the models of the vintages.
            vintages: censuses of a hub, in order of when they became known.
            most: observations of a block.
            since: the first day of the observations that are wanted; null: all.
        """
        self.numbering, self._most = numbering, most
        self._since = -(2**31) if since is None else since
        self.counted = [v for v in vintages if v.days_all and v.days_all[-1] >= self._since]
        self.days = np.array(sorted({day for v in vintages for day in v.days_all}), np.int64)
        self._stray = np.zeros(numbering.models, bool)
        self._start: dict[str, Int] = {}
        self._groups: dict[str, list[tuple[int, int]]] = {}

    def _cut(self) -> tuple[Int, int]:
        """Block of each name, and how many blocks there are."""
        weight = np.zeros(len(self.numbering.names), np.int64)
        for vintage in self.counted:
            weight[self.numbering.rows(vintage).name] += sum(day >= self._since for day in vintage.days_all)
        order = pc.sort_indices(self.numbering.names).to_numpy()
        block = np.empty(len(order), np.int64)
        block[order] = np.cumsum(weight[order]) // self._most
        return block, int(block.max(initial=0)) + 1

    def _place(self) -> int:
        """Find where each reading's blocks begin, and which models are strays; how many blocks there are."""
        block_of_name, count = self._cut()
        home = np.full(self.numbering.models, NOWHERE, np.int64)
        for vintage in self.counted:
            rows = self.numbering.rows(vintage)
            block = block_of_name[rows.name]
            new = home[rows.number] == NOWHERE
            home[rows.number[new]] = block[new]
            self._stray[rows.number[home[rows.number] != block]] = True
            if (np.diff(block) < 0).any():
                raise StoreDamaged(f"{vintage.folder} does not list its models by name", mend(vintage.folder))
            self._start[vintage.id] = np.searchsorted(block, np.arange(count + 1))
        return count

    def counters(self) -> Iterator[Counters]:
        """Cumulative counters of all models, a block at a time; each model is in one of them.

        Raises:
            StoreDamaged: a reading cannot be read.
        """
        aside: list[Observations] = []
        for block in range(self._place()):
            found = []
            for rank, vintage in enumerate(self.counted):
                start, stop = self._start[vintage.id][block : block + 2].tolist()
                if start < stop:
                    read = self._read(rank, vintage, start, stop)
                    stray = self._stray[read.columns[0]]
                    if stray.any():
                        aside.append(read.part(stray))
                        read = read.part(~stray)
                    found.append(read)
            if found:
                yield self._sorted(found)
        if aside:
            yield self._sorted(aside)

    def chosen(self, wanted: Mask) -> Iterator[Counters]:
        """Cumulative counters of some models, of all of a model's at once."""
        found = []
        for rank, vintage in enumerate(self.counted):
            read = self._read(rank, vintage, 0, vintage.models)
            found.append(read.part(wanted[read.columns[0]]))
        whole = self._sorted(found)
        begin = np.flatnonzero(np.append(True, whole.model[1:] != whole.model[:-1])[: len(whole.model)])
        cuts = np.unique(np.append(begin[:: max(self._most // max(len(self.days), 1), 1)], len(whole.model)))
        for start, stop in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            yield whole.part(slice(start, stop))

    def _sorted(self, found: Sequence[Observations]) -> Counters:
        """Observations as counters; of the same model and day the reading known last counts."""
        model, day, value, step, rank = (
            np.concatenate(column) for column in zip(*(part.columns for part in found), strict=True)
        )
        order = np.lexsort((rank, day, model))
        model, day = model[order], day[order]
        last = np.append((model[1:] != model[:-1]) | (day[1:] != day[:-1]), True)[: len(model)]
        kept = order[last]
        return Counters(model[last], day[last], value[kept], step[kept], self.days, census=True)

    def _read(self, rank: int, vintage: Vintage, start: int, stop: int) -> Observations:
        """Counters of some rows of a reading's models."""
        table = where_it_lies(vintage.folder, lambda folder: self._table(vintage, folder, start, stop))
        if table[COUNTER].null_count:
            table = table.filter(table[COUNTER].is_valid())
        row = table["model"].to_numpy()
        if len(row) and not 0 <= row.min() <= row.max() < vintage.models:
            raise StoreDamaged(f"{vintage.folder} counts models that it does not list", "read the source again")
        inside = (row >= start) & (row < stop) & (table["day"].to_numpy() >= self._since)
        number = self._numbers(vintage, start, stop)[row[inside] - start]
        day, value = (table[name].to_numpy()[inside].astype(np.int64) for name in ("day", COUNTER))
        step = pc.fill_null(table["step"], 0).to_numpy()[inside].astype(np.int64)
        return Observations((number.astype(np.int64), day, value, step, np.full(len(number), rank, np.int64)))

    def _table(self, vintage: Vintage, folder: Path, start: int, stop: int) -> pa.Table:
        try:
            source = pa.BufferReader(file_bytes(folder, "counters.parquet")) if inside_pack(folder) else None
            with pq.ParquetFile(source or folder / "counters.parquet", page_checksum_verification=True) as file:
                if vintage.id not in self._groups:
                    self._groups[vintage.id] = _spans(file)
                spans = self._groups[vintage.id]
                wanted = [n for n, (low, high) in enumerate(spans) if low < stop and high >= start]
                return file.read_row_groups(wanted, columns=["model", "day", COUNTER, "step"])
        except FileNotFoundError:
            raise
        except (OSError, pa.ArrowException) as error:
            raise StoreDamaged(f"{folder / 'counters.parquet'} cannot be read: {error}", mend(folder)) from None

    def _numbers(self, vintage: Vintage, start: int, stop: int) -> Int:
        """Numbers of some rows of a reading's models."""
        path = self.numbering.rows_path(vintage)
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                ends = np.cumsum([file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)])
                first, last = np.searchsorted(ends, [start, stop - 1], side="right").tolist()
                table = file.read_row_groups(list(range(first, last + 1)), columns=["number"])
                before = int(ends[first - 1]) if first else 0
        except (OSError, pa.ArrowException) as error:
            raise StoreDamaged(f"{path} cannot be read: {error}", AGAIN) from None
        return np.asarray(table["number"].to_numpy()[start - before : stop - before])


def _spans(file: pq.ParquetFile) -> list[tuple[int, int]]:
    """Least and largest model of each row group; all there can be where the file does not say."""
    place = file.schema_arrow.get_field_index("model")
    found = []
    for number in range(file.num_row_groups):
        span = file.metadata.row_group(number).column(place).statistics
        found.append((span.min, span.max) if span is not None and span.has_min_max else (0, 2**31))
    return found

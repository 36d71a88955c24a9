"""Which weeks of a history change when later readings come, and the flows of these.

With `D` the last day that went in before, no later reading changes what is before the Monday `B` of the week of
`D - 74 d`, but for models that were away around `B`. For: a fall has 30 days to recover, so what is kept of a counter
is fixed up to `D - 30`; the pace after a step looks on 30 days from its end, so steps that end by `D - 60` are fixed;
and a model that was seen in the 14 days before `B` and the 14 from it on has no step that begins before and ends
later. From `B` on, weeks are made anew from the observations of 90 days before it on (14 for the step that meets `B`,
30 for its pace, 30 for a fall before that). A model that is gone since before `B` goes on as its last day and pace
say; one that was away around `B` and is there again gets its weeks from all its observations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from weighbridge.errors import StoreDamaged
from weighbridge.records.vintage import Vintage
from weighbridge.store.blocks import Blocks
from weighbridge.store.catalogue import Counters
from weighbridge.store.flows import NEVER, Ends, ends_of
from weighbridge.store.numbering import AGAIN, Numbering
from weighbridge.store.weekfiles import Reader, Week, WeekFiles
from weighbridge.store.weekflows import COLUMNS, DAYS, WeekRows, gone_rows, week_of, week_rows

Int = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NEAR = 14  # days on either side of the first week, within which a model must have been seen
SETTLED = 60 + NEAR
LOOK_BACK = 90
FEW = 5  # models that were away are few if they are less than one in so many
GONE_AT_ONCE = 200_000


@dataclass(frozen=True)
class Table:
    """First and last day and last pace of all models, by number; `NEVER` where there is no observation."""

    first: Int
    last: Int
    pace: npt.NDArray[np.float64]

    @classmethod
    def empty(cls, models: int) -> Table:
        """Nobody was seen."""
        never = np.full(models, NEVER, np.int64)
        return cls(never, never.copy(), np.zeros(models))

    def grown(self, models: int) -> Table:
        """The same with more models."""
        more = Table.empty(models - len(self.first))
        return Table(*(np.append(a, b) for a, b in zip(vars(self).values(), vars(more).values(), strict=True)))

    def note(self, ends: Ends, some: Mask) -> None:
        """Take in some of the ends that were found."""
        model = ends.model[some]
        self.first[model] = np.minimum(self.first[model], ends.first[some])
        self.last[model], self.pace[model] = ends.last[some], ends.pace[some]


@dataclass(frozen=True)
class Found:
    """Weeks that are made anew.

    Attributes:
        first, last: Mondays of the first and last of them.
        weeks: all of these, in order.
        patches: earlier weeks, with the rows of the models in `again`.
        again: models whose rows in the weeks of `patches` are replaced, bool[models].
        ends: of all models.
        rounded: whether some counter is rounded.
    """

    first: int
    last: int
    weeks: Iterable[Week]
    ends: Table
    rounded: bool
    whole: bool
    patches: Mapping[int, Week] = field(default_factory=dict)
    again: Mask = field(default_factory=lambda: np.zeros(0, bool))


class Making:
    """The making of weekly flows from some readings."""

    def __init__(self, numbering: Numbering, vintages: Sequence[Vintage], days: Int, most: int, scratch: Path) -> None:
        self._numbering, self._vintages, self._most = numbering, vintages, most
        self._days = days.astype(np.int64)
        self._spilled = _Spilled(scratch)
        self._last = int(week_of(self._days[-1] - 1))

    def everything(self) -> Found:
        """All weeks, from all observations."""
        table, rounded = Table.empty(self._numbering.models), False
        for counters in Blocks(self._numbering, self._vintages, self._most).counters():
            ends = ends_of(counters, 0)
            table.note(ends, np.ones(len(ends.model), bool))
            rounded = rounded or bool(counters.step.any())
            self._spilled.add(week_rows(counters))
        first = int(week_of(self._days[0]))
        return Found(first, self._last, self._spilled.weeks(first, self._last), table, rounded, whole=True)

    def following(self, rounded: bool, began: int, first: int, table: Table) -> Found | None:
        """The weeks that later readings change, or null where all must be made anew.

        Args:
            rounded: whether a counter is rounded: that of a model that is gone then matters in every week.
            began: the first day of all.
            first: Monday of the first week that is not settled.
            table: ends before the later readings.
        """
        since = first - LOOK_BACK
        if rounded or since <= began:
            return None
        table = table.grown(self._numbering.models)
        known = table.first < since
        again = np.zeros(len(known), bool)
        blocks = Blocks(self._numbering, self._vintages, self._most, since)
        for counters in blocks.counters():
            counters = replace(counters, days=self._days)
            if counters.step.any():
                return None
            ends = ends_of(counters, first)
            there = ends.after < NEVER
            new = ~known[ends.model] & (ends.before == -NEVER)
            near = (ends.before >= first - NEAR) & (ends.after < first + NEAR)
            again[ends.model[there & ~near & ~new]] = True
            table.note(ends, there)
            self._spilled.add(week_rows(_of(counters, ends.model[there & (near | new)]), first))
        if again.sum() * FEW > len(again):
            self._spilled.clear()
            return None
        self._gone(table, again, first)
        patches = self._again(again, table, first) if again.any() else {}
        return Found(first, self._last, self._spilled.weeks(first, self._last), table, False, False, patches, again)

    def _gone(self, table: Table, again: Mask, first: int) -> None:
        """Weeks of models that are gone since before the first."""
        gone = np.flatnonzero((table.last < first) & (table.pace > 0) & ~again)
        for start in range(0, len(gone), GONE_AT_ONCE):
            some = gone[start : start + GONE_AT_ONCE]
            self._spilled.add(gone_rows(some, table.last[some], table.pace[some], int(self._days[-1]), first))

    def _again(self, again: Mask, table: Table, first: int) -> dict[int, Week]:
        """Weeks of models that were away around the first, and their rows in the weeks before it that may change."""
        parts: dict[int, list[Week]] = {}
        since = first
        for counters in Blocks(self._numbering, self._vintages, self._most).chosen(again):
            ends = ends_of(counters, first)
            table.note(ends, np.ones(len(ends.model), bool))
            since = min(since, int(week_of(np.maximum(ends.before, self._days[0])).min()))
            rows = week_rows(counters)
            self._spilled.add(rows.since(first))
            for week in _weeks(rows.until(first)):
                parts.setdefault(week.week, []).append(week)
        return {week: _together(week, parts.get(week, ())) for week in range(since, first, DAYS)}


class _Spilled:
    """Flows written down a block at a time, and read back a week at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[WeekFiles] = []

    def add(self, rows: WeekRows) -> None:
        """Write some models' flows down."""
        files = week_files(self._folder / str(len(self._files)))
        with files.writing() as add:
            for week in _weeks(rows):
                add(week)
        self._files.append(files)

    def clear(self) -> None:
        """Forget all."""
        self._folder = self._folder.with_name(f"{self._folder.name}-again")
        self._files = []

    def weeks(self, first: int, last: int) -> Iterator[Week]:
        """All weeks of a span, those without rows too."""
        places = [{piece.week: piece for piece in files.pieces()} for files in self._files]
        readers = [Reader(files) for files in self._files]
        for week in range(first, last + 1, DAYS):
            yield _together(week, [r.read(at[week]) for r, at in zip(readers, places, strict=True) if week in at])


def settled(last_day: int) -> int:
    """Monday of the first week that readings after some day may change for models that are regularly seen."""
    return int(week_of(np.array(last_day - SETTLED)))


def week_files(folder: Path) -> WeekFiles:
    """Files of weekly flows in the folder of an update."""
    return WeekFiles(folder / "weeks", "model", COLUMNS)


def write_ends(table: Table, folder: Path) -> None:
    """Keep the ends for the next update."""
    pq.write_table(
        pa.table({name: pa.array(column) for name, column in vars(table).items()}), folder / "ends.parquet",
        compression="zstd", write_page_checksum=True,
    )  # fmt: skip


def read_ends(folder: Path) -> Table:
    """What `write_ends` kept.

    Raises:
        StoreDamaged: it cannot be read.
    """
    path = folder / "ends.parquet"
    try:
        table = pq.ParquetFile(path, page_checksum_verification=True).read()
        return Table(*(np.array(table[name].to_numpy()) for name in ("first", "last", "pace")))
    except (OSError, KeyError, pa.ArrowException) as error:
        raise StoreDamaged(f"{path} cannot be read: {error}", AGAIN) from None


def _of(counters: Counters, models: Int) -> Counters:
    """Counters of some models, given in ascending order."""
    if not len(models):
        return counters.part(slice(0, 0))
    place = np.minimum(np.searchsorted(models, counters.model), len(models) - 1)
    return counters.part(models[place] == counters.model)


def _weeks(rows: WeekRows) -> Iterator[Week]:
    edge = np.flatnonzero(np.append(True, rows.week[1:] != rows.week[:-1])[: len(rows.week)])
    for start, stop in zip(edge.tolist(), [*edge[1:].tolist(), len(rows.week)], strict=False):
        values = tuple(column[start:stop] for column in rows.values)
        yield Week(int(rows.week[start]), rows.model[start:stop].astype(np.int32), values)


def _together(week: int, parts: Sequence[Week]) -> Week:
    """Rows of different models as one week."""
    key = np.concatenate([np.zeros(0, np.int32), *(part.key for part in parts)])
    order = np.argsort(key, kind="stable")
    columns = [
        np.concatenate([np.zeros(0, np.int64), *(part.values[place] for part in parts)])[order]
        for place in range(len(COLUMNS))
    ]
    return Week(week, key[order], tuple(columns))

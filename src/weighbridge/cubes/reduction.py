"""The weighing of a whole history: flows by week and model become sums by week, label code and age class.

The codes of all models are a table; a week is one gather from it and one addition a row. The table is not made anew
for a week: it moves on by those models that pass an age limit or change hands. Weeks are spread over threads, each
with a table of its own; Parquet is decoded and rows are gathered outside Python's lock.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.ages import Ages, Track
from weighbridge.cubes.labels import Labelling
from weighbridge.errors import DataMissing
from weighbridge.store.weekfiles import Piece, Reader, Week, WeekFiles

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Work = TypeVar("Work")
Result = TypeVar("Result")

BLOCK_ROWS = 2**19
ROW_BITS = 22  # of a shared integer; the sum has the rest
AHEAD = 3  # blocks a thread may be ahead of whoever takes the sums


@dataclass(frozen=True)
class WeekSums:
    """Sums of one week.

    Attributes:
        week: day number of its Monday.
        cell: `label code × age classes + age class`, int32[n], ascending.
        values: for each column of counts its sums, int64[n].
        models: rows that were summed, where there are several columns those with a download, int64[n]; a mixture is
            one in each cell that gets a download of it.
    """

    week: int
    cell: Codes
    values: tuple[Ints, ...]
    models: Ints


def weigh_weeks(
    flows: WeekFiles, labellings: Sequence[Labelling], ages: Ages, pieces: Sequence[Piece] | None = None
) -> Iterator[tuple[WeekSums, ...]]:
    """Sums of all weeks under several labellings, in one pass over the flows.

    Args:
        flows: by week and model.
        labellings: of at least the models in the flows.
        ages: of the same models.
        pieces: of `flows`, in order of week; null: all.

    Returns:
        for each week, in order, the sums under each labelling.

    Raises:
        DataMissing: the flows name models that the labellings do not have.
    """
    plans = [_Plan(labelling, ages) for labelling in labellings]
    state = threading.local()

    def work(block: Sequence[Piece]) -> list[tuple[WeekSums, ...]]:
        if not hasattr(state, "reader"):
            state.reader, state.tables = Reader(flows), [_Table(plan, len(flows.values)) for plan in plans]
        weeks = map(state.reader.read, block)
        return [tuple(table.sums(week) for table in state.tables) for week in weeks]

    for sums in _in_order(work, _blocks(flows.pieces() if pieces is None else pieces)):
        yield from sums


def _blocks(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Neighbouring weeks with enough rows that handing them to a thread costs nothing."""
    block: list[Piece] = []
    for piece in pieces:
        block.append(piece)
        if sum(other.rows for other in block) >= BLOCK_ROWS:
            yield block
            block = []
    if block:
        yield block


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_order(work: Callable[[Work], Result], given: Iterable[Work]) -> Iterator[Result]:
    """Results in the order of what was given, by several threads, few of them waiting to be taken."""
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(cores()) as pool:
        try:
            for one in given:
                waiting.append(pool.submit(work, one))
                if len(waiting) > AHEAD * cores():
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


class _Plan:
    """What all threads share of a labelling: the table before all time, and how it changes."""

    def __init__(self, labelling: Labelling, ages: Ages) -> None:
        self.labelling = labelling
        self.classes = ages.classes
        self.first = labelling.code * np.int32(ages.classes) + ages.first()[: len(labelling.code)]
        self.tracks = (*ages.tracks, *_handovers(labelling, ages.classes))
        self.bins = len(labelling.coding) * ages.classes
        self.mixed = len(labelling.mixtures) * ages.classes


def _handovers(labelling: Labelling, classes: int) -> tuple[Track, ...]:
    """Changes of code as differences, which may be applied in any order with those of ages."""
    now = labelling.code.copy()
    tracks = []
    for change in labelling.changes:
        step = (change.code - now[change.model]) * np.int32(classes)
        now[change.model] = change.code
        tracks.append(Track(np.full(len(change.model), change.week, np.int32), change.model, step))
    return tuple(tracks)


class _Table:
    """A thread's table of cells, as of a week, and the bins that it adds into.

    The first sum and the number of rows share one integer where they fit, since a row costs what its bins cost.
    """

    def __init__(self, plan: _Plan, columns: int) -> None:
        self._plan = plan
        self._cell = plan.first.copy()
        self._done = [0] * len(plan.tracks)
        self._sums = [np.zeros(plan.bins + plan.mixed, np.int64) for _ in range(columns)]
        self._rows = np.zeros(plan.bins + plan.mixed, np.int64)

    def sums(self, week: Week) -> WeekSums:
        """Sums of a week."""
        self._check(week)
        self._move(week.week)
        shared = len(week.key) < 2**ROW_BITS and int(week.values[0].sum()) < 2 ** (62 - ROW_BITS)
        cell = self._cell.take(week.key, mode="wrap")  # within bounds, as checked; the other modes are slower
        self._add(cell, week.values, 1 if len(week.values) == 1 else (week.values[0] > 0).astype(np.int64), shared)
        if self._plan.mixed:
            self._divide(cell, week.values, shared)
        return self._taken(week.week, shared)

    def _check(self, week: Week) -> None:
        if len(week.key) and not 0 <= week.key.min() <= week.key.max() < len(self._cell):
            raise DataMissing(
                f"the flows name model {week.key.max()}, but only {len(self._cell)} models have labels",
                "label all models that have flows",
            )

    def _move(self, week: int) -> None:
        """Bring the table to a week, forth or back."""
        for number, track in enumerate(self._plan.tracks):
            start, stop = self._done[number], int(np.searchsorted(track.week, np.int32(week), side="right"))
            low, high = min(start, stop), max(start, stop)
            sign = np.int32(1 if stop > start else -1)
            self._cell[track.model[low:high]] += sign * track.add[low:high]
            self._done[number] = stop

    def _add(self, cell: Codes, values: Sequence[Ints], rows: int | Ints, shared: bool) -> None:
        first = (values[0] << ROW_BITS) + rows if shared else values[0]
        for sums, amount in zip(self._sums, (first, *values[1:]), strict=True):
            np.add.at(sums, cell, amount)
        if not shared:
            np.add.at(self._rows, cell, rows)

    def _divide(self, cell: Codes, values: Sequence[Ints], shared: bool) -> None:
        """Give the rows of mixtures, which fell into bins of their own, to their parts."""
        plan = self._plan
        rows = np.flatnonzero(cell >= plan.bins)
        for column in (*self._sums, self._rows):
            column[plan.bins :] = 0
        if not len(rows):
            return
        mixtures = plan.labelling.mixtures
        mixture, age = np.divmod(cell[rows] - plan.bins, plan.classes)
        row, part = mixtures.parts(mixture)
        target = mixtures.code[part] * np.int32(plan.classes) + age[row]
        credited = [mixtures.divide(mixture, amount[rows]) for amount in values]
        given = np.flatnonzero(credited[0])
        _, first = np.unique(row[given] * plan.bins + target[given], return_index=True)  # parts may share a cell
        once = np.zeros(len(row), np.int64)
        once[given[first]] = 1
        self._add(target, credited, once, shared)

    def _taken(self, week: int, shared: bool) -> WeekSums:
        """What the bins hold, which are empty afterwards."""
        holds = self._sums[0][: self._plan.bins] != 0
        for column in (*self._sums[1:], self._rows) if len(self._sums) > 1 or not shared else ():
            holds |= column[: self._plan.bins] != 0
        there = np.flatnonzero(holds)
        values, rows = [column[there] for column in self._sums], self._rows[there]
        for column in (*self._sums, self._rows):
            column[there] = 0
        if shared:
            rows = values[0] & (2**ROW_BITS - 1)
            values[0] >>= ROW_BITS
        return WeekSums(week, there.astype(np.int32), tuple(values), rows)

"""Flows of all weeks at once, for some models: what `cumulative_flows` gives week by week, in one go.

A step of a model lies in one week or in few, so each step is laid out over its weeks and the pieces are summed by
week and model. Weeks are ISO weeks, from Monday to Monday.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weighbridge.store.catalogue import Counters
from weighbridge.store.flows import (
    FIRST_SEEN,
    INTERPOLATED,
    MEASURED,
    RECOVERY_DAYS,
    Steps,
    steps_beside,
    steps_of,
    vanished_steps,
)

Int = npt.NDArray[np.int64]

DAYS = 7
MONDAY = 4  # day number of the first Monday, 1970-01-05
COLUMNS = ("downloads", "lo", "hi", "interpolated", "first_seen")
"""Counts of a week's flow: value, least, most, and the parts of the value that were not measured."""


@dataclass(frozen=True)
class WeekRows:
    """Flows in order of week and model; rows of which nothing can be said but 0 are left out.

    Attributes:
        week: day number of the Monday, int64[n].
        model: int64[n].
        values: one column for each of `COLUMNS`, int64[n].
    """

    week: Int
    model: Int
    values: tuple[Int, ...]

    def since(self, week: int) -> WeekRows:
        """From a week on."""
        at = int(np.searchsorted(self.week, week))
        return WeekRows(self.week[at:], self.model[at:], tuple(column[at:] for column in self.values))

    def until(self, week: int) -> WeekRows:
        """Before a week."""
        at = int(np.searchsorted(self.week, week))
        return WeekRows(self.week[:at], self.model[:at], tuple(column[:at] for column in self.values))


def week_of(day: Int) -> Int:
    """Day number of the Monday of a day's week."""
    return (day - MONDAY) // DAYS * DAYS + MONDAY


def week_rows(counters: Counters, first: int | None = None) -> WeekRows:
    """Flows of all weeks.

    Args:
        counters: cumulative, of some or all models of a hub.
        first: Monday of the first week that is wanted; null: all.
    """
    return rows_of(steps_of(counters), counters, first)


def gone_rows(model: Int, last: Int, pace: npt.NDArray[np.float64], until: int, first: int) -> WeekRows:
    """Flows from a week on of models that were gone 30 days before it, from their last day and their pace then.

    Args:
        model, last, pace: see `flows.Ends`.
        until: the last day on which the hub was observed.
        first: Monday of the first week that is wanted.
    """
    met = last + (first - last) // RECOVERY_DAYS * RECOVERY_DAYS
    nothing = np.zeros(0, np.int64)
    owner, start, end, flow, most, paced, kind = vanished_steps(model, met, pace, until)
    steps = Steps(owner, start, end, flow, most, paced.astype(bool), kind, nothing, nothing)
    nobody = Counters(nothing, nothing, nothing, nothing, nothing, True)
    return rows_of(steps, nobody, first)


def rows_of(steps: Steps, counters: Counters, first: int | None) -> WeekRows:
    """Flows of the weeks that some steps meet, from one on."""
    rounded = bool(counters.step.any())
    some = np.flatnonzero((steps.most > 0) | rounded)
    start, end = steps.start[some], steps.end[some]
    begin = week_of(start) if first is None else np.maximum(week_of(start), first)
    count = np.maximum((week_of(end - 1) - begin) // DAYS + 1, 0)
    of = np.repeat(np.arange(len(some)), count)
    week = begin[of] + DAYS * (np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count))
    model, columns = _pieces(steps, some[of], week)
    order = np.lexsort((model, week))
    week, model = week[order], model[order]
    edge = np.flatnonzero(np.append(True, (week[1:] != week[:-1]) | (model[1:] != model[:-1]))[: len(week)])
    week, model = week[edge], model[edge]
    value, lo, hi, interpolated, first_seen = (
        np.add.reduceat(column[order], edge) if len(edge) else column[:0] for column in columns
    )
    error = steps_beside(counters, model, week) + steps_beside(counters, model, week + DAYS)
    lo, hi = np.maximum(lo - error, 0), hi + error
    kept = np.flatnonzero(hi > 0)
    return WeekRows(
        week[kept], model[kept], tuple(column[kept] for column in (value, lo, hi, interpolated, first_seen))
    )


def _pieces(steps: Steps, step: Int, week: Int) -> tuple[Int, tuple[Int, ...]]:
    """Model and counts of the part of each step in a week that it meets."""
    start, length = steps.start[step], steps.end[step] - steps.start[step]
    a, b = np.clip(week - start, 0, length), np.clip(week + DAYS - start, 0, length)
    flow, most = steps.flow[step], steps.most[step]
    part = flow * b // length - flow * a // length
    complete = (a == 0) & (b == length)
    kind = np.where(complete & (steps.kind[step] == INTERPOLATED), MEASURED, steps.kind[step])
    lo = np.where(complete & (kind == MEASURED), part, 0)
    hi = np.where(steps.paced[step], most * b // length - most * a // length, most)
    by_kind = (np.where(kind == wanted, part, 0) for wanted in (INTERPOLATED, FIRST_SEEN))
    return steps.model[step], (part, lo, hi, *by_kind)

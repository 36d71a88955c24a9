"""Sudden rises of a counter: spikes of one model, and restatements that many models share on a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weighbridge.store.catalogue import Counters

Ints = npt.NDArray[np.int64]

FACTOR = 20.0
LEAST = 100_000
STEPS = 5  # a rise of few rounding steps is rounding
AROUND_DAYS = 30
GONE_DAYS = 3
SHARED_BY = 5


@dataclass(frozen=True)
class Jumps:
    """Sudden rises.

    Attributes:
        model: row number in the catalogue, int64[n].
        day: day number on which the rise was observed, int64[n].
        amount: downloads of the rise, int64[n].
        shared: whether at least five models rose on that day: a restatement, not a spike.
    """

    model: Ints
    day: Ints
    amount: Ints
    shared: npt.NDArray[np.bool_]


def find_jumps(counters: Counters, cumulative: bool) -> Jumps:
    """Rises of a day to over 20 times the mean of the 60 days around, of at least 100,000 downloads and 5 roundings.

    Args:
        counters: daily observations; steps over more than one day are not judged.
        cumulative: the counter is cumulative, its difference is the day's flow, and a spike must be gone within
            three days; else it is a 30-day counter, whose difference is a day's flow less that of 30 days before.
    """
    same = (counters.model[1:] == counters.model[:-1]) & (counters.day[1:] == counters.day[:-1] + 1)
    at = np.flatnonzero(same)
    rise = counters.value[at + 1] - counters.value[at]
    found: list[tuple[int, int, int]] = []
    for place in np.flatnonzero(rise >= LEAST):
        model, day = int(counters.model[at[place]]), int(counters.day[at[place] + 1])
        near = slice(max(place - AROUND_DAYS, 0), place + AROUND_DAYS + 1)
        mine = counters.model[at[near]] == model
        around = np.abs(rise[near][mine])
        usual = (around.sum() - rise[place]) / max(len(around) - 1, 1)
        if len(around) < AROUND_DAYS // 2 or rise[place] <= FACTOR * usual:
            continue
        if rise[place] <= STEPS * counters.step[at[place] + 1]:
            continue
        after = slice(place + 1, place + 1 + GONE_DAYS)
        later = rise[after][counters.model[at[after]] == model]
        if cumulative and (not len(later) or later.min() > FACTOR * usual):
            continue
        found.append((model, day, int(rise[place])))
    model, day, amount = (np.array(column, np.int64) for column in zip(*found, strict=True)) if found else _none()
    often = {int(d): int((day == d).sum()) for d in np.unique(day)}
    return Jumps(model, day, amount, np.array([often[int(d)] >= SHARED_BY for d in day], bool))


def _none() -> tuple[Ints, Ints, Ints]:
    empty = np.zeros(0, np.int64)
    return empty, empty, empty

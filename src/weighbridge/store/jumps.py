"""Sudden changes of a counter: spikes of one model, and restatements that many models share on a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weighbridge.store.catalogue import Counters

Ints = npt.NDArray[np.int64]

FACTOR = 20.0  # times the usual change of a day
LEAST_CHANGE = 1_000
LEAST_PART = 0.05  # of the counter
AROUND_DAYS = 30
USUAL_PART = 0.9  # the calmest part of the days around, which makes the usual change
STEPS = 5  # a change of few rounding steps is rounding
SHARED_BY = 5
SHARED_PART = 0.01  # of the models observed that day and the day before
SPIKE_LEAST = 100_000
GONE_DAYS = 3


@dataclass(frozen=True)
class Jumps:
    """Sudden changes.

    Attributes:
        model: row number in the catalogue, int64[n].
        day: day number on which the change was observed, int64[n].
        amount: the change beyond the usual one, in downloads, negative for a fall, int64[n].
        shared: whether at least five models, and 1 % of those observed, jumped on that day: a restatement, no spike.
        spike: whether it is a rise of one model alone, of at least 100,000, and gone within three days.
    """

    model: Ints
    day: Ints
    amount: Ints
    shared: npt.NDArray[np.bool_]
    spike: npt.NDArray[np.bool_]


def find_jumps(counters: Counters, cumulative: bool) -> Jumps:
    """Changes of a day that are over 20 times the usual change of the 60 days around.

    The usual change is the mean of the calmest nine tenths of these days. A jump is also at least 1,000 downloads,
    5 % of what the counter was (30-day counters) and 5 rounding steps.

    Args:
        counters: daily observations; changes over more than one day are not judged.
        cumulative: the counter is cumulative and its change is the day's flow; else it is a 30-day counter, whose
            change is a day's flow less that of 30 days before.
    """
    at = np.flatnonzero((counters.model[1:] == counters.model[:-1]) & (counters.day[1:] == counters.day[:-1] + 1))
    owner, before = counters.model[at], counters.value[at]
    change = counters.value[at + 1] - before
    least = np.maximum(LEAST_CHANGE, STEPS * counters.step[at + 1])
    if not cumulative:
        least = np.maximum(least, (LEAST_PART * before).astype(np.int64))
    found: list[tuple[int, int, int, bool]] = []
    for place in np.flatnonzero(np.abs(change) >= least).tolist():
        near = slice(max(place - AROUND_DAYS, 0), place + AROUND_DAYS + 1)
        around = np.sort(np.abs(change[near][owner[near] == owner[place]]))
        usual = around[: int(len(around) * USUAL_PART)]
        if len(around) < AROUND_DAYS // 2 or abs(change[place]) <= FACTOR * usual.mean():
            continue
        after = slice(place + 1, place + 1 + GONE_DAYS)
        later = change[after][owner[after] == owner[place]]
        gone = not cumulative or bool(len(later) and later.min() <= FACTOR * usual.mean())
        spike = gone and bool(change[place] >= SPIKE_LEAST)
        excess = change[place] - np.sign(change[place]) * int(usual.mean())
        found.append((int(owner[place]), int(counters.day[at[place] + 1]), int(excess), spike))
    columns = zip(*found, strict=True) if found else ((), (), (), ())
    model, day, amount, spike_like = (np.array(list(column), np.int64) for column in columns)
    days, count = np.unique(day, return_counts=True)
    judged = np.array([(counters.day[at + 1] == d).sum() for d in days])
    shared = np.isin(day, days[(count >= SHARED_BY) & (count >= SHARED_PART * judged)])
    return Jumps(model, day, amount, shared, spike_like.astype(bool) & ~shared)

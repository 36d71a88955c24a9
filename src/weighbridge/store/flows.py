"""From counters to flows: what was downloaded in a window, how it is known, and between which limits.

A counter observed on a UTC day is taken as its value at the start of that day. A flow over a window is never
more certain than the observations around it; see `docs/methods.md` for the rules and their reasons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weighbridge.records.clock import Period
from weighbridge.store.catalogue import Counters

Int = npt.NDArray[np.int64]

RECOVERY_DAYS = 30  # a fall that is made good within this time is a missing stretch
FIRST_SIGHT_DAYS = 7  # a census this shortly before makes a first counter a flow
WINDOW_DAYS = 30  # what the 30-day counters look back on
NEVER = 2**31  # a day beyond all
MODEL_KEY = 1_000_000  # model * MODEL_KEY + day orders observations
MOST_MISSED = WINDOW_DAYS // 2  # days by which windows may miss the end of the period they stand for
KINDS = ("measured", "windowed", "interpolated", "first_seen", "unknown")
MEASURED, WINDOWED, INTERPOLATED, FIRST_SEEN, UNKNOWN = range(5)


@dataclass(frozen=True)
class Steps:
    """Pieces of flow between two observations of a model.

    Attributes:
        model: row number in the catalogue, int64[n].
        start: first day, int64[n]; the piece covers `start ≤ t < end`.
        end: day after the last, int64[n].
        flow: whole downloads, int64[n]; 0 where unknown.
        most: what the flow may be at the most, int64[n]; `flow ≤ most`.
        paced: whether `most` is a pace, of which a part of the piece has its part, bool[n].
        kind: index into `KINDS`, int64[n].
        fall_day: days on which a fall that stayed was seen, int64[falls].
        fall_excess: downloads that each of them took back, int64[falls].
    """

    model: Int
    start: Int
    end: Int
    flow: Int
    most: Int
    paced: npt.NDArray[np.bool_]
    kind: Int
    fall_day: Int
    fall_excess: Int


@dataclass(frozen=True)
class Flows:
    """Flows of one window, one entry a model that has any.

    Attributes:
        model: row number in the catalogue, int64[n], ascending.
        value: whole downloads, int64[n].
        lo: least, int64[n]; `lo ≤ value`.
        hi: most, int64[n]; `value ≤ hi`.
        by_kind: value by kind, int64[n, len(KINDS)].
        missed: days between the window's end and that of the 30-day windows that stand for it.
    """

    model: Int
    value: Int
    lo: Int
    hi: Int
    by_kind: Int
    missed: int = 0


def steps_of(counters: Counters) -> Steps:
    """Cut a cumulative counter into pieces of known and unknown flow.

    - Between two observations the difference is the flow; over more than one day its course is interpolated.
    - A fall made good within 30 days is left out: the stretch runs between its ends. Where the counter only grew back
      it stays too low, so the most is the usual pace if that is faster.
    - A fall that stays is a restatement: the flow of that step is unknown.
    - A model first seen by a census that had looked within 7 days brings its whole counter, `first_seen`; where the
      census had looked before that, its flow is unknown, at most the counter.
    - A model that a later day no longer shows has an unknown flow from then on.

    The usual pace is the fastest of as many days (at most 30) within the 30 days before or after the step.
    """
    kept, mended, fall_day, fall_excess = _without_missing_stretches(counters)
    model, day, value = counters.model[kept], counters.day[kept], counters.value[kept]
    parts = [_between(model, day, value, mended[kept])]
    if len(model):
        change = np.flatnonzero(model[1:] != model[:-1])
        parts.append(_vanished(model, day, value, np.append(change, len(model) - 1), counters.days))
        if counters.census:
            parts.append(_first_sights(model, day, value, np.append(0, change + 1), counters.days))
    owner, start, end, flow, most, paced, kind = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Steps(owner, start, end, flow, most, paced.astype(bool), kind, fall_day, fall_excess)


def cumulative_flows(steps: Steps, counters: Counters, period: Period, last_day: Int | None = None) -> Flows:
    """Flows of a window from a cumulative counter.

    Args:
        steps: from `steps_of`.
        counters: the observations, for the rounding at the window's ends.
        period: the window, `start ≤ t < end`.
        last_day: for each model of the catalogue the day from which its flow no longer counts (age limit), or null.
    """
    end = np.full(len(steps.model), period.end) if last_day is None else np.minimum(period.end, last_day[steps.model])
    length = steps.end - steps.start
    a = np.clip(period.start - steps.start, 0, length)
    b = np.clip(np.maximum(end, period.start) - steps.start, 0, length)
    inside = (b > a) & ((steps.most > 0) | bool(counters.step.any()))  # a rounded counter that stands still may move
    steps_in = np.flatnonzero(inside)
    flow, most, whole = steps.flow[steps_in], steps.most[steps_in], length[steps_in]
    first, after = a[steps_in], b[steps_in]
    part = flow * after // whole - flow * first // whole
    complete = (first == 0) & (after == whole)
    kind = np.where(complete & (steps.kind[steps_in] == INTERPOLATED), MEASURED, steps.kind[steps_in])
    lo = np.where(complete & (kind == MEASURED), part, 0)
    hi = np.where(steps.paced[steps_in], most * after // whole - most * first // whole, most)
    models, of = np.unique(steps.model[steps_in], return_inverse=True)
    by_kind = np.zeros((len(models), len(KINDS)), np.int64)
    np.add.at(by_kind, (of, kind), part)
    sums = [_sum(of, column, len(models)) for column in (part, lo, hi)]
    error = _rounding(counters, models, period, last_day)
    return Flows(models, sums[0], np.maximum(sums[1] - error, 0), sums[2] + error, by_kind)


def windowed_flows(counters: Counters, day: int) -> Flows:
    """Flows of `[day - 30 d, day)`: the 30-day counters observed on that day, as they are."""
    at = np.flatnonzero(counters.day == day)
    value = counters.value[at]
    by_kind = np.zeros((len(at), len(KINDS)), np.int64)
    by_kind[:, WINDOWED] = value
    return Flows(counters.model[at], value, value, value, by_kind)


def tiled_flows(
    counters: Counters, period: Period, created: Int | None = None, max_age_days: int | None = None
) -> Flows | None:
    """Flows of a month or longer from 30-day counters: windows laid back from the period's end, scaled by days.

    `k = days // 30` windows (at least one) cover `30 k` days; their sum is scaled to the period's days. The value
    is that of the tiling whose end lies nearest to the period's end, at most 15 days off; `lo` and `hi` are taken
    over it and all tilings moved back by 0 to 29 days for which every window was observed, and for a
    February ahead by 1 and 2. In a chosen set a model
    that was not observed at the end of some windows has these in `hi` as the mean of its others.

    Args:
        counters: 30-day counters.
        period: a month, quarter, year or other span of at least 28 days.
        created: creation day of each model of the catalogue, for an age limit.
        max_age_days: a window ending on day T counts models with `created ≥ T - max_age_days`.

    Returns:
        null where no tiling was observed whose end lies within 15 days of the period's.
    """
    tiles = max(period.days // WINDOW_DAYS, 1)
    observed = set(counters.days.tolist())
    laid = {
        offset: [period.end - offset - WINDOW_DAYS * k for k in range(tiles)]
        for offset in range(-MOST_MISSED, WINDOW_DAYS)
    }
    there = sorted((abs(o), o) for o, ends in laid.items() if observed.issuperset(ends))
    if not there or there[0][0] > MOST_MISSED:
        return None
    nearest = there[0][1]
    ahead = min(period.days - WINDOW_DAYS * tiles, 0)  # of a February, whose windows reach back beyond it
    tilings = [laid[nearest], *(laid[o] for _, o in there if o >= ahead and o != nearest)]
    wanted = np.isin(counters.day, sorted({day for ends in tilings for day in ends}))
    model, day, value = counters.model[wanted], counters.day[wanted], counters.value[wanted]
    if created is not None and max_age_days is not None:
        young = created[model] >= day - max_age_days
        model, day, value = model[young], day[young], value[young]
    models, of = np.unique(model, return_inverse=True)
    chosen = [np.isin(day, ends) for ends in tilings]
    sums = np.stack([_sum(of, np.where(inside, value, 0), len(models)) for inside in chosen])
    scaled = (2 * sums * period.days + WINDOW_DAYS * tiles) // (2 * WINDOW_DAYS * tiles)  # rounded to whole downloads
    most = scaled
    if not counters.census:  # absence from a chosen set is missing, not zero: the gaps may be like the rest
        count = np.stack([_sum(of, inside.astype(np.int64), len(models)) for inside in chosen])
        most = np.where(count > 0, scaled * tiles // np.maximum(count, 1), scaled)
    by_kind = np.zeros((len(models), len(KINDS)), np.int64)
    by_kind[:, WINDOWED] = scaled[0]
    return Flows(models, scaled[0], scaled.min(axis=0), most.max(axis=0), by_kind, missed=abs(nearest))


def _between(model: Int, day: Int, value: Int, mended: npt.NDArray[np.bool_]) -> tuple[Int, ...]:
    """Columns of the steps between observations that follow each other; `mended`: a fall was left out after it."""
    at = np.flatnonzero(model[1:] == model[:-1])
    grown, length = value[at + 1] - value[at], day[at + 1] - day[at]
    fall = grown < 0
    flow = np.maximum(grown, 0)
    most = flow.copy()
    doubtful = np.flatnonzero(fall | mended[at])
    edge, days = at[doubtful], length[doubtful]
    key = model * MODEL_KEY + day
    pace = np.maximum(_pace(key, value, edge, days, before=True), _pace(key, value, edge + 1, days, before=False))
    most[doubtful] = np.maximum(flow[doubtful], np.ceil(pace * days).astype(np.int64))
    kind = np.where(fall, UNKNOWN, np.where(length > 1, INTERPOLATED, MEASURED))
    return model[at], day[at], day[at + 1], flow, most, fall.astype(np.int64), kind


def _first_sights(model: Int, day: Int, value: Int, begin: Int, days: Int) -> tuple[Int, ...]:
    """Columns of the steps from the census's look before a model's first observation to that."""
    before = np.searchsorted(days, day[begin]) - 1
    begin, looked = begin[before >= 0], days[before[before >= 0]]
    late = day[begin] - looked > FIRST_SIGHT_DAYS
    flow, kind = np.where(late, 0, value[begin]), np.where(late, UNKNOWN, FIRST_SEEN)
    return model[begin], looked, day[begin], flow, value[begin], np.zeros_like(flow), kind


def _vanished(model: Int, day: Int, value: Int, finish: Int, days: Int) -> tuple[Int, ...]:
    """Columns of the steps from a model's last observation to the hub's."""
    gone = finish[day[finish] < days[-1]]
    length = days[-1] - day[gone]
    pace = _pace(model * MODEL_KEY + day, value, gone, length, before=True)
    return vanished_steps(model[gone], day[gone], pace, int(days[-1]))


def vanished_steps(model: Int, last: Int, pace: npt.NDArray[np.float64], until: int) -> tuple[Int, ...]:
    """Columns of the steps of models that are gone, from their last day to one on which the hub was observed.

    They are cut into stretches of 30 days, so that a later observation of the hub changes none but the last.
    """
    count = -((last - until) // RECOVERY_DAYS)
    of = np.repeat(np.arange(len(model)), count)
    start = last[of] + RECOVERY_DAYS * (np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count))
    end = np.minimum(start + RECOVERY_DAYS, until)
    most = np.ceil(pace[of] * (end - start)).astype(np.int64)
    nothing = np.zeros_like(most)
    return model[of], start, end, nothing, most, nothing + 1, nothing + UNKNOWN


@dataclass(frozen=True)
class Ends:
    """First and last observation of models, and the pace before the last.

    Attributes:
        model: int64[n], ascending.
        first, last: days, int64[n].
        pace: downloads a day, as `vanished_steps` needs it from 30 days after the last observation on, float64[n].
        before, after: last step's end before a day that is asked for and first one from it on, int64[n]; `NEVER` below
            or above 0 where there is none.
    """

    model: Int
    first: Int
    last: Int
    before: Int
    after: Int
    pace: npt.NDArray[np.float64]


def ends_of(counters: Counters, around: int) -> Ends:
    """First and last observation of each model, and those around a day."""
    kept, *_ = _without_missing_stretches(counters)
    model, day, value = counters.model[kept], counters.day[kept], counters.value[kept]
    begin = np.flatnonzero(np.append(True, model[1:] != model[:-1])[: len(model)])
    finish = np.append(begin[1:], len(model))[: len(begin)] - 1
    whole = np.full(len(finish), WINDOW_DAYS)
    pace = _pace(model * MODEL_KEY + day, value, finish, whole, before=True)
    if not len(begin):
        return Ends(model, day, day, day, day, pace)
    before = np.maximum.reduceat(np.where(day < around, day, -NEVER), begin)
    after = np.minimum.reduceat(np.where(day >= around, day, NEVER), begin)
    return Ends(model[begin], day[begin], day[finish], before, after, pace)


def _without_missing_stretches(counters: Counters) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], Int, Int]:
    """Which observations are not in falls that recover, and which are the last before such a fall, bool[n] each; the
    days of falls that stay, and by how much they fell."""
    model, day, value = counters.model, counters.day, counters.value
    fall = np.flatnonzero((model[1:] == model[:-1]) & (value[1:] < value[:-1]))
    keep, mended = np.ones(len(model), bool), np.zeros(len(model), bool)
    stayed: list[tuple[int, int]] = []
    resume = -1
    for before in fall.tolist():
        if before < resume:
            continue
        after = before + 1
        while after < len(model) and model[after] == model[before] and value[after] < value[before]:
            after += 1
        recovered = after < len(model) and model[after] == model[before]
        if recovered and day[after] - day[before] <= RECOVERY_DAYS:
            keep[before + 1 : after] = False
            mended[before] = True
            resume = after
        else:
            stayed.append((int(day[before + 1]), int(value[before] - value[before + 1])))
    falls = np.array(stayed, np.int64).reshape(-1, 2)
    return keep, mended, falls[:, 0], falls[:, 1]


def _pace(key: Int, value: Int, edge: Int, days: Int, *, before: bool) -> npt.NDArray[np.float64]:
    """Downloads a day, the fastest of so many days (at most 30) in the 30 days on one side of some observations.

    Args:
        key: model and day of all observations, as one ascending number, int64[observations].
        value: the counter, int64[observations].
        edge: the observations that are asked for, int64[n].
        days: how many days, int64[n]; where fewer were observed, these.
        before: the side.
    """
    first = np.searchsorted(key, key[edge] - WINDOW_DAYS) if before else edge
    last = edge if before else np.searchsorted(key, key[edge] + WINDOW_DAYS, side="right") - 1
    stretch = np.minimum(days, key[last] - key[first])
    count = last - first + 1
    of = np.repeat(np.arange(len(edge)), count)
    late = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count) + first[of]
    early = np.searchsorted(key, key[late] - stretch[of], side="right") - 1
    pair = np.flatnonzero((early >= first[of]) & (early < late))
    late, early = late[pair], early[pair]
    pace = np.zeros(len(edge))
    np.maximum.at(pace, of[pair], (value[late] - value[early]) / (key[late] - key[early]))
    return pace


def _rounding(counters: Counters, models: Int, period: Period, last_day: Int | None) -> Int:
    """What rounding may do to a window's flow: the steps of the counters next to its two ends."""
    ends = np.full(len(models), period.end) if last_day is None else np.minimum(period.end, last_day[models])
    return steps_beside(counters, models, np.full(len(models), period.start)) + steps_beside(counters, models, ends)


def steps_beside(counters: Counters, models: Int, moments: Int) -> Int:
    """The larger rounding step of the counters next to a moment, for each of some models, int64[n]."""
    around = np.zeros(len(models), np.int64)
    if not len(models) or not counters.step.any():
        return around
    key = counters.model * MODEL_KEY + counters.day
    at = np.searchsorted(key, models * MODEL_KEY + moments)
    for near in (at - 1, at):
        inside = np.clip(near, 0, len(key) - 1)
        around = np.maximum(around, np.where(counters.model[inside] == models, counters.step[inside], 0))
    return around


def _sum(of: Int, values: Int, count: int) -> Int:
    total = np.zeros(count, np.int64)
    np.add.at(total, of, values)
    return total

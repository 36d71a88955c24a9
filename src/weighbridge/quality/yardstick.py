"""What a hub and its models weighed in the 30 days up to a day: the measure by which events are compared."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from weighbridge.store.catalogue import Counters
from weighbridge.store.flows import UNKNOWN, WINDOW_DAYS, steps_of

Ints = npt.NDArray[np.int64]
KEY = 1_000_000  # more than any day number


class Yardstick:
    """Weights from 30-day counters where some were observed within 30 days, else from cumulative ones."""

    def __init__(self, counters: Mapping[str, Counters]) -> None:
        """`counters` by quantity; a hub may have one, both or none."""
        self._whole: dict[int, int | None] = {}
        self._monthly = _some(counters.get("downloads_30d"))
        self._daily = _some(counters.get("downloads_all"))
        if self._monthly is not None:
            place = np.searchsorted(self._monthly.days, self._monthly.day)
            self._totals = _sums(place, self._monthly.value, len(self._monthly.days))
        if self._daily is not None:
            self._first, self._flow = _flow_before(self._daily)

    def whole(self, day: int) -> int | None:
        """What the hub weighed in the 30 days up to a day; null where nothing tells."""
        if day not in self._whole:
            self._whole[day] = self._summed(day)
        return self._whole[day]

    def _summed(self, day: int) -> int | None:
        if self._by_month(day) and self._monthly is not None:
            return int(self._totals[_at_or_first(self._monthly.days, day)]) or None
        if self._daily is None:
            return None
        last = len(self._flow) - 1
        to = min(max(day - self._first, 0), last)
        return round(float(self._flow[to] - self._flow[max(to - WINDOW_DAYS, 0)])) or None

    def models(self, models: Ints, days: Ints) -> Ints:
        """What models weighed in the 30 days up to a day of each, int64[n]; -1 where not counted by then."""
        found = np.full(len(models), -1, np.int64)
        some, of = np.unique(days, return_inverse=True)
        monthly = np.array([self._by_month(int(day)) for day in some], bool)[of]
        for chosen, counters in ((monthly, self._monthly), (~monthly, self._daily)):
            if counters is None or not chosen.any():
                continue
            keys = counters.model * KEY + counters.day
            model, day = models[chosen], days[chosen]
            at = np.searchsorted(keys, model * KEY + day, side="right") - 1
            there = (at >= 0) & (counters.model[at] == model)
            value = counters.value[at]
            if counters is self._daily:
                before = np.searchsorted(keys, model * KEY + day - WINDOW_DAYS, side="right") - 1
                before = np.maximum(before, np.searchsorted(keys, model * KEY))
                value = np.maximum(value - counters.value[np.minimum(before, len(keys) - 1)], 0)
            found[chosen] = np.where(there, value, -1)
        return found

    def _by_month(self, day: int) -> bool:
        if self._monthly is None or self._daily is None:
            return self._monthly is not None
        return bool(np.abs(self._monthly.days - day).min() <= WINDOW_DAYS)


def _some(counters: Counters | None) -> Counters | None:
    return counters if counters is not None and len(counters.model) else None


def _flow_before(counters: Counters) -> tuple[int, npt.NDArray[np.float64]]:
    """First day, and the hub's known flow before it and each later day; flows over several days are spread evenly."""
    steps = steps_of(counters)
    first, last = int(counters.days[0]), int(counters.days[-1])
    known = (steps.kind != UNKNOWN) & (steps.end > steps.start)
    rate = steps.flow[known] / (steps.end[known] - steps.start[known])
    change = np.zeros(last - first + 2)
    np.add.at(change, steps.start[known] - first, rate)
    np.add.at(change, steps.end[known] - first, -rate)
    return first, np.append(0.0, np.cumsum(np.cumsum(change[:-2])))


def _at_or_first(days: Ints, day: int) -> int:
    return max(int(np.searchsorted(days, day, side="right")) - 1, 0)


def _sums(place: Ints, value: Ints, count: int) -> Ints:
    total = np.zeros(count, np.int64)
    np.add.at(total, place, value)
    return total

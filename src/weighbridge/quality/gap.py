"""Days without an observation inside a series: of the whole hub, or of one model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from weighbridge.quality import Event
from weighbridge.quality.held import CUMULATIVE, Held
from weighbridge.records.amounts import several
from weighbridge.store.catalogue import Counters
from weighbridge.store.flows import WINDOW_DAYS

LONGER = 1.75  # times the usual distance of two readings
FEWEST = 3  # days of observation that make a series


class Gap:
    """Readings that are missing between others."""

    id = "gap"
    version = 1
    title = "days of a series on which the hub, or a model of it, was not observed"
    words = (
        "The hub: two readings that follow each other at 1.75 times the usual distance or more (the lower "
        "median of all distances; three readings at least). A model: readings of the hub between two of its "
        "own that lack it, or its counter. The weight is that of the days without a reading, spread evenly."
    )

    def find(self, held: Held) -> Iterator[Event]:
        """See `Detector.find`."""
        for quantity, counters in held.series():
            if len(counters.days) >= FEWEST:
                yield from _of_hub(held, counters.days.tolist())
            yield from _of_models(held, quantity, counters)


def _of_hub(held: Held, days: list[int]) -> Iterator[Event]:
    apart = np.diff(days)
    usual = int(np.sort(apart)[(len(apart) - 1) // 2])
    for at in np.flatnonzero(apart >= LONGER * usual).tolist():
        start, end = days[at] + 1, days[at + 1]
        around = [whole for whole in map(held.yardstick.whole, (days[at], end)) if whole is not None]
        weight = round(sum(around) / len(around) * (end - start) / WINDOW_DAYS) if around else None
        detail = (
            f"no reading for {several(end - start, 'day')}; usually one follows another after {several(usual, 'day')}"
        )
        numbers = {"days": end - start, "usual_distance": usual}
        yield held.event(Gap.id, None, start, end, weight, detail, numbers, on=end)


def _of_models(held: Held, quantity: str, counters: Counters) -> Iterator[Event]:
    """One event a model and stretch of readings that lack it."""
    place = np.searchsorted(counters.days, counters.day)
    at = np.flatnonzero((counters.model[1:] == counters.model[:-1]) & (np.diff(place) > 1))
    before, after = counters.day[at], counters.day[at + 1]
    days = after - before - 1
    if quantity == CUMULATIVE:
        weight = np.maximum(counters.value[at + 1] - counters.value[at], 0) * days // (days + 1)
    else:
        weight = (counters.value[at] + counters.value[at + 1]) * days // (2 * WINDOW_DAYS)
    missed = place[at + 1] - place[at] - 1
    for i, row in enumerate(at.tolist()):
        detail = f"{several(int(missed[i]), 'reading')} between two of this model without it or its counter"
        numbers = {"days": int(days[i]), "readings": int(missed[i])}
        model, end = int(counters.model[row]), int(after[i])
        yield held.event(Gap.id, model, int(before[i]) + 1, end, int(weight[i]), detail, numbers, on=end)


DETECTOR = Gap()

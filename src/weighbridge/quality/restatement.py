"""Counters that the hub took back or set anew: falls that stay, and days on which many models jump or fall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from weighbridge.quality import Event
from weighbridge.quality.falls import Fall, falls
from weighbridge.quality.held import CUMULATIVE, Held
from weighbridge.store.catalogue import Counters
from weighbridge.store.jumps import SHARED_BY, SHARED_PART, Jumps

Changes = dict[int, int]
"""By model, what a counter changed by beyond the usual."""


class Restatement:
    """What was counted before and what is counted after do not go together."""

    id = "restatement"
    version = 2
    title = "a cumulative counter that fell and stayed down, or many models that jump or fall on one day"
    words = (
        "A fall of a cumulative counter that is not made good within 30 days: the flow of that step is "
        f"unknown, and the weight is what was taken back. Or a day on which at least {SHARED_BY} models, and "
        f"{SHARED_PART:.0%} of those observed, jump (the `spike` rule says what a jump is) or fall so: one event of "
        "the hub, whose weight is the sum of these changes, up or down. What few readings tell of is seen by its "
        "falls alone, since a jump needs daily readings around it."
    )

    def find(self, held: Held) -> Iterator[Event]:
        """See `Detector.find`."""
        for quantity, counters in held.series():
            stayed = [fall for fall in falls(counters) if fall.end is None] if quantity == CUMULATIVE else []
            together = _together(held.jumps(quantity), stayed, counters)
            for day, (changes, what) in sorted(together.items()):
                yield self._of_hub(held, day, changes, what)
            for fall in stayed:
                if fall.model in together.get(fall.start, ({}, ""))[0]:
                    continue
                lost = fall.value - fall.lowest
                detail = f"the counter fell from {fall.value:,} to {fall.lowest:,} and stayed down"
                numbers = {"before": fall.value, "after": fall.lowest, "step": fall.step}
                yield held.event(self.id, fall.model, fall.start, fall.start + 1, lost, detail, numbers)

    def _of_hub(self, held: Held, day: int, changes: Changes, what: str) -> Event:
        amounts = list(changes.values())
        count, up = len(amounts), sum(amount > 0 for amount in amounts)
        detail = f"{count} models {what} on one day, {up} up and {count - up} down"
        numbers = {"models": count, "up": up, "down": count - up, "sum": sum(amounts)}
        return held.event(self.id, None, day, day + 1, sum(map(abs, amounts)), detail, numbers)


def _together(jumps: Jumps, stayed: Sequence[Fall], counters: Counters) -> Mapping[int, tuple[Changes, str]]:
    """By day the changes that make one event of the hub, and what the models did."""
    fallen = _fallen(stayed, counters)
    found: dict[int, tuple[Changes, str]] = {}
    for day in {*jumps.day[jumps.shared].tolist(), *fallen}:
        here = jumps.shared & (jumps.day == day)
        jumped = dict(zip(jumps.model[here].tolist(), jumps.amount[here].tolist(), strict=True))
        fell = fallen.get(day, {})
        what = "jumped" if fell.keys() <= jumped.keys() else "jumped or fell" if jumped else "fell"
        found[day] = fell | jumped, what
    return found


def _fallen(stayed: Sequence[Fall], counters: Counters) -> dict[int, Changes]:
    """Falls of the days on which at least five models fall, and 1 % of those observed then and before."""
    by_day: dict[int, Changes] = defaultdict(dict)
    for fall in stayed:
        by_day[fall.start][fall.model] = fall.lowest - fall.value
    shared = {day: changes for day, changes in by_day.items() if len(changes) >= SHARED_BY}
    if not shared:
        return {}
    again = counters.day[1:][counters.model[1:] == counters.model[:-1]]
    seen = dict(zip(*(column.tolist() for column in np.unique(again, return_counts=True)), strict=True))
    return {day: changes for day, changes in shared.items() if len(changes) >= SHARED_PART * seen[day]}


DETECTOR = Restatement()

"""Counters that the hub took back or set anew: falls that stay, and days on which many models jump."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from weighbridge.quality import Event
from weighbridge.quality.falls import falls
from weighbridge.quality.held import CUMULATIVE, Held
from weighbridge.store.jumps import SHARED_BY, SHARED_PART


class Restatement:
    """What was counted before and what is counted after do not go together."""

    id = "restatement"
    version = 1
    title = "a cumulative counter that fell and stayed down, or many models that jump on one day"
    words = (
        "A fall of a cumulative counter that is not made good within 30 days: the flow of that step is "
        f"unknown, and the weight is what was taken back. Or a day on which at least {SHARED_BY} models, and "
        f"{SHARED_PART:.0%} of those observed, jump (the `spike` rule says what a jump is): one event of the "
        "hub, whose weight is the sum of these changes, up or down; falls of these models on that day are "
        "part of it."
    )

    def find(self, held: Held) -> Iterator[Event]:
        """See `Detector.find`."""
        for quantity, counters in held.series():
            jumps = held.jumps(quantity)
            for day in np.unique(jumps.day[jumps.shared]).tolist():
                here = jumps.shared & (jumps.day == day)
                amount, up = jumps.amount[here], int((jumps.amount[here] > 0).sum())
                count = int(here.sum())
                detail = f"{count} models jumped on one day, {up} up and {count - up} down"
                numbers = {"models": count, "up": up, "down": count - up, "sum": int(amount.sum())}
                yield held.event(self.id, None, day, day + 1, int(np.abs(amount).sum()), detail, numbers)
            if quantity != CUMULATIVE:
                continue
            joint = set(zip(jumps.model[jumps.shared].tolist(), jumps.day[jumps.shared].tolist(), strict=True))
            for fall in falls(counters):
                if fall.end is not None or (fall.model, fall.start) in joint:
                    continue
                lost = fall.value - fall.lowest
                detail = f"the counter fell from {fall.value:,} to {fall.lowest:,} and stayed down"
                numbers = {"before": fall.value, "after": fall.lowest, "step": fall.step}
                yield held.event(self.id, fall.model, fall.start, fall.start + 1, lost, detail, numbers)


DETECTOR = Restatement()

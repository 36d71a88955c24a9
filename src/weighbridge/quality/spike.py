"""Jumps of one model alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from weighbridge.quality import Event
from weighbridge.quality.held import Held
from weighbridge.store.jumps import FACTOR, SPIKE_LEAST


class Spike:
    """What the cleaning rule of the same name leaves out."""

    id = "spike"
    version = 1
    title = "a sudden rise of one model alone"
    words = (
        f"A day's rise of over {FACTOR:.0f} times the usual change and of at least {SPIKE_LEAST:,}, on a day "
        "on which few others jump; of a cumulative counter it must be gone within 3 days. These are the rises "
        "that the cleaning rule `spike` leaves out of a series. The weight is what it added beyond the usual "
        "day."
    )

    def find(self, held: Held) -> Iterator[Event]:
        """See `Detector.find`."""
        for quantity, counters in held.series():
            jumps = held.jumps(quantity)
            key = counters.model * 1_000_000 + counters.day
            for at in np.flatnonzero(jumps.spike).tolist():
                model, day, amount = int(jumps.model[at]), int(jumps.day[at]), int(jumps.amount[at])
                row = int(np.searchsorted(key, model * 1_000_000 + day))
                before, after = int(counters.value[row - 1]), int(counters.value[row])
                detail = f"the counter rose from {before:,} to {after:,} in a day"
                numbers = {"before": before, "after": after}
                yield held.event(self.id, model, day, day + 1, amount, detail, numbers)


DETECTOR = Spike()

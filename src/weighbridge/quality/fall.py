"""Cumulative counters that fell and were made good."""

from __future__ import annotations

from collections.abc import Iterator

from weighbridge.quality import Event
from weighbridge.quality.falls import falls
from weighbridge.quality.held import CUMULATIVE, Held


class MadeGood:
    """A stretch that the flows leave out."""

    id = "fall"
    version = 1
    title = "a cumulative counter that fell and was made good within 30 days"
    words = (
        "A cumulative counter cannot fall. One that is back where it was within 30 days missed a stretch; the "
        "flow runs between its ends. The weight is what the counter lacked at its lowest."
    )

    def find(self, held: Held) -> Iterator[Event]:
        """See `Detector.find`."""
        for quantity, counters in held.series():
            for fall in falls(counters) if quantity == CUMULATIVE else ():
                if fall.end is None:
                    continue
                lost = fall.value - fall.lowest
                detail = f"the counter fell from {fall.value:,} to {fall.lowest:,} and was made good"
                numbers = {"before": fall.value, "lowest": fall.lowest, "step": fall.step}
                yield held.event(self.id, fall.model, fall.start, fall.end, lost, detail, numbers)


DETECTOR = MadeGood()

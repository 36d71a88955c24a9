"""Values that no hub can have given."""

from __future__ import annotations

from collections.abc import Iterator

from weighbridge.quality import Event
from weighbridge.quality.held import Held
from weighbridge.quality.rejects import events
from weighbridge.records.observations import DUPLICATE


class ImpossibleValue:
    """Rows that were left out, and values that were set to null."""

    id = "impossible-value"
    version = 1
    title = "a row left out, or a value set to null, because it cannot be"
    words = (
        "A row without a valid name, time or counter is left out; another value that cannot be (a date of "
        "creation after the observation, parameters beyond reason) is set to null. One event a row where the "
        "model is known, else one a column and reading. The weight is the row's counter, where that is valid."
    )

    def find(self, held: Held) -> Iterator[Event]:
        """See `Detector.find`."""
        return events(self.id, held, lambda reason: not reason.startswith(DUPLICATE))


DETECTOR = ImpossibleValue()

"""Rows that observe a model at a moment at which another row does too."""

from __future__ import annotations

from collections.abc import Iterator

from weighbridge.quality import Event
from weighbridge.quality.held import Held
from weighbridge.quality.rejects import events
from weighbridge.records.observations import DUPLICATE


class DuplicateKey:
    """Of these rows the last one counts."""

    id = "duplicate-key"
    version = 1
    title = "a row for a model and moment that another row of the same file has too"
    words = (
        "Two rows of one file observe the same model at the same moment. The later row is taken and the "
        "earlier is the event; the weight is the counter of the row that was left out. Several readings of "
        "one UTC day at different moments are no duplicates."
    )

    def find(self, held: Held) -> Iterator[Event]:
        """See `Detector.find`."""
        return events(self.id, held, lambda reason: reason.startswith(DUPLICATE))


DETECTOR = DuplicateKey()

"""Models that a hub no longer has."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from weighbridge.cubes.frame import flat
from weighbridge.quality import Event
from weighbridge.quality.held import Held
from weighbridge.records.clock import day_text


class Vanished:
    """Their later downloads are unknown, not zero."""

    id = "vanished"
    version = 1
    title = "a model that a later census no longer counts, or that is flagged as removed"
    words = (
        "In a census a model that the hub's last reading does not count, at whatever reading it was last "
        "seen; in a chosen set only a model whose row says that it was removed, since absence from a choice "
        "is missing and no event. A model renamed without an immutable id or a known alias vanishes too. The "
        "weight is what it had in the 30 days up to its last sight."
    )

    def find(self, held: Held) -> Iterator[Event]:
        """See `Detector.find`."""
        days = held.days
        flagged = pc.fill_null(flat(held.declared["removed"]), False).to_numpy(zero_copy_only=False).astype(bool)
        _, last = held.sights
        absent = last < held.span[1]
        gone = absent & (flagged | (held.census & (last >= 0)))
        models = np.flatnonzero(gone)
        weight = held.yardstick.models(models, np.maximum(last[models], 0))
        for model, least in zip(models.tolist(), weight.tolist(), strict=True):
            seen = int(last[model])
            after = days[days > seen]
            start = int(after[0]) if len(after) else held.span[0]
            how = "flagged as removed" if flagged[model] else "no longer in the census"
            detail = f"{how}; last counted on {day_text(seen)}" if seen >= 0 else f"{how}; never counted"
            numbers = {"readings_since": len(after), "flagged": int(flagged[model])}
            known = least if least >= 0 else None
            on = seen if seen >= 0 else None
            yield held.event(self.id, model, start, held.span[1] + 1, known, detail, numbers, on=on)


DETECTOR = Vanished()

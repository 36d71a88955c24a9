"""Models that a hub no longer has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.frame import links
from weighbridge.quality import Event
from weighbridge.quality.held import Held, days_of
from weighbridge.records.clock import day_text
from weighbridge.store.catalogue import joined
from weighbridge.store.parts import read_part

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Vanished:
    """Their later downloads are unknown, not zero."""

    id = "vanished"
    version = 2
    title = "a model that a later census no longer counts, or that is flagged as removed"
    words = (
        "In a census a model that the hub's last reading does not count, at whatever reading it was last "
        "seen; in a chosen set only a model whose row says that it was removed, since absence from a choice "
        "is missing and no event. A model renamed without an immutable id or a known alias vanishes too. The "
        "weight is what it had in the 30 days up to its last sight."
    )

    def find(self, held: Held) -> Iterator[Event]:
        """See `Detector.find`."""
        flagged, (_, last) = _flagged(held), held.sights
        uncounted = [day for v in held.vintages if not v.counters for day in days_of(v)]
        days = np.union1d(held.days, np.array(uncounted, np.int64))
        models = np.flatnonzero(flagged | ((last < held.span[1]) & (last >= 0) & held.census))
        weight = held.yardstick.models(models, np.maximum(last[models], 0))
        for model, least in zip(models.tolist(), weight.tolist(), strict=True):
            seen = int(last[model])
            after = days[days > seen]
            start = int(after[0]) if len(after) else seen + 1
            end = max(held.span[1], start, int(days[-1])) + 1
            how = "flagged as removed" if flagged[model] else "no longer in the census"
            detail = f"{how}; last counted on {day_text(seen)}" if seen >= 0 else f"{how}; never counted"
            numbers = {"readings_since": len(after), "flagged": int(flagged[model])}
            known = least if least >= 0 else None
            on = seen if seen >= 0 else None
            yield held.event(self.id, model, start, end, known, detail, numbers, on=on)


def _flagged(held: Held) -> Mask:
    """Models that the latest reading to say so calls removed, and that no other reading counts after it, bool[n]."""
    tables = [read_part(v, "models", ["hub_key", "name", "removed"]) for v in held.vintages]
    by = np.full(len(held.frame.names), -1, np.int64)  # number of the reading that calls it removed
    if not any(pc.any(table["removed"]).as_py() for table in tables):
        return by >= 0
    codes = joined(tables, links(held.hub))[0] if len(tables) > 1 else [np.arange(len(tables[0]), dtype=np.int64)]
    for number, (table, code) in enumerate(zip(tables, codes, strict=True)):
        by[code[_true(table["removed"])]] = number
        by[code[_true(pc.invert(table["removed"]))]] = -1
    return (by >= 0) & ~_counted_again(held, codes, by)


def _counted_again(held: Held, codes: Sequence[Ints], by: Ints) -> Mask:
    """Of models that reading `by` calls removed, which another counts on a later day, or later known on that day."""
    ends = np.array([max(days_of(v)) for v in held.vintages], np.int64)
    dated = np.array([v.counters > 0 or v.at is not None for v in held.vintages], bool)
    again = np.zeros(len(by), bool)
    for number, (vintage, code) in enumerate(zip(held.vintages, codes, strict=True)):
        counters = read_part(vintage, "counters", ["model", "day"])
        model, day = code[counters["model"].to_numpy()], counters["day"].to_numpy()
        flagged = (by[model] >= 0) & (by[model] != number)
        model, day = model[flagged], day[flagged]
        says, end = by[model], ends[by[model]]
        later = np.where(number > says, (day >= end) | ~dated[says], (day > end) & dated[says])
        again[model[later]] = True
    return again


def _true(column: pa.ChunkedArray) -> Mask:
    return np.asarray(pc.fill_null(column, False).to_numpy(), bool)


DETECTOR = Vanished()

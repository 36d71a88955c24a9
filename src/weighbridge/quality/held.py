"""What detectors look at: the readings of a hub, and what each model weighs in them."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.frame import Frame, links
from weighbridge.cubes.ready import frame_for
from weighbridge.quality import Event, Numbers
from weighbridge.quality.yardstick import Yardstick
from weighbridge.records.clock import day_number
from weighbridge.records.vintage import Vintage
from weighbridge.store.catalogue import Counters, read_counters, read_models
from weighbridge.store.home import Store
from weighbridge.store.jumps import Jumps, find_jumps
from weighbridge.store.parts import read_part

Ints = npt.NDArray[np.int64]
QUANTITIES = ("downloads_30d", "downloads_all")
CUMULATIVE = "downloads_all"


def days_of(vintage: Vintage) -> tuple[int, ...]:
    """Days of which a reading has counters; of one without any the day it is of or became known."""
    return (*vintage.days_30d, *vintage.days_all) or (day_number((vintage.at or vintage.known).date()),)


def _flags(vintage: Vintage) -> bool:
    return bool(pc.any(read_part(vintage, "models", ["removed"])["removed"]).as_py())


class Held:
    """The readings of one hub: its censuses together, or one chosen set. All is read when first asked for.

    Attributes:
        hub: the hub.
        read: all vintages that are looked at, in order of when they became known.
    """

    def __init__(self, store: Store, vintages: Sequence[Vintage]) -> None:
        self.store = store
        self.hub = vintages[0].hub
        self.read = tuple(vintages)
        self.census = all(v.population == "census" for v in vintages)
        self._counters: dict[str, Counters] = {}
        self._jumps: dict[str, Jumps] = {}
        self._seen: dict[tuple[int, int], tuple[str, ...]] = {}

    @functools.cached_property
    def vintages(self) -> tuple[Vintage, ...]:
        """Those that are weighed: with counters, or with models that are flagged as removed; `read` if none is so."""
        return tuple(v for v in self.read if v.counters or _flags(v)) or self.read

    @functools.cached_property
    def frame(self) -> Frame:
        """Labels and graph of all models; row numbers are those of the counters."""
        return frame_for(self.store, self.vintages)

    @functools.cached_property
    def declared(self) -> pa.Table:
        """What the frame does not hold of all models: `base_models` as written."""
        return read_models(self.vintages, ("base_models",), links(self.hub))

    def counters(self, quantity: str) -> Counters:
        """All observations of `downloads_30d` or `downloads_all`."""
        if quantity not in self._counters:
            self._counters[quantity] = read_counters(self.vintages, quantity, today=links(self.hub))
        return self._counters[quantity]

    def series(self) -> list[tuple[str, Counters]]:
        """The quantities that were observed on more than one day, with their counters."""
        found = [(quantity, self.counters(quantity)) for quantity in QUANTITIES if len(self._days(quantity)) > 1]
        return [(quantity, counters) for quantity, counters in found if len(counters.days) > 1]

    def jumps(self, quantity: str) -> Jumps:
        """Sudden changes of a quantity, see `find_jumps`."""
        if quantity not in self._jumps:
            self._jumps[quantity] = find_jumps(self.counters(quantity), quantity == CUMULATIVE)
        return self._jumps[quantity]

    @functools.cached_property
    def yardstick(self) -> Yardstick:
        """What the hub, and each model, weighed around a day."""
        return Yardstick({q: self.counters(q) for q in QUANTITIES if self._days(q)})

    @functools.cached_property
    def sights(self) -> tuple[Ints, Ints]:
        """First and last day on which each model was counted, int64[n] each; -1 where never."""
        first = np.full(len(self.frame.names), 2**31, np.int64)
        last = np.full(len(self.frame.names), -1, np.int64)
        for quantity in QUANTITIES:
            if self._days(quantity):
                counters = self.counters(quantity)
                np.minimum.at(first, counters.model, counters.day)
                np.maximum.at(last, counters.model, counters.day)
        return np.where(last < 0, -1, first), last

    @functools.cached_property
    def days(self) -> Ints:
        """All days on which the hub was observed, ascending."""
        return np.array(sorted({day for quantity in QUANTITIES for day in self._days(quantity)}), np.int64)

    @functools.cached_property
    def span(self) -> tuple[int, int]:
        """First and last day of the readings; of readings without counters the day they are of or became known."""
        if len(self.days):
            return int(self.days[0]), int(self.days[-1])
        said = [day for v in self.read for day in days_of(v)]
        return min(said), max(said)

    def event(
        self, kind: str, model: int | None, start: int, end: int, weight: int | None, detail: str,
        numbers: Numbers | None = None, *, on: int | None = None, subject: str = "",
    ) -> Event:  # fmt: skip
        """An event of one model (by its row number) or of the hub, with what the hub weighed and who saw it.

        Args:
            kind: id of the detector.
            model: row number; null: the whole hub.
            start, end: days of observation, `start ≤ t < end`.
            weight: downloads that it touches; null: not known.
            detail: what happened.
            numbers: the evidence.
            on: day on which the hub's weight is taken; null: the last of the event.
            subject: see `Event`.
        """
        return Event(
            kind=kind,
            hub=self.hub,
            model=None if model is None else str(self.frame.names[model].as_py()),
            start=int(start),
            end=int(end),
            weight=None if weight is None else int(weight),
            whole=self.yardstick.whole(int(end) - 1 if on is None else on),
            vintages=self.seen_by(int(start), int(end)),
            detail=detail,
            numbers=numbers or {},
            subject=subject,
        )

    def seen_by(self, start: int, end: int) -> tuple[str, ...]:
        """Vintages that observed the hub on some day of `[start, end)`, or else next to it."""
        if (start, end) not in self._seen:
            self._seen[start, end] = self._seeing(start, end)
        return self._seen[start, end]

    def _seeing(self, start: int, end: int) -> tuple[str, ...]:
        for reach in (0, 1):
            near = self._near(start, reach, -1), self._near(end - 1, reach, 1)
            found = [v.id for v in self.vintages if any(near[0] <= d <= near[1] for d in days_of(v))]
            if found:
                return tuple(found)
        return tuple(v.id for v in self.vintages)

    def _near(self, day: int, reach: int, way: int) -> int:
        """The day itself, or the observed day next to it."""
        if not reach or not len(self.days):
            return day
        at = int(np.searchsorted(self.days, day)) - (1 if way < 0 else 0)
        return int(self.days[min(max(at, 0), len(self.days) - 1)])

    def _days(self, quantity: str) -> set[int]:
        which = "days_all" if quantity == CUMULATIVE else "days_30d"
        return {day for v in self.vintages for day in getattr(v, which)}

"""Events about the data, one file a kind of event. What defines `DETECTOR` here is found by itself."""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from weighbridge.records.clock import day_text
from weighbridge.records.discovery import registered

if TYPE_CHECKING:
    from weighbridge.quality.held import Held

Numbers = Mapping[str, int | float | str]


@dataclass(frozen=True)
class Event:
    """Something about the data that a reader of the figures should know.

    Attributes:
        kind: id of the detector.
        hub: the hub.
        model: name of the model; null for the whole hub, or where a row's name is not known.
        start: first day of observation that it touches, a day number.
        end: day after the last.
        weight: downloads (or pulls) that it touches, whole; null where not known.
        whole: what the hub weighed in the 30 days up to the event; null where not known.
        vintages: ids of the vintages in which it was seen.
        detail: what happened, in plain words.
        numbers: the evidence.
        subject: what tells it from another event of the same kind, model and day; mostly empty.
    """

    kind: str
    hub: str
    model: str | None
    start: int
    end: int
    weight: int | None
    whole: int | None
    vintages: tuple[str, ...]
    detail: str
    numbers: Numbers = field(default_factory=dict)
    subject: str = ""

    @property
    def id(self) -> str:
        """Digest of what it is and when it began, 16 hex digits; later readings do not change it."""
        parts = (self.kind, self.hub, self.model or "", self.subject, day_text(self.start))
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def share(self) -> float | None:
        """Part of the hub's weight in that window; null where either is not known."""
        return self.weight / self.whole if self.weight is not None and self.whole else None

    def to_dict(self) -> dict[str, Any]:
        """The row that `quality` prints."""
        return {
            "id": self.id,
            "event": self.kind,
            "hub": self.hub,
            "model": self.model,
            "from": day_text(self.start),
            "to": day_text(self.end),
            "weight": self.weight,
            "share": self.share,
            "vintage": list(self.vintages),
            "detail": self.detail,
            "numbers": dict(self.numbers),
        }


class Detector(Protocol):
    """Finds one kind of event."""

    @property
    def id(self) -> str:
        """The kind of event, as it is printed and asked for."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the detector's answer changes."""
        ...

    @property
    def title(self) -> str:
        """One line."""
        ...

    @property
    def words(self) -> str:
        """What it finds, with its thresholds."""
        ...

    def find(self, held: Held) -> Iterable[Event]:
        """All events of the kind in the readings of a hub; none where the readings cannot tell."""
        ...


@functools.cache
def detectors() -> dict[str, Detector]:
    """All detectors by id."""
    return cast("dict[str, Detector]", registered(sys.modules[__name__], "DETECTOR"))

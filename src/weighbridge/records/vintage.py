"""One reading of one source, known at one moment and never changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from weighbridge.records.clock import day_text, moment_text


@dataclass(frozen=True)
class Vintage:
    """What the store says of a reading.

    Attributes:
        id: `source-knownmoment-digest`, unique in a store.
        source: id of the source.
        title: the source's title.
        hub: the hub counted on.
        unit: `downloads` or `pulls`.
        population: `census` or `selection`.
        known: when we, or the source we read, had it (UTC).
        at: the moment given for a file without observation times; null otherwise.
        sha256: of the bytes that were read.
        models: number of models.
        counters: number of observations with a counter.
        days_30d: days with 30-day counters, ascending day numbers.
        days_all: days with cumulative counters, ascending day numbers.
        register: name of the register it brings, or null.
        simulated: true where the source says that the data was made up.
        folder: where it lies.
    """

    id: str
    source: str
    title: str
    hub: str
    unit: str
    population: str
    known: datetime
    at: datetime | None
    sha256: str
    models: int
    counters: int
    days_30d: tuple[int, ...]
    days_all: tuple[int, ...]
    register: str | None
    simulated: bool
    folder: Path

    def to_dict(self) -> dict[str, Any]:
        """The row that `vintages list` prints."""
        days = sorted({*self.days_30d, *self.days_all})
        return {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "hub": self.hub,
            "population": self.population,
            "known": moment_text(self.known),
            "observed_from": day_text(days[0]) if days else None,
            "observed_to": day_text(days[-1]) if days else None,
            "observed_days": len(days),
            "models": self.models,
            "counters": self.counters,
            "register": self.register,
            "sha256": self.sha256,
        }

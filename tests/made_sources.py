"""Live sources for tests that need no network: each does what its script says, one step a fetch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import making
from weighbridge import sources
from weighbridge.records.observations import Batch
from weighbridge.records.source import Asked, Choice, Descriptor, Fetched, Landing
from weighbridge.sources import hub_dump

Rows = list[dict[str, Any]]
Step = Rows | Exception | Callable[[Landing, Asked], Iterator[Fetched]]


@dataclass
class Made:
    """A live source whose readings are listings of the Hub; it says what it was asked."""

    id: str
    steps: list[Step] = field(default_factory=list)
    choices: tuple[Choice, ...] = ()
    companions: tuple[tuple[str, Asked], ...] = ()
    key: str | None = None
    asked: list[Asked] = field(default_factory=list)
    day: str = "2024-07-11"

    @property
    def descriptor(self) -> Descriptor:
        return replace(hub_dump.SOURCE.descriptor, id=self.id, key=self.key)

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        return hub_dump.SOURCE.read(path, at)

    def fetch(self, landing: Landing, asked: Asked) -> Iterator[Fetched]:
        self.asked.append(asked)
        step = self.steps.pop(0) if self.steps else []
        if isinstance(step, Exception):
            (landing.folder / "page").write_text("what had landed")
            raise step
        if callable(step):
            yield from step(landing, asked)
        elif step:
            path = making.csv_file(landing.folder / "listing.csv", step)
            yield Fetched(path, at=making.moment(self.day), origin={"from": "nowhere"})


def rows(*counts: int) -> Rows:
    """A listing with these downloads."""
    return [{"id": f"google/m{number}", "downloads": count} for number, count in enumerate(counts)]


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Mapping[str, Made]]:
    """A function that makes these, and the reader of listings, all the sources there are."""

    def register(*made: Made) -> Mapping[str, Made]:
        known = {"hub-dump": hub_dump.SOURCE, **{source.id: source for source in made}}
        monkeypatch.setattr(sources, "registered", lambda package, attribute: known)
        return {source.id: source for source in made}

    return register


def ids(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Sources and what became of them."""
    return [(row["source"], row["status"]) for row in rows]

"""Asking a stand-in hub in this process: without waits between tries, with a landing folder and what was said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import stamina

from weighbridge.records.source import Asked, Fetched, Landing

TOKEN = "hf_" + "secret" * 3


@dataclass
class Landed:
    """A landing folder, and what was told while things landed in it."""

    folder: Path
    said: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    @property
    def landing(self) -> Landing:
        return Landing(self.folder, self.counts.append, self.said.append)

    def fetch(self, source: Any, **asked: Any) -> list[Fetched]:
        return list(source.fetch(self.landing, Asked(**asked)))

    @property
    def words(self) -> str:
        return "\n".join(self.said)


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    folder = tmp_path / "landing"
    folder.mkdir()
    return Landed(folder)


@pytest.fixture
def _no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=6, cap=True):
        yield


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    """A token that the Hub's client finds in the environment."""
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    return TOKEN


def models(count: int, **same: Any) -> list[dict[str, Any]]:
    """Models of a small hub; counters and dates differ from one to the next."""
    return [
        {
            "id": f"org-{number % 7}/model-{number:04d}",
            "downloads": number * 37 % 1009,
            "downloadsAllTime": number * 53,
            "likes": number % 11,
            "createdAt": f"2024-{1 + number % 6:02d}-{1 + number % 28:02d}T08:00:00.000Z",
            "lastModified": f"2024-07-{1 + number % 10:02d}T08:00:00.000Z",
            **same,
        }
        for number in range(count)
    ]

"""When each source was last looked at, and what came of it; kept beside the landing folders, which come and go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from weighbridge.records.clock import moment_text, parse_moment
from weighbridge.store.home import Store
from weighbridge.store.package import UNREADABLE
from weighbridge.upkeep.whole import alone, write_whole

FORMAT = 1
WAIT = 10.0  # seconds for another process that notes a look, which takes it milliseconds


@dataclass(frozen=True)
class Look:
    """What is remembered of one source.

    Attributes:
        looked: when it last answered whole, by what it was asked for (`aim`); the newest state under the empty text.
            A moment that is still to come, as of a clock that was wrong, counts as none.
        tried: when it was last asked.
        status: what came of that, one of `rounds.STATUSES`.
        error: why it failed, `{"kind", "message", "hint"}`; null: it did not.
    """

    looked: Mapping[str, datetime] = field(default_factory=dict)
    tried: datetime | None = None
    status: str = ""
    error: Mapping[str, str] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As it stands in the file."""
        return {
            "looked": {aim: moment_text(moment) for aim, moment in self.looked.items()},
            "tried": moment_text(self.tried) if self.tried else None,
            "status": self.status,
            "error": dict(self.error) if self.error else None,
        }


class Looks:
    """The file `landing/state.json` of a store."""

    def __init__(self, store: Store) -> None:
        self.path: Path = store.path / "landing" / "state.json"

    def read(self) -> tuple[dict[str, Look], str | None]:
        """All looks by source, and what is wrong with the file: a damaged one counts as empty, and is begun anew."""
        try:
            document = json.loads(self.path.read_text(encoding="utf-8"))
            if document["format"] != FORMAT:
                raise ValueError(f"its format is {document['format']!r}, not {FORMAT}")
            return {str(name): _look(entry) for name, entry in document["sources"].items()}, None
        except FileNotFoundError:
            return {}, None
        except UNREADABLE as error:
            return {}, f"{self.path} cannot be read ({error}); it is begun anew, so no source counts as looked at"

    def note(self, source: str, aim: str, tried: datetime, status: str, error: Mapping[str, str] | None = None) -> None:
        """Remember what came of asking a source; it counts as looked at where there was no error.

        Raises:
            StoreBusy: another process has held the file for ten seconds.
        """
        with alone(self.path.with_name("state.lock"), "noting a look", WAIT):
            held, _ = self.read()
            before = held.get(source, Look())
            looked = before.looked if error else {**before.looked, aim: tried}
            held[source] = Look(looked, tried, status, error)
            document = {"format": FORMAT, "sources": {name: look.to_dict() for name, look in sorted(held.items())}}
            write_whole(self.path, (json.dumps(document, indent=1) + "\n").encode())


def _look(entry: Mapping[str, Any]) -> Look:
    looked = {str(aim): parse_moment(moment) for aim, moment in entry["looked"].items()}
    return Look(
        looked={aim: moment for aim, moment in looked.items() if moment <= datetime.now(UTC)},
        tried=parse_moment(entry["tried"]) if entry["tried"] else None,
        status=str(entry["status"]),
        error={str(key): str(value) for key, value in entry["error"].items()} if entry["error"] else None,
    )

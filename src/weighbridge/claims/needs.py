"""Which data a test needs, and which command would bring it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weighbridge.claims.ledger import DataSet, Test, data_sets
from weighbridge.sources import sources


def needs(test: Test) -> list[dict[str, Any]]:
    """Data sets that could bring what a test needs, as `{"id", "name", "gives", "command", "words"}`.

    `command` is null where this version has no reader for the data set and nothing else of it will do.
    """
    return [_need(data_sets()[name], test) for name in test.sources]


def words(found: Sequence[dict[str, Any]]) -> str:
    """The needs in sentences."""
    return " ".join(need["words"] for need in found)


def _need(wanted: DataSet, test: Test) -> dict[str, Any]:
    known, window = sources().get(wanted.id), test.asked.window
    day = window.get("at", window.get("lifetime", "DAY"))
    sync = f"weighbridge sync {wanted.id}"
    what = f"{wanted.name} ({wanted.gives})"
    listing = f"weighbridge ingest hub-dump FILE --at {day}"
    if known is not None and callable(getattr(known, "fetch", None)):
        command, said = sync, f"`{sync}` fetches {what}."
    elif known is not None:
        command = f"weighbridge ingest {wanted.id} PATH --at {day}"
        said = f"`{command}` reads {what}."
    elif wanted.listing:
        command = listing
        said = f"It takes {what}; this version has no `{sync}` yet, but reads a listing in a file: `{command}`."
    else:
        command, said = "", f"It takes {what}; this version has no reader for it yet (`{sync}`)."
    return {"id": wanted.id, "name": wanted.name, "gives": wanted.gives, "command": command or None, "words": said}

"""Which data a test needs, and which command would bring it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    what = f"{wanted.name} ({wanted.gives})"
    if known is not None and callable(getattr(known, "fetch", None)):
        command, more = _sync(wanted, known, window)
        said = f"`{command}` fetches {what}{more}."
    elif known is not None:
        command = f"weighbridge ingest {wanted.id} PATH --at {day}"
        said = f"`{command}` reads {what}."
    elif wanted.listing:
        command = f"weighbridge ingest hub-dump FILE --at {day}"
        said = f"It takes {what}, of which this version reads a listing in a file: `{command}`."
    else:
        command, said = "", f"It takes {what}; this version has no reader for it."
    return {"id": wanted.id, "name": wanted.name, "gives": wanted.gives, "command": command or None, "words": said}


def _sync(wanted: DataSet, known: Any, window: Mapping[str, Any]) -> tuple[str, str]:
    """The command that fetches a source as a window needs it, and what more it brings."""
    command = f"weighbridge sync {wanted.id}"
    moment = window.get("at", window.get("lifetime"))
    if moment is not None and wanted.daily:
        command += f" --at {moment}"
    with_it = [companion for companion, _ in getattr(known, "companions", ())]
    return command, f", and with it {' and '.join(dict.fromkeys(with_it))}" if with_it else ""

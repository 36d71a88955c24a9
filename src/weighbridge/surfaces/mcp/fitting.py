"""Answers kept to a size that an assistant can take in: so many rows, and nothing without end beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from weighbridge.measures import Option

ROWS, ROWS_MOST = 50, 200
MOST = ((50, 2_000), (20, 1_000), (5, 300), (1, 100))
"""Parts of any other list, and characters of a text; the first pair with which the answer is short enough."""
FIELDS_MOST = 50
"""Fields of a record, or figures for each of some groups."""
CHARACTERS_MOST = 60_000
"""Of a whole answer as JSON."""
LIMIT = Option("limit", "Rows in this answer, at most.", default=ROWS, number=True, most=ROWS_MOST)
OFFSET = Option("offset", "Go on after so many rows.", default=0, number=True, least=0, most=1_000_000)
PAGING = (LIMIT, OFFSET)
"""Options of every tool that gives rows."""


@dataclass(frozen=True)
class Fitted:
    """A document that is short enough.

    Attributes:
        document: with the rows that are shown.
        page: `offset`, `shown`, `of`, and `next_offset` or null.
        shortened: whole length of what is not whole, by its place in the document.
    """

    document: dict[str, Any]
    page: dict[str, int | None]
    shortened: dict[str, int]


def fitted(document: Mapping[str, Any], limit: int = ROWS, offset: int = 0) -> Fitted:
    """As much of a document as is short enough; its `rows` from `offset` on, one at least where there are any."""
    rows = list(document.get("rows") or ())
    aside = {name: value for name, value in document.items() if name != "rows"}
    for most in MOST:
        shortened: dict[str, int] = {}
        kept = _short(aside, "", most, shortened)
        told = [_short(row, "rows[]", most, shortened) for row in rows[offset : offset + limit]]
        room = CHARACTERS_MOST - _size(kept)
        shown = _within(told, room)
        if shown == len(told) or (shown and room > CHARACTERS_MOST / 2):
            break
    shown = max(shown, min(1, len(told)))
    end = offset + shown
    page = {"offset": offset, "shown": shown, "of": len(rows), "next_offset": end if end < len(rows) else None}
    placed = {name: told[:shown] if name == "rows" else kept[name] for name in document}
    return Fitted(placed, page, shortened)


def _within(rows: Iterable[Any], room: int) -> int:
    """How many of some rows, from the first on, take at most so many characters."""
    count = 0
    for row in rows:
        room -= _size(row) + 2
        if room < 0:
            break
        count += 1
    return count


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, default=str))


def _short(value: Any, place: str, most: tuple[int, int], shortened: dict[str, int]) -> Any:
    """A value whose lists, mappings and texts have an end; what was longer is noted by its place."""
    listed, characters = most
    longest = characters if isinstance(value, str) else FIELDS_MOST if isinstance(value, Mapping) else listed
    if isinstance(value, (str, list, tuple, Mapping)) and len(value) > longest:
        shortened[place] = max(len(value), shortened.get(place, 0))
    if isinstance(value, str):
        return value if len(value) <= characters else f"{value[:characters]}…"
    if isinstance(value, Mapping):
        return {
            str(name): _short(part, f"{place}.{name}".removeprefix("."), most, shortened)
            for name, part in islice(value.items(), FIELDS_MOST)
        }
    if isinstance(value, (list, tuple)):
        return [_short(part, f"{place}[]", most, shortened) for part in value[:listed]]
    return value

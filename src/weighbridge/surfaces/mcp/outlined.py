"""A profile as lines of facts: each part of its document under its own name, lists cut to their heads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weighbridge.records.presented import percent
from weighbridge.records.written import cell
from weighbridge.surfaces.mcp.untrusted import NAME, quoted

HEAD = frozenset({
    "subject", "name", "hub", "unit", "definition", "window", "as_of", "vintages", "population", "simulated", "total",
    "unknown_age", "coverage", "removed", "notes", "sources", "missing", "patterns", "periods", "beside_series",
})  # fmt: skip
"""Parts that are said elsewhere, or that only a program reads."""
PARTS = frozenset({"value", "lo", "hi", "part", "weight"})
"""Figures that are parts of a whole."""
LISTED = 5


def facts(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Head and text of each part, then why the parts are missing that are.

    Figures called `value` are parts of all weight of the hub, with `lo` and `hi` as bounds; `part` is one of the
    subject's own.
    """
    for name, value in document.items():
        if name in HEAD or value in (None, "", [], {}):
            continue
        if name == "by" and isinstance(value, Mapping):
            yield from ((f"By {by}", _said(rows)) for by, rows in value.items())
        else:
            yield name.replace("_", " ").capitalize(), _said(value)
    for part, reason in (document.get("missing") or {}).items():
        yield f"Not told: {part}", str(reason)


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        rows = value.get("rows")
        rest = {name: part for name, part in value.items() if name != "rows"}
        return "; ".join(filter(None, [_fields(rest), "" if not rows else _said(rows)]))
    if isinstance(value, (list, tuple)):
        return _list(value)
    return _scalar("", value)


def _list(values: Sequence[Any]) -> str:
    shown = [_fields(part) if isinstance(part, Mapping) else _scalar("", part) for part in values[:LISTED]]
    left = len(values) - len(shown)
    return " | ".join([*shown, *([f"{left:,} more"] if left else [])])


def _fields(fields: Mapping[str, Any]) -> str:
    """Fields that have a value; names of fields are ours, others are quoted."""
    return ", ".join(
        f"{name.replace('_', ' ') if NAME.fullmatch(str(name)) else quoted(name)} {_scalar(str(name), value)}"
        for name, value in fields.items()
        if value not in (None, "", [], {})
    )


def _scalar(name: str, value: Any) -> str:
    if isinstance(value, float) and name in PARTS:
        return percent(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return f"({_fields(value)})"
    if isinstance(value, (list, tuple)):
        return f"[{_list(value)}]"
    return cell(value)

"""Rows as text: cells for people, and CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.records.shown import plain

FORMULA = "=+-@\N{MINUS SIGN}"
"""Signs with which spreadsheets begin what they run."""


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows that share their keys as CSV, the keys first; empty for none."""
    if not rows:
        return ""
    heads = list(rows[0])
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow([_raw(head) for head in heads])
    writer.writerows([[_raw(row.get(head)) for head in heads] for row in rows])
    return sink.getvalue()


def spread(row: Mapping[str, Any], whole: bool) -> dict[str, Any]:
    """A row whose shares of groups (`values`) have a column each; tables for people leave out what is nested deeper."""
    flat: dict[str, Any] = {}
    for head, value in row.items():
        if not isinstance(value, dict):
            flat[head] = value
        elif head == "values":
            flat |= {group: share if whole else f"{share:.2%}" for group, share in value.items()}
        elif whole:
            flat |= {f"{head} {name}": part for name, part in value.items()}
    return flat


def cell(value: Any) -> str:
    """A value as a table shows it, on one line and without control characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return plain(", ".join(str(item) for item in value))
    return plain(" ".join(str(value).split()))


def _raw(value: Any) -> Any:
    """A value as CSV holds it: numbers as they are, text on one line, and never what a spreadsheet would run."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    text = cell(value)
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])  # a fullwidth sign is one too
    return f"'{text}" if first and first in FORMULA else text

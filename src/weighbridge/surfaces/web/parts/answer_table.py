"""The table of an answer: its rows as the command line shows them, with names in words and bounds as strips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from htpy import Node

from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import clean
from weighbridge.surfaces.views import told
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.web.page import SUBJECTS, View
from weighbridge.surfaces.web.parts.bounds import strip
from weighbridge.surfaces.web.parts.table import ROWS_MOST, Cell, table
from weighbridge.surfaces.web.parts.text import subject

BOUNDS = "bounds"


def answer_table(view: View, asked: Asked, title: str, most: int = ROWS_MOST) -> Node:
    """The rows of an answer.

    Raises:
        UsageError: the question is not valid here.
        DataMissing: what is held cannot answer it.
    """
    found = view.shelf.told(asked)
    rows = found.document.get("rows") or []
    shown = told.columns(found.document, found.presented)
    return table(_with_strips(shown, rows), title, cells=_cells(view, found.document), most=most)


def _with_strips(shown: list[told.Cells], rows: list[Mapping[str, Any]]) -> list[told.Cells]:
    """The same with a strip beside each share that has bounds."""
    if not rows or rows[0].keys() not in (told.GROUP, told.COUNT) or "share" not in shown[0]:
        return shown
    most = max((number(row["hi"]) or 0.0 for row in rows), default=0.0)
    found = []
    for cells, row in zip(shown, rows, strict=True):
        made: told.Cells = {}
        for head, value in cells.items():
            made[head] = value
            if head == "at most":
                made[BOUNDS] = strip(row["value"], row["lo"], row["hi"], most)
        found.append(made)
    return found


def _cells(view: View, document: Mapping[str, Any]) -> dict[str, Cell]:
    """How names of groups are shown: in words, and as links to their pages."""
    about = Subject.of(document)

    def group(value: Any, row: Mapping[str, Any]) -> Node:
        words = about.name(value)
        return subject(view, about.by, value, words if words == clean(value) else _with_code(words, about.by, value))

    def named(value: Any, row: Mapping[str, Any]) -> Node:
        return subject(view, str(row.get("what")), value)

    found: dict[str, Cell] = {about.by: group, "group": group, "leader": group, "name": named}
    for kind in SUBJECTS:
        if kind != about.by:
            found[kind] = _of_kind(view, kind)
    return found


def _of_kind(view: View, kind: str) -> Cell:
    return lambda value, row: subject(view, kind, value)


def _with_code(words: str, by: str, value: Any) -> str:
    """A country's name with its code, as files have it; other groups by their words alone."""
    return f"{words} ({clean(value)})" if by == "country" and len(str(value)) == 2 else words

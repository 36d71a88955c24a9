"""Tables: a region of their own that scrolls, figures to the right, every cell escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from htpy import Node, caption, div, tbody, td, th, thead, tr
from htpy import table as table_

from weighbridge.charts.text import clean
from weighbridge.records.written import cell
from weighbridge.surfaces.views import told

ROWS_MOST = 250
"""Rows that a page shows; files hold all."""
Cell = Callable[[Any, Mapping[str, Any]], Node]
"""What stands in a cell, from its value and its row."""


def table(
    rows: Sequence[Mapping[str, Any]],
    title: str,
    *,
    heads: Mapping[str, Node] | None = None,
    cells: Mapping[str, Cell] | None = None,
    columns: Sequence[str] | None = None,
    first: str | None = None,
    most: int = ROWS_MOST,
) -> Node:
    """A table of rows that share their keys.

    Args:
        rows: as they are; a value is shown as the command line does, unless `cells` says otherwise.
        title: what the table is of, for its caption and its region.
        heads: what stands over columns in place of their names.
        cells: how to show a column; of values that are nodes nothing need be said.
        columns: which, in order; null: those of the first row.
        first: the column whose cells head their rows; null: the first.
        most: so many rows are shown.
    """
    if not rows:
        return div(".table")["No rows."]
    names = list(rows[0]) if columns is None else list(columns)
    numeric = {head for head in names if told.numeric(rows, head)}
    heading = first if first is not None else names[0]
    shown = cells or {}

    def content(row: Mapping[str, Any], head: str) -> Node:
        value = row.get(head)
        return shown[head](value, row) if head in shown else value if _is_node(value) else clean(cell(value))

    def class_of(head: str) -> str | None:
        return "n" if head in numeric else None

    return div(".table", role="region", tabindex="0", aria_label=f"Table: {clean(title)}")[
        table_[
            caption[clean(title)],
            thead[tr[(th(scope="col", class_=class_of(n))[(heads or {}).get(n, _head(n))] for n in names)]],
            tbody[(
                tr[(
                    th(scope="row")[content(row, n)]
                    if n == heading and row.get(n) not in (None, "")
                    else td(class_=class_of(n))[content(row, n)]
                    for n in names
                )]
                for row in rows[:most]
            )],
        ],
        len(rows) > most and div(".more")[f"{len(rows) - most:,} more rows stand in the files."],
    ]  # fmt: skip


def _head(name: str) -> str:
    return clean(name.replace("_", " "))


def _is_node(value: Any) -> bool:
    return hasattr(value, "__html__")

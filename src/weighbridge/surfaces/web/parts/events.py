"""Events of the quality ledger as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from htpy import Node, strong

from weighbridge.charts.text import counted, percent
from weighbridge.charts.wording import day
from weighbridge.surfaces.views.dataset import last_day
from weighbridge.surfaces.web.page import View
from weighbridge.surfaces.web.parts import entries, text
from weighbridge.surfaces.web.parts.table import table

MULTIPLE = 10.0
"""Parts of the hub's weight over this are written as a multiple."""
COLUMNS = ("detail", "model", "days", "weight", "share")
HEADS = {"detail": "what", "share": "part of the hub's weight"}


def events(
    view: View, rows: Sequence[Mapping[str, Any]], title: str, most: int, kinds: bool = True, models: bool = True
) -> Node:
    """A row an event.

    Args:
        view: of the page.
        rows: as the ledger gives them.
        title: of the table.
        most: rows that are shown.
        kinds: whether each says its kind.
        models: whether each says its model.
    """
    return table(
        [{**row, "days": days(row)} for row in rows],
        title,
        columns=[name for name in COLUMNS if models or name != "model"],
        heads=HEADS,
        cells={
            "detail": partial(_what, kinds=kinds),
            "model": partial(_model, view),
            "weight": lambda value, _: "not known" if value is None else counted(value),
            "share": lambda value, _: "not known" if value is None else part(value),
        },
        most=most,
    )


def _what(value: Any, row: Mapping[str, Any], kinds: bool) -> Node:
    return [strong[row["event"]], ": ", entries.told(value)] if kinds else entries.told(value)


def _model(view: View, value: Any, row: Mapping[str, Any]) -> Node:
    return text.subject(view, "model", value) if value else "the whole hub"


def days(row: Mapping[str, Any]) -> str:
    """The days of observation that an event touches, from the first to the last."""
    first, last = row["from"], last_day(row["to"])
    return day(first) if first >= last else f"{day(first)} to {day(last)}"


def part(share: float) -> str:
    """A part of the hub's weight; where a counter takes back many months at once, a multiple."""
    return percent(share) if share <= MULTIPLE else f"× {share:,.0f}"

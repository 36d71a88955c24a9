"""Rungs, kinds of drift or classes of size within each group: a column a class, a row a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.charts import bars, columns, wording
from weighbridge.charts.columns import Cell, Column
from weighbridge.charts.ordered import UNKNOWN, told
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import percent

FIELDS = ("rung", "drift", "size", "kind", "origin")
"""Fields that hold the class of a row."""
BILLIONS = "size"
SHOWN, SHOWN_NARROW = 10, 6


class DividedColumns:
    """Dots with limits; each group's classes are parts of that group's own weight."""

    id = "divided-columns"
    title = "Classes within each group (--by) in one window"
    answers = ("openness", "licence-drift", "size")
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether rows have a group and a class, in one window."""
        return not subject.periods and bool(_field(subject))

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        field, theme = _field(subject), sheet.theme
        rows = [row for row in subject.rows if number(row.get("value")) is not None]
        groups = list(dict.fromkeys(str(row["group"]) for row in rows))
        shown = groups[: SHOWN_NARROW if sheet.narrow else SHOWN]
        found = {(str(row["group"]), str(row[field])): row for row in rows}
        classes = [c for c in _order(rows, field) if any((g, c) in found and _some(found[g, c]) for g in shown)]
        drawn = columns.columns(
            [subject.name(group) for group in shown],
            [
                Column(
                    told(f"{name.replace('-', '–')} billion" if field == BILLIONS and name not in UNKNOWN else name),
                    theme.neutral if name in UNKNOWN or subject.measure == "licence-drift" else theme.marks[0],
                    [_cell(found.get((group, name))) for group in shown],
                )
                for name in classes
            ],
            sheet,
        )
        more = f" {len(groups) - len(shown)} more groups are in the figures." if len(groups) > len(shown) else ""
        return Picture(
            title=f"{wording.titled(subject)}, within each {subject.by}",
            subtitle=wording.terms(subject, f"Part of each {subject.by}'s own {subject.unit} by {field}"),
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": bars.table(subject, (field, "part")), **drawn.data},
            left=drawn.left,
            note="Bars lie between the bounds; one scale for all columns. Groups stand in the order of their weight."
            f"{more}",
        )


def _field(subject: Subject) -> str:
    """The field that holds the class; empty where rows have none, or no group or figure beside it."""
    for name in FIELDS:
        if any(row.get(name) and "group" in row and "part" in row and _figure(row) for row in subject.rows):
            return name
    return ""


def _figure(row: Mapping[str, Any]) -> bool:
    return number(row.get("value")) is not None


def _some(row: Mapping[str, Any]) -> bool:
    """Whether a class can have any weight."""
    return bool(row["value"] or number(row.get("hi")))


def _order(rows: list[Mapping[str, Any]], field: str) -> list[str]:
    """Classes in their order: that of the group which has most of them, others before what is unknown."""
    by_group: dict[str, list[str]] = {}
    for row in rows:
        by_group.setdefault(str(row["group"]), []).append(str(row[field]))
    longest = max(by_group.values(), key=len)
    rest = dict.fromkeys(name for names in by_group.values() for name in names if name not in longest)
    known = [name for name in [*longest, *rest] if name not in UNKNOWN]
    return [*known, *(name for name in [*longest, *rest] if name in UNKNOWN)]


def _cell(row: Mapping[str, Any] | None) -> Cell | None:
    if row is None:
        return Cell(0.0, 0.0, 0.0, percent(0.0))
    return Cell(float(row["value"]), number(row.get("lo")), number(row.get("hi")), percent(row["value"]))


CHART = DividedColumns()

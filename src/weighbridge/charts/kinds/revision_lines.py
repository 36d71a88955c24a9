"""How one window's answer moved as readings came in: a line a group over the moments of knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.charts import bars, series, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, day_of, number
from weighbridge.charts.text import points


class RevisionLines:
    """Points at the days on which readings became known."""

    id = "revision-lines"
    title = "One window as it was known over time"
    answers = ("revisions",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether more than one reading answered."""
        return len({row.get("known") for row in subject.rows if _point(row)}) > 1

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme = sheet.theme
        groups = list(dict.fromkeys(str(row["group"]) for row in subject.rows if _point(row)))
        slots = subject.slots((group for group in groups if subject.is_party(group)), len(theme.marks))
        drawn = series.lines(
            [
                series.Line(
                    subject.name(group, brief=sheet.narrow),
                    sorted(
                        (p for row in subject.rows if str(row["group"]) == group and (p := _point(row))),
                        key=lambda point: point.start,
                    ),
                    theme.marks[slots[group]] if group in slots else theme.neutral,
                    theme.inks[slots[group]] if group in slots else theme.soft,
                    dashed=subject.nobody_knows(group),
                )
                for group in groups
            ],
            sheet,
            lambda value: wording.figure(subject, value),
        )
        return Picture(
            title=_title(subject),
            subtitle=wording.terms(subject, f"Share of {subject.unit} by {subject.by}, as known on each day,"),
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": bars.table(subject, ("known", "moved")), **drawn.data},
            left=drawn.left,
            right=drawn.right,
            below=drawn.below,
            note="Bands lie between the bounds.",
        )


def _point(row: Mapping[str, Any]) -> series.Point | None:
    day, value = day_of(row.get("known")), number(row.get("value"))
    if day is None or value is None:
        return None
    return series.Point(day, day + 1, value, number(row.get("lo")), number(row.get("hi")))


def _title(subject: Subject) -> str:
    """Which share moved most, and by how much."""
    moved = [row for row in subject.rows if number(row.get("moved"))]
    if not moved:
        return "No share moved as readings came in"
    most = max(moved, key=lambda row: abs(row["moved"]))
    name = wording.named(subject, most["group"])
    return f"{name} moved most, by {points(most['moved'])} points on {wording.day(most['known'])}"


CHART = RevisionLines()

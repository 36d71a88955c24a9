"""Concentration by period: the parts of the largest and the indices, each a line from 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.charts import bars, series, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import percent

NAMES = {
    "top_1": "The largest", "top_10": "10 largest", "top_100": "100 largest", "top_1pct": "Largest 1 %",
    "gini": "Gini", "hhi": "HHI",
}  # fmt: skip
"""Figures that are drawn, with their names; the effective number has no end and is left to the table."""
BRIEF = {"top_1": "Top 1", "top_10": "Top 10", "top_100": "Top 100", "top_1pct": "Top 1 %"}
WHAT = {"model": "models", "organisation": "organisations", "country": "countries"}


class ConcentrationOverTime:
    """A line an index."""

    id = "concentration-over-time"
    title = "Concentration by period"
    answers = ("concentration",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether indices are known in periods."""
        return bool(subject.periods) and bool(_lines_of(subject))

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme, found = sheet.theme, _lines_of(subject)
        names = NAMES | BRIEF if sheet.narrow else NAMES
        drawn = series.lines(
            [
                series.Line(
                    names[name],
                    points,
                    theme.marks[slot],
                    theme.inks[slot],
                )
                for slot, (name, points) in enumerate(found.items())
            ],
            sheet,
            percent,
        )
        first = next(iter(found))
        what = WHAT.get(subject.by, subject.by)
        return Picture(
            title=_title(subject, first, found[first]),
            subtitle=wording.terms(subject, f"Parts of {subject.unit} that the largest {what} take, and indices,"),
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": bars.table(subject), **drawn.data},
            left=drawn.left,
            right=drawn.right,
            below=drawn.below,
            note="Hollow dots and dashed lines: periods not observed over their whole length."
            if any(not point.whole for point in found[first])
            else "",
        )


def _title(subject: Subject, first: str, points: list[series.Point]) -> str:
    """How the first index moved from the first whole period to the last."""
    whole = [point for point in points if point.whole] or points
    told = [f"{percent(p.value)} in {wording.period(_period(subject, p))}" for p in (whole[0], whole[-1])]
    of = (
        f"the largest {subject.by}'s part of {subject.unit}"
        if first == "top_1"
        else f"{NAMES[first]} of {subject.unit}"
    )
    return f"{of[:1].upper()}{of[1:]} was {' and '.join(dict.fromkeys(told))}"


def _period(subject: Subject, point: series.Point) -> str:
    return next(name for name in subject.periods if subject.span(name)[0] == point.start)


def _lines_of(subject: Subject) -> dict[str, list[series.Point]]:
    """Points by index, in the order in which they are named."""
    found: dict[str, list[Mapping[str, Any]]] = {name: [] for name in NAMES}
    for row in subject.rows:
        if (
            row.get("group") in found
            and str(row.get("period")) in subject.periods
            and number(row.get("value")) is not None
        ):
            found[row["group"]].append(row)
    return {
        name: series.moments(rows, subject.span, lambda period: bool(subject.periods[period].get("complete", True)))
        for name, rows in found.items()
        if rows
    }


CHART = ConcentrationOverTime()

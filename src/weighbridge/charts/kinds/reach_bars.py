"""How far downloads reach: the parts as bars, the count in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.charts import bars, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import clean, percent


class ReachBars:
    """A bar a part; rows that count repositories are said in the subtitle."""

    id = "reach-bars"
    title = "How far downloads reach"
    answers = ("reach",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether parts of one window are known."""
        return not subject.periods and bool(_parts(subject))

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        asked = subject.document.get("asked") or {}
        what = clean(asked.get("of", "models"))
        names = _names(asked, what, subject.unit)
        rows = [dict(row) | {"group": names.get(str(row["group"]), row["group"])} for row in _parts(subject)]
        drawn = bars.bars(Subject({**subject.document, "rows": rows}, subject.measure), sheet)
        every = {str(row["group"]): number(row.get("value")) for row in subject.rows}
        many, largest = every.get("counted"), every.get("largest")
        k = f"{number(asked.get('k')) or 0:,.0f} largest {what}"
        title = "How far downloads reach" if largest is None else f"The {k} take {percent(largest)} of {subject.unit}"
        counted = f"Parts of {many:,.0f} {what}" if many is not None else f"Parts of all {what}"
        return Picture(
            title=title,
            subtitle=wording.terms(subject, f"{counted} and of their {subject.unit}"),
            height=drawn.height,
            layers=drawn.layers,
            data={**drawn.data, "rows": bars.table(subject)},
            left=drawn.left,
            right=drawn.right,
        )


def _parts(subject: Subject) -> list[Mapping[str, Any]]:
    return [r for r in subject.rows if r.get("group") != "counted" and number(r.get("value")) is not None]


def _names(asked: Mapping[str, Any], what: str, unit: str) -> dict[str, str]:
    """What each figure is of, in words."""
    below, k, part = (number(asked.get(key)) or 0.0 for key in ("below", "k", "part"))
    return {
        "without": f"{what.capitalize()} without {unit}",
        "below": f"{what.capitalize()} with fewer than {below:,.0f}",
        "largest": f"The {k:,.0f} largest {what}, of all {unit}",
        "taking": f"{what.capitalize()} that suffice for {100 * part if part <= 1 else part:g} % of {unit}",
    }


CHART = ReachBars()

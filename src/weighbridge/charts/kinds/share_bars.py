"""Shares of one window, largest first, with their bounds."""

from __future__ import annotations

from weighbridge.charts import bars, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, number

TITLED = ("country", "region", "organisation", "family", "namespace", "type", "model")


class ShareBars:
    """One bar a group: its share, what it could be at most, and what nobody knows."""

    id = "share-bars"
    title = "Shares of one window with their bounds"
    answers = ("share", "top", "new-models")
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether it is of one window and has shares."""
        rows = subject.rows
        return (
            not subject.document.get("periods")
            and subject.is_part
            and any(number(row.get("value")) is not None and "group" in row for row in rows)
        )

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        drawn = bars.bars(subject, sheet)
        what = wording.whole(subject)
        said = wording.terms(subject, f"Share of {what} by {subject.by}")
        return Picture(
            title=wording.leading(subject, subject.rows, what),
            subtitle=said,
            height=drawn.height,
            layers=drawn.layers,
            data=drawn.data,
            left=drawn.left,
            right=drawn.right,
            note=f"{bars.key(drawn)} {wording.doubt(subject)}".strip(),
        )


CHART = ShareBars()

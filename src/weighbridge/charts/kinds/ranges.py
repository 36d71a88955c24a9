"""What shows figures that no chart was made for: ranked bars with their ranges, and no claim."""

from __future__ import annotations

from weighbridge.charts import bars, meanings, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, number


class Ranges:
    """One bar a row of the newest period, with its limits."""

    id = "ranges"
    title = "Ranked bars with ranges"
    answers: tuple[str, ...] = ()
    rank = 90

    def fits(self, subject: Subject) -> bool:
        """Whether rows have a group and a figure, and ranking them says something true."""
        return meanings.any_bars(subject) and any(
            "group" in row and number(row.get("value")) is not None for row in subject.rows
        )

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        newest = _newest(subject)
        drawn = bars.bars(newest, sheet)
        when = str(newest.rows[0].get("period") or "")
        return Picture(
            title=f"{wording.titled(subject)}{f', {wording.period(when)}' if when else ''}",
            subtitle=wording.terms(
                subject, meanings.meaning(subject) or f"Values of {subject.measure} ({subject.unit})"
            ),
            height=drawn.height,
            layers=drawn.layers,
            data={**drawn.data, "rows": bars.table(subject)},
            left=drawn.left,
            right=drawn.right,
            note=bars.key(drawn),
        )


def _newest(subject: Subject) -> Subject:
    """The answer's rows of its last period alone; all, where it has none."""
    named = [row for row in subject.rows if "group" in row and number(row.get("value")) is not None]
    periods = [str(row["period"]) for row in named if row.get("period") is not None]
    if not periods:
        return Subject({**subject.document, "rows": named}, subject.measure)
    last = max(periods)
    return Subject({**subject.document, "rows": [r for r in named if str(r.get("period")) == last]}, subject.measure)


CHART = Ranges()

"""When one group passes another in resampled organisations: the range of periods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.charts import intervals, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, first_day, number
from weighbridge.charts.text import clean, percent

PASSES = " passes "
"""What stands between the groups in the rows of `stability --of crossover`."""


class CrossingInterval:
    """A line from the earliest period to the latest of the middle 95 %, a dot for what was observed."""

    id = "crossing-interval"
    title = "When one group passes another, over resampled organisations"
    answers = ("stability",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether a range of periods is known."""
        return any(_range(row) for row in subject.rows)

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme = sheet.theme
        drawn_rows = [(row, found) for row in subject.rows if (found := _range(row))]
        ends = sorted({day for _, found in drawn_rows for day in found if day is not None})
        names = {day: wording.from_ordinal(day) for day in ends}
        names |= {day: wording.period(clean(row[key])) for row, found in drawn_rows
                  for key, day in zip(("value", "lo", "hi"), found, strict=True) if day is not None}  # fmt: skip
        drawn = intervals.intervals(
            [
                intervals.Interval(
                    _name(subject, row), None if found[0] is None else float(found[0]), float(found[1] or 0),
                    float(found[2] or 0), _told(row), theme.marks[0],
                )
                for row, found in drawn_rows
            ],
            sheet,
            lambda day: names.get(int(day), ""),
            zero=False,
            ticks=[(float(day), names[day]) for day in ends],
        )  # fmt: skip
        row = drawn_rows[0][0]
        crosses = number(row.get("crosses")) or 0.0
        return Picture(
            title=f"{_name(subject, row)} in {percent(crosses)} of draws of organisations like these",
            subtitle=wording.terms(subject, f"Period in which one share of {subject.unit} passes the other,"),
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": [_row(row) for row in subject.rows], **drawn.data},
            left=drawn.left,
            right=drawn.right,
            below=drawn.below,
            note="The line holds the middle 95 % of the draws in which it passes to stay; a dot is what was observed.",
        )


def _range(row: Mapping[str, Any]) -> tuple[int | None, int | None, int | None] | None:
    """First days, as ordinals, of the observed, the least and the last period; null where no range is known."""
    days = tuple(_first_day(row.get(key)) for key in ("value", "lo", "hi"))
    return (days[0], days[1], days[2]) if days[1] is not None and days[2] is not None else None


def _first_day(period: Any) -> int | None:
    return first_day(period) if isinstance(period, str) else None


def _name(subject: Subject, row: Mapping[str, Any]) -> str:
    return PASSES.join(subject.name(part) for part in str(row["group"]).split(PASSES))


def _told(row: Mapping[str, Any]) -> str:
    ahead = number(row.get("ahead_at_the_end"))
    return "" if ahead is None else f"ahead at the end in {percent(ahead)}"


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    texts = {key: clean(row[key]) if isinstance(row.get(key), str) else None for key in ("value", "lo", "hi")}
    figures = {key: number(row.get(key)) for key in ("crosses", "ahead_at_the_end")}
    return {"group": clean(row["group"]), **texts, **figures}


CHART = CrossingInterval()

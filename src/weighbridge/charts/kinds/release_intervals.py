"""Days between releases: medians with the middle half, the shortest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.charts import bars, intervals, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, asked, number
from weighbridge.charts.text import counted

SHOWN, SHOWN_NARROW = 16, 10
FIGURES = ("value", "p25", "p75")


class ReleaseIntervals:
    """A dot for the median, a line for the middle half of the intervals, in days."""

    id = "release-intervals"
    title = "Days between releases in one window"
    answers = ("cadence",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether medians and quartiles of one window are known."""
        return not subject.periods and any(
            all(number(row.get(key)) is not None for key in FIGURES) for row in subject.rows
        )

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme = sheet.theme
        known = [row for row in subject.rows if all(number(row.get(key)) is not None for key in FIGURES)]
        shown = sorted(known[: SHOWN_NARROW if sheet.narrow else SHOWN], key=lambda r: (float(r["value"]), r["p75"]))
        made = intervals.intervals(
            [
                intervals.Interval(
                    _name(subject, row),
                    float(row["value"]),
                    float(row["p25"]),
                    float(row["p75"]),
                    _told(row.get("lo"), float(row["value"]), row.get("hi")),
                    theme.marks[0] if subject.is_party(row["group"]) else theme.neutral,
                )
                for row in shown
            ],
            sheet,
            lambda value: f"{counted(value)} days",
        )
        each = "intervals" if subject.by == "organisation" else "organisations, each by its own median"
        many = "" if subject.by == "organisation" else "Behind a name: how many organisations. "
        most = "organisations" if many else "release days"
        few = f"The {len(shown)} with most {most} are drawn. " if len(shown) < len(known) else ""
        return Picture(
            title=_title(subject, [float(row["value"]) for row in shown]),
            subtitle=wording.terms(
                subject, f"Median days between own releases by {subject.by} (fewer days: more often)"
            ),
            height=made.height,
            layers=made.layers,
            data={"rows": bars.table(subject, ("p25", "median", "p75")), **made.data},
            left=made.left,
            right=made.right,
            below=made.below,
            note=f"{few}{many}Bars hold the middle half of the {each}. In brackets at the right: the median where a "
            "release is counted in other ways. Intervals that reach over the window are not seen, which favours short "
            "ones.",
        )


def _name(subject: Subject, row: Mapping[str, Any]) -> str:
    """A group, and how many organisations its median is over."""
    name, many = subject.name(row["group"]), number(row.get("organisations"))
    return name if many is None else f"{name} ({many:,.0f})"


def _told(lo: object, value: float, hi: object) -> str:
    """A median in days, with what it is under other ways of counting."""
    least, most = number(lo), number(hi)
    text = "1 day" if value == 1 else f"{counted(value)} days"
    if least is None or most is None or least == most == value:
        return text
    return f"{text} ({counted(least)} to {counted(most)})"


def _title(subject: Subject, values: list[float]) -> str:
    """How often those drawn release."""
    who = "companies" if asked(subject, "of") == "companies" else "organisations"
    least, most = counted(min(values)), counted(max(values))
    span = f"every {least} to {most} days" if least != most else f"every {most} days"
    if subject.by != "organisation":
        return f"By {subject.by}, {who} release {span} in the median"
    if len(values) == 1:
        return f"{wording.named(subject, subject.rows[0]['group'])} releases {span} in the median"
    return f"The {len(values)} {who} with most release days release {span} in the median"


CHART = ReleaseIntervals()

"""How much figures hang on which organisations there are: resampling intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from weighbridge.charts import bars, intervals, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import counted, points

LESS, INDEX = " - ", "hhi"
"""What stands between the groups of a difference, and how the name of an index begins, in the rows of `stability`."""
SHOWN: dict[str, Callable[[float], str]] = {"difference": points, "hhi": counted}


class StabilityIntervals:
    """A dot for the figure and a line for the middle 95 % of the resamples."""

    id = "stability-intervals"
    title = "Intervals over resampled organisations"
    answers = ("stability",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether there are intervals of figures in one window."""
        return any(_has_interval(row) for row in subject.rows) and not any(row.get("period") for row in subject.rows)

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme, rows = sheet.theme, [row for row in subject.rows if _has_interval(row)]
        slots = subject.slots((str(row["group"]) for row in rows), len(theme.marks))
        kind = _kind(rows[0])
        shown = SHOWN[kind] if kind in SHOWN else lambda value: wording.figure(subject, value)
        drawn = intervals.intervals(
            [
                intervals.Interval(
                    _name(subject, row),
                    float(row["value"]),
                    float(row["lo"]),
                    float(row["hi"]),
                    f"{shown(row['value'])} ({shown(row['lo'])} to {shown(row['hi'])})",
                    theme.marks[slots.get(str(row["group"]), 0)] if subject.is_party(row["group"]) else theme.neutral,
                )
                for row in rows
            ],
            sheet,
            shown,
        )
        what = {
            "difference": "Difference of two shares, in points,",
            "hhi": f"Herfindahl-Hirschman index of {subject.unit} by {subject.by}",
            "share": f"Share of {subject.unit} by {subject.by}",
        }
        return Picture(
            title=_title(subject, rows[0], kind, shown),
            subtitle=wording.terms(subject, what[kind]),
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": bars.table(subject), **drawn.data},
            left=drawn.left,
            right=drawn.right,
            below=drawn.below,
            note="Lines hold the middle 95 % of resamples of organisations. They speak of other draws of organisations "
            "like these: neither of sampling error nor of what is unknown.",
        )


def _kind(row: Mapping[str, Any]) -> str:
    """What `stability` was asked of: a difference says how often it is above zero."""
    if number(row.get("ahead")) is not None:
        return "difference"
    return "hhi" if str(row["group"]).startswith(INDEX) else "share"


def _name(subject: Subject, row: Mapping[str, Any]) -> str:
    group = str(row["group"])
    if _kind(row) == "difference" and group.count(LESS) == 1:
        return " less ".join(subject.name(part) for part in group.split(LESS))
    return "Index" if group.startswith(INDEX) else subject.name(group)


def _has_interval(row: Mapping[str, Any]) -> bool:
    return "group" in row and all(number(row.get(key)) is not None for key in ("value", "lo", "hi"))


def _title(subject: Subject, row: Mapping[str, Any], kind: str, shown: Callable[[float], str]) -> str:
    """How wide the first figure's interval is."""
    value, least, most = (shown(row[key]) for key in ("value", "lo", "hi"))
    if kind == "difference":
        sure = row["lo"] > 0 or row["hi"] < 0
        verb = "keeps its sign" if sure else "could change its sign"
        return f"{_name(subject, row)}, {value} points, {verb} with other organisations like these"
    name = "the index of concentration" if kind == "hhi" else wording.named(subject, row["group"])
    verb = "be" if kind == "hhi" else "have"
    return f"With other organisations like these, {name} could {verb} {least} to {most}, not {value}"


CHART = StabilityIntervals()

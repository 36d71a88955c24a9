"""Shares by period: a line a group, its bounds as a band."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.charts import bars, series, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, number

WORTH_A_LINE = 0.01
"""Parts of the whole that are less than this on average are drawn thin and grey."""
NARROW_LINES = 4


class ShareOverTime:
    """Lines of the largest groups; of any measure whose rows have a group, a period and a value."""

    id = "share-over-time"
    title = "Figures by period with their bounds"
    answers: tuple[str, ...] = ()
    rank = 20

    def fits(self, subject: Subject) -> bool:
        """Whether rows have periods whose days are known, and figures."""
        return bool(_rows(subject))

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        rows = _rows(subject)
        drawn = series.lines(_lines(subject, sheet, rows), sheet, lambda value: wording.figure(subject, value))
        last = _last_whole(subject, rows)
        what = wording.whole(subject)
        when = f" in {wording.period(last)}"
        title = (
            wording.leading(subject, rows[last], what, when) if subject.is_part else _largest(subject, rows[last], when)
        )
        partial = any(not subject.periods[name].get("complete", True) for name in rows)
        notes = (
            "Bands lie between the bounds.",
            "Hollow dots and dashed lines: periods not observed over their whole length." if partial else "",
            wording.doubt(subject),
        )
        return Picture(
            title=title,
            subtitle=wording.terms(
                subject, f"Share of {what} by {subject.by}" if subject.is_part else wording.titled(subject)
            ),
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": bars.table(subject), **drawn.data},
            left=drawn.left,
            right=drawn.right,
            below=drawn.below,
            note=" ".join(filter(None, notes)),
        )


def _largest(subject: Subject, rows: Sequence[Mapping[str, Any]], when: str) -> str:
    """A title for figures that are no parts of a whole."""
    most = max(rows, key=lambda row: float(row["value"]))
    return f"{wording.named(subject, most['group'])} is largest{when}, {wording.figure(subject, most['value'])}"


def _rows(subject: Subject) -> dict[str, list[Mapping[str, Any]]]:
    """Rows with figures, by period, in order of time."""
    found: dict[str, list[Mapping[str, Any]]] = {name: [] for name in subject.periods}
    for row in subject.rows:
        if "group" in row and number(row.get("value")) is not None and str(row.get("period")) in found:
            found[str(row["period"])].append(row)
    return {name: rows for name, rows in found.items() if rows}


def _last_whole(subject: Subject, rows: Mapping[str, Any]) -> str:
    """The newest period that was observed over its whole length; if none was, the newest."""
    whole = [name for name in rows if subject.periods[name].get("complete", True)]
    return (whole or list(rows))[-1]


def _lines(subject: Subject, sheet: Sheet, rows: Mapping[str, list[Mapping[str, Any]]]) -> list[series.Line]:
    """A line a group: the largest coloured, what nobody knows dashed, the others thin."""
    by_group: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for of_period in rows.values():
        for row in of_period:
            by_group[row["group"]].append(row)
    weight = {group: sum(abs(row["value"]) for row in found) / len(rows) for group, found in by_group.items()}
    order = sorted(by_group, key=lambda group: (-weight[group], str(group)))
    theme = sheet.theme
    least = WORTH_A_LINE if subject.is_part else 0.0
    most = NARROW_LINES if sheet.narrow else len(theme.marks)
    largest = [g for g in order if subject.is_party(g) and weight[g] >= least][:most] or order[:1]
    slots = subject.slots(largest, len(theme.marks))
    found = []
    for group in reversed(order):
        points = series.moments(by_group[group], subject.span, lambda name: subject.periods[name].get("complete", True))
        dark = subject.nobody_knows(group)
        told = group in slots or (not subject.is_party(group) and weight[group] >= 2 * least)
        mark = theme.marks[slots[group]] if group in slots else theme.dark if dark else theme.neutral
        ink = theme.inks[slots[group]] if group in slots else theme.soft
        found.append(series.Line(subject.name(group, brief=sheet.narrow), points, mark, ink, dark, not told))
    return found


CHART = ShareOverTime()

"""Shares by period: a line a group, its bounds as a band."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.charts import bars, meanings, series, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, number

WORTH_A_LINE = 0.01
"""Parts of the whole that are less than this on average are drawn thin and grey."""
NARROW_LINES = 4
SAID = 2
"""Groups that a title speaks of, which are drawn whatever their size."""
BANDS = 3
BANDS_OF_MANY = 2
"""Bands of more lines than these lie on each other, and nobody can read them."""


class ShareOverTime:
    """Lines of the largest groups; of any measure whose rows have a group, a period and a value."""

    id = "share-over-time"
    title = "Figures by period with their bounds"
    answers: tuple[str, ...] = ()
    rank = 20

    def fits(self, subject: Subject) -> bool:
        """Whether rows have periods whose days are known, and one figure a group and period."""
        return meanings.any_lines(subject) and bool(_rows(subject))

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        rows = _rows(subject)
        last = _last_whole(subject, rows)
        lines = _lines(subject, sheet, rows, last)
        drawn = series.lines(lines, sheet, lambda value: wording.figure(subject, value))
        what = wording.whole(subject)
        divides = meanings.divides(subject)
        said = f"Share of {what} by {subject.by}" if divides else meanings.meaning(subject)
        partial = any(not subject.periods[name].get("complete", True) for name in rows)
        notes = (
            _banded(lines),
            "Coloured are those that the answer names first." if meanings.named_first(subject) else "",
            "Hollow dots and dashed lines: periods not observed over their whole length." if partial else "",
            wording.doubt(subject),
        )
        return Picture(
            title=wording.leading(subject, rows[last], what, f" in {wording.period(last)}")
            if divides
            else wording.titled(subject),
            subtitle=wording.terms(subject, said or wording.titled(subject)),
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": bars.table(subject), **drawn.data},
            left=drawn.left,
            right=drawn.right,
            below=drawn.below,
            note=" ".join(filter(None, notes)),
        )


def _banded(lines: Sequence[series.Line]) -> str:
    """Which lines have bands; empty where none has."""
    limited = [line for line in lines if not (line.quiet or line.dashed) and any(p.lo != p.hi for p in line.points)]
    drawn = [line.name for line in reversed(limited) if line.banded]
    if not drawn:
        return ""
    if len(drawn) == len(limited):
        return "Bands lie between the bounds."
    names = ", ".join(map(wording.isolated, drawn[:-1])) + (" and " if drawn[1:] else "") + wording.isolated(drawn[-1])
    return f"Bands lie between the bounds, drawn for {names} alone; the others' are in the figures."


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


def _lines(subject: Subject, sheet: Sheet, rows: Mapping[str, list[Mapping[str, Any]]], last: str) -> list[series.Line]:
    """A line a group: the largest coloured, what nobody knows dashed, the others thin."""
    by_group: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for of_period in rows.values():
        for row in of_period:
            by_group[row["group"]].append(row)
    weight = {group: sum(abs(row["value"]) for row in found) / len(rows) for group, found in by_group.items()}
    order = sorted(by_group, key=lambda group: (-weight[group], str(group)))
    if meanings.named_first(subject):
        order = _answer_order(rows)
    theme = sheet.theme
    least = WORTH_A_LINE if subject.is_part else 0.0
    most = NARROW_LINES if sheet.narrow else len(theme.marks)
    largest = [g for g in order if subject.is_party(g) and weight[g] >= least][:most] or order[:1]
    said = sorted((r for r in rows[last] if subject.is_party(r["group"])), key=lambda row: -row["value"])[:SAID]
    told_of = [str(row["group"]) for row in said if meanings.divides(subject)]
    largest = sorted({*told_of, *[g for g in largest if g not in told_of][: most - len(told_of)]}, key=order.index)
    slots = subject.slots(largest, len(theme.marks))
    bands = set(largest if len(largest) <= BANDS else largest[:BANDS_OF_MANY])
    found = []
    for group in reversed(order):
        points = series.moments(by_group[group], subject.span, lambda name: subject.periods[name].get("complete", True))
        dark = subject.nobody_knows(group)
        told = group in slots or (not subject.is_party(group) and weight[group] >= 2 * least)
        mark = theme.marks[slots[group]] if group in slots else theme.dark if dark else theme.neutral
        ink = theme.inks[slots[group]] if group in slots else theme.soft
        found.append(
            series.Line(subject.name(group, brief=sheet.narrow), points, mark, ink, dark, not told, group in bands)
        )
    return found


def _answer_order(rows: Mapping[str, list[Mapping[str, Any]]]) -> list[str]:
    """Groups that most periods have, and of these those that the answer names first."""
    places: dict[str, list[int]] = defaultdict(list)
    for of_period in rows.values():
        for place, row in enumerate(of_period):
            places[row["group"]].append(place)
    return sorted(places, key=lambda g: (-len(places[g]), sum(places[g]) / len(places[g]), str(g)))


CHART = ShareOverTime()

"""Groups under every named definition: a row each, with bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.charts import bars, intervals, wording
from weighbridge.charts.sheet import Picture, Sheet
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import percent


class ComparedDefinitions:
    """A dot for the share and a line for its bounds, by definition and then by group."""

    id = "compared-definitions"
    title = "Shares of some groups under every named definition"
    answers = ("compare",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether any definition has figures."""
        return any(_known(row) for row in subject.rows)

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme, rows = sheet.theme, [row for row in subject.rows if _known(row)]
        slots = subject.slots((str(row["group"]) for row in rows), len(theme.marks))
        drawn = intervals.intervals(
            [
                intervals.Interval(
                    f"{row['definition']}: {subject.name(row['group'], brief=sheet.narrow)}",
                    float(row["value"]),
                    float(row["lo"]),
                    float(row["hi"]),
                    f"{percent(row['value'])} ({percent(row['lo'])} to {percent(row['hi'])})",
                    theme.marks[slots[str(row["group"])]] if subject.is_party(row["group"]) else theme.neutral,
                )
                for row in rows
            ],
            sheet,
            percent,
        )
        return Picture(
            title=_title(subject, rows),
            subtitle=wording.terms(
                subject, f"Share of {subject.unit} by {subject.by} under each named definition", definition=False
            ),
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": bars.table(subject, ("definition",)), **drawn.data},
            left=drawn.left,
            right=drawn.right,
            below=drawn.below,
            note="Lines lie between the bounds, by what is unregistered or unknown. Each definition is a share of its "
            "own whole.",
        )


def _known(row: Mapping[str, Any]) -> bool:
    return all(number(row.get(key)) is not None for key in ("value", "lo", "hi"))


def _title(subject: Subject, rows: list[Mapping[str, Any]]) -> str:
    """Which group has most, and whether that hangs on the definition."""
    those = [row for row in rows if subject.is_party(row["group"])] or rows
    by_definition: dict[str, list[Mapping[str, Any]]] = {}
    for row in those:
        by_definition.setdefault(str(row["definition"]), []).append(row)
    if len({str(row["group"]) for row in those}) == 1:
        return _alone(subject, those)
    ahead = {_first(some) for some in by_definition.values()}
    among, many = wording.PLURAL.get(subject.by, "groups"), len(by_definition)
    if len(ahead) > 1:
        return f"Which of these {among} has most hangs on the definition"
    group = ahead.pop()
    if group is None:
        return f"None of these {among} has more than all others"
    sure = all(_outside(some, group) for some in by_definition.values())
    under = f"under all {many} definitions" if many > 1 else "under the only definition that can be asked"
    end = "outside the bounds" if sure else f"though not {'always ' if many > 1 else ''}outside the bounds"
    said = f"Of these {among}, {wording.named(subject, group)} has most {under}, {end}"
    return f"{said}{_more_than(subject, rows, group)}"


def _alone(subject: Subject, rows: Sequence[Mapping[str, Any]]) -> str:
    least, most = (percent(choose(float(row["value"]) for row in rows)) for choose in (min, max))
    name = wording.named(subject, rows[0]["group"])
    if least == most:
        return f"{name} has {least}{f' under all {len(rows)} definitions' if len(rows) > 1 else ''}"
    return f"{name} has {least} to {most}, by the definition"


def _first(some: Sequence[Mapping[str, Any]]) -> str | None:
    """The group with most under one definition; null where two have as much."""
    most = max(float(row["value"]) for row in some)
    found = [str(row["group"]) for row in some if float(row["value"]) == most]
    return found[0] if len(found) == 1 else None


def _outside(some: Sequence[Mapping[str, Any]], group: str) -> bool:
    """Whether the least of a group is over the most of each other under one definition."""
    least = next(float(row["lo"]) for row in some if row["group"] == group)
    return all(least > float(row["hi"]) for row in some if row["group"] != group)


def _more_than(subject: Subject, rows: Sequence[Mapping[str, Any]], group: str) -> str:
    """Which of what is no party weighs more than a group, and under how many definitions."""
    value = {str(row["definition"]): float(row["value"]) for row in rows if row["group"] == group}
    found = Counter(
        str(row["group"])
        for row in rows
        if not subject.is_party(row["group"]) and float(row["value"]) > value.get(str(row["definition"]), 0.0)
    )
    told = [f"{wording.named(subject, nobody).lower()} weighs more under {count}" for nobody, count in found.items()]
    return f"; {', '.join(told)}" if told else ""


CHART = ComparedDefinitions()

"""Groups under every named definition: a row each, with bounds."""

from __future__ import annotations

from collections.abc import Mapping
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
    by_definition: dict[str, list[Mapping[str, Any]]] = {}
    for row in [row for row in rows if subject.is_party(row["group"])] or rows:
        by_definition.setdefault(str(row["definition"]), []).append(row)
    if all(len(some) == 1 for some in by_definition.values()):
        least, most = (percent(choose(row["value"] for row in rows)) for choose in (min, max))
        return f"{wording.named(subject, rows[0]['group'])} has {least} to {most}, by the definition"
    first = [max(some, key=lambda row: float(row["value"])) for some in by_definition.values()]
    ahead = {str(row["group"]) for row in first}
    sure = all(
        row["lo"] > max(other["hi"] for other in by_definition[str(row["definition"])] if other is not row)
        for row in first
    )
    if len(ahead) > 1:
        return f"Which of these {subject.by} groups has most hangs on the definition"
    name, many = wording.named(subject, first[0]["group"]), len(by_definition)
    end = "outside the bounds" if sure else "though not always outside the bounds"
    return f"Of these, {name} has most under all {many} definitions, {end}"


CHART = ComparedDefinitions()

"""The matrix of definitions as a heat map: the difference of two groups under each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.charts import grids, wording
from weighbridge.charts.colours import mixed, readable
from weighbridge.charts.sheet import ROWS_MOST, Picture, Sheet
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import clean, points

NOWHERE = ", nowhere outside the bounds"
LEAST_TONE = 0.18
"""Part of the full colour that the smallest difference has."""


class MatrixMap:
    """A cell a definition, in the colour of the group that is ahead in it, the stronger the further."""

    id = "matrix-map"
    title = "Who leads under every definition"
    answers = ("matrix",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether two groups were compared."""
        return bool(subject.rows) and len(_groups(subject)) >= 2

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        groups = _groups(subject)
        slots = subject.slots(groups, len(sheet.theme.marks))
        most = max(abs(_difference(row, groups)) for row in subject.rows) or 1.0
        cells = [_cell(row, groups, slots, most, sheet) for row in subject.rows]
        drawn = grids.grid(subject.rows, cells, sheet)
        first, second = (wording.named(subject, group) for group in groups[:2])
        said = f"Share of {subject.unit} by {subject.by}, {first} less {second} in points,"
        keys = (
            f"+: {first} is ahead; −: {second} is.",
            "Filled cells lead outside the bounds, dashed cells do not." if drawn.data["unsure"] else
            "All cells lead outside the bounds.",
            grids.same_everywhere(subject.rows),
        )  # fmt: skip
        return Picture(
            title=_title(subject),
            subtitle=wording.terms(subject, said, definition=False),
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": [_row(row, groups) for row in subject.rows[:ROWS_MOST]], **drawn.data},
            left=drawn.left,
            note=" ".join(filter(None, keys)),
        )


def _groups(subject: Subject) -> list[str]:
    return [str(group) for group in subject.document.get("groups") or ()]


def _difference(row: Mapping[str, Any], groups: list[str]) -> float:
    first, second = (number(row["values"].get(group)) or 0.0 for group in groups[:2])
    return first - second


def _cell(row: Mapping[str, Any], groups: list[str], slots: Mapping[str, int], most: float, sheet: Sheet) -> grids.Cell:
    theme, difference = sheet.theme, _difference(row, groups)
    ahead = groups[0] if difference >= 0 else groups[1]
    mark, sure = theme.marks[slots[ahead]], bool(row.get("outside_bounds"))
    fill = mixed(theme.ground, mark, LEAST_TONE + (1 - LEAST_TONE) * abs(difference) / most) if sure else mark
    return grids.Cell(points(difference), fill, readable(fill, theme) if sure else theme.ink, sure)


def _row(row: Mapping[str, Any], groups: list[str]) -> dict[str, Any]:
    chosen = {choice: row.get(choice) for choice in (*grids.ACROSS, *grids.DOWN) if choice in row}
    chosen = {choice: clean(value) if isinstance(value, str) else value for choice, value in chosen.items()}
    bounds = row.get("bounds") or {}
    figures = [
        {"group": clean(group), "value": number(row["values"].get(group)),
         "lo": number((bounds.get(group) or [None])[0]), "hi": number((bounds.get(group) or [None])[-1])}
        for group in groups
    ]  # fmt: skip
    return {**chosen, "leader": row.get("leader") and clean(row["leader"]), "total": row.get("total"),
            "outside_bounds": bool(row.get("outside_bounds")), "figures": figures}  # fmt: skip


def _title(subject: Subject) -> str:
    """Who leads in how many definitions, and in how many of these outside the bounds."""
    leaders = subject.document.get("leaders") or {}
    parties = {str(group): int(count) for group, count in leaders.items() if group in _groups(subject)}
    if not parties:
        return f"Nobody leads under any of {len(subject.rows)} definitions"
    order = sorted(parties, key=lambda group: -parties[group])
    sure = {g: sum(r.get("leader") == g and bool(r.get("outside_bounds")) for r in subject.rows) for g in order}
    names, all_ = [wording.named(subject, group) for group in order], len(subject.rows)
    if parties[order[0]] == all_:
        count = sure[order[0]]
        certain = "" if count == all_ else f", outside the bounds in {count}" if count else NOWHERE
        return f"{names[0]} leads under all {all_} definitions{certain}"
    said = [f"{name} leads under {parties[group]}" for name, group in zip(names, order, strict=True)]
    certain = f", outside the bounds in {' and '.join(str(sure[g]) for g in order)}" if any(sure.values()) else NOWHERE
    return f"Of {all_} definitions {', '.join(said)}{certain}"


CHART = MatrixMap()

"""When one group passes another, under every definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.charts import grids, wording
from weighbridge.charts.colours import mixed, readable
from weighbridge.charts.sheet import ROWS_MOST, Picture, Sheet
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import clean

PASSED_TONE, AHEAD_TONE = 0.3, 0.55
WIDE_COLUMNS = 3
"""So many columns have room for whole years on a telephone."""
NEVER, ALWAYS = "never ahead", "ahead"
"""How the states of `crossover` begin in which nothing passes."""


class CrossoverMap:
    """A cell a definition: the period in which the first group passes the second, and whether it stays ahead."""

    id = "crossover-map"
    title = "When one group passes another under every definition"
    answers = ("crossover",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether two groups were compared under any definition."""
        return bool(subject.rows) and len(subject.document.get("groups") or ()) == 2

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        groups = [str(group) for group in subject.document["groups"]]
        slots = subject.slots(groups, len(sheet.theme.marks))
        mark = sheet.theme.marks[slots[groups[0]]]
        tight = sheet.narrow and grids.columns(subject.rows) > WIDE_COLUMNS
        drawn = grids.grid(subject.rows, [_cell(row, mark, sheet, tight) for row in subject.rows], sheet)
        first, second = (wording.named(subject, group) for group in groups)
        stays = subject.document.get("stays")
        keys = (
            f"Filled: {first} passes and stays ahead for {stays} periods; pale: it passed, too late to say whether it "
            f"stays, or fell back; dashed: no crossing.",
            grids.same_everywhere(subject.rows),
        )
        return Picture(
            title=_title(subject, first, second),
            subtitle=wording.terms(
                subject, f"Period in which {first} passes {second} by share of {subject.unit},", definition=False
            ),
            height=drawn.height,
            layers=drawn.layers,
            data={"rows": [_row(row, groups) for row in subject.rows[:ROWS_MOST]], **drawn.data},
            left=drawn.left,
            note=" ".join(filter(None, keys)),
        )


def _cell(row: Mapping[str, Any], mark: str, sheet: Sheet, tight: bool) -> grids.Cell:
    """The period, in full colour where it stays ahead; what happened instead, outlined."""
    theme, passed = sheet.theme, row.get("passed") or ()
    if row.get("crossed"):
        return grids.Cell(_period(row["crossed"], tight), mark, readable(mark, theme), True)
    if passed:
        fill = mixed(theme.ground, mark, PASSED_TONE)
        return grids.Cell(_period(passed[-1], tight), fill, readable(fill, theme), True)
    if str(row.get("state", "")).startswith(ALWAYS):
        fill = mixed(theme.ground, mark, AHEAD_TONE)
        return grids.Cell("ahead", fill, readable(fill, theme), True)
    return grids.Cell("–", theme.neutral, theme.soft, False)


def _period(name: Any, tight: bool) -> str:
    """A period, without its century where cells are narrow."""
    text = clean(name)
    return text[2:] if tight and len(text) >= len("2026-05") else text


def _row(row: Mapping[str, Any], groups: list[str]) -> dict[str, Any]:
    kept = {choice: row.get(choice) for choice in (*grids.ACROSS, *grids.DOWN) if choice in row}
    kept |= {name: row.get(name) for name in ("crossed", "state", "last_period")}
    values = row.get("values") or {}
    figures = [{"group": clean(group), "value": number(values.get(group))} for group in groups]
    return {
        **{name: clean(value) if isinstance(value, str) else value for name, value in kept.items()},
        "outside_bounds": bool(row.get("outside_bounds")), "periods": row.get("periods"),
        "passed": [clean(period) for period in row.get("passed") or ()], "figures": figures,
    }  # fmt: skip


def _title(subject: Subject, first: str, second: str) -> str:
    """Under how many definitions it passes and stays, and how many only see it pass."""
    rows = subject.rows
    crossed = sum(bool(row.get("crossed")) for row in rows)
    sure = sum(bool(row.get("crossed")) and bool(row.get("outside_bounds")) for row in rows)
    passed = sum(not row.get("crossed") and bool(row.get("passed")) for row in rows)
    if crossed:
        certain = f", outside the bounds in {sure}" if sure else ", in none outside the bounds"
        return f"{first} passes {second} and stays ahead under {crossed} of {len(rows)} definitions{certain}"
    if passed:
        return f"{first} passes {second} to stay under none of {len(rows)} definitions; {passed} only see it pass"
    return f"{first} never passes {second} under any of {len(rows)} definitions"


CHART = CrossoverMap()

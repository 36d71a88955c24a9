"""One question under every defensible definition: who leads where, and which choice matters most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.cubes.condensing import DIMENSIONS
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import Option
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.effects import summary
from weighbridge.measures.grid import Choice, Grid, age_words
from weighbridge.measures.pairs import GROUPS, chosen_groups, lead
from weighbridge.measures.table import GroupTable
from weighbridge.records.answer import Answer

TIE = "(tie)"
ANOTHER_QUESTION = 0.5
"""A cell that weighs less than this part of the largest cell is said to answer another question."""


class Matrix:
    """Shares of two or more groups over the grid of definitions."""

    id = "matrix"
    title = "The same question under every defensible definition"
    words = (
        "Age limit, attribution, scope, cleaning, register and contested rows in all combinations: the shares of the "
        "groups, their bounds, who leads, whether outside the bounds, and the weight that each cell is about. The "
        "effects describe this grid and not the world."
    )
    formula = (
        "main effect of a choice = mean of d over the cells of one level, d = value_A - value_B; part = its sum of "
        "squares over that of all cells; an interaction is what two choices explain together and not apart"
    )
    source = "analysis of variance of a full factorial design, Fisher (1926); the multiverse of Steegen et al. (2016)"
    example = "--groups CN,US --at 2024-07-11 | head -24"
    options = (Option("by", "What to group by.", DIMENSIONS, "country"), GROUPS)

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row a definition.

        Raises:
            UsageError: a series is asked, or fewer than two groups.
            DataMissing: nothing that is held answers the question's window under any definition.
        """
        by = options["by"]
        if asking.question.over:
            raise UsageError("the matrix is of one window", "ask without --over; `crossover` compares series")
        main = asking.weighed
        groups = chosen_groups(main, by, options)
        grid = Grid(asking, by)
        rows = [_row(cell, by, groups) for cell in grid]
        if not rows:
            raise DataMissing("no definition of the matrix can be asked here", grid.skipped[0].reason)
        largest = max(row["total"] for row in rows)
        rows = [row | {"part_of_largest": row["total"] / max(largest, 1)} for row in rows]
        leaders = Counter(row["leader"] or TIE for row in rows)
        values = {
            "groups": list(groups),
            "leaders": dict(leaders.most_common()),
            "summary": summary(rows, groups),
            "skipped": [skipped.to_dict() for skipped in grid.skipped],
        }
        return answer(self.id, self.title, main, by, rows, values, _said(rows, groups, values))


def _row(cell: Choice, by: str, groups: tuple[str, ...]) -> dict[str, Any]:
    table = GroupTable(cell.weighed, cell.weighed.groups(by))
    found = lead(table, 0, groups)
    return {
        **cell.chosen,
        "values": found.values,
        "bounds": {group: list(limits) for group, limits in found.bounds.items()},
        "leader": found.leader,
        "outside_bounds": found.outside_bounds,
        "total": int(table.value[0].sum()),
    }


def _said(rows: Sequence[dict[str, Any]], groups: tuple[str, ...], values: dict[str, Any]) -> list[str]:
    effects, (a, b) = values["summary"]["effects"], groups[:2]
    won = ", ".join(f"{leader} leads in {count}" for leader, count in values["leaders"].items() if leader != TIE)
    ties = f", nobody leads in {values['leaders'][TIE]}" if TIE in values["leaders"] else ""
    sure = Counter(row["leader"] for row in rows if row["outside_bounds"])
    notes = [
        f"Of {len(rows)} definitions: {(won + ties).removeprefix(', ')}; outside the bounds "
        + (", ".join(f"{leader} in {count}" for leader, count in sure.most_common()) or "nobody in any")
        + "."
    ]
    if values["summary"]["matters_most"]:
        most = effects[0]
        means = ", ".join(f"{_level(m['level'])} {100 * m['difference']:+.1f}" for m in most["means"])
        notes.append(
            f"The choice that moves {a} - {b} most is {most['choice']}: on average {means} points; it turns the lead "
            f"in {most['turns']:.0%} of the settings of the others. This describes the grid, not the world."
        )
    small = [row for row in rows if row["part_of_largest"] < ANOTHER_QUESTION]
    parts = {f"{row['scope']}, {age_words(row['max_age_days'])}": row for row in small if row["clean"] == "house"}
    if parts:
        shown = "; ".join(f"{name}: {row['part_of_largest']:.1%}" for name, row in list(parts.items())[:8])
        notes.append(f"Cells that weigh less than half of the largest answer another question than it does ({shown}).")
    return notes


def _level(level: Any) -> str:
    return "any" if level is None else str(level)


MEASURE = Matrix()

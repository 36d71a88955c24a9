"""Some groups side by side under every named definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

from weighbridge.cubes.condensing import FEW
from weighbridge.cubes.weigh import DIMENSIONS, Weighed
from weighbridge.definitions.named import define, definitions
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import Option
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.chosen import figures, largest
from weighbridge.measures.pairs import chosen_groups
from weighbridge.measures.table import GroupTable
from weighbridge.records.answer import Answer
from weighbridge.records.cells import SMALL, UNNAMED
from weighbridge.records.definition import Definition
from weighbridge.records.presented import parts
from weighbridge.register import families
from weighbridge.register.parties import ELSEWHERE, EUROPE, INDIVIDUALS, INTERNATIONAL, UNAFFILIATED

GROUPS_MOST = 6
SUMMED = frozenset(
    (SMALL, UNNAMED, families.NONE, families.SEVERAL, ELSEWHERE, EUROPE, INDIVIDUALS, INTERNATIONAL, UNAFFILIATED)
)
"""Groups that stand for many, and have most of nothing as one."""
FIGURES = ("value", "lo", "hi", "downloads", "models", "total")


class Compare:
    """Shares of up to six groups, once for each named definition."""

    id = "compare"
    title = "Groups side by side under every named definition"
    words = (
        "The share of each group under each named definition with its bounds: whether one leads, and whether that "
        "hangs on the definition. Changes such as another register hold for all; `matrix` has all that can be defended."
    )
    formula = "value = group / total, each definition of its own total; lo and hi as those of `share`"
    source = "the bounds of partial identification, Manski (2003)"
    example = "--groups US,CN,FR --at 2024-07-11"
    options = (
        Option("by", "What to group by.", DIMENSIONS, "country"),
        Option("groups", f"Which groups, at most {GROUPS_MOST}. [default: the largest]", many=True),
    )

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row a definition and group.

        Raises:
            UsageError: a series is asked, or no group or too many.
            DataMissing: nothing that is held answers the question's window under any definition.
        """
        by, main = options["by"], _weighed(asking, options["by"])
        if len(main.slice.windows) > 1:
            raise UsageError("groups are compared in one window", "ask without --over; `share` gives series")
        groups = _groups(main, by, options)
        rows: list[dict[str, Any]] = []
        for name in definitions():
            definition = _named(name, main.slice.hub, asking.question.definition)
            row: dict[str, Any] = {"definition": name}
            try:
                found = figures(_weighed(asking.instead(definition=definition), by), by, groups)
            except DataMissing as error:
                rows += [row | {"group": group} | dict.fromkeys(FIGURES) | {"because": error.message}
                         for group in groups]  # fmt: skip
                continue
            rows += [row | one | {"because": None} for one in found]
        shown = parts(total="of all")
        nobody = SUMMED | set(GroupTable(main, main.groups(by)).groups.dark)
        return answer(self.id, self.title, main, by, rows, {"groups": list(groups)}, _said(rows, nobody), shown)


def _weighed(asking: Asking, by: str) -> Weighed:
    return asking.condensed(by) if by in FEW else asking.weighed


def _groups(weighed: Weighed, by: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    if options["groups"] is None:
        return largest(weighed, by, GROUPS_MOST, dark=False)
    if len(options["groups"]) > GROUPS_MOST:
        raise UsageError(f"{len(options['groups'])} groups are given", f"give at most {GROUPS_MOST}")
    return chosen_groups(weighed, by, options, least=1)


def _named(name: str, hub: str, asked: Definition) -> Definition:
    """A named definition with the single choices that were asked for."""
    return define(name, hub, **{choice: getattr(asked, choice) for choice in asked.given})


def _said(rows: Sequence[Mapping[str, Any]], nobody: Set[str]) -> list[str]:
    """Which group has most under how many definitions, and where weight of nobody is more than that."""
    by_definition: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["value"] is not None:
            by_definition.setdefault(row["definition"], []).append(row)
    if len({row["group"] for row in rows if row["group"] not in nobody}) < 2:
        return []
    first: dict[str, list[str]] = {}
    above: dict[str, list[str]] = {}
    for name, some in by_definition.items():
        parties = [row for row in some if row["group"] not in nobody]
        most = max(float(row["value"]) for row in parties)
        there = [row["group"] for row in parties if row["value"] == most]
        first.setdefault(there[0] if len(there) == 1 else "no single one", []).append(name)
        for row in some:
            if row["group"] in nobody and row["value"] > most:
                above.setdefault(row["group"], []).append(name)
    more = "".join(f" More than any of them is {group} under {', '.join(names)}." for group, names in above.items())
    told = "; ".join(f"{group} under {', '.join(names)}" for group, names in first.items())
    return [f"The most of these groups{' that are one party' if above else ''}: {told}.{more}"]


MEASURE = Compare()

"""Some groups side by side under every named definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from weighbridge.records.answer import Answer
from weighbridge.records.definition import Definition
from weighbridge.records.presented import parts

GROUPS_MOST = 6
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
        return answer(self.id, self.title, main, by, rows, {"groups": list(groups)}, _said(rows), shown)


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


def _said(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Which group has most under how many definitions."""
    by_definition: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["value"] is not None:
            by_definition.setdefault(row["definition"], []).append(row)
    if len({row["group"] for row in rows}) < 2:
        return []
    first: dict[str, list[str]] = {}
    for name, some in by_definition.items():
        first.setdefault(max(some, key=lambda row: float(row["value"]))["group"], []).append(name)
    told = "; ".join(f"{group} under {', '.join(names)}" for group, names in first.items())
    return [f"The most of these groups: {told}."]


MEASURE = Compare()

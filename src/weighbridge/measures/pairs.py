"""Two groups set against each other: which are asked, which leads, and whether what is unknown could turn it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from weighbridge.cubes.weigh import Weighed
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import Option
from weighbridge.measures.only import near
from weighbridge.measures.table import GroupTable
from weighbridge.records.cells import SMALL, UNNAMED
from weighbridge.register import files
from weighbridge.register.parties import ELSEWHERE, EUROPE, INTERNATIONAL, UNAFFILIATED

GROUPS = Option(
    "groups", "The groups to compare, e.g. CN,US. [default: CN,US for countries, else the largest two]", many=True
)
PAIR = {"country": ("CN", "US")}
"""Which two are compared where nobody says: the pair that the published figures are about."""


@dataclass(frozen=True)
class Lead:
    """The groups of one window against each other.

    Attributes:
        values: share of each group.
        bounds: least and most of each share.
        leader: the largest, or null where two are equal or none has weight.
        outside_bounds: whether the leader leads every other whatever the unknown turns out to be.
    """

    values: dict[str, float]
    bounds: dict[str, tuple[float, float]]
    leader: str | None
    outside_bounds: bool


def chosen_groups(weighed: Weighed, by: str, options: Mapping[str, Any], least: int = 2) -> tuple[str, ...]:
    """The groups that were asked for, or those compared where nobody says.

    Raises:
        UsageError: too few are asked for, one twice, one that there is not, or none that has weight.
        DataMissing: none is asked for, and fewer than two have weight.
    """
    table = GroupTable(weighed, weighed.groups(by))
    weight = table.value.sum(axis=0)
    order = sorted(range(len(table.names)), key=lambda g: (-weight[g], table.names[g]))
    weighty = [table.names[g] for g in order if weight[g] and table.names[g] not in (UNNAMED, SMALL)]
    there = [name for name in weighty if name not in table.groups.dark]
    if options["groups"] is None:
        return _default(by, there)
    asked = tuple(_called(group, weighty, by) for group in options["groups"])
    largest = f"the largest: {', '.join(there[:8])}" if there else "no group that is known has any: ask another window"
    _refuse_number(asked, least, ",".join(there[:2]))
    strange = [group for group in asked if group not in weighty]
    strange = [group for group in strange if group not in _possible(weighed, by)] if strange else []
    if strange:
        like = near(strange[0], weighty)
        raise UsageError(f"there is no {by} {strange[0]!r}", f"similar: {', '.join(like)}" if like else largest)
    if not set(asked) & set(weighty):
        raise UsageError(f"{' and '.join(asked)} have no weight by {by} in this window", largest)
    return asked


def _called(wanted: str, there: Sequence[str], by: str) -> str:
    """A group by the name it has: letter case does not count, and countries may be given by their English names."""
    if wanted in there:
        return wanted
    low = {name.lower(): name for name in reversed(there)}
    if by == "country":
        low |= {row["name"].lower(): row["code"] for row in files.rows("countries")}
        low |= {row["code"].lower(): row["code"] for row in files.rows("countries")}
    return low.get(wanted.lower(), wanted)


def _refuse_number(asked: tuple[str, ...], least: int, example: str) -> None:
    twice = [group for at, group in enumerate(asked) if group in asked[:at]]
    if twice:
        raise UsageError(f"{twice[0]} is given twice", f"give each once, e.g. {example}")
    if not asked:
        raise UsageError("the list of groups is empty", f"give {least} or more, e.g. {example}")
    if len(asked) < least:
        raise UsageError(f"one group was given ({asked[0]}), and {least} are needed", f"e.g. {example}")


def _default(by: str, there: list[str]) -> tuple[str, ...]:
    usual = PAIR.get(by, ())
    chosen = usual if set(usual) & set(there) else tuple(there[:2])
    if len(chosen) < 2:
        raise DataMissing(
            f"only {' '.join(chosen) or 'what is unknown'} has weight by {by}",
            "a comparison needs two groups with weight: ask another window, or group --by something else",
        )
    return chosen


def _possible(weighed: Weighed, by: str) -> set[str]:
    """Groups that there are, with weight or without, under this register or another."""
    names = set(weighed.groups(by).names) | set(weighed.groups(by, weighed.slice.cells.entries).names)
    if by == "family":
        names |= set(weighed.slice.families)
    if by in ("country", "region"):
        column = "code" if by == "country" else "subregion"
        names |= {row[column] for row in files.rows("countries")}
        names |= {INTERNATIONAL, UNAFFILIATED, EUROPE, ELSEWHERE}
    return names


def lead(table: GroupTable, number: int, groups: tuple[str, ...]) -> Lead:
    """Who leads in one window of a table."""
    rows = {row.group: row for row in table.rows(number, np.arange(len(table.names)))}
    values = {group: rows[group].value if group in rows else 0.0 for group in groups}
    bounds = {group: (rows[group].lo or 0.0, rows[group].hi or 0.0) if group in rows else table.absent(number, group)
              for group in groups}  # fmt: skip
    first, second = sorted(groups, key=lambda group: -values[group])[:2]
    ahead = values[first] > values[second]
    others = [group for group in groups if group != first]
    return Lead(
        values, bounds, first if ahead else None,
        ahead and all(table.leads_outside(number, first, other) for other in others),
    )  # fmt: skip

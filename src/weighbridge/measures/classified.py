"""Weight by classes of models that are known in part: the class that is recorded, and those a model may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.roster import Roster
from weighbridge.cubes.weigh import Groups, Weighed
from weighbridge.measures.counting import part_of, whole
from weighbridge.measures.table import GroupTable
from weighbridge.records.answer import CountRow, Row
from weighbridge.records.cells import MODELS

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SURE, MAYBE, NOT = 0, 1, 2
STATES = ("sure", "maybe", "not")


@dataclass(frozen=True)
class Classes:
    """Classes of models.

    Attributes:
        names: of the classes.
        recorded: class of each model by what is recorded of it, index into `names`, int64[models].
        possible: which classes each model may have, for all that is known, bool[models, classes].
        dark: classes that say that nobody knows; of these the limits are 0 and the value, as of unregistered weight.
    """

    names: tuple[str, ...]
    recorded: Codes
    possible: Mask
    dark: frozenset[str] = frozenset()

    def states(self, inside: Sequence[int]) -> Codes:
        """Whether each model is in one of some classes: sure, maybe or not; int64[models]."""
        within = np.zeros(len(self.names), bool)
        within[list(inside)] = True
        some = self.possible[:, within].any(axis=1)
        others = self.possible[:, ~within].any(axis=1)
        return np.where(~some, NOT, np.where(others, MAYBE, SURE)).astype(np.int64)


def rows_of(roster: Roster, classes: Classes) -> list[Row]:
    """A row a class and window; the values of a window sum to one.

    `lo` places all that is not sure outside the class, `hi` all that may be in it inside, with the formulas of shares.
    """
    return _rows(roster, roster.weighed, classes)


def cumulative(classes: Classes, steps: Mapping[str, Sequence[str]]) -> list[Classes]:
    """For each step whether models are in any of some classes: the step's name, or nothing.

    Args:
        classes: what each model is, and may be.
        steps: classes of each step, by its name.
    """
    made = []
    for name, inside in steps.items():
        held = np.isin(classes.names, inside)
        may = np.stack([classes.possible[:, held].any(axis=1), classes.possible[:, ~held].any(axis=1)], axis=1)
        made.append(Classes((name, ""), np.where(held[classes.recorded], 0, 1).astype(np.int64), may))
    return made


def heaviest(roster: Roster, groups: Groups, top: int | None = None, only: Sequence[int] | None = None) -> list[int]:
    """Groups with weight over all windows, those with most first.

    Args:
        roster: the weighed models.
        groups: of `roster.weighed.entries`.
        top: only so many; null: all.
        only: only these, whatever they weigh beside others; null: all.
    """
    weight = np.bincount(groups.codes, weights=roster.weighed.entries.value, minlength=len(groups.names))
    there = np.flatnonzero(weight).tolist()
    chosen = there if only is None else [group for group in there if group in set(only)]
    return sorted(chosen, key=lambda g: (-weight[g], groups.names[g]))[: None if only is not None else top]


def rows_by(roster: Roster, groups: Groups, classes: Classes, name: str, chosen: Sequence[int]) -> list[dict[str, Any]]:
    """How the weight of each group divides into classes, with limits as of a share within the group.

    Args:
        roster: the weighed models.
        groups: of `roster.weighed.entries`, along any dimension.
        classes: what each model is, and may be.
        name: of the field that holds the class.
        chosen: groups with rows, as `heaviest` gives them.

    Returns:
        Rows `{period, group, part, <name>, value, lo, hi, <unit>, models}`: `part` is the group's of all weight in
        the window, `value` the class's of the group's; by period, the heaviest group first.
    """
    weighed = roster.weighed
    windows, count = len(weighed.slice.windows), len(groups.names)
    window = weighed.slice.cells.window[weighed.entries.cell].astype(np.int64)
    sums = np.bincount(window * count + groups.codes, weights=weighed.entries.value, minlength=windows * count)
    weight = sums.reshape(windows, count)
    order = {group.name or None: number for number, group in enumerate(weighed.slice.windows)}
    made: list[tuple[int, float, str, int, dict[str, Any]]] = []
    for group in chosen:
        mine = groups.codes == group
        found = _rows(roster, part_of(weighed, mine), classes, roster.entry_model[mine])
        for place, row in enumerate(found):
            number = order[row.period]
            part = float(weight[number, group] / weight[number].sum())
            fields = {
                "period": row.period, "group": groups.names[group], "part": part, name: row.group, "value": row.value,
                "lo": row.lo, "hi": row.hi, weighed.slice.unit: row.downloads, "models": row.models,
            }  # fmt: skip
            made.append((number, -part, groups.names[group], place, fields))
    return [fields for *_, fields in sorted(made, key=lambda one: one[:4])]


def _rows(roster: Roster, weighed: Weighed, classes: Classes, model: Codes | None = None) -> list[Row]:
    """Rows of some entries; `model` is the downloaded model of each, null: of all entries."""
    model = roster.entry_model if model is None else model
    table = GroupTable(weighed, Groups(classes.recorded[model].astype(np.int32), list(classes.names), frozenset(), {}))
    every = np.arange(len(classes.names))
    limits = {}
    known = set()  # classes of which every model is sure: their limits are those of the flows, as of any share
    for place in every.tolist():
        if classes.names[place] in classes.dark or not classes.possible[:, place][model].any():
            continue
        states = classes.states([place])[model]
        if (states == MAYBE).any():
            limits[place] = GroupTable(weighed, _states(states))
        else:
            known.add(place)
    rows: list[Row] = []
    for number in range(len(table.windows)):
        found = {row.group: row for row in table.rows(number, every)}
        if not found:
            continue
        period = table.windows[number].name or None
        here = []
        for place, name in enumerate(classes.names):
            row = found.get(name)
            if place in limits:
                lo, hi = _limits(limits[place], number)
            elif place in known and row:
                lo, hi = row.lo or 0.0, row.hi or 0.0
            else:
                lo, hi = 0.0, row.value if row else 0.0
            if row is None and hi <= 0:
                continue
            row = row or Row(name, 0.0, 0.0, 0.0, 0, 0, None, period)
            value = row.value
            here.append(Row(name, value, min(lo, value), max(hi, value), row.downloads, row.models, row.kind, period))
        rows += _counted(here, weighed.slice.per_unit) if weighed.slice.unit == MODELS else here
    return rows


def _states(states: Codes) -> Groups:
    return Groups(states.astype(np.int32), list(STATES), frozenset({STATES[MAYBE]}), {})


def _limits(table: GroupTable, number: int) -> tuple[float, float]:
    """Limits of what is surely in a class, where the rest of it is dark."""
    for row in table.rows(number, np.arange(len(STATES))):
        if row.group == STATES[SURE]:
            return row.lo or 0.0, row.hi or 0.0
    return table.absent(number, STATES[SURE])


def _counted(rows: list[Row], per_unit: int) -> list[Row]:
    """The same where models are counted: whole models that sum to those of the window."""
    counts = whole(np.array([row.downloads or 0 for row in rows], np.int64), per_unit).tolist()
    return [
        CountRow(row.group, row.value, row.lo, row.hi, count, count, row.kind, row.period)
        for row, count in zip(rows, counts, strict=True)
    ]

"""Rows of groups where models are counted, and rows of a measure's own classes within groups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.roster import Roster
from weighbridge.cubes.uploads import CREATED
from weighbridge.cubes.weigh import Groups, Weighed
from weighbridge.measures.table import GroupTable
from weighbridge.records.answer import CountRow, Row

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def count_rows(table: GroupTable, number: int, chosen: Ints, per_unit: int) -> list[CountRow]:
    """Rows of one window in whole models, which sum to those of the window.

    The value is the exact part; of models that are divided among several groups the counts are rounded by largest
    remainder, ties in the rows' order.

    Args:
        table: sums of a slice that counts models.
        number: of the window.
        chosen: groups with a row of their own.
        per_unit: what a model weighs there.
    """
    rows = table.rows(number, chosen)
    counts = whole(np.array([row.downloads or 0 for row in rows], np.int64), per_unit)
    return [
        CountRow(row.group, row.value, row.lo, row.hi, count, count, CREATED, row.period)
        for row, count in zip(rows, counts.tolist(), strict=True)
    ]


def whole(parts: Ints, per_unit: int) -> Ints:
    """Whole numbers near some amounts, with the same sum where that is whole.

    Args:
        parts: amounts in parts of a unit, int64[n].
        per_unit: parts in one unit.
    """
    counts, left = parts // per_unit, parts % per_unit
    more = int(left.sum()) // per_unit
    counts[np.argsort(-left, kind="stable")[:more]] += 1
    return counts


def part_of(weighed: Weighed, chosen: Mask) -> Weighed:
    """The same with some of its entries alone, for tables; what stands beside the rows comes from the whole.

    Args:
        weighed: all entries.
        chosen: of `weighed.entries`, bool[n].
    """
    sliced = weighed.slice
    cells = replace(sliced.cells, entries=weighed.entries.take(chosen))
    return replace(weighed, slice=replace(sliced, cells=cells))


def rows_within(roster: Roster, by: str, classes: Groups, name: str, least: float = 0.0) -> list[dict[str, Any]]:
    """How the weight of each group divides into classes, with limits as of a share within the group.

    Args:
        roster: the weighed models.
        by: a dimension.
        classes: of the entries, from `Roster.labelled` or `Weighed.groups`.
        name: of the field that holds the class.
        least: groups with a smaller part of their window's weight get no rows.

    Returns:
        Rows `{period, group, part, <name>, value, lo, hi, downloads, models}`: `part` is the group's of all weight,
        `value` the class's of the group's; by period, the heaviest group first, in it the heaviest class.
    """
    weighed = roster.weighed
    groups = weighed.groups(by)
    window = weighed.slice.cells.window[weighed.entries.cell]
    rows: list[tuple[int, float, Row, str, float]] = []
    shape = (len(weighed.slice.windows), len(groups.names))
    sums = np.bincount(window * shape[1] + groups.codes, weights=weighed.entries.value, minlength=shape[0] * shape[1])
    parts = sums.reshape(shape) / np.maximum(sums.reshape(shape).sum(axis=1, keepdims=True), 1)
    for group in np.flatnonzero((parts.max(axis=0) >= least) & (parts.max(axis=0) > 0)).tolist():
        mine = groups.codes == group
        inside = replace(classes, codes=classes.codes[mine], contested=())
        table = GroupTable(part_of(weighed, mine), inside)
        for number in np.flatnonzero((parts[:, group] >= least) & (parts[:, group] > 0)).tolist():
            part = float(parts[number, group])
            found = table.rows(number, np.arange(len(table.names)))
            rows += [(number, -part, row, groups.names[group], part) for row in found]
    rows.sort(key=lambda found: (found[0], found[1], found[3]))
    per_unit = weighed.slice.per_unit
    return [
        {
            "period": row.period,
            "group": group,
            "part": part,
            name: row.group,
            "value": row.value,
            "lo": row.lo,
            "hi": row.hi,
            "downloads": (row.downloads or 0) // per_unit,
            "models": row.models,
        }
        for _, _, row, group, part in rows
    ]

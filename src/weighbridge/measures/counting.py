"""Rows of groups where models are counted, and parts of what is weighed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.uploads import CREATED
from weighbridge.cubes.weigh import Weighed
from weighbridge.measures.table import GroupTable
from weighbridge.records.answer import CountRow

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

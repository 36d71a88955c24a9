"""Figures of chosen groups in one window: what two questions are compared by."""

from __future__ import annotations

from typing import Any

import numpy as np

from weighbridge.cubes.weigh import Weighed
from weighbridge.measures.table import GroupTable
from weighbridge.records.answer import Row
from weighbridge.records.cells import SMALL, UNNAMED


def figures(weighed: Weighed, by: str, groups: tuple[str, ...]) -> list[dict[str, Any]]:
    """Share, limits, downloads and models of each group; of one without weight, what could be its own.

    Args:
        weighed: of one window.
        by: dimension of the groups.
        groups: their names.
    """
    table = GroupTable(weighed, weighed.groups(by))
    found = {row.group: row for row in _rows(table)}
    total = int(weighed.entries.value.sum())
    made = []
    for group in groups:
        row = found.get(group)
        lo, hi = (row.lo, row.hi) if row else table.absent(0, group)
        value, downloads, models = (row.value, row.downloads, row.models) if row else (0.0, 0, 0)
        made.append(
            {"group": group, "value": value, "lo": lo, "hi": hi, "downloads": downloads, "models": models,
             "total": total}
        )  # fmt: skip
    return made


def largest(weighed: Weighed, by: str, most: int, dark: bool = True) -> tuple[str, ...]:
    """Names of the largest groups of one window.

    Args:
        weighed: of one window.
        by: dimension of the groups.
        most: how many.
        dark: whether what nobody knows is among them.
    """
    table = GroupTable(weighed, weighed.groups(by))
    names = [row.group for row in _rows(table) if dark or row.group not in table.groups.dark]
    return tuple(name for name in names if name not in (UNNAMED, SMALL))[:most]


def _rows(table: GroupTable) -> list[Row]:
    return table.rows(0, np.arange(len(table.names)))

"""Numbering the combinations of several columns that occur, so that one integer says them all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

TABLE = 2**24  # up to here a table of all conceivable combinations is cheaper than sorting


def number(columns: Sequence[npt.NDArray[np.integer]]) -> tuple[Codes, tuple[Ints, ...]]:
    """Dense numbers of the combinations in the rows of some columns, in ascending order of the columns.

    Args:
        columns: one or more integer columns, each [n].

    Returns:
        the number of each row's combination, int32[n], and for each column its value in each combination.
    """
    code: npt.NDArray[np.integer] = np.zeros(len(columns[0]), np.int32)
    count = min(len(columns[0]), 1)
    found: tuple[Ints, ...] = ()
    for column in columns:
        there, place, width = _numbered(column)
        if count * width <= TABLE:
            packed = code * np.int32(width) + place
            seen = np.zeros(count * width, bool)
            seen[packed] = True
            distinct = np.flatnonzero(seen)
            code = (np.cumsum(seen, dtype=np.int32) - np.int32(1))[packed]
        else:
            distinct, inverse = np.unique(code.astype(np.int64) * width + place, return_inverse=True)
            code = inverse.astype(np.int32)
        found = (*(earlier[distinct // max(width, 1)] for earlier in found), there[distinct % max(width, 1)])
        count = len(distinct)
    return code.astype(np.int32, copy=False), found


def packed(columns: Sequence[npt.NDArray[np.integer]]) -> Ints:
    """One integer for each combination in the rows of some columns, in their order, as far as 63 bits reach.

    Raises:
        OverflowError: their ranges are too wide together.
    """
    key, room = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        low = int(column.min(initial=0))
        width = int(column.max(initial=0)) - low + 1
        room *= width
        if room >= 2**63:
            raise OverflowError("too many combinations for one integer")
        key = key * width + (column - low)
    return key


def _numbered(column: npt.NDArray[np.integer]) -> tuple[Ints, npt.NDArray[np.integer], int]:
    """The values of a column (or all in their range), the place of each row's among them, and how many they are."""
    if not len(column):
        return np.zeros(0, np.int64), np.zeros(0, np.int32), 0
    low, high = int(column.min()), int(column.max())
    if high - low < TABLE:
        place = column if low == 0 else column.astype(np.int64) - low
        return np.arange(low, high + 1, dtype=np.int64), place.astype(np.int32, copy=False), high - low + 1
    distinct, inverse = np.unique(column, return_inverse=True)
    return distinct.astype(np.int64), inverse.astype(np.int64), len(distinct)

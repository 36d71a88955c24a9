"""Rows of a table with valid values: our columns, their checks, and the names under which a file may have them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.errors import SourceFailed
from weighbridge.records.observations import Reject
from weighbridge.records.shown import plain
from weighbridge.sources.checks import UNREADABLE, checked, identified
from weighbridge.sources.tabular import Piece, read_table

Columns = Mapping[str, tuple[str, tuple[str, ...]]]
"""Our name of a column → the check of its values, and the names under which a file may have it, best first."""
LONGEST_SHOWN = 80
ONE_BY_ONE = 100
"""Values of a piece and column up to which each is reported for itself."""


@dataclass(frozen=True)
class Typed:
    """The rows of a piece after their checks.

    Attributes:
        columns: clean columns of all its rows, by our names, `row` among them.
        good: rows whose essential values are there and valid, bool[rows].
        rejects: rows that are not.
        doubts: values elsewhere that were set to null.
    """

    columns: dict[str, pa.Array]
    good: npt.NDArray[np.bool_]
    rejects: list[Reject]
    doubts: list[Reject]


def names_of(columns: Columns) -> dict[str, tuple[str, ...]]:
    """For each of our columns the names under which a file may have it, as `read_table` takes them."""
    return {ours: names for ours, (_, names) in columns.items()}


def lists_of(columns: Columns) -> list[str]:
    """Our columns that hold lists of text."""
    return [ours for ours, (check, _) in columns.items() if check == "lists"]


def typed(piece: Piece, columns: Columns, essential: Collection[str]) -> Typed:
    """Check the values of a piece, a column at a time.

    Args:
        piece: of `read_table`.
        columns: their checks.
        essential: ours of which each row needs a valid value.

    Raises:
        SourceFailed: an essential column is of a type that cannot be read.
    """
    numbers = piece.numbers.to_numpy()
    good = np.ones(len(numbers), bool)
    rejects, doubts = list(piece.rejects), list[Reject]()
    found: dict[str, pa.Array] = {"row": piece.numbers}
    for ours, raw in piece.columns.items():
        try:
            values, bad = checked(columns[ours][0], raw, ours)
        except SourceFailed:
            if ours in essential:
                raise
            doubts.append(Reject(0, ours, f"a column of type {raw.type} is not usable here"))
            continue
        found[ours] = values
        if ours not in essential:
            doubts += _doubtful(numbers, np.flatnonzero(bad).tolist(), ours, raw)
            continue
        missing = ~values.is_valid().to_numpy(zero_copy_only=False) & ~bad
        rejects += [_wrong(numbers, index, ours, raw) for index in np.flatnonzero(bad & good).tolist()]
        rejects += [Reject(int(numbers[index]), ours, "is missing") for index in np.flatnonzero(missing & good)]
        good &= ~bad & ~missing
    return Typed(found, good, rejects, doubts)


@dataclass(frozen=True)
class Whole:
    """All good rows of a table, with what was wrong in it."""

    rows: pa.Table
    rejects: list[Reject]
    doubts: list[Reject]


def whole(path: Path, columns: Columns, essential: Collection[str], needed: Collection[Sequence[str]] = ()) -> Whole:
    """A table that fits into memory.

    Args:
        path: see `read_table`.
        columns: those that are read.
        essential: ours of which each row needs a valid value; a file must have them.
        needed: further groups of ours, of each of which a file must have one.

    Raises:
        SourceFailed, SchemaChanged: as `read_table`.
    """
    tables, rejects, doubts = list[pa.Table](), list[Reject](), list[Reject]()
    for piece in read_table(path, names_of(columns), [*((name,) for name in essential), *needed], lists_of(columns)):
        rows = typed(piece, columns, essential)
        rejects += identified(rows.rejects, rows.columns)
        doubts += rows.doubts
        tables.append(pa.table(rows.columns).filter(pa.array(rows.good)))
    return Whole(pa.concat_tables(tables, promote_options="default").combine_chunks(), rejects, doubts)


def _doubtful(numbers: npt.NDArray[np.int64], rows: list[int], column: str, raw: pa.Array) -> list[Reject]:
    """Values that were set to null, one by one; many of a piece at once."""
    if len(rows) <= ONE_BY_ONE:
        return [_wrong(numbers, index, column, raw) for index in rows]
    first = _wrong(numbers, rows[0], column, raw)
    return [Reject(first.row, column, f"{first.reason}, nor are {len(rows) - 1:,} values after it")]


def _wrong(numbers: npt.NDArray[np.int64], index: int, column: str, raw: pa.Array) -> Reject:
    return Reject(int(numbers[index]), column, f"{_shown(raw[index])} is not valid here")


def _shown(value: pa.Scalar) -> str:
    try:
        text = plain(str(value.as_py()))
    except UNREADABLE:
        return f"a value of type {value.type}"
    return repr(text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "...")

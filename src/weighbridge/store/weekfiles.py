"""Whole numbers by week on disk: Parquet that grows by a file a week, and never rewrites what it holds.

A row is a week, a key (a model, or a cell of a cube) and counts. Rows are in order of week and key, one row group a
week, weeks and keys as differences (`DELTA_BINARY_PACKED`), so a row of flows takes about a byte. A file has the
name of its week, or of its first and last; it appears whole or not at all. Whoever writes holds the store's lock;
readers take none.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from weighbridge.errors import StoreDamaged, UsageError
from weighbridge.records.clock import period_holding
from weighbridge.store.syncing import sync

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

NAME = re.compile(r"\d{4}-W\d{2}(_\d{4}-W\d{2})?\.parquet")
HELD = b"weighbridge.weeks"
COMPACTED_ROWS = 50_000_000
RESTORE = "restore it from a backup, or delete the folder and make it again"


@dataclass(frozen=True)
class Week:
    """What is held of one week: key and counts, in order of key.

    Attributes:
        week: day number of its Monday.
        key: int32[n], ascending, each once.
        values: for each column of counts int64[n].
    """

    week: int
    key: Codes
    values: tuple[Ints, ...]


@dataclass(frozen=True)
class Piece:
    """Where a week's rows are; `group` is null for a week without rows."""

    week: int
    path: Path
    group: int | None
    rows: int


@dataclass(frozen=True)
class Weeks:
    """All that is held.

    Attributes:
        weeks: day numbers of Mondays, ascending, int32[weeks].
        start: week `w` is the slice `start[w]:start[w + 1]` of the next two, int64[weeks + 1].
        key: int32[n].
        values: for each column that was asked for int64[n].
    """

    weeks: Codes
    start: Ints
    key: Codes
    values: dict[str, Ints]


class WeekFiles:
    """A folder of such files.

    Args:
        folder: made when something is first written.
        key: name of the key column.
        values: names of the columns of counts.
        small: whether most counts are small and come often, as flows of models do and cells of a cube do not.
    """

    def __init__(
        self, folder: Path, key: str = "model", values: Sequence[str] = ("downloads",), small: bool = True
    ) -> None:
        self.folder = folder
        self.key = key
        self.values = tuple(values)
        self._often = list(self.values) if small else []
        self.schema = pa.schema(
            [
                pa.field("week", pa.int32(), nullable=False),
                pa.field(key, pa.int32(), nullable=False),
                *(pa.field(name, pa.int64(), nullable=False) for name in self.values),
            ]
        )

    def weeks(self) -> tuple[int, ...]:
        """Weeks that are held, ascending day numbers of their Mondays."""
        return tuple(piece.week for piece in self.pieces())

    def pieces(self, weeks: Collection[int] | None = None) -> list[Piece]:
        """Where the rows are, in order of week.

        Args:
            weeks: only these, of which the folder may hold some; null: all.

        Raises:
            StoreDamaged: a file is not what was written.
        """
        try:
            found = self._listed()
        except FileNotFoundError:  # a compaction ended between listing and opening
            found = self._listed()
        return [piece for piece in found if weeks is None or piece.week in weeks]

    def read(self, values: Sequence[str] | None = None) -> Weeks:
        """All of it at once, on all processors: quicker than week by week where it fits into memory.

        Args:
            values: columns of counts; null: all.

        Raises:
            StoreDamaged: a file cannot be read.
        """
        pieces = self.pieces()
        names = [self.key, *(self.values if values is None else values)]
        files: dict[Path, list[Piece]] = {}
        for piece in pieces:
            files.setdefault(piece.path, []).append(piece)
        parts: dict[int, list[npt.NDArray[np.integer]]] = {}
        for path, own in files.items():
            columns = self._whole(path, names)
            cuts = np.cumsum([0, *(piece.rows for piece in own)])
            for piece, start, stop in zip(own, cuts[:-1], cuts[1:], strict=True):
                parts[piece.week] = [column[start:stop] for column in columns]
        if len(files) != 1:
            nothing = [np.zeros(0, np.int32), *(np.zeros(0, np.int64) for _ in names[1:])]
            columns = [np.concatenate(c) for c in zip(nothing, *(parts[p.week] for p in pieces), strict=True)]
        return Weeks(
            weeks=np.array([piece.week for piece in pieces], np.int32),
            start=np.cumsum([0, *(piece.rows for piece in pieces)], dtype=np.int64),
            key=columns[0].astype(np.int32, copy=False),
            values={
                name: column.astype(np.int64, copy=False) for name, column in zip(names[1:], columns[1:], strict=True)
            },
        )

    def _whole(self, path: Path, names: list[str]) -> list[npt.NDArray[np.integer]]:
        try:
            table = pq.ParquetFile(path, page_checksum_verification=True).read(names)
        except (OSError, pa.ArrowException) as error:
            raise StoreDamaged(f"{path} cannot be read: {error}", RESTORE) from None
        return [_numbers(column) for column in table.columns]

    def append(self, week: int, key: Codes, *values: Ints) -> None:
        """Add a week; see `writing`."""
        with self.writing() as add:
            add(Week(week, key, values))

    @contextlib.contextmanager
    def writing(self) -> Iterator[Callable[[Week], None]]:
        """A function that adds weeks, ascending, to one file, which appears when the block ends well.

        Raises:
            UsageError: a week is no Monday or held already, its keys are not ascending, or a count is below 0.
        """
        held = frozenset(self.weeks())
        with self._draft() as write:
            last = -(2**31)

            def add(week: Week) -> None:
                nonlocal last
                self._check(week, held)
                if week.week <= last:
                    raise UsageError("weeks are not ascending", "sort them")
                last = week.week
                write(week)

            yield add

    def compact(self, rows: int = COMPACTED_ROWS) -> int:
        """Join neighbouring files into files of at most that many rows; what they answer stays the same.

        Returns:
            how many files were joined.
        """
        joined = 0
        for run in _runs(self.pieces(), rows):
            old = list(dict.fromkeys(piece.path for piece in run))
            if len(old) < 2:
                continue
            reader = Reader(self)
            with self._draft() as write:
                for piece in run:
                    write(reader.read(piece))
            new = f"{_span(run[0].week, run[-1].week)}.parquet"
            for path in old:
                if path.name != new:
                    path.unlink()
            joined += len(old)
        return joined

    def _check(self, week: Week, held: frozenset[int]) -> None:
        name = period_holding(week.week, "week")
        if name.start != week.week:
            raise UsageError(f"day {week.week} is no Monday", f"give {name.start}, the Monday of {name.name}")
        if week.week in held:
            raise UsageError(f"{name.name} is held already, and what is held never changes", "write to a new folder")
        if any(len(column) != len(week.key) for column in week.values) or len(week.values) != len(self.values):
            raise UsageError(f"{name.name} has columns of unequal length", "give one count a key and column")
        if len(week.key) and (week.key[0] < 0 or (np.diff(week.key) <= 0).any()):
            raise UsageError(f"the keys of {name.name} are not ascending from 0", "sort them, each once")
        if any(len(column) and column.min() < 0 for column in week.values):
            raise UsageError(f"a count of {name.name} is below 0", "counts are whole numbers from 0")

    @contextlib.contextmanager
    def _draft(self) -> Iterator[Callable[[Week], None]]:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{os.getpid()}.new"
        held: list[int] = []
        try:
            with pq.ParquetWriter(
                draft,
                self.schema,
                data_page_version="2.0",
                compression="zstd",
                use_dictionary=self._often,
                column_encoding={n: "DELTA_BINARY_PACKED" for n in self.schema.names if n not in self._often},
                write_page_checksum=True,
            ) as file:

                def write(week: Week) -> None:
                    held.append(week.week)
                    if len(week.key):
                        file.write_table(self._table(week), row_group_size=len(week.key))

                yield write
                file.add_key_value_metadata({HELD: json.dumps(held)})
            if held:
                sync(draft)
                draft.replace(self.folder / f"{_span(held[0], held[-1])}.parquet")
                sync(self.folder)
        finally:
            draft.unlink(missing_ok=True)

    def _table(self, week: Week) -> pa.Table:
        columns = [np.full(len(week.key), week.week, np.int32), week.key.astype(np.int32, copy=False), *week.values]
        return pa.Table.from_arrays([pa.array(column) for column in columns], schema=self.schema)

    def _listed(self) -> list[Piece]:
        """Pieces of all files but those whose weeks are in a larger one, which a broken compaction leaves."""
        paths = [path for path in self.folder.glob("*.parquet") if NAME.fullmatch(path.name)]
        files = sorted((self._pieces_of(path) for path in paths), key=lambda file: (-len(file), file[0].week))
        found: dict[int, Piece] = {}
        for file in files:
            twice = sum(piece.week in found for piece in file)
            if 0 < twice < len(file):
                raise StoreDamaged(f"{file[0].path} overlaps another file of {self.folder}", RESTORE)
            found.update((piece.week, piece) for piece in file if not twice)
        return [found[week] for week in sorted(found)]

    def _pieces_of(self, path: Path) -> list[Piece]:
        try:
            footer = pq.read_metadata(path)
            held = [int(week) for week in json.loads(footer.metadata[HELD])]
            if not held or held != sorted(set(held)):
                raise StoreDamaged(f"{path} does not say which weeks it holds", RESTORE)
            groups = {}
            for number in range(footer.num_row_groups):
                group = footer.row_group(number)
                span = group.column(0).statistics
                if span.min != span.max or span.min in groups or span.min not in held:
                    raise StoreDamaged(f"{path} mixes weeks", RESTORE)
                groups[span.min] = (number, group.num_rows)
            if footer.schema.to_arrow_schema().remove_metadata() != self.schema:
                raise StoreDamaged(f"{path} has other columns than {', '.join(self.schema.names)}", RESTORE)
            return [Piece(week, path, *groups.get(week, (None, 0))) for week in held]
        except FileNotFoundError:
            raise
        except (OSError, pa.ArrowException, KeyError, ValueError, TypeError, AttributeError) as error:
            raise StoreDamaged(f"{path} cannot be read: {error}", RESTORE) from None


class Reader:
    """Reads pieces, keeping files open; one a thread."""

    def __init__(self, files: WeekFiles) -> None:
        self._files = files
        self._columns = [files.key, *files.values]
        self._open: dict[Path, pq.ParquetFile] = {}

    def read(self, piece: Piece) -> Week:
        """The rows of a piece.

        Raises:
            StoreDamaged: they cannot be read.
        """
        if piece.group is None:
            return Week(piece.week, np.zeros(0, np.int32), tuple(np.zeros(0, np.int64) for _ in self._files.values))
        try:
            if piece.path not in self._open:
                self._open = {piece.path: pq.ParquetFile(piece.path, page_checksum_verification=True)}
            table = self._open[piece.path].read_row_group(piece.group, columns=self._columns, use_threads=False)
        except (OSError, pa.ArrowException) as error:
            raise StoreDamaged(f"{piece.path} cannot be read: {error}", RESTORE) from None
        key, *values = (_numbers(column) for column in table.columns)
        return Week(piece.week, key.astype(np.int32, copy=False), tuple(values))


def _numbers(column: pa.ChunkedArray) -> Ints:
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return np.asarray(array.to_numpy())


def _runs(pieces: list[Piece], rows: int) -> Iterator[list[Piece]]:
    """Pieces of whole neighbouring files, together at most that many rows, in order of week."""
    files: dict[Path, list[Piece]] = {}
    for piece in pieces:
        files.setdefault(piece.path, []).append(piece)
    run: list[Piece] = []
    for file in files.values():
        if run and sum(piece.rows for piece in (*run, *file)) > rows:
            yield sorted(run, key=lambda piece: piece.week)
            run = []
        run += file
    yield sorted(run, key=lambda piece: piece.week)


def _span(first: int, last: int) -> str:
    names = [period_holding(week, "week").name for week in (first, last)]
    return "_".join(dict.fromkeys(names))

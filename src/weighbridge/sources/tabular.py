"""Tables in files: Parquet, CSV, JSON and JSON Lines as batches of named columns, with rows that could not be cut."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from weighbridge.errors import SchemaChanged, SourceFailed
from weighbridge.records.observations import Reject
from weighbridge.records.shown import plain

BATCH_ROWS = 50_000
LONGEST_LINE = 64 * 2**20
BOM = b"\xef\xbb\xbf"
MAGIC = {b"\x1f\x8b": "gzip", b"PK": "a zip archive", b"\x28\xb5": "zstd"}


@dataclass(frozen=True)
class Piece:
    """Some rows of a table: `columns` by our names, `numbers` the rows' positions in the file (from 1)."""

    columns: dict[str, pa.Array]
    numbers: pa.Array
    rejects: list[Reject] = field(default_factory=list)


def read_table(
    path: Path,
    wanted: Mapping[str, Sequence[str]],
    needed: Sequence[Sequence[str]],
    lists: Collection[str] = (),
) -> Iterator[Piece]:
    """Yield a table's wanted columns in pieces, whatever the file's form.

    Args:
        path: a Parquet, CSV, JSON or JSON Lines file; its first bytes decide, not its name.
        wanted: our name of a column → the names under which it may stand, best first.
        needed: groups of our names; of each group at least one must be there.
        lists: our names of columns that hold lists of text.

    Raises:
        SourceFailed: the file cannot be read or is empty.
        SchemaChanged: it lacks a needed column; the message lists those that it has.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise SourceFailed(f"{path}: {error.strerror or error}", "give a file that exists and can be read") from None
    if not head.strip():
        raise SourceFailed(f"{path} is empty", "give a Parquet, CSV, JSON or JSON Lines file with rows")
    for magic, what in MAGIC.items():
        if head.startswith(magic):
            raise SourceFailed(f"{path} is {what}, not a table", "unpack it first")
    text = head.removeprefix(BOM).lstrip()
    columns = _Columns(path, wanted, needed, lists)
    try:
        if head.startswith(b"PAR1"):
            yield from _parquet(path, columns)
        elif text[:1] == b"[":
            yield from _json_array(path, columns)
        elif text[:1] == b"{":
            yield from _json_lines(path, columns)
        else:
            yield from _csv(path, columns)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceFailed(
            f"{path} cannot be read: {plain(str(error))[:300]}",
            "the file may be cut off or not be UTF-8; fetch it again",
        ) from None


def mapped(path: Path, wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Which of a Parquet file's columns would be read as which of ours: our name → the file's.

    Raises:
        SourceFailed: it is no Parquet file that can be read.
    """
    try:
        with pa.parquet.ParquetFile(path) as file:
            return _Columns(path, wanted, (), ()).found(file.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise SourceFailed(f"{path} cannot be read: {plain(str(error))[:300]}", "fetch it again") from None


def lacking(path: Path, names: Sequence[str], there: Collection[str]) -> SchemaChanged:
    """What to say where a table has a column under none of some names."""
    shown = ", ".join(plain(name)[:40] for name in list(there)[:30]) or "none"
    return SchemaChanged(
        f"{path} has no column {' or '.join(names)}; its columns: {shown}",
        f"one of these columns is needed: {', '.join(names)}",
    )


class _Columns:
    """Which column of a file stands for which of ours."""

    def __init__(
        self,
        path: Path,
        wanted: Mapping[str, Sequence[str]],
        needed: Sequence[Sequence[str]],
        lists: Collection[str],
    ) -> None:
        self.path, self.wanted, self.needed, self.lists = path, wanted, needed, lists

    def found(self, there: Collection[str], first: bool = True) -> dict[str, str]:
        """Our name → the file's name; the first rows of a file must have what is needed."""
        found = {
            ours: next(name for name in names if name in there)
            for ours, names in self.wanted.items()
            if any(name in there for name in names)
        }
        for group in self.needed if first else ():
            if not any(ours in found for ours in group):
                raise lacking(self.path, [name for ours in group for name in self.wanted[ours]], there)
        return found


def _parquet(path: Path, columns: _Columns) -> Iterator[Piece]:
    with pa.parquet.ParquetFile(path) as file:
        found = columns.found(file.schema_arrow.names)
        first = 1
        for batch in file.iter_batches(BATCH_ROWS, columns=list(dict.fromkeys(found.values()))):
            arrays = {ours: batch.column(theirs) for ours, theirs in found.items()}
            yield Piece(arrays, _numbers(first, batch.num_rows))
            first += batch.num_rows


def _csv(path: Path, columns: _Columns) -> Iterator[Piece]:
    rejects: list[Reject] = []

    def wrong_width(row: Any) -> str:
        reason = f"{row.actual_columns} fields where the header has {row.expected_columns}"
        rejects.append(Reject((row.number or 1) - 1, "", reason))  # its count begins with the header
        return "skip"

    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            names = next(csv.reader(text), [])
    except csv.Error as error:
        raise SourceFailed(f"{path} has no header that can be read: {error}", "give a CSV file with a header") from None
    found = columns.found(names)
    if len(set(names)) != len(names):
        raise SourceFailed(f"{path} names a column twice", "each column needs a name of its own")
    reader = pa.csv.open_csv(
        str(path),
        read_options=pa.csv.ReadOptions(block_size=LONGEST_LINE // 2, use_threads=False),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=wrong_width),
        convert_options=pa.csv.ConvertOptions(
            include_columns=list(dict.fromkeys(found.values())),
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
        ),
    )
    first = 1
    for batch in reader:
        arrays = {ours: batch.column(theirs) for ours, theirs in found.items()}
        skipped = [reject.row for reject in rejects]
        numbers = np.setdiff1d(np.arange(first, first + batch.num_rows + len(skipped)), skipped)[: batch.num_rows]
        first = int(max(numbers[-1:].tolist() + skipped + [first - 1])) + 1
        piece = Piece(arrays, pa.array(numbers, pa.int64()), list(rejects))
        rejects.clear()
        yield piece
    if rejects:
        yield Piece({ours: pa.nulls(0, pa.string()) for ours in found}, _numbers(first, 0), rejects)


def _json_array(path: Path, columns: _Columns) -> Iterator[Piece]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            document = json.load(file)
    except (ValueError, RecursionError) as error:
        raise SourceFailed(f"{path} is not JSON: {plain(str(error))[:200]}", "give a list of objects") from None
    yield from _objects(enumerate(document, 1), columns, [])


def _json_lines(path: Path, columns: _Columns) -> Iterator[Piece]:
    rejects: list[Reject] = []

    def rows() -> Iterator[tuple[int, Any]]:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) >= LONGEST_LINE:
                    raise SourceFailed(f"{path}: line {number} is longer than {LONGEST_LINE} bytes", "split the file")
                if not line.strip():
                    continue
                try:
                    yield number, json.loads(line.removeprefix(BOM))
                except (ValueError, RecursionError):
                    rejects.append(Reject(number, "", "the line is not a JSON object"))

    taken = 0
    for piece in _objects(rows(), columns, rejects):
        taken += len(piece.numbers)
        yield piece
    if not taken:
        raise SourceFailed(f"{path} is not JSON Lines: no line could be read", "write one JSON object a line")


def _objects(rows: Iterator[tuple[int, Any]], columns: _Columns, rejects: list[Reject]) -> Iterator[Piece]:
    """Pieces of rows that are JSON objects; a column may appear late, and is null before."""
    found: dict[str, str] = {}
    numbers: list[int] = []
    objects: list[dict[str, Any]] = []

    def piece() -> Piece:
        nonlocal found
        found = columns.found(dict.fromkeys(name for row in objects for name in row), first=not found) | found
        arrays = {
            ours: json_column([row.get(theirs) for row in objects], ours in columns.lists)
            for ours, theirs in found.items()
        }
        made = Piece(arrays, pa.array(numbers, pa.int64()), list(rejects))
        rejects.clear()
        numbers.clear()
        objects.clear()
        return made

    for number, row in rows:
        if not isinstance(row, dict):
            rejects.append(Reject(number, "", "not a JSON object"))
            continue
        numbers.append(number)
        objects.append(row)
        if len(objects) == BATCH_ROWS:
            yield piece()
    if objects or rejects:
        yield piece()


def json_column(values: list[Any], lists: bool) -> pa.Array:
    """A column of lists of text, or of text; what is neither becomes text that no check takes for a number."""
    if lists:
        return pa.array([_text_list(value) for value in values], pa.list_(pa.string()))
    return pa.array([_text(value) for value in values], pa.string())


def _text(value: Any) -> str | None:
    """Text of a value; an object such as `{"total": 7}` is its total, a list `[first]`."""
    if isinstance(value, dict):
        value = value.get("total")
    if isinstance(value, list):
        value = f"[{value[0]}]" if value else None  # only words are read from it, see `checks.words`
    if value is None or isinstance(value, dict):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return _encodable(str(value))


def _text_list(value: Any) -> list[str] | None:
    if isinstance(value, list):
        return [_encodable(item) for item in value if isinstance(item, str)]
    return [_encodable(value)] if isinstance(value, str) else None


def _encodable(text: str) -> str:
    """JSON may hold lone surrogates, which no UTF-8 file can."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _numbers(first: int, count: int) -> pa.Array:
    return pa.array(np.arange(first, first + count, dtype=np.int64))

"""A vintage's document and tables, wherever they lie by now: in a folder of its own, or in a pack."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from weighbridge.errors import StoreDamaged
from weighbridge.records.vintage import Vintage
from weighbridge.store.package import PACKAGE, UNREADABLE, mend
from weighbridge.store.packs import file_bytes, file_sizes, inside_pack, where_it_lies

PIECE_ROWS = 50_000
Condensing = Callable[[pa.Array], pa.Array]
"""From a piece of a column to what is needed of it, of as many rows."""
NOTHING_CONDENSED: Mapping[str, Condensing] = {}


def read_document(vintage: Vintage) -> dict[str, Any]:
    """The document of a vintage, wherever it lies by now.

    Raises:
        StoreDamaged: it is missing or unreadable.
    """
    try:
        document = json.loads(where_it_lies(vintage.folder, lambda folder: file_bytes(folder, PACKAGE)))
    except UNREADABLE as error:
        raise StoreDamaged(f"{vintage.folder / PACKAGE} cannot be read: {error}", mend(vintage.folder)) from None
    if not isinstance(document, dict):
        raise StoreDamaged(f"{vintage.folder / PACKAGE} holds no object", mend(vintage.folder))
    return document


def has_part(vintage: Vintage, name: str) -> bool:
    """Whether a vintage has a table, as `rejects` or `places`."""

    def look(folder: Path) -> bool:
        return f"{name}.parquet" in file_sizes(folder)

    try:
        return where_it_lies(vintage.folder, look)
    except OSError:
        return False


def part_columns(vintage: Vintage, name: str) -> list[str]:
    """Names of the columns of a vintage's table, by its document.

    Raises:
        StoreDamaged: the vintage has no such table, or its document is not readable.
    """
    try:
        fields = {entry["name"]: entry["schema"]["fields"] for entry in read_document(vintage)["resources"]}
        return [str(column["name"]) for column in fields[name]]
    except UNREADABLE:
        raise StoreDamaged(f"{vintage.folder / PACKAGE} tells of no table {name}", mend(vintage.folder)) from None


def read_part(
    vintage: Vintage,
    name: str,
    columns: Sequence[str] | None = None,
    condensed: Mapping[str, Condensing] = NOTHING_CONDENSED,
) -> pa.Table:
    """A table of a vintage, as `models` or `counters`, wherever it lies by now; all columns unless some are named.

    Args:
        vintage: whose table.
        name: of the table.
        columns: names.
        condensed: what to take of some of the named columns, so that the whole of these is never in memory.

    Raises:
        StoreDamaged: the file is missing, not readable, or not what was written.
    """
    file = f"{name}.parquet"
    whole = columns and [column for column in columns if column not in condensed]

    def read(folder: Path) -> pa.Table:
        lies = pa.BufferReader(file_bytes(folder, file)) if inside_pack(folder) else folder / file
        table = pq.read_table(lies, columns=whole, page_checksum_verification=True)
        for place, column in enumerate(columns or ()):
            if column in condensed:
                table = table.add_column(place, column, _condensed(lies, column, condensed[column]))
        return table

    try:
        return where_it_lies(vintage.folder, read)
    except (OSError, pa.ArrowException) as error:
        raise StoreDamaged(f"{vintage.folder / file} cannot be read: {error}", mend(vintage.folder)) from None


def _condensed(lies: pa.BufferReader | Path, column: str, take: Condensing) -> pa.ChunkedArray:
    with pq.ParquetFile(lies, page_checksum_verification=True) as file:
        if column not in file.schema_arrow.names:
            raise pa.ArrowInvalid(f"there is no column {column}")
        kind = take(pa.nulls(0, file.schema_arrow.field(column).type)).type
        return pa.chunked_array(
            [take(batch.column(0)) for batch in file.iter_batches(PIECE_ROWS, columns=[column])], kind
        )

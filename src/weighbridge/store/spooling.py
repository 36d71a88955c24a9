"""Rows that are too many for memory: kept in a file in the order they came, given back in another a group at a time.

Rows go out in two passes. The first sends each row to the file of the group it belongs to, the second puts one group
after the other in order, so no row is read more than twice and memory holds one group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]

IN_MEMORY_BYTES = 64 * 2**20  # of rows that need no file
GROUP_ROWS = 250_000
GROUP_BYTES = 128 * 2**20  # of a group; far below 2**31, beyond which one Arrow array holds no text
COMPRESSION = "lz4"


class Spool:
    """Batches of rows, in memory while they are few, in a file once they are many."""

    def __init__(self, path: Path, schema: pa.Schema, in_memory: int = IN_MEMORY_BYTES) -> None:
        """A spool without rows.

        Args:
            path: the file to make where one is needed; its folder must be there.
            schema: of all batches.
            in_memory: bytes from which on a file is needed.
        """
        self.path, self.schema, self.in_memory = path, schema, in_memory
        self.rows = self.bytes = 0
        self._held: list[pa.RecordBatch] = []
        self._sink: pa.OSFile | None = None
        self._writer: pa.RecordBatchWriter | None = None

    @property
    def in_file(self) -> bool:
        """Whether the rows lie in a file."""
        return self._writer is not None

    def add(self, batch: pa.RecordBatch) -> None:
        """Put a batch at the end."""
        self.rows += batch.num_rows
        self.bytes += batch.nbytes
        if self._writer is None:
            self._held.append(batch)
            if self.bytes > self.in_memory:
                self._to_file()
        else:
            self._writer.write_batch(batch)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The batches in the order they came, all columns unless some are named; nothing can be added then."""
        if not self.in_file:
            yield from self._held if columns is None else (batch.select(list(columns)) for batch in self._held)
            return
        self.close()
        wanted = None if columns is None else [self.schema.get_field_index(name) for name in columns]
        with pa.OSFile(str(self.path)) as source:
            reader = pa.ipc.open_file(source, options=pa.ipc.IpcReadOptions(included_fields=wanted))
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)

    def close(self) -> None:
        """Finish the file, if there is one."""
        if self._writer is not None and self._sink is not None and not self._sink.closed:
            self._writer.close()
            self._sink.close()

    def clear(self) -> None:
        """Forget the rows, and delete their file."""
        self.close()
        self._held.clear()
        self.path.unlink(missing_ok=True)

    def _to_file(self) -> None:
        self._sink = pa.OSFile(str(self.path), "wb")
        self._writer = pa.ipc.new_file(self._sink, self.schema, options=pa.ipc.IpcWriteOptions(compression=COMPRESSION))
        for batch in self._held:
            self._writer.write_batch(batch)
        self._held.clear()


def in_order(spool: Spool, rows: Ints, places: Ints) -> Iterator[pa.Table]:
    """Some rows of a spool in an order of their own, in groups of `GROUP_ROWS`, or fewer where these are too long.

    Args:
        spool: where the rows are; files are made beside its own, and deleted.
        rows: the rows' positions in the spool, ascending, int64[n].
        places: the position of each in the result, every number below n once, int64[n].

    Yields:
        Tables of one chunk a column; together all n rows.
    """
    length = _group_rows(spool)
    groups = -(-len(rows) // length)
    limit = 0 if spool.in_file else spool.bytes
    files = [Spool(spool.path.with_suffix(f".{number}"), spool.schema, limit) for number in range(groups)]
    held: list[list[Ints]] = [[] for _ in files]
    edges = np.arange(groups + 1) * length
    for batch, local, place in _chosen(spool, rows, places):
        order = np.argsort(place)
        place = place[order]
        taken = batch.take(pa.array(local[order]))
        cuts = np.searchsorted(place, edges)
        for number in np.flatnonzero(cuts[1:] > cuts[:-1]).tolist():
            begin, end = int(cuts[number]), int(cuts[number + 1])
            files[number].add(taken.slice(begin, end - begin))
            held[number].append(place[begin:end])
    for file, place_of, begin in zip(files, held, edges[:-1].tolist(), strict=True):
        yield from _merged(list(file.batches()), place_of, begin, min(begin + length, len(rows)))
        file.clear()


def picked(spool: Spool, rows: Ints, columns: Sequence[str]) -> pa.Table:
    """Some columns of some rows of a spool, in its order, in chunks.

    Args:
        spool: where the rows are.
        rows: positions in the spool, ascending, int64[n].
        columns: names.
    """
    schema = pa.schema([spool.schema.field(name) for name in columns])
    found = [batch.take(pa.array(local)) for batch, local, _ in _chosen(spool, rows, rows, columns)]
    return pa.Table.from_batches(found, schema)


def _group_rows(spool: Spool) -> int:
    """Rows of a group whose rows are of the usual length."""
    length = GROUP_ROWS
    while length > 1 and spool.bytes * length > GROUP_BYTES * spool.rows:
        length = -(-length // 2)
    return length


def _chosen(
    spool: Spool, rows: Ints, places: Ints, columns: Sequence[str] | None = None
) -> Iterator[tuple[pa.RecordBatch, Ints, Ints]]:
    """Each batch that holds some of the rows, their positions in it, and their places."""
    first = 0
    for batch in spool.batches(columns):
        begin, end = np.searchsorted(rows, [first, first + batch.num_rows])
        if begin < end:
            yield batch, rows[begin:end] - first, places[begin:end]
        first += batch.num_rows


def _merged(pieces: list[pa.RecordBatch], places: list[Ints], begin: int, end: int) -> Iterator[pa.Table]:
    """Pieces, each in order of its places, as one table in order; as several where the rows are very long."""
    if end - begin > 1 and sum(piece.nbytes for piece in pieces) > 2 * GROUP_BYTES:
        middle = (begin + end) // 2
        for low, high in ((begin, middle), (middle, end)):
            cuts = [np.searchsorted(place, [low, high]).tolist() for place in places]
            parts = [(p.slice(a, b - a), w[a:b]) for p, w, (a, b) in zip(pieces, places, cuts, strict=True) if a < b]
            yield from _merged([piece for piece, _ in parts], [place for _, place in parts], low, high)
        return
    order = np.argsort(np.concatenate(places))
    yield pa.Table.from_batches([pa.concat_batches(pieces).take(pa.array(order))])

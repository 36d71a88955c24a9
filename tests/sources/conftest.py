"""Reading bytes with a reader, without a store."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import making
from weighbridge.records.observations import Reject
from weighbridge.sources import source


@dataclass(frozen=True)
class Taken:
    """What a reader made of a file."""

    rows: list[dict[str, Any]]
    rejects: list[Reject]
    doubts: list[Reject]

    def of(self, name: str) -> dict[str, Any]:
        """The one row of a model."""
        (row,) = [row for row in self.rows if row["name"] == name]
        return row


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Taken]:
    """A function that writes bytes, text or an Arrow table (as Parquet) to a file and reads it."""

    def take(content: bytes | str | pa.Table, at: str | None = "2024-07-11", reader: str = "hub-dump") -> Taken:
        if isinstance(content, pa.Table):
            sink = io.BytesIO()
            pq.write_table(content, sink)
            content = sink.getvalue()
        path = tmp_path / "listing"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        batches = list(source(reader).read(path, at and making.moment(at)))
        return Taken(
            [row for batch in batches for row in batch.rows.to_pylist()],
            [reject for batch in batches for reject in batch.rejects],
            [doubt for batch in batches for doubt in batch.doubts],
        )

    return take

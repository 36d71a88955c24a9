"""From a reader's batches to a vintage: one row a model, one row an observation, nothing half-written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.observations import (
    COUNTERS,
    Batch,
    Reject,
    identified,
    rejects_table,
)
from weighbridge.records.parts import PARTS
from weighbridge.records.shown import plain
from weighbridge.records.source import Source
from weighbridge.records.vintage import Vintage
from weighbridge.store.home import Store
from weighbridge.store.package import (
    PACKAGE,
    days_document,
    file_sha256,
    package,
    read_package,
    resource,
)
from weighbridge.store.parts import read_document
from weighbridge.store.splitting import MODELS, Rows, Split, split
from weighbridge.store.spooling import GROUP_ROWS
from weighbridge.store.tidying import tidy

SHOWN_REJECTS = 20
PARQUET: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LARGEST_SUM = 2**53  # sums beyond are no longer exact in floating point, and no hub is near


@dataclass(frozen=True)
class Reading:
    """What came of reading a file: the vintage, and the rows that were not taken."""

    vintage: Vintage
    rejected: int
    rejects: list[dict[str, Any]]
    doubtful: int
    doubts: list[dict[str, Any]]
    null_counters: int
    removed: int
    new: bool

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `ingest`."""
        return {
            "source": self.vintage.source,
            "vintage": self.vintage.id,
            "population": self.vintage.population,
            "models": self.vintage.models,
            "counters": self.vintage.counters,
            "rejected": self.rejected,
            "rejects": self.rejects,
            "doubtful": self.doubtful,
            "doubts": self.doubts,
            "null_counters": self.null_counters,
            "removed": self.removed,
            "sha256": self.vintage.sha256,
            "new": self.new,
        }


def ingest(
    store: Store,
    source: Source,
    path: Path,
    *,
    at: datetime | None,
    known: datetime,
    selection: bool = False,
    origin: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Reading:
    """Read a file into a new vintage; the same bytes and `at` as the source's latest vintage are a no-op.

    Args:
        store: where to write.
        source: the reader.
        path: file or folder.
        at: observation time where the file has none.
        known: when this was known.
        selection: the file is a chosen set, not the whole hub.
        origin: where the file was fetched from, as `Fetched.origin`; null: it was given by hand.
        progress: told the number of rows read so far.

    Raises:
        SourceFailed: the file cannot be read or holds no valid row; nothing is written.
        UsageError: the file needs `at`.
    """
    _check_input(source, path, at, known)
    digest = file_sha256(path)
    population = "selection" if selection else source.descriptor.population
    with store.writing() as scratch:
        tidy(store, scratch)
        same = _already_there(store, source, digest, at, known, population)
        if same is not None:
            return _reading(same, new=False)
        gathered = _gather(source.read(path, at), Rows(scratch), progress)
        if not gathered.rows.count and not any(part.num_rows for part in gathered.parts.values()):
            reasons = "; ".join(f"row {r.row}: {r.column} {r.reason}" for r in gathered.rejects[:3])
            raise SourceFailed(f"{path} holds no valid row. {reasons}".strip(), "see the reasons, mend the file")
        found = split(gathered.rows)
        _check_sums(path, found.counters)
        rejects = gathered.rejects + found.duplicates
        moment = f"{known:%Y%m%dT%H%M%SZ}"
        whole = f"{digest}|{at}|{known.isoformat()}|{population}"
        name = f"{source.descriptor.id}-{moment}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"
        refused = rejects_table(rejects, gathered.doubts)
        draft = scratch / name
        draft.mkdir()
        resources = _write_tables(draft, found, gathered.parts, refused)
        reading = {
            "models": len(found.place),
            "counters": found.counters.num_rows,
            "days_30d": days_document(_days_with(found.counters, "downloads_30d")),
            "days_all": days_document(_days_with(found.counters, "downloads_all")),
            "rejected": len(rejects),
            "rejects": [r.to_dict() for r in sorted(rejects, key=lambda r: r.row)[:SHOWN_REJECTS]],
            "doubtful": len(gathered.doubts),
            "doubts": [r.to_dict() for r in sorted(gathered.doubts, key=lambda r: r.row)[:SHOWN_REJECTS]],
            "null_counters": found.empty,
            "removed": found.gone,
        }
        about = {"known": known, "at": at, "population": population, "sha256": digest, "file": plain(path.name)}
        document = package(source.descriptor, name, about | {"origin": dict(origin or {})}, resources, reading)
        (draft / PACKAGE).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        return _reading(read_package(store.adopt(draft, name)), new=True)


def _check_input(source: Source, path: Path, at: datetime | None, known: datetime) -> None:
    """Refuse what is no file (a pipe never ends) and times that no observation can have."""
    if not path.exists():
        raise SourceFailed(f"{path} does not exist", "give a file that exists")
    if not (path.is_dir() if source.descriptor.folder else path.is_file()):
        form = "a folder" if source.descriptor.folder else "a regular file"
        raise SourceFailed(f"{path} is not {form}", f"{source.descriptor.id} reads {form}")
    latest = datetime.now(UTC) + timedelta(days=1)
    for name, moment in (("--at", at), ("--known", known)):
        if moment is not None and not EARLIEST <= moment <= latest:
            raise UsageError(
                f"{name} {moment:%Y-%m-%d} is before the hubs or after today", "give the day of the reading"
            )


@dataclass
class _Gathered:
    rows: Rows
    rejects: list[Reject]
    doubts: list[Reject]
    parts: dict[str, pa.Table]


def _gather(batches: Iterable[Batch], rows: Rows, progress: Callable[[int], None]) -> _Gathered:
    rejects, doubts = [], []
    parts: dict[str, list[pa.Table]] = {}
    for batch in batches:
        rows.add(batch.rows)
        rejects += batch.rejects
        doubts += identified(batch.doubts, batch.rows)
        for name, part in batch.parts.items():
            parts.setdefault(name, []).append(part.cast(PARTS[name].schema))
        progress(rows.count)
    return _Gathered(rows, rejects, doubts, {name: pa.concat_tables(pieces) for name, pieces in parts.items()})


def _check_sums(path: Path, counters: pa.Table) -> None:
    """Refuse a file whose counters of one day cannot be a hub's."""
    for name in COUNTERS:
        days, values = counters["day"].to_numpy(), counters[name].fill_null(0).to_numpy()
        if len(days) and np.bincount(days - days.min(), weights=values).max() > LARGEST_SUM:
            raise SourceFailed(f"the counters {name} of one day in {path} sum to over {LARGEST_SUM:,}", "mend the file")


def _write_tables(folder: Path, found: Split, parts: Mapping[str, pa.Table], refused: pa.Table) -> list[dict[str, Any]]:
    """Write all tables; the counters first and whole, the models a group at a time."""
    tables = {
        "counters": (
            found.counters,
            "one row a model and UTC day on which the hub was observed; model is a row number",
        )
    }
    tables |= {name: (part, PARTS[name].words) for name, part in parts.items()}
    if refused.num_rows:
        tables["rejects"] = (refused, "rows that were left out, and values that were set to null, with the reason")
    resources = []
    for name, (table, what) in tables.items():
        file = folder / f"{name}.parquet"
        pq.write_table(table, file, row_group_size=GROUP_ROWS, **PARQUET)
        resources.append(resource(file, table.schema, table.num_rows, what))
    return [_write_models(folder / "models.parquet", found), *resources]


def _write_models(file: Path, found: Split) -> dict[str, Any]:
    with pq.ParquetWriter(file, MODELS, **PARQUET) as writer:
        for group in found.models():
            writer.write_table(group, GROUP_ROWS)
    return resource(file, MODELS, len(found.place), "one row a model, in order of name; attributes as last observed")


def _days_with(counters: pa.Table, column: str) -> list[int]:
    days = counters.filter(counters[column].is_valid())["day"].unique().to_pylist()
    return sorted(int(day) for day in days)


def _already_there(
    store: Store, source: Source, digest: str, at: datetime | None, known: datetime, population: str
) -> Vintage | None:
    """The source's latest vintage if it is the same reading; or one that is the same in every respect."""
    held = [v for v in store.vintages() if v.source == source.descriptor.id]
    same = [v for v in held if (v.sha256, v.at, v.population) == (digest, at, population)]
    if same and same[-1] == held[-1]:
        return same[-1]
    return next((v for v in same if v.known == known), None)


def _reading(vintage: Vintage, new: bool) -> Reading:
    ours = read_document(vintage)["weighbridge"]
    fields = ("rejected", "rejects", "doubtful", "doubts", "null_counters", "removed")
    return Reading(
        vintage=vintage,
        new=new,
        **{name: ours.get(name, []) if name in ("rejects", "doubts") else ours.get(name, 0) for name in fields},
    )

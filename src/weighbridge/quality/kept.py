"""Ledgers kept ready beside the frames, so that asking twice is quick."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from weighbridge.quality import Event, detectors
from weighbridge.records.vintage import Vintage
from weighbridge.register import files
from weighbridge.store.home import Store
from weighbridge.store.ready import Shelf

LEDGERS = Shelf("ledgers", 12)
FILE = "events.parquet"
FORMAT = 1  # raised whenever the columns change, or what all detectors share
REGISTER = ("namespaces", "organisations", "entries", "aliases", "families")
Events = tuple[Event, ...]
COLUMNS = pa.schema(
    [
        ("event", pa.string()),
        ("hub", pa.string()),
        ("model", pa.string()),
        ("subject", pa.string()),
        ("from", pa.int64()),
        ("to", pa.int64()),
        ("weight", pa.int64()),
        ("whole", pa.int64()),
        ("vintages", pa.list_(pa.string())),
        ("detail", pa.string()),
        ("numbers", pa.string()),
    ]
)


def events_for(store: Store, vintages: Sequence[Vintage], find: Callable[[], Events]) -> Events:
    """The events of some vintages, from the ready files where they are there and still right, else found anew."""
    parts = [
        *(v.id for v in vintages),
        *(f"{detector.id} {detector.version}" for detector in detectors().values()),
        files.fingerprint(*REGISTER),
        FORMAT,
    ]
    return LEDGERS.get(store, parts, _load, find, _save)


def _load(folder: Path) -> Events:
    return tuple(_event(row) for row in pq.read_table(folder / FILE, page_checksum_verification=True).to_pylist())


def _save(events: Events, folder: Path) -> None:
    pq.write_table(_table(events), folder / FILE, compression="zstd", write_page_checksum=True)


def _table(events: Sequence[Event]) -> pa.Table:
    rows = [
        {
            "event": event.kind,
            "hub": event.hub,
            "model": event.model,
            "subject": event.subject,
            "from": event.start,
            "to": event.end,
            "weight": event.weight,
            "whole": event.whole,
            "vintages": list(event.vintages),
            "detail": event.detail,
            "numbers": json.dumps(event.numbers),
        }
        for event in events
    ]
    return pa.Table.from_pylist(rows, schema=COLUMNS)


def _event(row: dict[str, object]) -> Event:
    numbers = json.loads(str(row["numbers"]))
    if not isinstance(numbers, dict):
        raise ValueError("numbers are no mapping")
    vintages = row["vintages"]
    return Event(
        kind=str(row["event"]),
        hub=str(row["hub"]),
        model=_text(row["model"]),
        start=int(str(row["from"])),
        end=int(str(row["to"])),
        weight=_whole(row["weight"]),
        whole=_whole(row["whole"]),
        vintages=tuple(vintages) if isinstance(vintages, list) else (),
        detail=str(row["detail"]),
        numbers=numbers,
        subject=str(row["subject"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))

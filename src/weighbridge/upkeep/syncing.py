"""One source's way from the network into the store: land, read, keep ready, empty the landing folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import filelock

from weighbridge.cubes.ready import keep_ready
from weighbridge.errors import StoreBusy, UsageError
from weighbridge.records.source import Asked, Landing, LiveSource, Source
from weighbridge.sources import sources
from weighbridge.store.home import Store
from weighbridge.store.parts import read_document
from weighbridge.store.writing import Reading, ingest


@dataclass(frozen=True)
class Telling:
    """Whom a sync tells how far it is: see `Landing`."""

    tell: Callable[[int], None] = lambda count: None
    say: Callable[[str], None] = lambda words: None


def live(source: Source) -> LiveSource:
    """The source as one that can be fetched.

    Raises:
        UsageError: it cannot.
    """
    if not isinstance(source, LiveSource):
        able = ", ".join(name for name, known in sources().items() if isinstance(known, LiveSource))
        raise UsageError(f"{source.descriptor.id} cannot be fetched; it reads files (`ingest`)", f"one of: {able}")
    return source


def fetch_and_read(store: Store, source: LiveSource, asked: Asked, telling: Telling) -> list[Reading]:
    """Fetch a source and read what landed; none where there is nothing new.

    Each reading is whole in the store before the next one is fetched, so what is stopped half-way has not lost what
    was read, and goes on from there.

    Raises:
        SourceFailed, SchemaChanged, UsageError: as `LiveSource.fetch` and `ingest`.
        StoreBusy: another process fetches this source.
    """
    name = source.descriptor.id
    folder = store.path / "landing" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder.parent / f"{name}.lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise StoreBusy(f"another process is fetching {name}", "try again when it has ended") from None
    with lock:
        folder.mkdir(exist_ok=True)
        landing = Landing(folder, telling.tell, telling.say)
        readings = []
        for fetched in source.fetch(landing, replace(asked, held=origin_held(store, name))):
            known = fetched.known or datetime.now(UTC).replace(microsecond=0)
            reading = ingest(
                store,
                source,
                fetched.path,
                at=fetched.at,
                known=known,
                selection=fetched.selection,
                origin=fetched.origin,
                progress=telling.tell,
            )
            keep_ready(store, reading.vintage)
            readings.append(reading)
        shutil.rmtree(folder)
        return readings


def origin_held(store: Store, source: str) -> dict[str, object] | None:
    """Where the source's latest reading in the store was fetched from; null: there is none, or it was not fetched."""
    held = [vintage for vintage in store.vintages() if vintage.source == source]
    return dict(read_document(held[-1])["weighbridge"].get("origin") or {}) or None if held else None

"""One source's way from the network into the store: land, read, keep ready, empty the landing folder."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from weighbridge.cubes.ready import keep_ready
from weighbridge.errors import SchemaChanged, SourceFailed, UsageError, WeighbridgeError
from weighbridge.measures.asking import StoreBacking
from weighbridge.records.source import Asked, Fetched, Landing, LiveSource, Source
from weighbridge.sources import sources
from weighbridge.store.home import Store
from weighbridge.store.parts import read_document
from weighbridge.store.writing import Reading, ingest
from weighbridge.upkeep.asking import given
from weighbridge.upkeep.whole import alone

FORGOTTEN_DAYS = 14  # what an abandoned fetch of something other than the newest state left is kept so long
NAMES = 1000  # namespaces that a source is told of where nobody says how many


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
        raise UsageError(
            f"{source.descriptor.id} cannot be fetched; it reads files (`ingest`)",
            f"one of: {', '.join(live_sources()) or 'none can'}",
        )
    return source


def live_sources() -> dict[str, LiveSource]:
    """All sources that can be fetched, by id."""
    return {name: source for name, source in sources().items() if isinstance(source, LiveSource)}


def fetch_and_read(store: Store, source: LiveSource, asked: Asked, telling: Telling) -> list[Reading]:
    """Fetch a source and read what landed; none where there is nothing new.

    Each reading is whole in the store before the next one is fetched, so what is stopped half-way has not lost what
    was read, and goes on from there.

    Raises:
        SourceFailed, SchemaChanged, UsageError: as `LiveSource.fetch` and `ingest`.
        StoreBusy: another process fetches this source.
    """
    name = source.descriptor.id
    root = store.path / "landing"
    with alone(root / f"{name}.lock", f"fetching {name}"):
        _clear(root, name)
        folder = root / _folder_name(name, asked)
        folder.mkdir(exist_ok=True)
        landing = Landing(folder, telling.tell, telling.say)
        held = None if asked.anew else origin_held(store, name)
        whole = replace(asked, held=held, names=_names(store, asked))
        try:
            readings = [_read(store, source, folder, fetched, telling) for fetched in source.fetch(landing, whole)]
        except SchemaChanged:  # what landed in this form would only be met again
            _empty(folder)
            raise
        _empty(folder)
        return readings


def origin_held(store: Store, source: str) -> dict[str, object] | None:
    """Where the source's latest reading in the store was fetched from; null: there is none, or it was not fetched."""
    held = [vintage for vintage in store.vintages() if vintage.source == source]
    return dict(read_document(held[-1])["weighbridge"].get("origin") or {}) or None if held else None


def _read(store: Store, source: LiveSource, folder: Path, fetched: Fetched, telling: Telling) -> Reading:
    """Read what landed. What cannot be read is removed, since the next fetch would otherwise only bring it again."""
    known = fetched.known or datetime.now(UTC).replace(microsecond=0)
    try:
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
    except (SourceFailed, UsageError) as error:
        if folder in fetched.path.parents:
            _remove(fetched.path)
        if isinstance(error, UsageError):  # of what came, and not of what the user asked
            what = f"what {source.descriptor.id} brings cannot be read: {error.message}"
            raise SourceFailed(what, "fetch again later; what landed was removed") from None
        raise
    _keep_ready(store, reading, telling)
    return reading


def _folder_name(name: str, asked: Asked) -> str:
    """A folder for each thing that can be asked, so that no fetch goes on with pages of another question."""
    if not given(asked):
        return name
    whole = repr((asked.since, asked.revision, asked.days, asked.top))
    return f"{name}@{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def _names(store: Store, asked: Asked) -> Callable[[], list[str]]:
    def names() -> list[str]:
        from weighbridge.measures.suggestions import heaviest_unregistered

        return list(heaviest_unregistered(StoreBacking(store), asked.top or NAMES))

    return names


def _keep_ready(store: Store, reading: Reading, telling: Telling) -> None:
    """What is derived may be made later too: a reading that is whole in the store has not failed."""
    try:
        keep_ready(store, reading.vintage)
    except (OSError, WeighbridgeError) as error:
        telling.say(f"{reading.vintage.id} is read, but not kept ready: {error}")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _empty(folder: Path) -> None:
    """Remove a landing folder. It is renamed first: a kill in between must not leave half of it for the next fetch."""
    done = folder.with_name(f"{folder.name}.done")
    folder.rename(done)
    shutil.rmtree(done, ignore_errors=True)


def _clear(root: Path, name: str) -> None:
    """Remove what a kill left of emptied folders, and what was asked for once and never again."""
    for folder in (*root.glob(f"{name}.done"), *root.glob(f"{name}@*.done")):
        shutil.rmtree(folder, ignore_errors=True)
    oldest = time.time() - FORGOTTEN_DAYS * 86_400
    for folder in root.glob(f"{name}@*"):
        if max((path.stat().st_mtime for path in (folder, *folder.rglob("*"))), default=0) < oldest:
            shutil.rmtree(folder, ignore_errors=True)

"""A store: one folder of vintages. Readers see only whole vintages; one process writes at a time."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import filelock
import platformdirs

from weighbridge.errors import DataMissing, StoreBusy, StoreDamaged, UsageError
from weighbridge.records.vintage import Vintage
from weighbridge.store.index import Index
from weighbridge.store.package import PACKAGE
from weighbridge.store.syncing import sync

LOOSE, PACKED = 1, 2
FORMATS = (LOOSE, PACKED)  # a store is of the second from its first pack on, so that older versions do not misread it
PARTS = {"store.json", "vintages", "ready", "flows", "landing", "told", "scratch", "lock"}
LOCK_SECONDS = 120.0


def default_path() -> Path:
    """`WEIGHBRIDGE_STORE`, or the user data folder."""
    named = os.environ.get("WEIGHBRIDGE_STORE")
    return Path(named) if named else platformdirs.user_data_path("weighbridge") / "store"


class Store:
    """A folder with `vintages/` (never changed), `ready/` and `flows/` (may be deleted at any time), `landing/` (what
    is being fetched), `told/` (which alerts were given) and a lock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path} is a file, not a store", "give a folder; cube files are read with --store too")
        self.index = Index(path / "vintages", self.ready / "vintages.json")
        mark = path / "store.json"
        if path.is_dir() and not mark.exists() and {entry.name for entry in path.iterdir()} - PARTS:
            raise UsageError(f"{path} is a folder with other things in it", "give an empty or a new folder")
        if mark.exists():
            self.format()

    def format(self) -> int:
        """One of `FORMATS`.

        Raises:
            StoreDamaged: the store does not say, or is of another version.
        """
        mark = self.path / "store.json"
        try:
            written = json.loads(mark.read_text(encoding="utf-8"))["format"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise StoreDamaged(f"{mark} cannot be read: {error}", "restore it from a backup") from None
        if written not in FORMATS:
            raise StoreDamaged(
                f"{self.path} has store format {written}, not {LOOSE} or {PACKED}", "use the version that wrote it"
            )
        return int(written)

    @property
    def ready(self) -> Path:
        """Folder of derived files, which may be deleted at any time."""
        return self.path / "ready"

    def vintages(self, as_of: datetime | None = None, hub: str | None = None) -> list[Vintage]:
        """Vintages in order of when they became known.

        Args:
            as_of: leave out what became known later.
            hub: only this hub's.

        Raises:
            StoreDamaged: a vintage's `datapackage.json` is not readable.
        """
        folder = self.path / "vintages"
        if folder.exists() and not folder.is_dir():
            raise StoreDamaged(f"{folder} is not a folder", "restore the store from a backup")
        found = self.index.read().vintages if folder.is_dir() else ()
        return [v for v in found if (as_of is None or v.known <= as_of) and (hub is None or v.hub == hub)]

    def vintage(self, name: str) -> Vintage:
        """The vintage of that id.

        Raises:
            DataMissing: the store does not hold it.
        """
        held = self.vintages()
        for vintage in held:
            if vintage.id == name:
                return vintage
        shown = ", ".join(v.id for v in held[-5:]) or "none"
        raise DataMissing(f"the store holds no vintage {name!r}", f"the newest it holds: {shown}")

    @contextlib.contextmanager
    def writing(self, wait: float = LOCK_SECONDS) -> Iterator[Path]:
        """Hold the store's lock and get an empty scratch folder in it; what stays there is removed.

        Raises:
            StoreBusy: another process has been writing for longer than `wait` seconds.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(self.path / "lock", timeout=wait)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise StoreBusy(f"another process is writing to {self.path}", "try again when it has ended") from None
        try:
            scratch = self.path / "scratch"
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            if not (self.path / "store.json").exists():
                self.mark(LOOSE, scratch)
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        finally:
            lock.release()

    def mark(self, written: int, scratch: Path) -> None:
        """Say of which format the store is, so that no reader ever sees half of it."""
        draft = scratch / "store.json"
        draft.write_text(json.dumps({"format": written}) + "\n", encoding="utf-8")
        sync(draft)
        draft.replace(self.path / "store.json")

    def adopt(self, draft: Path, name: str) -> Path:
        """Make a finished folder a vintage, or a finished file a pack, in one step.

        Args:
            draft: in the scratch folder.
            name: what it is called under `vintages/`.
        """
        if draft.is_dir() and not (draft / PACKAGE).is_file():
            raise StoreDamaged(f"{draft} has no {PACKAGE}", "read the source again")
        target = self.path / "vintages" / name
        target.parent.mkdir(exist_ok=True)
        for file in draft.iterdir() if draft.is_dir() else ():
            sync(file)
        sync(draft)
        draft.rename(target)
        sync(target.parent)
        return target

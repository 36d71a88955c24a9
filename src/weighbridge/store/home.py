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
from weighbridge.store.package import PACKAGE, read_package

FORMAT = 1
PARTS = {"store.json", "vintages", "ready", "scratch", "lock"}
LOCK_SECONDS = 120.0


def default_path() -> Path:
    """`WEIGHBRIDGE_STORE`, or the user data folder."""
    named = os.environ.get("WEIGHBRIDGE_STORE")
    return Path(named) if named else platformdirs.user_data_path("weighbridge") / "store"


class Store:
    """A folder with `vintages/` (never changed), `ready/` (may be deleted at any time) and a lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path} is a file, not a store", "give a folder; cube files are read with --store too")
        mark = path / "store.json"
        if path.is_dir() and not mark.exists() and {entry.name for entry in path.iterdir()} - PARTS:
            raise UsageError(f"{path} is a folder with other things in it", "give an empty or a new folder")
        if mark.exists():
            try:
                written = json.loads(mark.read_text(encoding="utf-8"))["format"]
            except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
                raise StoreDamaged(f"{mark} cannot be read: {error}", "restore it from a backup") from None
            if written != FORMAT:
                raise StoreDamaged(f"{path} has store format {written}, not {FORMAT}", "use the version that wrote it")

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
        folders = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
        found = [read_package(path) for path in folders if not path.name.startswith(".")]
        kept = [v for v in found if (as_of is None or v.known <= as_of) and (hub is None or v.hub == hub)]
        return sorted(kept, key=lambda v: (v.known, v.id))

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
            mark = self.path / "store.json"
            if not mark.exists():
                replace_text(mark, json.dumps({"format": FORMAT}) + "\n")
            scratch = self.path / "scratch"
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        finally:
            lock.release()

    def adopt(self, scratch: Path, vintage: str) -> Path:
        """Make a finished folder a vintage, in one step."""
        if not (scratch / PACKAGE).is_file():
            raise StoreDamaged(f"{scratch} has no {PACKAGE}", "read the source again")
        target = self.path / "vintages" / vintage
        target.parent.mkdir(exist_ok=True)
        for file in scratch.iterdir():
            _sync(file)
        scratch.rename(target)
        _sync(target.parent)
        return target


def replace_text(path: Path, text: str) -> None:
    """Write a small file so that no reader ever sees half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.write_text(text, encoding="utf-8")
    _sync(draft)
    draft.replace(path)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # pragma: no cover - folders cannot be synced there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

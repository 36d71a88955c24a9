"""What is kept ready beside the vintages: derived files, which may be deleted at any time and are then made again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from weighbridge.errors import StoreBusy
from weighbridge.store.home import Store

T = TypeVar("T")

UNREADABLE = (OSError, ValueError, LookupError, TypeError, RecursionError, pa.ArrowException)
"""What reading a ready file that is damaged may raise."""


@dataclass(frozen=True)
class Shelf:
    """Folders of one kind, each named by what it was derived from.

    Attributes:
        kind: name of the shelf.
        most: how many are kept; the least recently used go first.
    """

    kind: str
    most: int

    def get(
        self,
        store: Store,
        parts: Iterable[object],
        load: Callable[[Path], T],
        make: Callable[[], T],
        save: Callable[[T, Path], None],
    ) -> T:
        """What is there and still right, else what is made anew.

        A store that may only be read, is full or is being written to answers too; its answer is then made each time.

        Args:
            store: whose ready files.
            parts: all that the content depends on.
            load: reads a folder; raises one of `UNREADABLE` where it is damaged.
            make: computes the content.
            save: writes it into an empty folder.
        """
        key = hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()[:24]
        folder = store.ready / self.kind / key
        if folder.is_dir():
            with contextlib.suppress(*UNREADABLE):
                held = load(folder)
                with contextlib.suppress(OSError):
                    os.utime(folder)
                return held
        made = make()
        with contextlib.suppress(OSError, StoreBusy), store.writing(wait=0) as scratch:
            draft = scratch / key
            draft.mkdir()
            save(made, draft)
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
            for old in sorted(folder.parent.iterdir(), key=lambda path: path.stat().st_mtime)[: -self.most]:
                shutil.rmtree(old, ignore_errors=True)
        return made

"""What is asked, opened anew when other readings are held: an assistant's server runs for days."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from pathlib import Path

from weighbridge.errors import DataMissing
from weighbridge.store.home import Store, default_path
from weighbridge.surfaces.views.opening import is_sample, open_shelf
from weighbridge.surfaces.views.shelf import Shelf


class Current:
    """The shelf of a store, a cube file, or the bundled sample where the store holds nothing."""

    def __init__(self, path: Path | None = None) -> None:
        """`path`: null: `WEIGHBRIDGE_STORE`, else the user data folder."""
        self._path = path or default_path()
        self._lock = threading.Lock()
        self._opened: tuple[Hashable, Shelf] | None = None

    def shelf(self) -> Shelf:
        """The shelf of what is held now.

        Raises:
            WeighbridgeError: what stands there cannot be opened, or a store that held readings holds none any more: the
                sample does not take its place.
        """
        with self._lock:
            state = self._state()
            if self._opened is None or self._opened[0] != state:
                made = open_shelf(self._path)
                if self._opened is not None and is_sample(made) and not is_sample(self._opened[1]):
                    raise DataMissing("the store holds nothing any more", "`weighbridge doctor` shows what is there")
                self._opened = (state, made)
            return self._opened[1]

    def _state(self) -> Hashable:
        """What differs when something else is held."""
        if self._path.is_file():
            found = self._path.stat()
            return found.st_mtime_ns, found.st_size
        return tuple(vintage.id for vintage in Store(self._path).vintages())

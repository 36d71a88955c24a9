"""What is asked, opened anew when other readings are held: an assistant's server runs for days."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from pathlib import Path

from weighbridge.store.home import Store, default_path
from weighbridge.surfaces.views.opening import open_shelf
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
            WeighbridgeError: what stands there cannot be opened.
        """
        with self._lock:
            state = self._state()
            if self._opened is None or self._opened[0] != state:
                self._opened = (state, open_shelf(self._path))
            return self._opened[1]

    def _state(self) -> Hashable:
        """What differs when something else is held."""
        if self._path.is_file():
            found = self._path.stat()
            return found.st_mtime_ns, found.st_size
        return tuple(vintage.id for vintage in Store(self._path).vintages())

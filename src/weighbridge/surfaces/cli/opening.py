"""Opening what is asked, and saying on standard error where the bundled sample answers in its place."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

from weighbridge.records.shown import plain
from weighbridge.surfaces.python import Observatory, open_observatory


def opened(store: Path | None) -> Observatory:
    """The store, cube file or sample that a command asks."""
    _settle_pandas()
    observatory = open_observatory(store)
    for note in observatory.notes:
        print(plain(note), file=sys.stderr)
    return observatory


class _Absent:
    """An import system's finder that has no pandas."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder`."""
        if name == "pandas":
            raise ModuleNotFoundError(name)
        return None


def _settle_pandas() -> None:
    """Let pyarrow decide that there is no pandas, which it would import at its first conversion: most of a second.

    No command gives pandas anything or takes anything from it. Others may import it afterwards.
    """
    if "pandas" in sys.modules:
        return
    import pyarrow as pa

    sys.meta_path.insert(0, _Absent)
    try:
        pa.array([1])
    finally:
        sys.meta_path.remove(_Absent)

"""Opening what is asked, and saying on standard error where the bundled sample answers in its place."""

from __future__ import annotations

import sys
from pathlib import Path

from weighbridge.records.shown import plain
from weighbridge.surfaces.python import Observatory, open_observatory


def opened(store: Path | None) -> Observatory:
    """The store, cube file or sample that a command asks."""
    observatory = open_observatory(store)
    for note in observatory.notes:
        print(plain(note), file=sys.stderr)
    return observatory

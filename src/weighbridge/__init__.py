"""Weighbridge weighs the open-model ecosystem: shares with definition, uncertainty and vintage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weighbridge.surfaces.python import Observatory

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(path: str | Path | None = None) -> Observatory:  # noqa: A001 - `weighbridge.open` reads as it should
    """Open a store, a cube file, or the bundled sample where the store holds nothing.

    Args:
        path: folder or cube file; null: `WEIGHBRIDGE_STORE`, else the user data folder.

    Returns:
        an object with `.share()`, `.top()` and `.concentration()`.
    """
    from weighbridge.surfaces.python import open_observatory

    return open_observatory(path)

"""Opening what surfaces that answer many questions ask: a store whose slices are kept, without a path in any note."""

from __future__ import annotations

from pathlib import Path

from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.measures.asking import open_backing
from weighbridge.measures.profiles.steady import steady
from weighbridge.surfaces.python import Observatory
from weighbridge.surfaces.views.shelf import Shelf

SAMPLE = "The bundled sample answers, since nothing has been read in yet; `weighbridge ingest` fills a store."


def open_shelf(path: str | Path | None = None) -> Shelf:
    """A store, a cube file, or the bundled sample where the store holds nothing, to be asked many times.

    Args:
        path: null: `WEIGHBRIDGE_STORE`, else the user data folder.
    """
    backing = open_backing(Path(path) if path else None)
    if isinstance(backing, CubeFile) and backing.notes:
        backing = CubeFile(backing.path, (SAMPLE,))
    return Shelf(Observatory(steady(backing)))


def is_sample(shelf: Shelf) -> bool:
    """Whether the bundled sample answers."""
    backing = shelf.observatory.backing
    return isinstance(backing, CubeFile) and backing.path == sample_path()

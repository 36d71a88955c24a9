"""Files of the pages' own, from within the package: those that are there by name, and no other."""

from __future__ import annotations

import functools
import mimetypes
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response

from weighbridge.surfaces.api.problems import Refused
from weighbridge.surfaces.api.sending import ASKED_AGAIN, Packed, sent

FOLDER = "static"
MEDIA = MappingProxyType({
    ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
    ".json": "application/json", ".map": "application/json", ".txt": "text/plain; charset=utf-8", ".png": "image/png",
})  # fmt: skip


@functools.cache
def assets() -> MappingProxyType[str, Traversable]:
    """Files by their names below `assets/`."""
    folder = resources.files("weighbridge.surfaces.web").joinpath(FOLDER)
    return MappingProxyType(dict(_below(folder, "")) if folder.is_dir() else {})


def _below(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            found += _below(entry, f"{name}/")
        elif not entry.name.startswith("."):
            found.append((name, entry))
    return found


@functools.cache
def packed(name: str) -> Packed:
    """An asset that is there."""
    ending = name[name.rfind(".") :]
    media = MEDIA.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Packed(assets()[name].read_bytes(), media, caching=ASKED_AGAIN).ready()


async def asset(request: Request) -> Response:
    """The response with an asset.

    Raises:
        Refused: there is none of that name.
    """
    name = str(request.path_params["name"])
    if name not in assets():
        raise Refused("not-found", "there is no such asset", "the pages name those that there are")
    return sent(request, packed(name))

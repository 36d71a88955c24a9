"""One build: every page, every figure that a page leads to, and the data, in a folder that any host can send."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from weighbridge.errors import UsageError
from weighbridge.measures.asking import Backing
from weighbridge.records.shown import plain
from weighbridge.surfaces.python import Observatory
from weighbridge.surfaces.site.contents import Contents, Telling, silent
from weighbridge.surfaces.site.draft import BUILD, drafted
from weighbridge.surfaces.site.listed import as_json
from weighbridge.surfaces.site.writer import Writer
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web import pages
from weighbridge.surfaces.web.page import Page

ADDRESS_MOST = 2_000
ODD = frozenset("<>\"'\\^`{|}?#")
"""Signs that no address of a folder has."""


@dataclass(frozen=True)
class Build:
    """What was written.

    Attributes:
        path: of the folder.
        document: the `build.json` in it.
        bytes: of all files.
        kept: where what somebody else put into the folder meanwhile is now.
    """

    path: Path
    document: Mapping[str, Any]
    bytes: int
    kept: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """What `weighbridge publish --json` prints; `sha256` is that of `build.json`, which holds those of the rest."""
        return {
            "path": str(self.path),
            "files": len(self.document["files"]) + 1,
            "bytes": self.bytes,
            "sha256": hashlib.sha256(as_json(self.document)).hexdigest(),
            **{name: self.document[name] for name in ("pages", "figures", "as_of", "base")},
            "notes": [*self.document["notes"], *self.kept],
            "vintages": [row["id"] for row in self.document["vintages"]],
        }


def publish(
    backing: Backing,
    target: Path,
    base: str | None = None,
    models: int | None = None,
    telling: Telling = silent,
    kinds: Mapping[str, Page] | None = None,
) -> Build:
    """Write the folder, whole or not at all. The same readings give the same bytes.

    Args:
        backing: what is asked, as of its newest reading.
        target: a new or an empty folder, or an earlier build, which is replaced.
        base: absolute address at which the folder will stand; null: not known.
        models: at most so many models get a page, the heaviest; null: as many as the pages offer.
        telling: called with what is made, how many are done and how many there are.
        kinds: pages by id; null: all that are registered.

    Raises:
        UsageError: the target is no place for it, or the address is none.
        DataMissing: nothing is held that could be published.
        SourceFailed: the disk is full, or a path cannot be written; an earlier build stays as it was.
    """
    where = None if base is None else folder_address(base)
    contents = Contents(Shelf(Observatory(backing)), pages() if kinds is None else kinds, where, models, telling)
    kept: list[str] = []
    with drafted(target, kept.append) as draft:
        writer = Writer(draft)
        contents.write(writer)
        document = contents.document(writer)
        writer.put(BUILD, as_json(document))
    return Build(target, document, writer.bytes, tuple(kept))


def folder_address(address: str) -> str:
    """An absolute address of a folder, with a slash at its end.

    Raises:
        UsageError: it is none.
    """
    wrong = UsageError(
        f"{plain(address[:100])!r} is no address of a folder on a host", "write it as https://example.org/weighbridge/"
    )
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        raise wrong from None
    odd = not address.isascii() or any(c in ODD or c.isspace() or not c.isprintable() for c in address)
    if parts.scheme not in ("http", "https") or not named or odd or len(address) > ADDRESS_MOST:
        raise wrong
    return address if address.endswith("/") else f"{address}/"

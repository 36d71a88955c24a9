"""Files of a draft, each written once and inside it, with their digests."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

PART_MOST = 255
"""Bytes of a folder's or file's name on common file systems."""


class Writer:
    """Writes files.

    Attributes:
        folder: the draft.
        digests: SHA-256 of each file by its path from the folder.
        bytes: of all files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.digests: dict[str, str] = {}
        self.bytes = 0
        self._taken: set[str] = set()

    def put(self, path: str, content: bytes) -> None:
        """Write a file.

        Args:
            path: from the folder, as `places` and `links` make them; never a name that a stranger wrote.

        Raises:
            ValueError: the path leaves the folder, or another file has it on some file system.
        """
        where = self.folder.joinpath(*self._checked(path))
        where.parent.mkdir(parents=True, exist_ok=True)
        with where.open("xb") as file:
            file.write(content)
        self.digests[path] = hashlib.sha256(content).hexdigest()
        self.bytes += len(content)

    def _checked(self, path: str) -> tuple[str, ...]:
        parts = PurePosixPath(path).parts
        if not parts or path != "/".join(parts) or not all(map(_plain, parts)):
            raise ValueError(f"{path!r} is no path inside the folder")
        if path.casefold() in self._taken:
            raise ValueError(f"{path!r} is taken")
        self._taken.add(path.casefold())
        return parts


def _plain(part: str) -> bool:
    """Whether a part of a path is one on every file system, and no way out of a folder."""
    odd = any(not character.isprintable() or character in '/\\:*?"<>|' for character in part)
    return not odd and part not in (".", "..") and not part.endswith((".", " ")) and len(part.encode()) <= PART_MOST

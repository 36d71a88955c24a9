"""Packs: many small vintages in one file, each with the very bytes of its folder.

A pack is a plain ZIP archive, `vintages/NAME.pack.zip`. Its members are `ID/datapackage.json`, `ID/models.parquet` and
so on, stored without compression but for the documents, so one vintage is read without the others. Unpacking it with
any tool gives the folders back. Inside a pack a vintage's place is written `NAME.pack.zip/ID`, as if it were a folder.
"""

from __future__ import annotations

import functools
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

SUFFIX = ".pack.zip"
OPEN_PACKS = 32
TRIES = 20
FILE_MODE = 0o644 << 16
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, EOFError)
"""What reading a damaged archive may raise beside OSError."""


def inside_pack(folder: Path) -> bool:
    """Whether a vintage's place is inside a pack."""
    return folder.parent.name.endswith(SUFFIX)


def write_pack(path: Path, vintages: Iterable[tuple[str, dict[str, bytes]]]) -> None:
    """Write a pack; the same vintages in the same order give the same bytes.

    Args:
        path: the file to write.
        vintages: each vintage's folder name and files.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for folder, files in vintages:
            for name, content in sorted(files.items()):
                member = zipfile.ZipInfo(f"{folder}/{name}")
                member.external_attr = FILE_MODE
                member.compress_type = zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
                archive.writestr(member, content)


def folders(pack: Path) -> list[str]:
    """Names of the vintages' folders in a pack, in its order.

    Raises:
        OSError: the pack is gone or not readable.
    """
    return list(_opened(pack)[1])


def file_sizes(folder: Path) -> dict[str, int]:
    """Names and bytes of a vintage's files.

    Raises:
        OSError: the folder or the pack is gone or not readable.
    """
    if not inside_pack(folder):
        return {path.name: path.stat().st_size for path in folder.iterdir()}
    return {name: member.file_size for name, member in _members(folder).items()}


def file_bytes(folder: Path, name: str) -> bytes:
    """Content of one file of a vintage.

    Raises:
        OSError: it is gone or not readable.
    """
    if not inside_pack(folder):
        return (folder / name).read_bytes()
    member = _members(folder).get(name)
    if member is None:
        raise FileNotFoundError(f"{folder.parent} has no {folder.name}/{name}")
    try:
        return _opened(folder.parent)[0].read(member)
    except BROKEN as error:
        raise OSError(f"{folder / name}: {error}") from None


def where_it_lies(folder: Path, work: Callable[[Path], T]) -> T:
    """Do something with a vintage's files, wherever a writer may have moved them since they were listed.

    Args:
        folder: the vintage's place when it was listed.
        work: told the place; raises `FileNotFoundError` where a file is not there.

    Raises:
        OSError: as `work` does, where the vintage has not moved, or is held no more.
    """
    place = folder
    for _ in range(TRIES):
        try:
            return work(place)
        except FileNotFoundError:
            if place.parent.is_file() if inside_pack(place) else place.is_dir():
                raise
        place = _place_now(place) or place
    raise FileNotFoundError(f"{folder} is gone")


def _place_now(folder: Path) -> Path | None:
    root = folder.parent.parent if inside_pack(folder) else folder.parent
    if (root / folder.name).is_dir():
        return root / folder.name
    for pack in sorted(root.glob(f"*{SUFFIX}")):
        try:
            if folder.name in folders(pack):
                return pack / folder.name
        except FileNotFoundError:  # merged into another meanwhile
            continue
    return None


Opened = tuple[zipfile.ZipFile, dict[str, dict[str, zipfile.ZipInfo]]]


def _members(folder: Path) -> dict[str, zipfile.ZipInfo]:
    members = _opened(folder.parent)[1].get(folder.name)
    if members is None:
        raise FileNotFoundError(f"{folder.parent} has no {folder.name}")
    return members


def _opened(pack: Path) -> Opened:
    now = pack.stat()
    try:
        return _directory(pack, (now.st_ino, now.st_mtime_ns, now.st_size))
    except BROKEN as error:
        raise OSError(f"{pack}: {error}") from None


@functools.lru_cache(OPEN_PACKS)
def _directory(pack: Path, stamp: tuple[int, int, int]) -> Opened:
    """The open archive and its members by folder; kept open, since its directory takes long to read."""
    archive = zipfile.ZipFile(pack)
    found: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for member in archive.infolist():
        folder, _, name = member.filename.partition("/")
        if folder in ("", ".", "..") or not name or "/" in name:
            if member.is_dir() and not name:
                continue  # what other tools add when they pack a folder
            archive.close()
            raise ValueError(f"{member.filename!r} is no file of a vintage")
        found.setdefault(folder, {})[name] = member
    return archive, found

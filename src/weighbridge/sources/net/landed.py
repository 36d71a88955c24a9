"""Pages on the disk: what each held when it landed, so that one that is damaged later is never read as a whole one.

`landed.jsonl` has one line a page, with its rows and the SHA-256 of what it holds unpacked.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from weighbridge.errors import SourceFailed
from weighbridge.records.shown import plain

SUFFIX = ".jsonl.zst"
LIST = "landed.jsonl"
HINT = "delete the folder and fetch again"


@dataclass(frozen=True)
class Kept:
    """A page as it landed.

    Attributes:
        rows: how many.
        sha256: of its lines.
        mark: by which it is known again; empty: it cannot be.
    """

    rows: int
    sha256: str
    mark: str


def page_files(folder: Path) -> list[Path]:
    """The pages that lie in a folder, in order."""
    return sorted(folder.glob(f"page-*{SUFFIX}"))


def whole_pages(folder: Path) -> list[Path]:
    """The same, after each was held against what landed; a folder without a list of that is taken as it is.

    Raises:
        SourceFailed: there are none, or they are not those that landed.
    """
    files = page_files(folder)
    if not files:
        raise SourceFailed(f"{folder} holds no pages", "give a folder with page-00001.jsonl.zst and so on")
    if (folder / LIST).exists():
        landed = kept(folder)
        if len(landed) != len(files):
            raise SourceFailed(f"{folder} holds {len(files):,} pages; {len(landed):,} landed", HINT)
        for file, one in zip(files, landed, strict=True):
            if not _is(file, one):
                raise SourceFailed(f"{file} is not the page that landed", HINT)
    return files


def page_rows(file: Path) -> Iterator[Any]:
    """The values of a page.

    Raises:
        SourceFailed: the file is not a landed page.
    """
    try:
        yield from map(json.loads, _unpacked(file).splitlines())
    except (OSError, ValueError, RecursionError, pa.ArrowException) as error:
        raise SourceFailed(f"{file} is no landed page: {plain(str(error))[:200]}", HINT) from None


def keep(folder: Path, page: Kept) -> None:
    """Note a page that has landed, after those before it."""
    with (folder / LIST).open("ab") as file:
        file.write(_line(page))
        file.flush()
        os.fsync(file.fileno())


def kept(folder: Path) -> list[Kept]:
    """All pages that were noted; what is no note ends the list, since a kill may have left half of one."""
    found = []
    try:
        for line in (folder / LIST).read_bytes().splitlines():
            held = json.loads(line)
            found.append(Kept(int(held["rows"]), str(held["sha256"]), str(held["mark"])))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return found


def trim(folder: Path, pages: int, rows: int) -> str | None:
    """Remove what landed after so many pages, which a kill left uncounted; in words, what is amiss with the others."""
    landed, files = kept(folder)[:pages], page_files(folder)
    names = {file.name for file in files}
    wanted = [f"page-{number:05d}{SUFFIX}" for number in range(1, pages + 1)]
    if not names.issuperset(wanted):
        return "pages that landed before are missing"
    if len(landed) < pages or sum(one.rows for one in landed) != rows:
        return "pages that landed before are not noted"
    if not all(_is(folder / name, one) for name, one in zip(wanted, landed, strict=True)):
        return "pages that landed before are damaged"
    for file in files:
        if file.name not in wanted:
            file.unlink()
    write_whole(folder / LIST, b"".join(_line(one) for one in landed))
    return None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, whenever the machine stops."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    if os.name != "nt":  # pragma: no branch - folders cannot be synced there
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is(file: Path, page: Kept) -> bool:
    try:
        lines = _unpacked(file)
    except (OSError, pa.ArrowException):
        return False
    return lines.count(b"\n") == page.rows and hashlib.sha256(lines).hexdigest() == page.sha256


def _unpacked(file: Path) -> bytes:
    with pa.input_stream(str(file), compression="zstd") as stream:
        return bytes(stream.read())


def _line(page: Kept) -> bytes:
    return json.dumps(asdict(page), separators=(",", ":")).encode() + b"\n"

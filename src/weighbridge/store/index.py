"""The list of vintages: read once, then only what changed, with a file kept ready so that a new process need not.

The file is derived: what lies under `vintages/` decides, by name, time and size of each vintage's document or pack. It
may be deleted at any time, and only writers write it, so a store that may only be read is listed all the same.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from weighbridge.errors import StoreDamaged
from weighbridge.records.vintage import Vintage
from weighbridge.store.package import PACKAGE, described, mend
from weighbridge.store.packs import SUFFIX, TRIES, folders

Placed = tuple[datetime, str, str, Vintage]
"""When a vintage became known, its id, its folder (of which there are no two alike), and it."""

FIELDS = tuple(field.name for field in fields(Vintage) if field.name != "folder")


@dataclass(frozen=True)
class Entry:
    """What lies under `vintages/` with one name: a vintage's folder, or a pack.

    Attributes:
        name: of the folder or pack.
        packed: whether it is a pack.
        stamp: time (ns) and bytes of the document, or of the pack.
        sizes: bytes of the resources of a folder; empty for a pack.
        vintages: what it holds; of a pack all, in its order.
    """

    name: str
    packed: bool
    stamp: tuple[int, int]
    sizes: dict[str, int]
    vintages: tuple[Vintage, ...]

    @cached_property
    def folders(self) -> dict[str, Vintage]:
        """What it holds by name of folder."""
        return {vintage.folder.name: vintage for vintage in self.vintages}

    @cached_property
    def placed(self) -> list[Placed]:
        """What it holds in order of when it became known, with what decides its place."""
        return sorted((vintage.known, vintage.id, name, vintage) for name, vintage in self.folders.items())

    @property
    def bytes(self) -> int:
        """Bytes of its files."""
        return self.stamp[1] + sum(self.sizes.values())


@dataclass(frozen=True)
class Listed:
    """What lies under `vintages/`.

    Attributes:
        entries: folders and packs that hold the vintages.
        doubled: names of folders and packs all of whose vintages another pack holds too, as after a kill.
        vintages: in order of when they became known.
    """

    entries: tuple[Entry, ...]
    doubled: tuple[str, ...]
    vintages: tuple[Vintage, ...]


class Index:
    """The list of a store's vintages."""

    def __init__(self, folder: Path, kept: Path) -> None:
        """Nothing is read yet.

        Args:
            folder: `vintages/`.
            kept: the file kept ready.
        """
        self.folder, self.kept = folder, kept
        self._known: dict[str, Entry] | None = None
        self._listed = Listed((), (), ())
        self.unkept = 0  # vintages whose documents had to be read since the file was written

    def read(self) -> Listed:
        """What is there now; a listing that a writer overtakes is begun anew.

        Raises:
            StoreDamaged: a vintage or a pack is not readable.
        """
        if self._known is None:
            self._known = self._load()
        for _ in range(TRIES):
            listed = self._read(self._known)
            if listed is not None:
                return listed
        raise StoreDamaged(f"{self.folder} changes faster than it can be listed", "try again")

    def packed(self, name: str, entries: Sequence[Entry]) -> None:
        """Told that a writer made a pack of some entries, so that its documents need not be read again."""
        pack = self.folder / name
        now = pack.stat()
        vintages = tuple(replace(v, folder=pack / v.folder.name) for entry in entries for v in entry.vintages)
        entry = Entry(name, True, (now.st_mtime_ns, now.st_size), {}, vintages)
        self._known = {**(self._known or {}), name: entry}

    def save(self, draft: Path) -> None:
        """Keep what `read` found.

        Args:
            draft: a file beside which nobody else writes; it is renamed.
        """
        rows = [
            [entry.name, entry.packed, entry.stamp, entry.sizes, [_row(vintage) for vintage in entry.vintages]]
            for entry in self._listed.entries
        ]
        text = json.dumps({"fields": FIELDS, "entries": rows}, ensure_ascii=False, separators=(",", ":"))
        content = text.encode("utf-8", "surrogatepass")
        self.kept.parent.mkdir(exist_ok=True)
        draft.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        draft.replace(self.kept)
        self.unkept = 0

    def _load(self) -> dict[str, Entry]:
        """Entries of the file; none where it is missing, cut off or of another version."""
        try:
            digest, _, content = self.kept.read_bytes().partition(b"\n")
            if hashlib.sha256(content).hexdigest().encode() != digest:
                return {}
            document = json.loads(content.decode("utf-8", "surrogatepass"))
        except (OSError, ValueError):
            return {}
        if tuple(document["fields"]) != FIELDS:
            return {}
        return {
            name: Entry(
                name,
                packed,
                (stamp[0], stamp[1]),
                sizes,
                tuple(_vintage(row, self.folder / name if packed else self.folder) for row in rows),
            )
            for name, packed, stamp, sizes, rows in document["entries"]
        }

    def _read(self, known: dict[str, Entry]) -> Listed | None:
        """What is there; null where a writer moved something meanwhile."""
        names, packed = self._names()
        packs = [self._entry(name, True, known) for name in packed]
        kept: list[Entry] = []
        doubled: list[str] = []
        held: set[str] = set()
        for pack in sorted((pack for pack in packs if pack), key=lambda pack: (-len(pack.vintages), pack.name)):
            if pack.folders.keys() <= held:
                doubled.append(pack.name)
                continue
            kept.append(pack)
            held |= pack.folders.keys()
        loose = [self._entry(name, False, known) for name in names if name not in held]
        if None in packs or None in loose:
            return None
        doubled += [name for name in names if name in held]
        return self._told([*kept, *(entry for entry in loose if entry)], doubled)

    def _told(self, entries: list[Entry], doubled: list[str]) -> Listed:
        before = self._listed
        if (tuple(map(id, entries)), tuple(doubled)) == (tuple(map(id, before.entries)), before.doubled):
            return before
        placed: list[Placed] = []
        seen: set[str] = set()
        for entry in entries:
            there = entry.folders.keys()
            placed += entry.placed if seen.isdisjoint(there) else [p for p in entry.placed if p[2] not in seen]
            seen |= there
        placed.sort()
        self._listed = Listed(tuple(entries), tuple(doubled), tuple(vintage for *_, vintage in placed))
        self._known = {entry.name: entry for entry in entries}
        return self._listed

    def _names(self) -> tuple[list[str], list[str]]:
        """Names of folders and of packs, once two looks agree: one look may miss what is renamed during it."""
        before = None
        for _ in range(TRIES):
            with os.scandir(self.folder) as there:
                now = sorted((f.name, f.is_dir()) for f in there if not f.name.startswith("."))
            if now == before:
                break
            before = now
        return (
            [name for name, folder in now if folder],
            [name for name, folder in now if not folder and name.endswith(SUFFIX)],
        )

    def _entry(self, name: str, packed: bool, known: dict[str, Entry]) -> Entry | None:
        """What lies there; null where it lies there no more."""
        path = self.folder / name
        held = known.get(name)
        try:
            now = (path if packed else path / PACKAGE).stat()
            stamp = (now.st_mtime_ns, now.st_size)
            if held is not None and held.stamp == stamp and held.packed == packed and _whole(path, held.sizes):
                return held
            read = _of_pack(path, stamp) if packed else _of_folder(path, stamp)
        except (OSError, StoreDamaged) as error:
            if not path.exists():
                return None
            if isinstance(error, StoreDamaged):
                raise
            raise StoreDamaged(f"{path} cannot be read: {error}", mend(path / PACKAGE if packed else path)) from None
        self.unkept += len(read.vintages)
        return read


def _of_folder(path: Path, stamp: tuple[int, int]) -> Entry:
    vintage, sizes = described(path)
    return Entry(path.name, False, stamp, sizes, (vintage,))


def _of_pack(path: Path, stamp: tuple[int, int]) -> Entry:
    return Entry(path.name, True, stamp, {}, tuple(described(path / name)[0] for name in folders(path)))


def _whole(path: Path, sizes: dict[str, int]) -> bool:
    return all((path / name).stat().st_size == size for name, size in sizes.items())


def _row(vintage: Vintage) -> list[Any]:
    known, at = vintage.known.isoformat(), vintage.at and vintage.at.isoformat()
    values: dict[str, Any] = {name: getattr(vintage, name) for name in FIELDS} | {"known": known, "at": at}
    return [vintage.folder.name, *values.values()]


def _vintage(row: Sequence[Any], folder: Path) -> Vintage:
    values = dict(zip(FIELDS, row[1:], strict=True))
    values["known"] = datetime.fromisoformat(values["known"])
    values["at"] = values["at"] and datetime.fromisoformat(values["at"])
    values["days_30d"], values["days_all"] = tuple(values["days_30d"]), tuple(values["days_all"])
    return Vintage(**values, folder=folder / row[0])

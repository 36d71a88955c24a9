"""Keeping a store small: many small vintages of a source become one pack, many small packs one larger.

A writer tidies before it reads its file, under the store's lock, a bounded amount each time. The pack is adopted by one
rename before the first folder is moved out by another, so whoever looks, and whatever is killed, finds each vintage;
where a vintage is there twice the pack is read, and the next writer removes the other.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path

from weighbridge.errors import StoreDamaged
from weighbridge.store.home import PACKED, Store
from weighbridge.store.index import Entry
from weighbridge.store.package import PACKAGE, damage, described
from weighbridge.store.packs import SUFFIX, file_bytes, file_sizes, folders, inside_pack, write_pack

RUN = 16  # small folders of one source that make a pack
MERGED = 8  # small packs of one source that make a larger one
SMALL_BYTES = 2**20  # of a vintage; larger ones stay folders
FULL = RUN * MERGED  # vintages of a pack that grows no more
FULL_BYTES = 8 * 2**20  # or bytes
AT_ONCE_BYTES = 2 * FULL_BYTES  # moved by one writer, so that it is not kept waiting


def tidy(store: Store, scratch: Path) -> None:
    """Remove what a killed writer left twice, pack what is due, keep the list; what cannot be done is left as it is.

    Args:
        store: the store, whose lock is held.
        scratch: its scratch folder.

    Raises:
        StoreDamaged: a vintage or a pack cannot be listed.
    """
    if not store.index.folder.is_dir():
        return
    listed = store.index.read()
    with contextlib.suppress(OSError):
        if listed.doubled:
            whole = [name for name in listed.doubled if _held_elsewhere(store.index.folder / name, listed.entries)]
            _remove(store, scratch, whole)
        run = due(listed.entries)
        packed = bool(run) and _pack(store, scratch, run)
        if packed:
            store.index.read()
        if packed or store.index.unkept >= RUN:
            store.index.save(scratch / "list")


def due(entries: Iterable[Entry]) -> list[Entry]:
    """Folders or packs of one source that shall become one pack; empty where there are too few.

    Those known first come first, and no more than one writer can move at once.
    """
    groups: dict[tuple[str, bool], list[Entry]] = defaultdict(list)
    for entry in entries:
        small = len(entry.vintages) < FULL and entry.bytes < FULL_BYTES if entry.packed else entry.bytes <= SMALL_BYTES
        if small and entry.vintages:
            groups[entry.vintages[0].source, entry.packed].append(entry)
    for (_, packed), group in sorted(groups.items()):
        if len(group) >= (MERGED if packed else RUN):
            return _at_once(sorted(group, key=lambda e: (e.vintages[0].known, e.name)))
    return []


def _at_once(group: Sequence[Entry]) -> list[Entry]:
    counts = accumulate(len(entry.vintages) for entry in group)
    sizes = accumulate(entry.bytes for entry in group)
    most = FULL if group[0].packed else min(FULL, 2 * RUN)  # a store of an older version may hold thousands of folders
    within = sum(count <= most and size <= AT_ONCE_BYTES for count, size in zip(counts, sizes, strict=True))
    return list(group[: max(within, 2)])


def _pack(store: Store, scratch: Path, run: Sequence[Entry]) -> bool:
    """Make one pack of whole folders or packs, and remove these."""
    files: dict[str, dict[str, bytes]] = {}
    taken = []
    for entry in run:
        with contextlib.suppress(OSError, StoreDamaged):
            files |= {vintage.folder.name: _files(vintage.folder) for vintage in entry.vintages}
            taken.append(entry)
    if len(taken) < 2:
        return False
    draft = scratch / "pack"
    write_pack(draft, files.items())
    if store.format() != PACKED:
        store.mark(PACKED, scratch)
    known = sorted(vintage.known for entry in taken for vintage in entry.vintages)
    digest = hashlib.sha256("|".join(sorted(files)).encode()).hexdigest()[:8]
    span = f"{known[0]:%Y%m%dT%H%M%SZ}-{known[-1]:%Y%m%dT%H%M%SZ}"
    name = f"{taken[0].vintages[0].source}-{span}-{digest}{SUFFIX}"
    store.adopt(draft, name)
    store.index.packed(name, taken)
    _remove(store, scratch, [entry.name for entry in taken])
    return True


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a vintage, if they are what was written and nothing else lies beside them.

    Raises:
        OSError, StoreDamaged: they are not.
    """
    if not inside_pack(folder):  # a pack has checksums of its own, and holds nothing else
        if folder.is_symlink() or damage(folder):
            raise OSError(f"{folder} is not as it was written")
        if set(file_sizes(folder)) != {PACKAGE, *described(folder)[1]}:
            raise OSError(f"other things lie in {folder}")
    return {name: file_bytes(folder, name) for name in file_sizes(folder)}


def _held_elsewhere(path: Path, entries: Iterable[Entry]) -> bool:
    """Whether packs hold the very bytes of a folder or of all of a pack."""
    packs = {name: path.parent / entry.name / name for entry in entries if entry.packed for name in entry.folders}
    mine = [path / name for name in folders(path)] if path.name.endswith(SUFFIX) else [path]
    return all(_same(folder, packs[folder.name]) for folder in mine)


def _same(folder: Path, other: Path) -> bool:
    try:
        names = set(file_sizes(folder))
        return names == set(file_sizes(other)) and all(file_bytes(folder, n) == file_bytes(other, n) for n in names)
    except OSError:
        return False


def _remove(store: Store, scratch: Path, names: Iterable[str]) -> None:
    """Take folders and packs out of the vintages, each in one step, and delete them there."""
    gone = scratch / "gone"
    gone.mkdir(exist_ok=True)
    for name in names:
        (store.index.folder / name).rename(gone / name)
    shutil.rmtree(gone, ignore_errors=True)

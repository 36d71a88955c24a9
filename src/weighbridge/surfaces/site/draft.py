"""A folder that is written whole or not at all: made beside its place, then put there in one step.

What a kill leaves is the earlier folder, and a draft beside it that the next build removes. What somebody else put into
the folder meanwhile is never removed.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.shown import plain
from weighbridge.store.syncing import sync

Telling = Callable[[str], None]
BUILD = "build.json"
MADE_BY = "weighbridge publish"
SHOWN = 3
AT_CWD, EXCHANGE = -100, 2
"""Of Linux's renameat2(2): paths are as they are given; the two names change places."""


def check(target: Path) -> None:
    """Refuse a place that is not free, and not a build of ours that nobody added to.

    Raises:
        UsageError: it is a link, a file, a mount or a folder with other things in it, or there is no folder around it.
    """
    shown = plain(str(target))
    if target.is_symlink():
        raise UsageError(f"{shown} is a symbolic link", "give the folder itself")
    around = target.resolve().parent
    if not around.exists():
        raise UsageError(f"{shown}: its parent folder {plain(str(around))} does not exist", "make it first")
    if not around.is_dir() or target.resolve() == around:
        raise UsageError(f"{shown} is no place for a folder", "give a folder in one that is there")
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{shown} is a file", "give a new or an empty folder, or an earlier build")
    if os.path.ismount(target):
        raise UsageError(f"{shown} is a mount, which cannot be replaced as a whole", "give a folder inside it")
    strange, ours = _strange(target), bool(_of_build(target))
    if strange and not ours:
        raise UsageError(
            f"{shown} holds other things: {_some(strange)}", "give a new or an empty folder, or an earlier build"
        )
    if strange:
        raise UsageError(f"{shown} holds what no build wrote: {_some(strange)}", "move it away, or give another folder")


def silent(note: str) -> None:
    """Tell nobody."""


@contextmanager
def drafted(target: Path, telling: Telling = silent) -> Iterator[Path]:
    """An empty folder beside the target that takes its place when all went well.

    Args:
        target: see `check`.
        telling: told where what somebody else put into the target meanwhile is kept.

    Raises:
        SourceFailed: the disk is full, or a path cannot be written; the target is as it was.
        UsageError: see `check`, before and after the draft is written.
    """
    check(target)
    place = target.resolve()
    _clear(place, telling)
    try:
        draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}.draft")
        draft.mkdir()
        made, held = draft.lstat(), _hold(draft)
        try:
            yield draft
            _settle(draft)
            check(place)  # it took long to write: others may have written there too
            _put(draft, place, telling)
            sync(place.parent)
        finally:
            if held is not None:
                os.close(held)
            if draft.is_dir() and os.path.samestat(made, draft.lstat()):  # after an exchange it may be another's
                shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        where = f"{plain(str(error.filename))}: " if error.filename else ""
        hint = f"{plain(str(target))} is as it was; check the space on the disk, the path and its rights"
        raise SourceFailed(f"{where}{error.strerror or error}", hint) from None


def _settle(draft: Path) -> None:
    """Wait until all of a draft is on the disk, at one go where the system can."""
    if hasattr(os, "sync"):
        os.sync()
        return
    for path in (*draft.rglob("*"), draft):  # pragma: no cover - Windows
        sync(path)


def _held(folder: Path) -> set[str]:
    """Paths of all files, and of all that is neither file nor folder; links are not followed."""
    found = set()
    for where, folders, files in os.walk(folder):
        at = Path(where).relative_to(folder)
        linked = [name for name in folders if (Path(where) / name).is_symlink()]
        empty = [""] if not folders and not files and where != str(folder) else []
        found |= {(at / name).as_posix() for name in [*files, *linked, *empty]}
    return found


def _of_build(folder: Path) -> set[str]:
    """Paths of an earlier build's files; empty where this is none."""
    path = folder / BUILD
    if path.is_symlink():
        return set()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {BUILD, *document["files"]} if document["made_by"] == MADE_BY else set()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def _strange(folder: Path) -> set[str]:
    """Paths of what no build of ours wrote."""
    return _held(folder) - _of_build(folder)


def _some(names: set[str]) -> str:
    shown = sorted(names)[:SHOWN]
    return plain(", ".join(shown)) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")


def _put(draft: Path, target: Path, telling: Telling) -> None:
    """Put a draft in the target's place; what was there goes where the draft was."""
    if not target.exists() or not any(target.iterdir()):
        if target.exists():
            target.rmdir()
        draft.rename(target)
    elif _exchanged(draft, target):
        _discard(draft, target, telling)
    else:
        aside = draft.with_suffix(".old")
        target.rename(aside)
        try:
            draft.rename(target)
        except BaseException:
            aside.rename(target)
            raise
        _discard(aside, target, telling)


def _discard(old: Path, target: Path, telling: Telling) -> None:
    """Remove an earlier build, but keep it beside the target where somebody added to it, or it is none."""
    strange = {old.name} if old.is_symlink() or not old.is_dir() else _strange(old)
    if not strange:
        shutil.rmtree(old, ignore_errors=True)
        return
    kept = target.with_name(f"{target.name}.kept-{secrets.token_hex(4)}")
    old.rename(kept)
    telling(f"what somebody put there meanwhile is kept in {plain(str(kept))}: {_some(strange)}")


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can."""
    if not sys.platform.startswith("linux"):
        return False
    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if exchange is None:
        return False
    return int(exchange(AT_CWD, os.fsencode(one), AT_CWD, os.fsencode(other), EXCHANGE)) == 0


def _hold(draft: Path) -> int | None:
    """Lock a draft for as long as its process lives; null where folders cannot be locked."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows
        return None
    handle = os.open(draft, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _clear(target: Path, telling: Telling) -> None:
    """Remove the drafts of builds that were killed; one between whose two steps a kill fell is put back."""
    for old in sorted(target.parent.glob(f".{_literal(target.name)}.????????.old")):
        if target.exists():
            _discard(old, target, telling)
        else:
            old.rename(target)
    for draft in sorted(target.parent.glob(f".{_literal(target.name)}.????????.draft")):
        if draft.is_dir() and not draft.is_symlink() and (held := _hold(draft)) is not None:
            if _of_build(draft):  # whole, or the earlier build after an exchange
                _discard(draft, target, telling)
            else:
                shutil.rmtree(draft, ignore_errors=True)
            os.close(held)


def _literal(name: str) -> str:
    """A name in a pattern."""
    from glob import escape

    return escape(name)

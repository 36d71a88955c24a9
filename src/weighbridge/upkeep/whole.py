"""Small files that are written whole or not at all, one process at a time."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import filelock

from weighbridge.errors import StoreBusy
from weighbridge.store.syncing import sync


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place in one step: a reader, or a kill at any moment, finds the old one or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        draft.write_bytes(content)
        sync(draft)
        draft.replace(path)
        sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def alone(lock: Path, what: str, wait: float = 0.0) -> Iterator[None]:
    """Hold a lock; its folder is made.

    Args:
        lock: file of the lock, which stays.
        what: what another process does while it holds the lock, for the error.
        wait: seconds.

    Raises:
        StoreBusy: another process holds it for longer than that.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = filelock.FileLock(lock, timeout=wait)
    try:
        held.acquire()
    except filelock.Timeout:
        raise StoreBusy(f"another process is {what}", "try again when it has ended") from None
    try:
        yield
    finally:
        held.release()

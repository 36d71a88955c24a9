"""The desk where questions arrive: what is asked now, few threads that answer, and a limit to how many wait."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from weighbridge.errors import DataMissing
from weighbridge.records.shown import plain
from weighbridge.surfaces.api.memory import LARGE_SECONDS, give_back
from weighbridge.surfaces.api.problems import Refused
from weighbridge.surfaces.api.sending import Packed
from weighbridge.surfaces.python import Observatory
from weighbridge.surfaces.views.dataset import readings
from weighbridge.surfaces.views.opening import is_sample, open_shelf
from weighbridge.surfaces.views.shelf import REFUSAL_BYTES, Kept, Refusal, Shelf

T = TypeVar("T")

THREADS = 4
WAITING_MOST = 24
"""Questions that wait for an answer; at up to a second each, who comes later would wait too long."""
PACKED_MOST = 256 * 2**20
"""Bytes of bodies that are kept."""
LOOK_SECONDS = 2.0
"""How often the store is looked at for a new reading."""
RETRY_SECONDS = "5"


@dataclass(frozen=True, eq=False)
class Held:
    """What one state of the store answers, how many readings that rests on, and the bodies that were made from it."""

    shelf: Shelf
    vintages: int
    bodies: Kept = field(default_factory=lambda: Kept(PACKED_MOST, lambda packed: packed.weight, REFUSAL_BYTES))


class Desk:
    """Where questions arrive."""

    def __init__(self, asked: Observatory | Shelf | Path | str | None = None, threads: int = THREADS) -> None:
        """Open what is asked.

        Args:
            asked: a path is opened again when its store has got a new reading; null: the path of `open_shelf`.
            threads: how many answer at a time.
        """
        self._path = asked if isinstance(asked, (Path, str)) or asked is None else None
        self._watched = not isinstance(asked, (Observatory, Shelf))
        self._threads = ThreadPoolExecutor(threads, "answer")
        self._waiting, self._lock = 0, threading.Lock()
        self._making: dict[tuple[Held, Hashable], Future[Packed]] = {}
        self._seen, self._looked = self._signature(), time.monotonic()
        self._reopening = False
        self.unreadable_since: str | None = None
        shelf = asked if isinstance(asked, Shelf) else Shelf(asked) if isinstance(asked, Observatory) else None
        self.held = _hold(shelf or open_shelf(self._path))
        self.reopened: list[Callable[[], None]] = []

    @property
    def shelf(self) -> Shelf:
        """What is asked now."""
        return self.held.shelf

    async def body(self, key: Hashable, make: Callable[[Shelf], Packed]) -> Packed:
        """The body of a key: at once if it was made, else by a thread; who asks for the same waits for the same.

        Raises:
            Refused: too many questions wait.
        """
        held = self._current()
        found: Packed | Refusal | None = held.bodies.held(key)
        if found is None:
            begun = self._making.get((held, key))
            if begun is not None:  # costs nothing more, so it does not count
                found = await asyncio.shield(asyncio.wrap_future(begun))
            else:
                found = await self.run(lambda: self.begin(held, key, make))
        if isinstance(found, Refusal):
            raise found.error()
        return found

    async def run(self, begin: Callable[[], Future[T]]) -> T:
        """What some work gives that is begun now.

        Raises:
            Refused: too many questions wait.
        """
        with self._lock:
            if self._waiting >= WAITING_MOST:
                said = f"{self._waiting} questions are waiting for an answer"
                raise Refused("busy", said, "try again in some seconds", {"Retry-After": RETRY_SECONDS})
            self._waiting += 1
        try:
            return await asyncio.shield(asyncio.wrap_future(begin()))
        finally:
            with self._lock:
                self._waiting -= 1

    def begin(self, held: Held, key: Hashable, make: Callable[[Shelf], Packed]) -> Future[Packed]:
        """Have the body of a key made by a thread, if none makes it already."""
        with self._lock:
            there = self._making.get((held, key))
            if there is not None:
                return there
            future = self._threads.submit(lambda: held.bodies.get(key, lambda: _made(held.shelf, make)))
            self._making[held, key] = future
        future.add_done_callback(lambda _: self._made(held, key))
        return future

    @property
    def waiting(self) -> int:
        """How many questions wait for an answer."""
        return self._waiting

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Have some work done by a thread."""
        return self._threads.submit(work)

    def _made(self, held: Held, key: Hashable) -> None:
        with self._lock:
            self._making.pop((held, key), None)

    def close(self) -> None:
        """Stop answering; what is being made is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _current(self) -> Held:
        """What is asked now; a look at the store, if the last was some time ago, starts opening it anew."""
        now = time.monotonic()
        if self._watched and now - self._looked > LOOK_SECONDS and not self._reopening:
            self._looked = now
            seen = self._signature()
            if seen != self._seen or self.unreadable_since is not None:
                self._reopening = True
                threading.Thread(target=self._reopen, args=(seen,), name="reopen", daemon=True).start()
        return self.held

    def _reopen(self, seen: object) -> None:
        """Open the store anew and put it in the old one's place in one step.

        A store that cannot be opened any more, or holds nothing any more, leaves the old one in its place: what once
        answered from readings does not begin to answer from the sample. The next look tries again.
        """
        try:
            made = _hold(open_shelf(self._path))
            if is_sample(made.shelf) and not is_sample(self.shelf):
                raise DataMissing("the store holds nothing any more")
        except Exception as error:
            self._tell_unreadable(error)
        else:
            self.held, self._seen, self.unreadable_since = made, seen, None
            for told in self.reopened:
                told()
        finally:
            self._reopening = False

    def _tell_unreadable(self, error: Exception) -> None:
        """Say once, to whoever runs the server, that the old shelf goes on answering."""
        if self.unreadable_since is None:
            self.unreadable_since = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            said = f"warning: the store cannot be read ({plain(str(error))}); what was read before goes on answering"
            print(said, file=sys.stderr, flush=True)

    def _signature(self) -> object:
        """What changes when the store gets a reading: time and size of the cube file, or of its list of readings."""
        if not self._watched:
            return None
        return signature(self._path)


def _made(shelf: Shelf, make: Callable[[Shelf], Packed]) -> Packed:
    begun = time.monotonic()
    try:
        return make(shelf).ready()
    finally:
        if time.monotonic() - begun >= LARGE_SECONDS:
            give_back()


def _hold(shelf: Shelf) -> Held:
    return Held(shelf, len(readings(shelf)))


def signature(path: Path | str | None) -> tuple[int, int] | None:
    """Time (ns) and size of a cube file or of a store's list of readings; null where there is none yet."""
    from weighbridge.store.home import default_path

    where = Path(path) if path else default_path()
    for place in (where / "vintages", where):
        try:
            found = place.stat()
        except OSError:
            continue
        return found.st_mtime_ns, found.st_size
    return None

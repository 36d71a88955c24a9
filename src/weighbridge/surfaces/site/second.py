"""A second process that makes pages of models, organisations and families while the first makes all else.

It opens what is held by itself, and begins before it is known which other pages there are: what it learns of a subject
it keeps, and makes the page when it is told. The bytes are those that one process makes.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import connection
from pathlib import Path

from weighbridge.cubes.cubefile import CubeFile
from weighbridge.errors import WeighbridgeError
from weighbridge.measures.asking import Backing, StoreBacking
from weighbridge.measures.profiles.steady import steady
from weighbridge.store.home import Store
from weighbridge.surfaces.python import Observatory
from weighbridge.surfaces.site import making
from weighbridge.surfaces.site.links import Figures, Published
from weighbridge.surfaces.site.places import Key, Place, key_of
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Look, Shelf
from weighbridge.surfaces.web import pages

AT_ONCE = 10
"""Pages that are made before the next are asked for."""
WORTH = 60
"""Pages from which on a second process is worth its start."""
Wanted = tuple[Asked, str, Look]
Made = tuple[Key, making.Written, list[Wanted]]
Known = tuple[Key, str]


@dataclass(frozen=True)
class Where:
    """What is held, as another process opens it.

    Attributes:
        path: of the store or cube file.
        cube: whether it is a cube file.
        notes: that stand on every answer of a cube file.
    """

    path: Path
    cube: bool
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, backing: Backing) -> Where | None:
        """Where a backing lies; null: nobody else can open it."""
        if isinstance(backing, StoreBacking):
            return cls(backing.store.path.resolve(), False)
        return cls(backing.path.resolve(), True, backing.notes) if isinstance(backing, CubeFile) else None

    def opened(self) -> Backing:
        """The same in this process."""
        return CubeFile(self.path, self.notes) if self.cube else steady(StoreBacking(Store(self.path)))


@dataclass
class Second:
    """The second process, as the first sees it."""

    pool: ProcessPoolExecutor
    warming: list[Future[None]] = field(default_factory=list)
    asked: list[tuple[Sequence[Key], Future[list[Made]]]] = field(default_factory=list)

    def prepare(self, keys: Sequence[Key]) -> None:
        """Begin to learn what these pages need."""
        self.warming = [self.pool.submit(_warm, some) for some in _parts(keys)]

    def make(self, there: Mapping[Key, Place], base: str | None, keys: Sequence[Key]) -> None:
        """Begin to make these pages."""
        for future in self.warming:
            future.cancel()
        self.pool.submit(_learn, [(key, place.folder) for key, place in there.items()], base)
        self.asked = [(some, self.pool.submit(_make, some)) for some in _parts(keys)]

    def left(self) -> Iterator[Key]:
        """The pages that it has not begun, which the caller then makes; the last first."""
        while self.asked and self.asked[-1][1].cancel():
            yield from self.asked.pop()[0]

    def made(self) -> Iterator[Made]:
        """The pages that it makes, and the files that each leads to."""
        for _, future in self.asked:
            yield from future.result()


@contextmanager
def second(backing: Backing, pages_to_make: int) -> Iterator[Second | None]:
    """A second process, or null where it is not worth its start or cannot be had."""
    where = Where.of(backing)
    if where is None or pages_to_make < WORTH or (os.cpu_count() or 1) < 2:
        yield None
        return
    context = multiprocessing.get_context("spawn")  # a fork may hang on locks that threads hold
    pool = ProcessPoolExecutor(1, context, initializer=_begin, initargs=(where,))
    try:
        yield Second(pool)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _parts(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    return (keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE))


@dataclass
class _Here:
    """What the second process knows."""

    shelf: Shelf
    there: dict[Key, Place] = field(default_factory=dict)
    base: str | None = None

    def made(self, place: Place) -> tuple[making.Written, list[Wanted]]:
        """A page, and the files that it leads to."""
        figures = Figures(self.shelf)
        written = making.page(place, self.shelf, Published(place.folder, self.there, figures, self.base))
        return written, list(figures.asked_for)


_here: list[_Here] = []


def _begin(where: Where) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends this one
    threading.Thread(target=_leave_with_the_first, daemon=True).start()
    _here.append(_Here(Shelf(Observatory(where.opened()))))


def _leave_with_the_first() -> None:
    first = multiprocessing.parent_process()
    if first is not None:
        connection.wait([first.sentinel])
        os._exit(1)


def _warm(keys: Iterable[Key]) -> None:
    for page, subject, given in keys:
        try:
            _here[0].made(Place(pages()[page], subject, given, f"{page}/"))
        except WeighbridgeError:  # it is said when the page is made
            continue


def _learn(known: Iterable[Known], base: str | None) -> None:
    kinds = pages()
    _here[0].there = {key: Place(kinds[key[0]], key[1], key[2], folder) for key, folder in known}
    _here[0].base = base


def _make(keys: Iterable[Key]) -> list[Made]:
    here = _here[0]
    return [(key, *here.made(here.there[key_of(*key)])) for key in keys]

"""Making what will be asked before it is asked: the pages and their own figures first, then what their menus offer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import partial

from weighbridge.cubes.condensing import FEW
from weighbridge.definitions.named import definitions
from weighbridge.errors import WeighbridgeError
from weighbridge.measures import Comparison, Condensable, measures
from weighbridge.surfaces.api.answers import file_key, made
from weighbridge.surfaces.api.desk import Desk
from weighbridge.surfaces.api.pages import Place, page_key
from weighbridge.surfaces.api.pages import made as page_made
from weighbridge.surfaces.api.sending import Packed
from weighbridge.surfaces.views.asked import PICTURED, Asked
from weighbridge.surfaces.views.searching import index
from weighbridge.surfaces.views.shelf import SHOWN, STANDARD, Look, Shelf
from weighbridge.surfaces.web import pages
from weighbridge.surfaces.web.page import Given

ENDINGS = ("json", "svg", "vl.json", "csv")
"""Files that are made ahead; the others follow from these in no time."""
PAUSE_SECONDS = 0.05
MENUS = ("by", "of", "show")
"""Options whose every choice is made ahead."""
LOOKS = (STANDARD, *SHOWN)
Work = tuple[Hashable, Callable[[Shelf], Packed]]


class Warming:
    """A thread that has bodies made one after another.

    Attributes:
        made: bodies so far.
        warmed: whether the pages and their own figures are there.
        done: whether all is that the menus offer.
    """

    def __init__(self, desk: Desk, everything: bool = True) -> None:
        """Nothing is made yet; `everything`: what the menus offer too."""
        self._desk, self._everything, self._stopped = desk, everything, threading.Event()
        self.made, self.warmed, self.done = 0, False, False
        self._turn = 0

    def start(self) -> None:
        """Begin, or begin anew with what was opened anew."""
        self._turn += 1
        self.made, self.warmed, self.done = 0, False, False
        threading.Thread(target=self._run, args=(self._turn,), name="warming", daemon=True).start()

    def stop(self) -> None:
        """End soon."""
        self._stopped.set()

    def _run(self, turn: int) -> None:
        held = self._desk.held
        index_made = self._desk.submit(lambda: index(held.shelf))
        with contextlib.suppress(Exception):  # without an index search says why
            index_made.result()
        rest = offered_figures(held.shelf) if self._everything else iter(())
        for part, told in ((pages_first(held.shelf), "warmed"), (rest, "done")):
            for key, make in part:
                while self._desk.waiting and not self._stopped.wait(PAUSE_SECONDS):
                    continue  # who waits now comes first
                if self._stopped.is_set() or turn != self._turn:
                    return
                with contextlib.suppress(Exception):  # who asks for it will be told
                    self._desk.begin(held, key, make).result()
                self.made += 1
            setattr(self, told, True)


def pages_first(shelf: Shelf) -> Iterator[Work]:
    """The pages of the menu as they open, then all that they draw by default."""
    yield from files_of(Asked(), LOOKS)
    for name in pages():
        yield page_work(name)
    for page in pages().values():
        figures: Iterator[Asked] = iter(())
        with contextlib.suppress(WeighbridgeError):
            figures = iter(page.figures(shelf))
        yield from _until_refused(figures)


def _until_refused(figures: Iterator[Asked]) -> Iterator[Work]:
    with contextlib.suppress(WeighbridgeError):
        for asked in figures:
            yield from files_of(asked, LOOKS)


def offered_figures(shelf: Shelf) -> Iterator[Work]:
    """Every measure by each choice of its menus, under each named definition.

    What is answered from ready sums comes first, then what every single model is weighed for, which takes seconds on a
    census: so that most of what is asked is there soon. Of each the house's definition comes first.
    """
    plain = [Asked("share"), *(asked for name in measures() for asked in _varied(name)), *map(Asked, PICTURED)]
    named = [
        asked.changed(definition=definition)
        for asked in plain
        if asked.measure not in PICTURED and not isinstance(measures()[asked.measure], Comparison)
        for definition in definitions()
    ]
    for asked in sorted(dict.fromkeys([*plain, *named]), key=of_single_models):
        yield from files_of(asked, LOOKS)
        if asked.measure not in PICTURED:
            measure: Given = () if asked.measure == Asked().measure else (("measure", asked.measure),)
            yield page_work("explore", (*measure, *asked.options))


def of_single_models(asked: Asked) -> bool:
    """Whether an answer needs each model by itself; else sums by the few groups of a dimension are enough."""
    measure = measures().get(asked.measure)
    if not isinstance(measure, Condensable):
        return True
    given = asked.keywords()
    return measure.condensed_by({o.name: o.checked(given.get(o.keyword)) for o in measure.options}) not in FEW


def files_of(asked: Asked, looks: Iterable[Look]) -> Iterator[Work]:
    """The files of a question that are made ahead."""
    for ending in ENDINGS:
        for look in looks if ending in ("svg", "vl.json") else (STANDARD,):
            yield file_key(asked, ending, look), partial(_file, asked, ending, look)


def _file(asked: Asked, ending: str, look: Look, shelf: Shelf) -> Packed:
    return made(shelf, asked, ending, look)


def page_work(name: str, options: Given = ()) -> Work:
    """A page."""
    at = Place.of(name)
    return page_key(at, options), lambda shelf: page_made(shelf, at, options)


def _varied(name: str) -> Iterator[Asked]:
    """A measure with each choice of each of its menus, one at a time."""
    yield Asked(name)
    for option in measures()[name].options:
        for choice in (option.choices or ()) if option.name in MENUS else ():
            yield Asked.of(name, [(option.name, choice)])

"""Which pages a published folder holds, and the folder of each: no two share one on any file system."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from weighbridge.surfaces.views import naming
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.naming import INDEX
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import SUBJECTS, Given, Page

EXPLORE, HOME, MODEL = "explore", "overview", "model"
SLUG = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?")
"""What stands for options in a path; any other text gets a hash."""
Key = tuple[str, str | None, Given]
OddPlace = Callable[[str, str], str | None]


@dataclass(frozen=True)
class Place:
    """A page and where it stands.

    Attributes:
        page: what makes it.
        subject: the model, organisation or family that it is about, or null.
        given: options of its address.
        folder: from the root, with a slash at its end; empty: the root.
    """

    page: Page
    subject: str | None
    given: Given
    folder: str

    @property
    def file(self) -> str:
        """The page's file, from the root."""
        return f"{self.folder}{INDEX}"


def nothing_odd(kind: str, name: str) -> str | None:
    """No name has an odd place."""
    return None


def places(
    pages: Iterable[Page], shelf: Shelf, models: int | None = None, odd: OddPlace = nothing_odd
) -> dict[Key, Place]:
    """All pages that are published, in the order of the menu; see `published`.

    Args:
        pages: kinds of pages.
        shelf: what is asked.
        models: see `published`.
        odd: the place of a kind and a name that has not the plain one, published or not; see `subjects.odd_place`.
    """
    wanted = {
        key_of(page.id, subject, given): (page, subject, given)
        for page in pages
        for subject, given in published(page, shelf, models)
    }
    named = {kind: naming.places(kind, (s for p, s, _ in wanted if p == kind and s is not None)) for kind in SUBJECTS}
    named = {kind: {name: odd(kind, name) or at for name, at in found.items()} for kind, found in named.items()}
    found: dict[Key, Place] = {}
    taken: set[str] = set()
    for key, (page, subject, given) in wanted.items():
        above = f"{page.id}/" if subject is None else f"{page.id}/{named[page.id][subject]}/"
        folder = _free(f"{'' if (page.id, given) == (HOME, ()) else above}{_options(page.id, given)}", key, taken)
        found[key] = Place(page, subject, given, folder)
        taken.add(folder.casefold())
    return found


def published(page: Page, shelf: Shelf, models: int | None = None) -> list[tuple[str | None, Given]]:
    """Subject and options of each page of a kind; of models at most so many, the first; null: all that it offers."""
    every = list(page.published(shelf))
    if page.id != MODEL or models is None:
        return every
    named = [subject for subject, _ in every if subject is not None]
    kept = set(list(dict.fromkeys(named))[:models])
    return [(subject, given) for subject, given in every if subject is None or subject in kept]


def key_of(page: str, subject: str | None, given: Iterable[tuple[str, str]]) -> Key:
    """What tells a page from all others: its options in any order, empty ones and the default measure left out."""
    told = [(name, value) for name, value in given if value and (page, name, value) != (EXPLORE, "measure", "share")]
    return page, subject, tuple(sorted(told, key=lambda option: option[0]))


def _options(page: str, given: Given) -> str:
    """The folder of options, with a slash at its end; empty for none."""
    if not given:
        return ""
    if page == EXPLORE:
        measure = next((value for name, value in given if name == "measure"), "share")
        slug = Asked(measure, tuple(option for option in given if option[0] != "measure")).slug
    else:
        slug = Asked(page, given).slug.removeprefix(f"{page}--")
    return f"{slug if SLUG.fullmatch(slug) else naming.hashed(repr((page, given)))}/"


def _free(folder: str, key: Key, taken: set[str]) -> str:
    """The folder, or one beside it where another page has it, be it in other letters."""
    if folder.casefold() not in taken:
        return folder
    return f"{folder.rstrip('/')}~{naming.hashed(repr(key))[1:]}/"

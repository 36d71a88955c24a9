"""Where things are in a published folder, from one of its pages; and which files of answers its pages lead to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from weighbridge.surfaces.site.places import Key, Place, key_of
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.files import possible, settled
from weighbridge.surfaces.views.naming import INDEX
from weighbridge.surfaces.views.shelf import NARROW, STANDARD, WIDE, Look, Shelf
from weighbridge.surfaces.web.page import Given

FIGURES, ASSETS, SEARCH = "charts/", "assets/", "data/search.json"
File = tuple[str, Look]


@dataclass
class Figures:
    """The answers that pages lead to, each once, and the files of each.

    Attributes:
        shelf: what answers.
        wanted: ending and look of all files of an answer; answers in the order in which pages asked for them.
        asked_for: what pages asked for themselves.
    """

    shelf: Shelf
    wanted: dict[Asked, dict[File, None]] = field(default_factory=dict)
    asked_for: dict[tuple[Asked, str, Look], None] = field(default_factory=dict)
    _pending: deque[tuple[Asked, str, Look]] = field(default_factory=deque)
    _held: dict[tuple[Asked, str | None], tuple[str, ...]] = field(default_factory=dict)

    def want(self, asked: Asked, ending: str, look: Look = STANDARD) -> str | None:
        """A file's path from the root, after which all files of that answer are wanted too; null: there is none."""
        if ending not in self._endings(asked, look.chart):
            return None
        self.asked_for[asked, ending, look] = None
        files = self.wanted.setdefault(asked, {})
        one = (ending, settled(ending, look))
        for file in (*self._all(asked, look.chart), one):
            if file not in files:
                files[file] = None
                self._pending.append((asked, *file))
        return path_of(asked, *one)

    def pending(self) -> Iterator[tuple[Asked, str, Look]]:
        """Answer, ending and look of all files that were wanted since this was last asked."""
        while self._pending:
            yield self._pending.popleft()

    def _all(self, asked: Asked, chart: str | None) -> Iterator[File]:
        for ending in self._endings(asked, chart):
            yield ending, settled(ending, Look(chart=chart))

    def _endings(self, asked: Asked, chart: str | None) -> tuple[str, ...]:
        """Endings of the files that there can be."""
        if (asked, chart) not in self._held:
            self._held[asked, chart] = possible(self.shelf, asked, chart)
        return self._held[asked, chart]


def path_of(asked: Asked, ending: str, look: Look = STANDARD) -> str:
    """A file's path from the root: `charts/share--by-organisation.narrow.dark.svg`."""
    marks = [look.chart or "", "" if look.head else "bare"]
    marks += ["" if look.width == WIDE else "narrow" if look.width == NARROW else f"w{look.width}"]
    marks += ["" if look.theme == STANDARD.theme else look.theme]
    return ".".join([f"{FIGURES}{asked.slug}", *filter(None, marks), ending])


@dataclass(frozen=True)
class Published:
    """Where things are, from one page; see `surfaces.web.page.Links`.

    Addresses name `index.html`, so that the folder works from a disk too.

    Attributes:
        at: folder of the page, from the root, with a slash at its end.
        there: all pages.
        figures: told of every file that the page leads to.
        base: absolute address of the folder with a slash at its end, or null.
        root: the way to the root; null: by the page's depth.
    """

    at: str
    there: Mapping[Key, Place]
    figures: Figures
    base: str | None = None
    root: str | None = None

    def page(self, page: str, given: Given = ()) -> str | None:
        """A page with the options of its address, if it is published."""
        return self._place(key_of(page, None, given))

    def subject(self, kind: str, name: str) -> str | None:
        """The page of a model, organisation or family, if it is published."""
        return self._place(key_of(kind, name, ()))

    def file(self, asked: Asked, ending: str, look: Look = STANDARD) -> str | None:
        """A file of an answer, if there can be one."""
        path = self.figures.want(asked, ending, look)
        return None if path is None else f"{self._root}{path}"

    def asset(self, name: str) -> str:
        """A file of the page's own."""
        return f"{self._root}{ASSETS}{name}"

    def search(self) -> str:
        """The index that the page's script searches."""
        return f"{self._root}{SEARCH}"

    def absolute(self, address: str) -> str:
        """A relative address of this page as others must write it; as it is where no base is known."""
        if self.base is None:
            return address
        return whole(urljoin(f"{self.base}{self.at}", address))

    @property
    def _root(self) -> str:
        return "../" * self.at.count("/") if self.root is None else self.root

    def _place(self, key: Key) -> str | None:
        place = self.there.get(key)
        return None if place is None else f"{self._root}{place.file}"


def whole(address: str) -> str:
    """An address without the name of the file that hosts send for a folder."""
    return address.removesuffix(INDEX) if address.endswith(f"/{INDEX}") else address

"""What a published folder holds, in the order in which it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any
from urllib.parse import urlsplit

from weighbridge import __version__
from weighbridge.definitions.named import definitions
from weighbridge.errors import DataMissing
from weighbridge.records.shown import plain
from weighbridge.surfaces.site import found, llms, making
from weighbridge.surfaces.site.draft import MADE_BY
from weighbridge.surfaces.site.links import ASSETS, FIGURES, SEARCH, Figures, Published, path_of, whole
from weighbridge.surfaces.site.listed import as_json, listed
from weighbridge.surfaces.site.places import Key, Place, places, published
from weighbridge.surfaces.site.second import Second, second
from weighbridge.surfaces.site.writer import Writer
from weighbridge.surfaces.views import feeds, files
from weighbridge.surfaces.views.dataset import readings, titled
from weighbridge.surfaces.views.shelf import STANDARD, Shelf
from weighbridge.surfaces.views.subjects import odd_place
from weighbridge.surfaces.web import pages
from weighbridge.surfaces.web.page import SUBJECTS, Page

Telling = Callable[[str, int, int], None]
"""Called with what is made, how many are done and how many there are."""
FAILED_MOST = 20
"""Pages that are named because they cannot be made."""
NO_SITEMAP = "there is no sitemap: it must hold absolute addresses, and --base-url was not given"


def silent(what: str, done: int, of: int) -> None:
    """Tell nobody."""


class Contents:
    """The files of one build."""

    def __init__(
        self, shelf: Shelf, kinds: Mapping[str, Page], base: str | None, models: int | None, telling: Telling
    ) -> None:
        self.shelf, self.kinds, self.base, self.models, self.telling = shelf, kinds, base, models, telling
        self.figures = Figures(shelf)
        self.readings = readings(shelf)
        self.there: dict[Key, Place] = {}
        self.failed: dict[str, str] = {}
        self.notes: list[str] = []
        self._done = 0

    def write(self, writer: Writer) -> None:
        """Write all files but `build.json`.

        Raises:
            DataMissing: nothing is held.
        """
        if not self.readings:
            raise DataMissing("nothing is held that could be published", "read a source first: weighbridge ingest")
        self.telling("what there is to say", 0, 1)
        for name, content in assets():
            writer.put(f"{ASSETS}{name}", content)
        subjects = self._subjects()
        with second(self.shelf.observatory.backing, len(subjects)) as other:
            if other is not None:
                other.prepare(subjects)
            self.there = places(self.kinds.values(), self.shelf, self.models, partial(odd_place, self.shelf))
            self._pages(writer, other)
        self.notes += _failures(self.failed)
        self._data(writer)

    def document(self, writer: Writer) -> dict[str, Any]:
        """What the build says of itself, so that a stranger can verify it."""
        return {
            "made_by": MADE_BY,
            "version": __version__,
            "as_of": self._as_of(),
            "base": self.base,
            "definitions": [{"id": name, "version": told["version"]} for name, told in definitions().items()],
            "vintages": self.readings,
            "pages": len(self.there),
            "figures": len(self.figures.wanted),
            "notes": self.notes,
            "files": dict(sorted(writer.digests.items())),
        }

    def _subjects(self) -> list[Key]:
        """Pages that a second process may make: those of subjects, of the pages that are registered."""
        mine = pages()
        kinds = [kind for kind in self.kinds.values() if kind.id in SUBJECTS and mine.get(kind.id) is kind]
        listed = (
            (kind.id, subject, given) for kind in kinds for subject, given in published(kind, self.shelf, self.models)
        )
        return list(dict.fromkeys(key for key in listed if key[1] is not None and not key[2]))

    def _pages(self, writer: Writer, other: Second | None) -> None:
        """All pages, and the files that they lead to."""
        theirs = set(self._subjects()) if other is not None else set()
        if other is not None:
            other.make(self.there, self.base, [key for key in self.there if key in theirs])
        for key in [key for key in self.there if key not in theirs]:
            self._page(writer, key)
        home = next((place for place in self.there.values() if not place.folder), None)
        if home is not None:
            root = urlsplit(self.base).path if self.base else None
            writer.put("404.html", making.not_found(home, self.shelf, self._links("", root)))
        for kind in self.kinds.values():
            for asked in kind.figures(self.shelf):
                self.figures.want(asked, "json", STANDARD)
        self._figures(writer)
        if other is not None:
            for key in other.left():
                self._page(writer, key)
            for key, written, wanted in other.made():
                self._put(writer, self.there[key], written)
                for asked, ending, look in wanted:
                    self.figures.want(asked, ending, look)
            self._figures(writer)

    def _page(self, writer: Writer, key: Key) -> None:
        """A page, and after it the files that it was the first to lead to, while their answers are at hand."""
        place = self.there[key]
        self._put(writer, place, making.page(place, self.shelf, self._links(place.folder)))
        self._figures(writer)

    def _put(self, writer: Writer, place: Place, written: making.Written) -> None:
        writer.put(place.file, written.content)
        if written.failed:
            self.failed[place.file] = written.failed
        self._done += 1
        self.telling("pages", self._done, len(self.there))

    def _links(self, at: str, root: str | None = None) -> Published:
        return Published(at, self.there, self.figures, self.base, root)

    def _figures(self, writer: Writer) -> None:
        links = self._links(FIGURES)
        for asked, ending, look in self.figures.pending():
            writer.put(path_of(asked, ending, look), files.file(self.shelf, asked, ending, look, links).body)

    def _data(self, writer: Writer) -> None:
        """Search, data files, and what machines look for."""
        self.telling("data", 0, 1)
        told = []
        for path, content, words in listed(self.shelf):
            writer.put(path, content)
            told.append((path, words))
        writer.put(SEARCH, as_json({"rows": found.rows(self.shelf, self.there.values())}))
        told.append((SEARCH, "organisations, families and models with a page: kind, name, weight and address"))
        told.append(("build.json", "version, vintages and the SHA-256 of every file"))
        day = self._as_of()[:10]
        if self.base is not None:
            writer.put("sitemap.xml", feeds.sitemap((self._whole(place.file) for place in self.there.values()), day))
        else:
            self.notes.append(NO_SITEMAP)
        writer.put("robots.txt", feeds.robots(self._whole("sitemap.xml") if self.base else None).encode())
        writer.put(feeds.FEED, feeds.feed(self.readings, self.base))
        writer.put("llms.txt", self._llms(told).encode("utf-8"))
        writer.put(".nojekyll", b"")

    def _llms(self, told: list[tuple[str, str]]) -> str:
        plain_places = [place for (_, subject, given), place in self.there.items() if subject is None and not given]
        asked = sorted(self.figures.wanted, key=lambda one: one.slug)
        figures = [(titled(one), path_of(one, "json").removesuffix(".json")) for one in asked]
        return llms.llms(
            [(place.page.title, self._whole(place.file)) for place in plain_places],
            [(self._whole(path), words) for path, words in told],
            [(title, self._whole(path)) for title, path in figures],
            self.readings,
            self._as_of(),
        )

    def _whole(self, path: str) -> str:
        """A path from the root as others write it: absolute where the base is known."""
        return path if self.base is None else whole(f"{self.base}{path}")

    def _as_of(self) -> str:
        return max((str(row["known"]) for row in self.readings), default="")


def _failures(failed: Mapping[str, str]) -> Iterator[str]:
    """The pages that only say why there is nothing on them, by path; of many the first."""
    for path, why in sorted(failed.items())[:FAILED_MOST]:
        yield plain(f"{path} only says why it cannot be made: {why}")
    if len(failed) > FAILED_MOST:
        yield f"{len(failed) - FAILED_MOST:,} more pages cannot be made"


def assets() -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of the pages' own: scripts, style and icon. Links are not followed."""
    folder = resources.files("weighbridge.surfaces.web") / "static"
    yield from _files(folder, "")


def _files(folder: Traversable, before: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if getattr(entry, "is_symlink", lambda: False)():
            continue
        if entry.is_dir():
            yield from _files(entry, f"{before}{entry.name}/")
        elif entry.is_file():
            yield f"{before}{entry.name}", entry.read_bytes()

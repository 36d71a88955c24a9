"""What a page is, and what it is made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from htpy import Node

from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import STANDARD, Look, Shelf

Given = tuple[tuple[str, str], ...]
"""Names and values of a page's own address, as in a query string."""
SUBJECTS = ("model", "organisation", "family")
"""What has a page of its own."""


class Links(Protocol):
    """Where things are, as addresses relative to the page that is made: the server's, or files of a published folder.

    What is not there (a model without a page in a published folder) has no address; the page shows its name alone.
    """

    def page(self, page: str, given: Given = ()) -> str | None:
        """A page with the options of its address."""
        ...

    def subject(self, kind: str, name: str) -> str | None:
        """The page of a model, organisation or family."""
        ...

    def file(self, asked: Asked, ending: str, look: Look = STANDARD) -> str | None:
        """A file of an answer: csv, json, svg, png, metadata.json, vl.json (the Vega-Lite specification), html."""
        ...

    def asset(self, name: str) -> str:
        """A file of the page's own, such as `app.js`."""
        ...

    def search(self) -> str:
        """Where the page's script searches: the server's address, or the published index."""
        ...

    def absolute(self, address: str) -> str:
        """A relative address as others must write it, for citations and frames; relative if no base is known."""
        ...


@dataclass(frozen=True)
class View:
    """What one page is made from.

    Attributes:
        shelf: what is asked.
        links: where things are.
        given: options of the page's own address, unchecked.
        subject: name of the model, organisation or family that the page is about, or null.
        published: whether it becomes a file: nothing can be computed when somebody reads it.
    """

    shelf: Shelf
    links: Links
    given: Given = ()
    subject: str | None = None
    published: bool = False

    def value(self, name: str, default: str = "") -> str:
        """The first value of an option of the address."""
        return next((value for key, value in self.given if key == name), default)

    def values(self, name: str) -> list[str]:
        """All values of an option of the address."""
        return [value for key, value in self.given if key == name]


@dataclass(frozen=True)
class Made:
    """A page's own part, between the menu and the foot.

    Attributes:
        title: of the document; plain text.
        summary: one sentence for search engines and feeds; plain text.
        body: what stands in `main`.
        canonical: options of the address with defaults left out; the server sends others there.
    """

    title: str
    summary: str
    body: Node
    canonical: Given = ()


class Page(Protocol):
    """A kind of page."""

    @property
    def id(self) -> str:
        """Its name and its place: `explore` stands at `explore/`, `overview` at the root."""
        ...

    @property
    def title(self) -> str:
        """In the menu."""
        ...

    @property
    def rank(self) -> int:
        """Place in the menu; from 100 on it is not in the menu."""
        ...

    def make(self, view: View) -> Made:
        """The page.

        Raises:
            UsageError: an option of the address is not valid.
            DataMissing: what is held cannot answer it.
        """
        ...

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """Subject and options of each page of this kind that a published folder holds."""
        ...

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """What its pages draw by default: drawn when the server starts, and published with all endings."""
        ...

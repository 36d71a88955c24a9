"""One page as HTML, whatever becomes of its answer."""

from __future__ import annotations

from dataclasses import dataclass

from weighbridge.errors import DataMissing, UsageError
from weighbridge.surfaces.site.links import Published
from weighbridge.surfaces.site.places import Place
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web import frame
from weighbridge.surfaces.web.page import View


@dataclass(frozen=True)
class Written:
    """A page as it is written.

    Attributes:
        content: of the file.
        failed: why it says nothing else; empty where it is as it should be.
    """

    content: bytes
    failed: str = ""


def page(place: Place, shelf: Shelf, links: Published) -> Written:
    """A page; one that cannot be answered says why, since others lead to it."""
    view = View(shelf, links, place.given, place.subject, published=True)
    try:
        return Written(_encoded(frame.document(place.page.make(view), place.page, view)))
    except (DataMissing, UsageError) as error:
        return Written(_encoded(frame.error(view, place.page.title, error.message, error.hint)), error.message)


def not_found(home: Place, shelf: Shelf, links: Published) -> bytes:
    """The page that hosts send for any address at which nothing stands."""
    view = View(shelf, links, home.given, home.subject, published=True)
    return _encoded(
        frame.error(view, "There is no such page", "nothing stands at this address", "search, or use the menu")
    )


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")

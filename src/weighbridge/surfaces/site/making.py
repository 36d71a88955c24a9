"""One page as HTML, whatever becomes of its answer."""

from __future__ import annotations

from weighbridge.errors import DataMissing, UsageError
from weighbridge.surfaces.site.links import Published
from weighbridge.surfaces.site.places import Place
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web import frame
from weighbridge.surfaces.web.page import View


def page(place: Place, shelf: Shelf, links: Published) -> bytes:
    """A page; one that cannot be answered says why, since others lead to it."""
    view = View(shelf, links, place.given, place.subject, published=True)
    try:
        return _written(frame.document(place.page.make(view), place.page, view))
    except (DataMissing, UsageError) as error:
        return _written(frame.error(view, place.page.title, error.message, error.hint))


def not_found(home: Place, shelf: Shelf, links: Published) -> bytes:
    """The page that hosts send for any address at which nothing stands."""
    view = View(shelf, links, home.given, home.subject, published=True)
    return _written(
        frame.error(view, "There is no such page", "nothing stands at this address", "search, or use the menu")
    )


def _written(text: str) -> bytes:
    return text.encode("utf-8", "replace")

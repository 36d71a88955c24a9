"""The pages: from an address to a kind of page, its subject and its options, and the HTML."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import partial
from string import ascii_letters, digits
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from weighbridge.errors import UsageError
from weighbridge.surfaces.api.answers import given
from weighbridge.surfaces.api.desk import Desk
from weighbridge.surfaces.api.links import FIRST, SAFE, ServedLinks
from weighbridge.surfaces.api.problems import Refused
from weighbridge.surfaces.api.refusing import place_of
from weighbridge.surfaces.api.sending import ASKED_AGAIN, Packed, sent
from weighbridge.surfaces.views import feeds
from weighbridge.surfaces.views.dataset import readings
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.views.subjects import named, odd_place
from weighbridge.surfaces.web import frame, pages
from weighbridge.surfaces.web.page import SUBJECTS, Given, View

HTML = "text/html; charset=utf-8"
BASE_LETTERS = frozenset(ascii_letters + digits + ":/.-_~%[]")
SEE_OTHER = 303
SOMEWHERE = "http://weighbridge.invalid/"
"""Stands in a page for the server's own address, which differs by the way in which it is reached."""
HERE = ("127.0.0.1", "localhost", "[::1]")
"""Names by which a reader on this machine reaches the server."""


@dataclass(frozen=True)
class Place:
    """What an address is of.

    Attributes:
        page: id of a page.
        subject: place of what it is about below the page's own, or null.
        below: the address as it is written, with a slash at its end unless it is the root.
    """

    page: str
    subject: str | None
    below: str

    @classmethod
    def of(cls, page: str, subject: str = "") -> Place:
        """The place of a page, or of a subject's."""
        if page == FIRST:
            return cls(page, None, "")
        return cls(page, subject or None, f"{page}/{subject}/" if subject else f"{page}/")


def read(place: str) -> Place:
    """What an address below the root is of.

    Raises:
        Refused: there is no such page.
    """
    kind, _, rest = place.rstrip("/").partition("/")
    there = pages()
    if place.startswith("/") or "//" in place:
        raise Refused("not-found", "there is no such page", "leave out the empty part of the address")
    if not kind and FIRST in there:
        return Place.of(FIRST)
    if kind == FIRST or kind not in there or (rest and kind not in SUBJECTS):
        listed = [f"{name}/" for name in there if name != FIRST and name not in SUBJECTS]
        raise Refused("not-found", "there is no such page", f"pages: {', '.join(listed)}; search/ finds models")
    return Place.of(kind, rest)


async def page(desk: Desk, request: Request) -> Response:
    """The response with a page, or with the way to its canonical address."""
    asked = place_of(request.scope)
    at, options = read(asked), given(request)
    if asked != at.below:
        way = quote(at.below.rstrip("/").rpartition("/")[2], safe=SAFE) + "/" if at.below else "./"
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{way}{query}", SEE_OTHER)
    plain = await desk.body(page_key(at, options), lambda shelf: made(shelf, at, options))
    return await _sent_here(desk, request, plain, ServedLinks(at.below).root)


async def feed(desk: Desk, request: Request) -> Response:
    """The response with the feed of readings, which is the published one with this server's addresses."""
    return await _sent_here(desk, request, await desk.body(("feed",), _feed), "")


def _feed(shelf: Shelf) -> Packed:
    return Packed(feeds.feed(readings(shelf), SOMEWHERE), feeds.MEDIA)


async def _sent_here(desk: Desk, request: Request, plain: Packed, root: str) -> Response:
    """The response with a body whose absolute addresses are the server's own; relative ones begin with `root`."""
    if SOMEWHERE.encode() not in plain.body:
        return sent(request, plain)
    base = base_of(request) or root
    return sent(request, await desk.body(("based", plain.tag, base), lambda shelf: based(plain, base)))


def page_key(at: Place, options: Given) -> Hashable:
    """Under which the body of a page is kept."""
    return ("page", at, options)


def based(plain: Packed, base: str) -> Packed:
    """A body with the absolute addresses of those who reach the server in one way."""
    return replace(plain, body=plain.body.replace(SOMEWHERE.encode(), base.encode()))


def base_of(request: Request) -> str | None:
    """The absolute address of the root: the one that was given, or that of a reader on this machine; else null.

    Anybody can send any `Host`, and what it names would stand in links and be kept: so a name that is not this
    machine's own, with the port that is listened at, is not taken.
    """
    given = request.app.state.base
    if given is not None:
        return str(given)
    server = request.scope.get("server")
    known = server is not None and request.headers.get("host") in [f"{name}:{server[1]}" for name in HERE]
    return str(request.base_url) if known else None


def base_given(text: str | None) -> str | None:
    """The address of the root as whoever runs the server gives it, with a slash at its end.

    Raises:
        UsageError: it is no address of a site.
    """
    if text is None:
        return None
    try:
        found = urlsplit(text)
        fit = found.scheme in ("http", "https") and found.hostname and not found.username and found.port != 0
    except ValueError:
        fit = None
    if not fit or "?" in text or "#" in text or set(text) - BASE_LETTERS:
        raise UsageError(f"{text[:200]!r} is no address of a site", "give one such as https://weigh.example/models/")
    return f"{text.rstrip('/')}/"


def made(shelf: Shelf, at: Place, options: Given) -> Packed:
    """The body of a page, or the way to the canonical one. Its absolute addresses begin with `SOMEWHERE`."""
    kind = pages()[at.page]
    subject = None if at.subject is None else named(shelf, at.page, at.subject)
    if at.subject is not None and subject is None:
        raise Refused("not-found", f"there is no such {at.page} here", "search/ finds what there is")
    own = ServedLinks(at.below, SOMEWHERE, partial(odd_place, shelf))
    view = View(shelf, own, options, subject)
    found = kind.make(view)
    if found.canonical != options:
        way = f"./{'?' if found.canonical else ''}{urlencode(found.canonical)}"
        return Packed(b"", HTML, headers={"Location": way}, status=SEE_OTHER, caching=ASKED_AGAIN)
    return Packed(frame.document(found, kind, view).encode("utf-8", "replace"), HTML, caching=ASKED_AGAIN)

"""Problems as responses: a document for programs, a page with the same words for readers."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from weighbridge.surfaces.api.desk import Desk
from weighbridge.surfaces.api.links import ServedLinks
from weighbridge.surfaces.api.problems import KINDS, MEDIA, Problem, Refused, problem
from weighbridge.surfaces.api.sending import NEVER
from weighbridge.surfaces.views.feeds import FEED
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web import frame
from weighbridge.surfaces.web.page import View

Handler = Callable[[Request], Awaitable[Response]]
PROGRAMS = ("api/", "charts/", "assets/", "healthz", "robots.txt", FEED)
"""Where programs ask, and get a document."""
LOG = logging.getLogger(__name__)


def guarded(desk: Desk, handler: Handler) -> Handler:
    """A handler whose every failure becomes a problem; what was not expected is written to the log alone."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except asyncio.CancelledError:  # the server stops, and whoever waits is told so
            return told(
                request.scope, problem(Refused("interrupted", KINDS["interrupted"].detail, KINDS["interrupted"].hint))
            )
        except Exception as error:
            found = problem(error)
            if found.kind == "internal":
                LOG.exception("a request could not be answered")
            if place_of(request.scope).startswith(PROGRAMS):
                return told(request.scope, found)
            return await _page(desk, request, found)

    return answer


def refusal(scope: Scope, error: BaseException) -> Response:
    """A problem as a document, for what is refused before anything is looked at."""
    return told(scope, problem(error))


def told(scope: Scope, found: Problem) -> Response:
    """A problem as a document."""
    document = found.to_dict(ServedLinks(place_of(scope)).root)
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    return Response(body, found.status, {"Cache-Control": NEVER, **found.headers}, MEDIA)


def place_of(scope: Scope) -> str:
    """The address that is asked, below the root, without its first slash."""
    return str(scope["path"]).removeprefix("/")


async def _page(desk: Desk, request: Request, found: Problem) -> Response:
    links = ServedLinks(place_of(request.scope))

    def make(shelf: Shelf) -> str:
        return frame.error(View(shelf, links), found.title, found.detail, found.hint)

    try:
        shelf = desk.shelf
        body = await desk.run(lambda: desk.submit(lambda: make(shelf)))
    except Exception:  # nobody is left to draw a page: the words alone
        return told(request.scope, found)
    return Response(body, found.status, {"Cache-Control": NEVER, **found.headers}, "text/html; charset=utf-8")

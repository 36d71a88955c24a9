"""Search, and what is told of one model, organisation or family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from weighbridge.errors import UsageError
from weighbridge.measures import Option
from weighbridge.measures.search import KINDS, LIMIT_MOST
from weighbridge.surfaces.api.answers import given
from weighbridge.surfaces.api.described import parameters
from weighbridge.surfaces.api.desk import Desk
from weighbridge.surfaces.api.documents import packed
from weighbridge.surfaces.api.problems import Refused
from weighbridge.surfaces.api.sending import sent
from weighbridge.surfaces.views import naming
from weighbridge.surfaces.views.profiles import profile as profile_of
from weighbridge.surfaces.views.searching import search
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.views.subjects import named, odd_place

Q_MOST = 200
LIMIT, LIMIT_HERE = 20, 100
OPTIONS = (
    Option("q", "Part of a name."),
    Option("kind", "Only these.", KINDS),
    Option("limit", "How many.", number=True, most=min(LIMIT_HERE, LIMIT_MOST), default=LIMIT),
)
SEARCH: dict[str, Any] = {"parameters": parameters(OPTIONS)}
KIND_OF = {"models": naming.MODEL, "organisations": naming.ORGANISATION, "families": naming.FAMILY}


async def found(desk: Desk, request: Request) -> Response:
    """The response with what was found.

    Raises:
        UsageError: an option is not valid.
    """
    told = _told(request)
    return sent(request, await desk.body(("search", *told), lambda shelf: packed(_found(shelf, *told))))


async def profile(desk: Desk, kind: str, request: Request) -> Response:
    """The response with all that is told of one model, organisation or family."""
    at = str(request.path_params.get("at") or "/".join(str(part) for part in request.path_params.values()))
    one = KIND_OF[kind]
    return sent(request, await desk.body(("profile", one, at), lambda shelf: packed(_profile(shelf, one, at))))


def _told(request: Request) -> tuple[str, str | None, int]:
    there = {option.name: option for option in OPTIONS}
    told: dict[str, str] = {}
    for name, value in given(request):
        if name not in there:
            raise UsageError(f"search has no option {name[:80]!r}", f"it has: {', '.join(there)}")
        if name in told:
            raise UsageError(f"{name} is given twice", "give it once")
        told[name] = value
    if len(told.get("q", "")) > Q_MOST:
        raise UsageError(f"q is longer than {Q_MOST} characters", "give a shorter text")
    limit = told.get("limit") or str(LIMIT)
    if not (limit.isascii() and limit.isdigit() and len(limit) < 7):
        raise UsageError(f"limit {limit[:40]!r} is not a whole number", f"give 1 to {LIMIT_HERE}")
    kind = there["kind"].checked(told.get("kind") or None)
    return told.get("q", "").strip(), kind, there["limit"].checked(int(limit))


def _found(shelf: Shelf, text: str, kind: str | None, limit: int) -> dict[str, Any]:
    rows = []
    for hit in search(shelf, text, kind, limit):
        at = odd_place(shelf, hit.kind, hit.name) or naming.place(hit.kind, hit.name)
        rows.append({**hit.to_dict(), "page": f"{hit.kind}/{at}/"})
    return {"q": text, "rows": rows}


def _profile(shelf: Shelf, kind: str, at: str) -> Mapping[str, Any]:
    name = named(shelf, kind, at)
    if name is None:
        raise Refused("not-found", f"there is no such {kind} here", "search finds what there is")
    return profile_of(shelf, kind, name)

"""The server's application: pages, files of answers and `/api/v1`, made from what is registered."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from weighbridge import __version__
from weighbridge.surfaces.api import described, documents, shapes
from weighbridge.surfaces.api.answers import answer
from weighbridge.surfaces.api.assets import asset
from weighbridge.surfaces.api.desk import THREADS, Desk
from weighbridge.surfaces.api.finding import SEARCH, found, profile
from weighbridge.surfaces.api.manners import Manners
from weighbridge.surfaces.api.pages import base_given, feed, page
from weighbridge.surfaces.api.problems import Refused
from weighbridge.surfaces.api.refusing import guarded, place_of, refusal
from weighbridge.surfaces.api.sending import NEVER, Packed, sent
from weighbridge.surfaces.api.warming import Warming
from weighbridge.surfaces.python import Observatory
from weighbridge.surfaces.views import files
from weighbridge.surfaces.views.asked import PICTURED, options_of
from weighbridge.surfaces.views.feeds import FEED
from weighbridge.surfaces.views.shelf import Shelf

Handler = Callable[[Request], Awaitable[Response]]
API = "/api/v1"
WORDS = (
    "Shares of the downloads, pulls and tokens of open-weight models, each with its definition, window, bounds, "
    "coverage and vintage. Read-only. Names of models come from public hubs and are untrusted text."
)
ROBOTS = b"User-agent: *\nDisallow: /api/\nDisallow: /charts/\nDisallow: /search/\n"
NOTHING, LISTED = "there is nothing at this address", "api/v1/ lists what there is"
SHAPES: dict[str, type[shapes.Shape]] = {
    "": shapes.Index, "measures": shapes.Measures, "options": shapes.Options, "definitions": shapes.Definitions,
    "sources": shapes.Rows, "vintages": shapes.Rows, "doctor": shapes.Rows, "problems": shapes.ProblemKinds,
}  # fmt: skip


def application(
    asked: Observatory | Shelf | Path | str | None = None, *, ahead: str = "all", threads: int = THREADS,
    base_url: str | None = None,
) -> FastAPI:  # fmt: skip
    """The application, which serves what one observatory answers.

    Args:
        asked: what is asked; a path is opened again when its store has got a new reading. Null: `WEIGHBRIDGE_STORE`,
            else the user data folder.
        ahead: what is made before it is asked for, once the server runs: all that the menus offer, the pages and
            their own figures (`pages`), or `nothing`.
        threads: how many answer at a time.
        base_url: address of the root as the public has it, for canonical links, citations and frames; null: these are
            absolute where a reader is on this machine, and relative elsewhere.

    Raises:
        UsageError: `base_url` is no address.
    """
    base = base_given(base_url)
    desk = Desk(asked, threads)
    warming = Warming(desk, everything=ahead == "all")

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        if ahead != "nothing":
            desk.reopened.append(warming.start)
            warming.start()
        yield
        warming.stop()
        desk.close()

    app = FastAPI(
        title="Weighbridge", version=__version__, description=WORDS, openapi_url=None, docs_url=None, redoc_url=None,
        redirect_slashes=False, lifespan=life,
    )  # fmt: skip
    app.state.desk, app.state.warming, app.state.base = desk, warming, base
    _describe_the_api(app, desk)
    _rest_of_the_api(app, desk)
    _files_and_pages(app, desk, warming)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_middleware(Manners)
    return app


async def _no_route(request: Request, error: Exception) -> Response:
    """An address that no route takes: one that is no path, or has a line's end in it."""
    return refusal(request.scope, Refused("not-found", NOTHING, LISTED))


def _describe_the_api(app: FastAPI, desk: Desk) -> None:
    """Lists, and an operation a measure."""
    for name, shape in SHAPES.items():
        handler = functools.partial(_fixed, desk, name)
        _add(app, desk, f"{API}/{name}", handler, f"list_{name or 'index'}", documents.FIXED[name].__doc__, shape)
    for id_, title, words, shape in described.operations():
        extra = {"parameters": described.parameters(options_of(id_).values())}
        handler = functools.partial(_measured, desk, id_)
        for place in (f"/measures/{id_}", *((f"/{id_}",) if id_ in PICTURED else ())):
            shown = place.startswith("/measures/") or id_ in PICTURED
            name = f"ask_{id_}" if place.startswith("/measures/") else f"list_{id_}"
            _add(app, desk, f"{API}{place}", handler, name, words, shape, title, extra if shown else None)


def _rest_of_the_api(app: FastAPI, desk: Desk) -> None:
    """Search, profiles and charts."""
    search = functools.partial(found, desk)
    _add(app, desk, f"{API}/search", search, "search", "What there is of a name.", shapes.Hits, extra=SEARCH)
    places = {"models": "{owner}/{name}", "organisations": "{slug}", "families": "{slug}"}
    for kind, place in places.items():
        at = [
            {"name": part.strip("{}"), "in": "path", "required": True, "schema": {"type": "string"}}
            for part in place.split("/")
        ]
        handler = functools.partial(profile, desk, kind)
        words = f"All that is told of one of the {kind}."
        path = f"{API}/{kind}/{place}"
        _add(app, desk, path, handler, f"profile_{kind}", words, shapes.Shape, extra={"parameters": at})
        app.add_route(f"{API}/{kind}/{{at:path}}", guarded(desk, handler), include_in_schema=False)


def _files_and_pages(app: FastAPI, desk: Desk, warming: Warming) -> None:
    async def file(request: Request) -> Response:
        measure, _, ending = str(request.path_params["file"]).partition(".")
        return await answer(desk, request, measure, ending)

    async def health(request: Request) -> Response:
        since = desk.unreadable_since
        told = {"status": "ok", "version": __version__, "vintages": desk.held.vintages, "warmed": warming.warmed,
                "all_warmed": warming.done, "made_ahead": warming.made, "notes": list(desk.shelf.observatory.notes),
                "stale": since is not None, "store": f"unreadable since {since}" if since else "readable"}  # fmt: skip
        return _at_once(request, documents.packed(told))

    async def description(request: Request) -> Response:
        return sent(request, documents.packed(openapi(app)))

    async def robots(request: Request) -> Response:
        return sent(request, Packed(ROBOTS, "text/plain; charset=utf-8"))

    async def any_page(request: Request) -> Response:
        return await page(desk, request)

    async def readings(request: Request) -> Response:
        return await feed(desk, request)

    async def nothing(request: Request) -> Response:
        raise Refused("not-found", NOTHING, LISTED)

    for place, handler in {
        f"{API}/charts/{{file}}": file,
        f"{API}/openapi.json": description,
        "/charts/{file}": file,
        "/assets/{name:path}": asset,
        "/healthz": health,
        "/robots.txt": robots,
        f"/{FEED}": readings,
        "/api": _to_the_index,
        API: _to_the_index,
        "/api/{rest:path}": nothing,
        "/charts/{rest:path}": nothing,
        "/{rest:path}": any_page,
    }.items():
        app.add_route(place, guarded(desk, handler), include_in_schema=False)


async def _to_the_index(request: Request) -> Response:
    return RedirectResponse("v1/" if place_of(request.scope) == API.removeprefix("/") else "api/v1/", 303)


def _add(
    app: FastAPI, desk: Desk, path: str, handler: Handler, name: str, words: str | None, shape: type[shapes.Shape],
    title: str | None = None, extra: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """An operation that the description lists."""
    app.add_api_route(
        path, guarded(desk, handler), methods=["GET"], response_model=shape, operation_id=name.replace("-", "_"),
        description=words, summary=title or name.replace("_", " "), openapi_extra=extra, responses=described.PROBLEMS,
        tags=[path.removeprefix(API).split("/")[1] or "index"],
    )  # fmt: skip


async def _fixed(desk: Desk, name: str, request: Request) -> Response:
    _no_options(request)
    return sent(request, await desk.body(("list", name), lambda shelf: documents.packed(documents.FIXED[name](shelf))))


async def _measured(desk: Desk, measure: str, request: Request) -> Response:
    return await answer(desk, request, measure, "json")


def _no_options(request: Request) -> None:
    if request.url.query:
        raise Refused("usage", "this list takes no option", "ask the address alone")


def _at_once(request: Request, packed: Packed) -> Response:
    return Response(packed.body, 200, {"Cache-Control": NEVER}, packed.media)


def openapi(app: FastAPI) -> dict[str, Any]:
    """The description of `/api/v1` in OpenAPI: the same for the same version, whatever is held."""
    document = app.openapi()
    document["components"]["schemas"]["Problem"] = shapes.Problem.model_json_schema()
    charts = {
        f"{API}/charts/{id_}.{{ending}}": {
            "get": {
                "tags": ["charts"],
                "summary": f"Files of: {title}",
                "description": "The chart of an answer, its rows, how it was made, and how to cite it.",
                "operationId": f"chart_{id_.replace('-', '_')}",
                "parameters": [
                    {"name": "ending", "in": "path", "required": True,
                     "schema": {"type": "string", "enum": list(files.ENDINGS)}},
                    *described.chart_parameters(id_),
                ],
                "responses": {
                    "200": {"description": "The file.", "content": {files.media(e): {} for e in files.ENDINGS}},
                    **{str(status): told for status, told in described.PROBLEMS.items()},
                },
            }
        }
        for id_, title, _, _ in described.operations()
    }  # fmt: skip
    return {**document, "servers": [{"url": "../.."}], "paths": {**document["paths"], **charts}}

"""The files of answers: what an address asks, checked, and the bytes that answer it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from weighbridge.charts import charts
from weighbridge.charts.theme import THEMES
from weighbridge.errors import UsageError
from weighbridge.measures import Option, measures
from weighbridge.surfaces.api.desk import Desk
from weighbridge.surfaces.api.links import ServedLinks
from weighbridge.surfaces.api.problems import Refused
from weighbridge.surfaces.api.refusing import place_of
from weighbridge.surfaces.api.sending import Packed, sent
from weighbridge.surfaces.views import files
from weighbridge.surfaces.views.asked import PICTURED, Asked
from weighbridge.surfaces.views.shelf import STANDARD, Look, Shelf

FIELDS_MOST = 200
"""Names and values of one query."""
DOWNLOADED = ("csv", "bib")
"""Endings that browsers save and do not show."""
WIDTHS = (360, 600, 900, 1_200, 1_800)
"""Pixels that a picture may be wide; each width of a question is drawn and kept, so they are few."""
CHART = Option("chart", "Another chart than the answer's own.", form="ID")
LOOK = (
    Option("theme", "Light or dark.", tuple(THEMES), STANDARD.theme),
    Option("width", "Width in pixels.", tuple(map(str, WIDTHS)), str(STANDARD.width)),
    CHART,
    Option("head", "Whether title, subtitle and source are part of the picture.", ("yes", "no"), "yes"),
)


def look_options(ending: str) -> Sequence[Option]:
    """What can be said of the look of a file."""
    return LOOK if ending in files.IMAGES else (CHART,) if ending in ("metadata.json", "html") else ()


def given(request: Request) -> tuple[tuple[str, str], ...]:
    """Names and values of a query, in their order.

    Raises:
        UsageError: there are too many.
    """
    try:
        return tuple(parse_qsl(request.url.query, keep_blank_values=True, max_num_fields=FIELDS_MOST, errors="replace"))
    except ValueError:
        raise UsageError(f"the query has more than {FIELDS_MOST} parts", "give fewer") from None


def asked_in(measure: str, query: Sequence[tuple[str, str]], ending: str = "json") -> tuple[Asked, Look]:
    """What a query asks of a measure, and how its picture shall look.

    Raises:
        UsageError: an option is not there, not valid, or given twice.
        Refused: there is no such measure.
    """
    if measure not in measures() and measure not in PICTURED:
        raise Refused(
            "not-found", f"there is no measure {measure[:80]!r}", f"one of: {', '.join([*measures(), *PICTURED])}"
        )
    looks = {option.name: option for option in look_options(ending)}
    rest = [(name, value) for name, value in query if name not in looks]
    told = {name: value for name, value in query if name in looks and value}
    if len([name for name, value in query if name in looks and value]) > len(told):
        raise UsageError("a part of the look is given twice", "give each once")
    return Asked.of(measure, rest), _look(looks, told)


def _look(there: dict[str, Option], told: dict[str, str]) -> Look:
    for name, value in told.items():
        there[name].checked(value)
    chart = told.get("chart")
    if chart is not None and chart not in charts():
        raise UsageError(f"there is no chart {chart[:80]!r}", f"one of: {', '.join(charts())}")
    return Look(
        told.get("theme", STANDARD.theme), int(told.get("width", STANDARD.width)), chart, told.get("head") != "no"
    )


async def answer(desk: Desk, request: Request, measure: str, ending: str) -> Response:
    """The response with a file of an answer.

    Raises:
        Refused: there is no such measure or ending, or too many questions wait.
        WeighbridgeError: what is asked cannot be answered.
    """
    if ending not in files.ENDINGS:
        raise Refused(
            "not-found", f"there is no file that ends in {ending[:40]!r}", f"one of: {', '.join(files.ENDINGS)}"
        )
    asked, look = asked_in(measure, given(request), ending)
    place = place_of(request.scope) if ending == "html" else ""
    packed = await desk.body(
        file_key(asked, ending, look, place), lambda shelf: made(shelf, asked, ending, look, place)
    )
    return sent(request, packed)


def file_key(asked: Asked, ending: str, look: Look = STANDARD, place: str = "") -> Hashable:
    """Under which the body of a file is kept; `place` is that of a chart alone."""
    return ("file", asked, ending, files.settled(ending, look), place)


def made(shelf: Shelf, asked: Asked, ending: str, look: Look = STANDARD, place: str = "") -> Packed:
    """The body of a file."""
    found = files.file(shelf, asked, ending, look, ServedLinks(place))
    way = "attachment" if ending in DOWNLOADED else "inline"
    headers = {"Content-Disposition": f'{way}; filename="{files.name(asked, ending)}"'}
    return Packed(found.body, found.media, shelf.tag(asked, look), headers)

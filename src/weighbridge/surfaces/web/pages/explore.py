"""Explore: any measure with any of its options, under any definition, over any window that is held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from htpy import Node, a, details, div, h1, h2, li, nav, p, section, summary, ul

from weighbridge import charts
from weighbridge.charts.text import clean
from weighbridge.errors import DataMissing, UsageError, WeighbridgeError
from weighbridge.measures import measures
from weighbridge.surfaces.views.asked import Asked, title_of
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.views.told import Document
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts import grid
from weighbridge.surfaces.web.parts.definition import definition, terms
from weighbridge.surfaces.web.parts.figure import figure
from weighbridge.surfaces.web.parts.notes import notes, problem, removals
from weighbridge.surfaces.web.parts.question import WAS, question
from weighbridge.surfaces.web.parts.ways import CHART, DEFAULT, MEASURE, explore, explored

TABLE = "table"
"""The choice of no picture."""
KEPT = (MEASURE, CHART, WAS)


class Explore:
    """The page of any question."""

    id = "explore"
    title = "Explore"
    rank = 10

    def make(self, view: View) -> Made:
        """See `Page.make`; what cannot be answered is said within the page, and its form stays."""
        measure = view.value(MEASURE) or DEFAULT
        asked = _asked(view, measure)
        chart = view.value(CHART) or None
        heading = title_of(measure)
        try:
            document = view.shelf.document(asked)
            offered = [found.id for found in charts.fitting(document)]
            if chart in offered[:1]:
                chart = None
            shown: Node = [
                _choice(view, asked, chart, offered),
                figure(view, asked, first=True, chart=None if chart == TABLE else chart, picture=chart != TABLE),
                _about(asked, document),
            ]
            title, said = _summary(document, chart)
        except (UsageError, DataMissing) as error:
            chart, title = None, heading
            said, shown = error.message, problem(error.message, error.hint)
        body = [
            h1[heading],
            p(".lead")[_words(measure)],
            div(".explorer")[question(view, asked), section("#answer", aria_label="Answer")[shown]],
            view.published and _published(view),
        ]
        return Made(f"{title} · {heading}" if title != heading else heading, said, body, explored(asked, chart))

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """See `Page.published`."""
        return [(None, given) for given in grid.given(shelf)]

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """See `Page.figures`."""
        return grid.asked(shelf)


def _asked(view: View, measure: str) -> Asked:
    """The question of the address.

    A form that was made for another measure holds options of that one: those that this measure has not are left out.

    Raises:
        UsageError: there is no such measure, option or value.
    """
    given = [(name, value) for name, value in view.given if name not in KEPT]
    if view.value(WAS) not in ("", measure):
        given = [pair for pair in given if _valid(measure, pair)]
    return Asked.of(measure, given)


def _valid(measure: str, pair: tuple[str, str]) -> bool:
    try:
        Asked.of(measure, [pair])
    except UsageError:
        return False
    return True


def _summary(document: Document, chart: str | None) -> tuple[str, str]:
    try:
        said = charts.specification(document, None if chart == TABLE else chart, head=False)["usermeta"]["weighbridge"]
    except WeighbridgeError:
        return str(document["title"]), str(document["title"])
    return said["title"], f"{said['title']}. {said['subtitle']}"


def _words(measure: str) -> Node:
    found = measures().get(measure)
    return clean(found.words) if found else title_of(measure)


def _choice(view: View, asked: Asked, chart: str | None, offered: Sequence[str]) -> Node:
    """The ways in which an answer can be shown, as links."""
    named = charts.charts()
    entries = [(None if n == 0 else name, named[name].title) for n, name in enumerate(offered)]
    entries.append((TABLE, "Table"))
    shown = [(name, words, explore(view, asked, name)) for name, words in entries]
    return nav(".views", aria_label="Ways to show it")[
        ul[
            (
                li[a(href=address, aria_current="true" if name == chart else None)[words]]
                for name, words, address in shown
                if address is not None
            )
        ]
    ]


def _about(asked: Asked, document: Document) -> Node:
    """What the answer rests on, below it."""
    found = measures().get(asked.measure)
    inside: list[Node] = [
        notes(document),
        "definition" in document and section[h2["What is counted, and how"], definition(document), terms(document)],
        removals(document),
        found is not None
        and details(".computing")[
            summary["How it is computed"], p[clean(found.formula)], p["Source: ", clean(found.source), "."]
        ],
    ]
    return div(".about")[inside]


def _published(view: View) -> Node:
    """All views that a published folder has, for those whose browser cannot use the form."""
    by_measure: dict[str, list[Node]] = {}
    for given in grid.given(view.shelf):
        address = view.links.page("explore", given)
        pairs = dict(given)
        measure = pairs.pop(MEASURE, DEFAULT)
        words = ", ".join(f"{name} {value}" for name, value in pairs.items()) or "as it is by default"
        if address is not None:
            by_measure.setdefault(measure, []).append(li[a(href=address)[clean(words)]])
    return details(".published")[
        summary["All views of this edition"],
        (section[h2[title_of(measure)], ul[entries]] for measure, entries in by_measure.items()),
    ]


PAGE = Explore()

"""One question under every defensible definition, and what the named definitions, scopes and rules mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from htpy import Node, code, dd, div, dl, dt, h1, h2, h3, li, p, section, ul

from weighbridge.charts.text import clean
from weighbridge.definitions.named import definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.errors import WeighbridgeError
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts import effects
from weighbridge.surfaces.web.parts.chosen import chosen
from weighbridge.surfaces.web.parts.figure import figure
from weighbridge.surfaces.web.parts.heat import figures, heat
from weighbridge.surfaces.web.parts.notes import notes, problem
from weighbridge.surfaces.web.parts.views import views
from weighbridge.surfaces.web.parts.ways import explored, way

MEASURE = "matrix"
SHOWN = ("by", "groups", "hub")
PUBLISHED = ("country", "organisation", "family")


class Definitions:
    """The heat map first, then which choice matters, then the definitions in words."""

    id = "definitions"
    title = "Definitions"
    rank = 20

    def make(self, view: View) -> Made:
        """See `Page.make`."""
        asked, wrong = _asked(view)
        return Made(
            title="Who leads, under every definition",
            summary="One question under every defensible definition: who leads where, by how much, and whether what is "
            "unknown could turn it.",
            body=[
                h1["Who leads, under every definition"],
                p(".lead")[
                    "A share hangs on what is counted: models of which age, whose credit, which kinds of models, "
                    "cleaned or not. Here is the same question under every combination that can be defended."
                ],
                chosen(view, asked, self.id, "controls", SHOWN, _groups(view, asked)),
                view.published and views(view, self.id, (given for _, given in self.published(view.shelf))),
                problem(wrong.message, wrong.hint) if wrong else _matrix(view, asked),
                _words(view),
            ],
            canonical=asked.options,
        )

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """The default, and one of each main dimension."""
        return [(None, asked.options) for asked in self.figures(shelf)]

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """The matrices of the main dimensions that can be answered."""
        found = []
        for by in PUBLISHED:
            asked = Asked.of(MEASURE, [("by", by)])
            try:
                shelf.document(asked)
            except WeighbridgeError:
                continue
            found.append(asked)
        return found


def _asked(view: View) -> tuple[Asked, WeighbridgeError | None]:
    """The question of the address, and what is wrong with it or its answer."""
    asked = Asked(MEASURE)
    try:
        asked = Asked.of(MEASURE, view.given)
        view.shelf.document(asked)
    except WeighbridgeError as error:
        return asked, error
    return asked, None


def _groups(view: View, asked: Asked) -> str:
    """The groups that are compared, even where nobody named them."""
    try:
        return ",".join(view.shelf.document(asked)["groups"])
    except WeighbridgeError:
        return view.value("groups")


def _matrix(view: View, asked: Asked) -> Node:
    document = view.shelf.document(asked)
    return [
        section(aria_labelledby="map")[
            h2(id="map")["The definitions as a map"],
            p[effects.verdict(document), " ", effects.reach(document)],
            heat(view, document),
        ],
        _effects(document),
        figures(view, document),
        figure(view, asked, first=True, full=True),
        _skipped(document),
        notes(document),
    ]


def _effects(document: Mapping[str, Any]) -> Node:
    """How far each choice moves the difference, the furthest first."""
    if not document["summary"]["effects"]:
        return None
    return section(aria_labelledby="effects")[
        h2(id="effects")["Which choice matters most"],
        p[effects.matters(document), " This describes these definitions and not the world."],
        effects.effects(document),
    ]


def _skipped(document: Mapping[str, Any]) -> Node:
    if not document["skipped"]:
        return None
    return section[
        h2["What could not be asked"],
        ul[(li[clean(f"{skipped['choice']}: {skipped['reason']}")] for skipped in document["skipped"])],
    ]


def _words(view: View) -> Node:
    """The named definitions, scopes and rules as they are registered."""
    named = definitions()

    def share(name: str) -> Node:
        given = [("definition", name)]
        return way(view.links.page("explore", explored(Asked.of("share", given))), f"{name} v{named[name]['version']}")

    return section(aria_labelledby="words")[
        h2(id="words")["The named definitions in words"],
        dl(".facts")[
            (
                _entry(share(name), f"{found['title']}. {found['words']}")
                for name, found in named.items()
            )
        ],
        h3["Scopes: which models"],
        dl(".facts")[(_entry(code[name], found.title) for name, found in scopes().items())],
        h3["Rules of cleaning"],
        dl(".facts")[(_entry(code[name], found.title) for name, found in rules().items())],
    ]  # fmt: skip


def _entry(name: Node, said: str) -> Node:
    return div[dt[name], dd[clean(said)]]


PAGE = Definitions()

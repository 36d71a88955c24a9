"""Which questions a published folder answers: a good part of what is asked, chosen by rule and not by hand.

Every measure as it is by default and as in its example; shares along every dimension; shares by country, organisation
and family under every named definition; every hub; and series where a hub's counters give them. Questions that what is
held cannot answer are left out.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from weighbridge.charts import fitting
from weighbridge.definitions.named import definitions
from weighbridge.errors import WeighbridgeError
from weighbridge.measures import measures
from weighbridge.records.clock import GRAINS
from weighbridge.surfaces.views.asked import Asked, options_of
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given
from weighbridge.surfaces.web.parts.ways import DEFAULT, explored

MAIN = ("country", "organisation", "family")
"""Dimensions that are shown under every named definition and over time."""
SERIES = ("month", "quarter")
"""Lengths of periods that are shown."""
PLACED = ("hub", "at", "from", "to", "vintage")
"""Options of an example that only fit the data it was written for."""


def given(shelf: Shelf) -> list[Given]:
    """Options of the explore pages that are published, the default first."""
    return shelf.once("explore", lambda: _given(shelf))  # type: ignore[no-any-return]


def _given(shelf: Shelf) -> list[Given]:
    found: dict[Given, None] = {}
    for asked in questions(shelf):
        found[explored(asked)] = None
        for chart in fitting(shelf.document(asked))[1:]:
            if not plain(asked):
                break
            found[explored(asked, chart.id)] = None
    return list(found)


def asked(shelf: Shelf) -> list[Asked]:
    """What the pages draw that are looked at most: every measure as it is by default."""
    return [found for found in questions(shelf) if plain(found)]


def plain(asked: Asked) -> bool:
    """Whether it is a measure as it is by default."""
    return not asked.options


def questions(shelf: Shelf) -> list[Asked]:
    """The questions that can be answered, each once."""
    return [asked for asked in dict.fromkeys(_wanted(shelf)) if _answered(shelf, asked)]


def _wanted(shelf: Shelf) -> Iterator[Asked]:
    yield Asked()
    yield from (Asked.of(measure) for measure in measures())
    for measure, found in measures().items():
        yield from _example(measure, found.example)
    dimensions = options_of(DEFAULT)["by"].choices or ()
    yield from (Asked.of(DEFAULT, [("by", by)]) for by in dimensions)
    for by in MAIN:
        yield from (Asked.of(DEFAULT, [("by", by), ("definition", name)]) for name in definitions())
        yield Asked.of(DEFAULT, [("by", by), ("bounds", "strict"), ("contested", "widest")])
    for hub in _hubs(shelf):
        for by in MAIN:
            yield Asked.of(DEFAULT, [("by", by), *hub])
            yield from (Asked.of(DEFAULT, [("by", by), *hub, ("over", grain)]) for grain in SERIES)
        yield from (Asked.of(measure, hub) for measure in ("concentration", "top", "crossover", "matrix"))
        yield Asked.of("crossover", [*hub, ("over", "month")])
        yield Asked.of("concentration", [*hub, ("over", "month")])
    for by in MAIN[1:]:
        yield from (Asked.of(measure, [("by", by)]) for measure in ("matrix", "influence", "stability"))
    yield from (Asked.of("top", [("of", of)]) for of in options_of("top")["of"].choices or ())
    yield from (Asked.of("concentration", [("of", of)]) for of in options_of("concentration")["of"].choices or ())


def _hubs(shelf: Shelf) -> list[Given]:
    """The option that asks for each hub; none for the one that answers where no hub is asked for."""
    try:
        default = str(shelf.document(Asked())["hub"])
    except WeighbridgeError:
        default = ""
    return [() if hub == default else (("hub", hub),) for hub in shelf.observatory.backing.hubs()]


def _example(measure: str, text: str) -> Iterator[Asked]:
    """The question of a measure's example, without what only fits the data it was written for."""
    words = shlex.split(text.split(" | ")[0])
    there = options_of(measure)
    pairs = []
    while words:
        word = words.pop(0)
        name = word.removeprefix("--")
        if word == name:
            name, value = next((n for n, option in there.items() if option.argument), "of"), word
        else:
            value = "yes" if there[name].flag else words.pop(0)
        if name not in PLACED:
            pairs.append((name, value))
    yield Asked.of(measure, pairs)


def _answered(shelf: Shelf, asked: Asked) -> bool:
    if dict(asked.options).get("over", GRAINS[0]) not in GRAINS:
        return False
    try:
        return bool(shelf.document(asked).get("rows"))
    except WeighbridgeError:
        return False

"""Data: sources and their terms, readings that are held, what they can answer, files, and how to cite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import htpy
from htpy import Node, a, article, code, details, div, h1, h2, h3, li, p, pre, script, section, strong, summary, ul
from markupsafe import Markup

from weighbridge.charts.text import clean
from weighbridge.charts.wording import day
from weighbridge.definitions.named import definitions
from weighbridge.errors import DataMissing
from weighbridge.records.amounts import several
from weighbridge.sources import sources
from weighbridge.surfaces.views import dataset
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.files import possible
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts import entries
from weighbridge.surfaces.web.parts.facts import facts
from weighbridge.surfaces.web.parts.figure import copying
from weighbridge.surfaces.web.parts.notes import simulated
from weighbridge.surfaces.web.parts.table import table
from weighbridge.surfaces.web.parts.text import date, typed

VINTAGES_SHOWN = 60
ENDINGS = ("csv", "json", "metadata.json", "svg")
SHARED = ("country", "organisation", "family", "task", "licence")
"""Dimensions whose shares have files in the list."""
STYLES = (("line", "In a line"), ("apa", "APA"), ("bibtex", "BibTeX"))
API = "api/v1/"
HELD = ("id", "hub", "population", "known", "observed", "models", "licence", "sha256")


class Data:
    """What the figures rest on, and their files."""

    id = "data"
    title = "Data"
    rank = 80

    def make(self, view: View) -> Made:
        """See `Page.make`."""
        held = dataset.readings(view.shelf)
        files = dataset.files(_defaults(held), ENDINGS, partial(_address, view))
        told = _told(held)
        return Made(
            title="Data, sources and licences",
            summary=f"{told} Sources with their licences, files of the figures, and how to cite them.",
            body=[
                h1["Data, sources and licences"],
                p(".lead")[told],
                simulated({"simulated": any(row["simulated"] for row in held)}),
                [p(".note")[entries.told(note)] for note in view.shelf.observatory.notes],
                _downloads(files, view),
                _cite(view),
                _held(view.shelf, held),
                _answers(view.shelf),
                _definitions(),
                _sources(held),
                _described(view, files),
            ],
        )

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """The one page."""
        return [(None, ())]

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """None of its own; it leads to the files of the others'."""
        return ()


def _defaults(held: Sequence[Mapping[str, Any]]) -> list[Asked]:
    """The answers that most readers want. A ledger needs readings, which files lack."""
    ledgers = ("claims", "quality") if any(row["population"] for row in held) else ("claims",)
    return [
        *(Asked.of("share", (("by", by),)) for by in SHARED),
        *(Asked(measure) for measure in ("matrix", "influence", *ledgers)),
    ]


def _address(view: View, asked: Asked, ending: str) -> str | None:
    """Of a file that can be made; an empty ledger, such as one without a fault to show, has no picture."""
    return view.links.file(asked, ending) if ending in possible(view.shelf, asked) else None


def _told(held: Sequence[Mapping[str, Any]]) -> str:
    if not held:
        return "No reading is held."
    newest = max(str(row["known"]) for row in held)
    givers = len({row["source"] for row in held})
    return (
        f"{several(len(held), 'reading')} of {several(givers, 'source')} {'is' if len(held) == 1 else 'are'} held; the "
        f"newest became known on {day(newest)}."
    )


def _downloads(files: Sequence[dataset.File], view: View) -> Node:
    by_name: dict[str, list[dataset.File]] = {}
    for file in files:
        by_name.setdefault(file.name, []).append(file)
    return section(aria_labelledby="downloads")[
        h2(id="downloads")["Files of the figures"],
        p[
            "Every figure has its rows as CSV, the whole answer as JSON, how it was made as metadata, and its picture. "
            "These are the figures that most ask for; every other has its own files below it."
        ],
        ul(".plain.downloads")[
            (
                li[
                    f"{called}: ",
                    [
                        [
                            ", " if place else "",
                            a(href=f.address, download=True, data_ending=f.ending)[_short(f.ending)],
                        ]
                        for place, f in enumerate(some)
                    ],
                ]
                for called, some in by_name.items()
            )
        ],
        _api(view),
    ]


def _short(ending: str) -> str:
    return "metadata" if ending == "metadata.json" else ending.upper()


def _api(view: View) -> Node:
    """Where programs ask; a published folder has files alone."""
    if view.published:
        return p[
            "These pages are files: nothing is computed when they are read. Whoever wants to ask something else takes "
            "the command line, or ",
            code["weighbridge serve"],
            ", which has an interface for programs.",
        ]
    root = view.links.asset("").removesuffix("assets/")
    return p[
        "For programs: ",
        a(href=f"{root}{API}")[typed(API)],
        ", read-only, described by OpenAPI. The same answers, as JSON.",
    ]


def _cite(view: View) -> Node:
    home = view.links.page("overview")
    address = view.links.absolute(home) if home else ""
    return section(aria_labelledby="cite")[
        h2(id="cite")["How to cite"],
        p["Cite the figure where you use one: each has its own citation below it. For all that is held here:"],
        [
            div(".way")[p[words], pre[code[dataset.cited(view.shelf, style, address)]], copying(f"Copy {words}")]
            for style, words in STYLES
        ],
    ]


def _held(shelf: Shelf, held: Sequence[Mapping[str, Any]]) -> Node:
    newest = list(reversed(held))
    origin = dataset.origin(shelf)
    return section(aria_labelledby="vintages")[
        h2(id="vintages")["Readings that are held"],
        p["A vintage is one reading of one source. It is never changed; a later reading is another vintage."],
        p[entries.told(origin)] if origin else None,
        table(
            [{**row, "observed": _observed(row)} for row in newest],
            "Readings that are held, the newest first",
            columns=HELD,
            heads={"id": "vintage", "known": "known since"},
            cells={
                "known": lambda value, _: date(value),
                "sha256": lambda value, _: htpy.code(title=str(value))[str(value)[:12]],
                "population": lambda value, _: value or "not told",
                "id": lambda value, _: htpy.code(id=str(value))[clean(value)],  # the feed's entries lead to it
            },
            most=VINTAGES_SHOWN,
        )
        if newest
        else None,
    ]


def _observed(row: Mapping[str, Any]) -> str:
    first, last = row["observed_from"], row["observed_to"]
    if not first:
        return "not told"
    return day(first) if first == last else f"{day(first)} to {day(last)} ({several(row['observed_days'], 'day')})"


def _answers(shelf: Shelf) -> Node:
    """What can be asked: hubs, windows, and what is stale."""
    try:
        found = shelf.observatory.doctor(quick=True)
    except DataMissing:
        return None
    rows = [{**row, "answers": _windows(row), "stale": "stale" if row["stale"] else "fresh"} for row in found["rows"]]
    return section(aria_labelledby="answers")[
        h2(id="answers")["What can be answered"],
        p[
            "A hub is stale where its newest reading is older than a month. Registers that can be asked for: ",
            entries.told(", ".join(found["registers"])),
            ".",
        ],
        table(
            rows,
            "Hubs, populations and windows that are held",
            columns=("hub", "population", "answers", "newest", "stale"),
            heads={"answers": "what it answers", "newest": "newest reading", "stale": "state"},
            cells={"newest": lambda value, _: date(value)},
        )
        if rows
        else None,
    ]


def _windows(row: Mapping[str, Any]) -> str:
    """The windows of a hub in words: of a store by kind of reading, of a cube file by period."""
    if "windows" in row:
        over = "the newest window" if row["over"].startswith("(") else f"each {row['over']}"
        return f"{over}, {day(row['from'])} to {day(dataset.last_day(row['to']))}, credited to the {row['attribution']}"
    kinds = (("at", "30-day counters"), ("flows", "cumulative counters"), ("amounts", "amounts of periods"))
    told = [f"{words} of {' to '.join(dict.fromkeys(map(day, row[key])))}" for key, words in kinds if row[key]]
    asked = f"; ask {row['ask_with']}" if row["ask_with"] else ""
    return f"{', '.join(told)}, {row['models']:,} models{asked}"


def _definitions() -> Node:
    return section(aria_labelledby="definitions")[
        h2(id="definitions")["Definitions"],
        facts([(f"{key} v{found['version']}", str(found["title"])) for key, found in definitions().items()]),
    ]


def _sources(held: Sequence[Mapping[str, Any]]) -> Node:
    """Every source with its terms, those that are held first."""
    here = {row["source"] for row in held}
    every = [found.descriptor for found in sources().values()]
    return section(aria_labelledby="licences")[
        h2(id="licences")["Sources, and the licences of their data"],
        p[
            "The figures are sums that Weighbridge computed. Weighbridge itself is under the Apache-2.0 licence; what "
            "it reads belongs to those who made it, under these terms. Name the sources of a figure where you use it."
        ],
        [_source(told, True) for told in every if told.id in here],
        details[
            summary[f"{several(len([told for told in every if told.id not in here]), 'more source')} that can be read"],
            [_source(told, False) for told in every if told.id not in here],
        ],
    ]


def _source(told: Any, held: bool) -> Node:
    return article(".source", id=f"source-{told.id}")[
        h3[told.title],
        facts(
            [
                ("Producer", told.producer),
                ("Licence", strong[told.licence]),
                ("Terms", told.terms),
                ("Gives", told.gives),
                ("Population", told.population),
                ("Hub and unit", f"{told.hub}, {told.unit}"),
                ("Register", told.register),
                ("Held here", "yes" if held else "no"),
                (
                    "Read with",
                    typed(f"weighbridge sync {told.id}")
                    if _live(told.id)
                    else typed(f"weighbridge ingest {told.id} FILE"),
                ),
            ]
        ),
    ]


def _live(source: str) -> bool:
    return hasattr(sources()[source], "fetch")


def _described(view: View, files: Sequence[dataset.File]) -> Node:
    """The schema.org description, for search engines; data, not a script that runs."""
    links = view.links
    page = links.page(Data.id)
    where = links.absolute(page) if page is not None else ""
    absolute = [dataset.File(f.name, f.ending, links.absolute(f.address)) for f in files]
    text = dataset.as_json(dataset.dataset(view.shelf, where, absolute))
    return script(type="application/ld+json")[Markup(text)]  # noqa: S704, as_json leaves no sign of markup


PAGE = Data()

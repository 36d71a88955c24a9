"""A figure: picture, what it says and rests on, its table, its files, how to cite, embed and ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import htpy
from htpy import Node, button, code, details, div, figcaption, li, p, pre, summary, ul

from weighbridge.charts.subject import Subject
from weighbridge.charts.text import clean
from weighbridge.charts.wording import origin, terms, titled
from weighbridge.errors import DataMissing, UsageError
from weighbridge.records.shown import plain
from weighbridge.surfaces import citing
from weighbridge.surfaces.views import told
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import NARROW, WIDE, Look
from weighbridge.surfaces.web.page import View
from weighbridge.surfaces.web.parts.answer_table import answer_table
from weighbridge.surfaces.web.parts.inline import inline
from weighbridge.surfaces.web.parts.notes import simulated
from weighbridge.surfaces.web.parts.ways import explore

NARROW_UNTIL = "(max-width: 44.99em)"
"""Where the narrow pictures are shown; the style sheet has the same limit."""
DARK = "screen and (prefers-color-scheme: dark)"
"""On paper all is light."""
ENDINGS = {
    "csv": ("CSV", "the rows"),
    "json": ("JSON", "the whole answer"),
    "svg": ("SVG", "the picture"),
    "png": ("PNG", "the picture"),
    "metadata.json": ("Metadata", "how it was made"),
    "vl.json": ("Vega-Lite", "the chart as a specification"),
}
HERE = "https://address-of-this-site"
"""Stands in a frame's address where the pages do not know theirs."""
SIGN, LINE, AROUND = 7, 23, 90
"""Of the words in a frame: pixels of a sign and of a line, rather too many; and what the way to more takes."""


@dataclass(frozen=True)
class Told:
    """What stands around a picture, and how large it is wide and narrow; null where nothing can be drawn."""

    title: str
    subtitle: str
    note: str
    source: str
    wide: tuple[int, int] | None = None
    narrow: tuple[int, int] | None = None
    missing: str = ""


def figure(
    view: View,
    asked: Asked,
    *,
    first: bool = False,
    chart: str | None = None,
    level: int = 2,
    full: bool = True,
    picture: bool = True,
) -> Node:
    """The figure of an answer.

    Args:
        view: of the page.
        asked: what is asked.
        first: whether it is the page's first, whose picture is part of the page.
        chart: another chart than the answer's own.
        level: of the title's heading.
        full: whether table, citation and command stand below; else only the files.
        picture: whether there is one; else the table stands open in its place.

    Raises:
        UsageError: there is no such chart of this answer, or the question is not valid.
        DataMissing: what is held cannot answer it.
    """
    document = view.shelf.document(asked)
    said = _told(view, asked, chart)
    key = asked.slug if chart is None else f"{asked.slug}--{chart}"
    return htpy.figure(".chart", id=f"figure-{key}", **(_specifications(view, asked, chart, said) if picture else {}))[
        figcaption[getattr(htpy, f"h{level}")[said.title], p(".subtitle")[said.subtitle]],
        simulated(document),
        picture and div(".picture")[_picture(view, asked, chart, said, first, key)],
        not picture and answer_table(view, asked, said.title),
        said.note and p(".note")[said.note],
        p(".origin")[said.source],
        picture and full and _data(view, asked, document, said.title),
        _files(view, asked, chart),
        full and [_cite(view, asked, document), _embed(view, asked, chart, said)],
        full and p(".command")["The same on the command line: ", code[asked.command]],
    ]


def _told(view: View, asked: Asked, chart: str | None) -> Told:
    """Title, subtitle, note and source; of an answer that no chart shows, as its table needs them."""
    document = view.shelf.document(asked)
    try:
        wide, narrow = (view.shelf.drawing(asked, look(chart, width, "light")).spec for width in (WIDE, NARROW))
    except DataMissing as error:
        return _without_picture(document, error)
    except UsageError as error:
        if chart is not None:
            raise
        return _without_picture(document, error)
    said = wide["usermeta"]["weighbridge"]
    return Told(said["title"], said["subtitle"], said["note"], said["source"], _size(wide), _size(narrow))


def _without_picture(document: Mapping[str, Any], error: UsageError | DataMissing) -> Told:
    subject = Subject.of(document)
    title = titled(subject)
    return Told(title, terms(subject, title), "", origin(subject), missing=f"{error.message}; {error.hint}")


def _size(spec: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height of a picture in pixels."""
    around = spec["padding"]
    return (
        round(spec["width"] + around["left"] + around["right"]),
        round(spec["height"] + around["top"] + around["bottom"]),
    )


def look(chart: str | None, width: int, theme: str) -> Look:
    """How a picture within a page looks: the page says its title, subtitle and source."""
    return Look(theme, width, chart, head=False)


def _specifications(view: View, asked: Asked, chart: str | None, said: Told) -> dict[str, str | None]:
    """Where the page's script finds what it draws."""
    if said.wide is None:
        return {}
    names = {
        "data_spec": (WIDE, "light"),
        "data_spec_dark": (WIDE, "dark"),
        "data_spec_narrow": (NARROW, "light"),
        "data_spec_narrow_dark": (NARROW, "dark"),
    }
    return {name: view.links.file(asked, "vl.json", look(chart, *at)) for name, at in names.items()}


def _picture(view: View, asked: Asked, chart: str | None, said: Told, first: bool, key: str) -> Node:
    if said.wide is None or said.narrow is None:
        return p(".undrawn")["No picture: ", clean(said.missing), "."]
    addresses = {
        (width, theme): view.links.file(asked, "svg", look(chart, width, theme))
        for width in (WIDE, NARROW)
        for theme in ("light", "dark")
    }
    if first or None in addresses.values():
        return [
            inline(view.shelf.drawing(asked, look(chart, width, theme)).svg(), key, name, theme)
            for width, name in ((WIDE, "wide"), (NARROW, "narrow"))
            for theme in ("light", "dark")
        ]
    sizes = {WIDE: said.wide, NARROW: said.narrow}

    def source(width: int, theme: str, media: str) -> Node:
        across, down = sizes[width]
        return htpy.source(srcset=addresses[width, theme], media=media, width=str(across), height=str(down))

    return htpy.picture[
        source(NARROW, "dark", f"{DARK} and {NARROW_UNTIL}"),
        source(NARROW, "light", NARROW_UNTIL),
        source(WIDE, "dark", DARK),
        htpy.img(
            src=addresses[WIDE, "light"],
            alt=said.title,
            loading="lazy",
            decoding="async",
            width=str(said.wide[0]),
            height=str(said.wide[1]),
        ),
    ]


def _data(view: View, asked: Asked, document: Mapping[str, Any], title: str) -> Node:
    left = told.left(document, view.shelf.told(asked).presented)
    return details(".data")[
        summary["The figures as a table"],
        answer_table(view, asked, title),
        left and p(".more")[f"The files have more columns: {clean(', '.join(left))}."],
    ]


def _files(view: View, asked: Asked, chart: str | None) -> Node:
    found = [(ending, view.links.file(asked, ending, Look(chart=chart))) for ending in ENDINGS]
    return ul(".files", aria_label="Files of this figure")[
        (
            li[htpy.a(href=address, download=True, data_ending=ending, title=ENDINGS[ending][1])[ENDINGS[ending][0]]]
            for ending, address in found
            if address is not None
        )
    ]


def _cite(view: View, asked: Asked, document: Mapping[str, Any]) -> Node:
    """How to cite the answer, where it is one of a question, with its address where one is known."""
    if "definition" not in document:
        return None
    title, place = str(document["title"]), explore(view, asked)
    address = "" if place is None else view.links.absolute(place)
    ways = (("APA", citing.apa(document, title, address)), ("BibTeX", citing.bibtex(document, title, address)))
    return details(".cite")[
        summary["Cite"], (div(".way")[p[style], pre[code[text]], copying(f"Copy {style}")] for style, text in ways)
    ]


def _embed(view: View, asked: Asked, chart: str | None, said: Told) -> Node:
    address = view.links.file(asked, "html", Look(chart=chart))
    if address is None:
        return None
    where = view.links.absolute(address)
    known = "://" in where
    frame = htpy.iframe(
        src=where if known else f"{HERE}/{where.lstrip('./')}",
        title=said.title,
        width="100%",
        height=str(framed(said)),
        loading="lazy",
    )
    return details(".embed")[
        summary["Embed"],
        not known and p[f"Write the address of this site in place of {HERE}."],
        div(".way")[pre[code[plain(str(frame))]], copying("Copy the frame")],
    ]


def framed(said: Told) -> int:
    """Pixels that a frame around the chart alone is high: picture and words, be they wide or narrow."""
    words = (said.title, said.title, said.subtitle, said.note, said.source)  # the title is larger

    def lines(width: int) -> int:
        return sum(ceil(len(text) * SIGN / width) for text in words)

    sizes = [size for size in (said.wide, said.narrow) if size is not None]
    return AROUND + max((lines(across) * LINE + down for across, down in sizes), default=lines(NARROW) * LINE)


def copying(words: str) -> Node:
    """A button that copies the text before it; the page's script shows it."""
    return button(".copy", type="button", hidden=True)[words]

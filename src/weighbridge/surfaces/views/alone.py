"""The chart alone, as a page that others put into a frame of theirs: title, picture, source, and the way to more."""

from __future__ import annotations

from collections.abc import Mapping

import htpy
from htpy import (
    a,
    body,
    code,
    div,
    figcaption,
    figure,
    h1,
    head,
    html,
    img,
    link,
    main,
    meta,
    p,
    picture,
    source,
    title,
)

from weighbridge.charts.text import clean
from weighbridge.surfaces.views.asked import PICTURED, Asked
from weighbridge.surfaces.views.shelf import NARROW, WIDE, Look, Shelf
from weighbridge.surfaces.web.page import Given, Links

NARROW_UNTIL = "(max-width: 44.99em)"
DARK = "(prefers-color-scheme: dark)"


def alone(shelf: Shelf, asked: Asked, look: Look, links: Links, said: Mapping[str, str]) -> str:
    """The page, from the doctype on. It holds no script and no style of its own.

    Args:
        shelf: what is asked.
        asked: the question.
        look: of which the chart counts.
        links: where things are, as seen from the page.
        said: `title`, `subtitle`, `note` and `source` of the chart.
    """
    simulated = bool(shelf.document(asked).get("simulated"))
    return str(
        html(lang="en", data_page="embed")[
            head[
                meta(charset="utf-8"),
                meta(name="viewport", content="width=device-width, initial-scale=1"),
                meta(name="color-scheme", content="light dark"),
                meta(name="robots", content="noindex"),
                title[clean(said["title"])],
                link(rel="stylesheet", href=links.asset("app.css")),
            ],
            body(".alone")[
                main[
                    figure(".chart")[
                        figcaption[h1[said["title"]], p(".subtitle")[said["subtitle"]]],
                        simulated and p(".simulated")[htpy.strong["Simulated data"]],
                        _picture(asked, look, links, said["title"]),
                        said["note"] and p(".note")[said["note"]],
                        p(".origin")[said["source"]],
                        _more(asked, look, links),
                        p(".command")[code[asked.command]] if asked.measure not in PICTURED else None,
                    ]
                ]
            ],
        ]
    )


def _picture(asked: Asked, look: Look, links: Links, words: str) -> htpy.Node:
    """The picture for each width and theme, where there are such files; nothing where nothing can be drawn."""
    there = {
        (width, theme): links.file(asked, "svg", Look(theme, width, look.chart, head=False))
        for width in (WIDE, NARROW)
        for theme in ("light", "dark")
    }
    if there[WIDE, "light"] is None:
        return None
    media = {
        (NARROW, "dark"): f"{NARROW_UNTIL} and {DARK}",
        (NARROW, "light"): NARROW_UNTIL,
        (WIDE, "dark"): DARK,
    }
    return div(".picture")[
        picture[
            (source(srcset=there[which], media=when) for which, when in media.items() if there[which]),
            img(src=there[WIDE, "light"], alt=words),
        ]
    ]


def _more(asked: Asked, look: Look, links: Links) -> htpy.Node:
    """The way to the whole page and to the rows."""
    whole, rows = links.page(*_page(asked, look)), links.file(asked, "csv")
    return p(".more")[
        whole and a(href=whole, target="_top")["Weighbridge: look closer"],
        whole and rows and " · ",
        rows and a(href=rows, target="_top")["CSV"],
    ]


def _page(asked: Asked, look: Look) -> tuple[str, Given]:
    """The page that shows an answer, with the options of its address."""
    if asked.measure in PICTURED:
        return asked.measure, ()
    measure = () if asked.measure == "share" else (("measure", asked.measure),)
    chart = (("chart", look.chart),) if look.chart else ()
    return "explore", (*measure, *asked.options, *chart)

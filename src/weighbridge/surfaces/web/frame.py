"""The frame of every page: head, menu and foot around what a page says itself."""

from __future__ import annotations

import htpy
from htpy import (
    Node,
    a,
    body,
    button,
    div,
    footer,
    form,
    head,
    header,
    html,
    label,
    li,
    link,
    main,
    meta,
    nav,
    p,
    script,
    title,
    ul,
)

from weighbridge import __version__
from weighbridge.charts.text import clean
from weighbridge.charts.theme import DARK, LIGHT
from weighbridge.surfaces.views import feeds
from weighbridge.surfaces.views.dataset import readings
from weighbridge.surfaces.web import pages
from weighbridge.surfaces.web.page import Made, Page, View
from weighbridge.surfaces.web.parts.notes import problem
from weighbridge.surfaces.web.parts.text import date

NAME = "Weighbridge"
CLAIM = "whose open models the world takes, and how sure that is"
IN_MENU = 100
"""Pages of a lower rank stand in the menu."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'none'; base-uri 'none'; form-action 'self'"
)
"""What a page may load, as far as a page can say so itself."""
SOURCES_MOST = 6


def document(made: Made, page: Page, view: View) -> str:
    """A page as HTML, from the doctype on.

    Args:
        made: what the page says.
        page: its kind.
        view: what it was made from.
    """
    own = view.links.subject(page.id, view.subject) if view.subject else view.links.page(page.id, made.canonical)
    return _whole(view, page.id, made.title, made.summary, made.body, own)


def error(view: View, heading: str, message: str, hint: str = "") -> str:
    """A page that says what was wrong and what can be done.

    Args:
        view: of the page that was asked.
        heading: such as `There is no such page`.
        message: what was wrong.
        hint: what is valid.
    """
    said = [htpy.h1[heading], problem(message, hint), p[a(href=_home(view))["To the overview"]]]
    return _whole(view, "error", heading, clean(message), said, None)


def _whole(view: View, page: str, heading: str, summary: str, inside: Node, own: str | None) -> str:
    return str(
        html(lang="en", data_page=page, data_root=_root(view), data_published=view.published)[
            _head(view, heading, summary, own),
            body[
                a(".skip", href="#main")["To the content"],
                _header(view, page),
                p("#status", role="status"),
                main("#main", tabindex="-1")[inside],
                _footer(view),
            ],
        ]
    )


def _root(view: View) -> str:
    """The way to the folder that holds all pages; the overview itself may be named `index.html` in it."""
    return view.links.asset("").removesuffix("assets/") or "./"


def _home(view: View) -> str:
    return view.links.page("overview") or _root(view)


def _head(view: View, heading: str, summary: str, own: str | None) -> Node:
    links = view.links
    whole = f"{clean(heading)} · {NAME}" if heading != NAME else NAME
    address = None if own is None else links.absolute(own)
    return head[
        meta(charset="utf-8"),
        view.published and meta(http_equiv="Content-Security-Policy", content=POLICY),
        meta(name="viewport", content="width=device-width, initial-scale=1"),
        title[whole],
        meta(name="description", content=clean(summary)),
        meta(name="theme-color", content=LIGHT.ground, media="(prefers-color-scheme: light)"),
        meta(name="theme-color", content=DARK.ground, media="(prefers-color-scheme: dark)"),
        meta(name="color-scheme", content="light dark"),
        meta(property="og:type", content="website"),
        meta(property="og:site_name", content=NAME),
        meta(property="og:title", content=clean(heading)),
        meta(property="og:description", content=clean(summary)),
        address and [link(rel="canonical", href=address), meta(property="og:url", content=address)],
        link(rel="icon", href=links.asset("icon.svg"), type="image/svg+xml"),
        script(src=links.asset("theme.js")),  # before anything is drawn, so that no other colours flash
        link(rel="stylesheet", href=links.asset("app.css")),
        link(rel="alternate", type=feeds.MEDIA, title="Readings as they come in", href=_feed(view)),
        script(type="module", src=links.asset("app.js")),
    ]


def _feed(view: View) -> str:
    return f"{_root(view)}{feeds.FEED}"


def _header(view: View, page: str) -> Node:
    entries = [entry for entry in pages().values() if entry.rank < IN_MENU]
    listed = [(entry, address) for entry in entries if (address := view.links.page(entry.id)) is not None]
    return header(".site")[
        div(".inner")[
            a(".name", href=_home(view))[NAME],
            _search(view),
            button(".theme", type="button", hidden=True)["Use dark colours"],
            nav(aria_label="Pages")[
                ul[(
                    li[a(href=address, aria_current="page" if entry.id == page else None)[entry.title]]
                    for entry, address in listed
                )]
            ],
        ]
    ]  # fmt: skip


def _search(view: View) -> Node:
    """The search box; where there is no search page only the script can look, and shows the box."""
    address = view.links.page("search")
    return form(
        role="search", action=address, method="get", data_search=view.links.search(), hidden=address is None
    )[
        label(".hidden", for_="q")["Search models, organisations and families"],
        htpy.input(
            "#q", type="search", name="q", placeholder="Search a model, organisation or family", autocomplete="off",
            maxlength="200",
        ),
        button(type="submit")["Search"],
    ]  # fmt: skip


def _footer(view: View) -> Node:
    held = readings(view.shelf)
    known = max((str(row["known"]) for row in held), default="")
    newest = [row["id"] for row in held if str(row["known"]) == known]
    sources = {clean(row["title"]): clean(row["licence"]) for row in held}
    data, methods = view.links.page("data"), view.links.page("methods")
    return footer(".site")[
        div(".inner")[
            p[f"{NAME} weighs {CLAIM}. Figures of a public hub, with definition, bounds, vintage and source."],
            p["Newest reading known ", date(known), ": ", clean(", ".join(newest)), "."] if known else None,
            p["Sources: ", "; ".join(f"{name} ({terms})" for name, terms in list(sources.items())[:SOURCES_MOST])]
            if sources
            else None,
            [p(".standing")[clean(note)] for note in view.shelf.observatory.notes],
            ul[
                methods and li[a(href=methods)["How it is weighed"]],
                data and li[a(href=data)["Data, licences and API"]],
                li[a(href=_feed(view), type=feeds.MEDIA)["Atom feed of readings"]],
            ],
            p[f"{NAME} {__version__}, Apache-2.0 licence"],
        ]
    ]

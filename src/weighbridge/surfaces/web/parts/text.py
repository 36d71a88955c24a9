"""Text on pages: untrusted names made fit to be shown, and links to what they name. htpy escapes all of it."""

from __future__ import annotations

from urllib.parse import urlencode

from htpy import Node, a, bdi, code, time

from weighbridge.charts.text import clean
from weighbridge.charts.wording import day
from weighbridge.surfaces.web.page import SUBJECTS, View


def name(text: object) -> Node:
    """An untrusted name, on one line and apart from the direction of what stands around it."""
    return bdi[clean(text)]


def subject(view: View, kind: str, text: object, shown: str | None = None, hub: str = "") -> Node:
    """A name as a link to its page, where it has one.

    A page that was asked of a hub leads to pages of the same hub. A published folder has pages of one hub alone.

    Args:
        view: of the page.
        kind: what it names; anything but a model, organisation or family is only shown.
        text: the name.
        shown: what stands for it, such as a country's name for its code; null: itself.
        hub: whose page; empty: the page's own.
    """
    label = name(text if shown is None else shown)
    there = kind in SUBJECTS and not (hub and view.published)
    address = view.links.subject(kind, str(text)) if there else None
    if address is None:
        return label
    return a(href=f"{address}{_of_hub(view, hub or view.value('hub'))}")[label]


def _of_hub(view: View, hub: str) -> str:
    """What an address of a subject ends with; nothing for a hub that has none, such as a router."""
    there = hub and not view.published and hub in view.shelf.observatory.backing.hubs()
    return f"?{urlencode({'hub': hub})}" if there else ""


def date(text: object) -> Node:
    """A date or a time for people and for machines; text that is none as it is."""
    shown = day(text)
    return shown if shown == clean(text) else time(datetime=str(text))[shown]


def typed(text: object) -> Node:
    """Something that is typed or that stands in a file."""
    return code[clean(text)]

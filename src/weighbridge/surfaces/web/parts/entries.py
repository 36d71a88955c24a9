"""Small pieces of pages that are mostly text: links that leave the site, commands, lists, filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from htpy import Node, a, code, li, nav, p, span, ul

from weighbridge.charts.text import clean

LONGEST = 400
"""Characters of an untrusted text that a page shows."""


def told(text: object) -> str:
    """Untrusted text on one line, without control and direction characters, shortened."""
    shown = clean(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def leaving(address: str, words: Node) -> Node:
    """A link to a publication; the words alone where the address is not of the form `https://...`."""
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        return words
    return a(".leaving", href=address, rel="noreferrer external")[words]


def command(text: str) -> Node:
    """A command line, which a reader may copy."""
    return p(".command")[code[told(text)]]


def listed(items: Sequence[Node], kind: str = "") -> Node:
    """A list, or nothing."""
    return ul(class_=["plain", kind])[(li[item] for item in items)] if items else None


def filters(label: str, choices: Iterable[tuple[Node, str | None, bool]]) -> Node:
    """A row of links that narrow a page.

    Args:
        label: what is chosen.
        choices: words, address (null: there is no such page here) and whether it is the one that is shown.
    """
    shown = [
        li[span(aria_current="true")[words] if chosen else a(href=where)[words] if where else span(".off")[words]]
        for words, where, chosen in choices
    ]
    return nav(".choices", aria_label=label)[span(".label")[label], ul(".filters")[shown]]

"""Making pages in tests: addresses as a server has them, and what every page must keep to, read from its HTML."""

from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import quote, urlencode

from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import STANDARD, Look, Shelf
from weighbridge.surfaces.web import frame, pages
from weighbridge.surfaces.web.page import Given, View

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BASE = "https://observatory.example/"
MARKUP = "<script>alert(1)</script>"
OVERRIDE = "\u202egnp.lebom"
LONG = "m" * 300


class Addresses:
    """Where things are on a server; in a published folder some subjects and options have no page."""

    def __init__(self, depth: int = 1, without: tuple[str, ...] = ()) -> None:
        self.root, self.without = "../" * depth or "./", without

    def page(self, page: str, given: Given = ()) -> str | None:
        query = f"?{urlencode(given)}" if given else ""
        return None if page in self.without else f"{self.root}{'' if page == 'overview' else f'{page}/'}{query}"

    def subject(self, kind: str, name: str) -> str | None:
        return None if name in self.without else f"{self.root}{kind}/{quote(name)}/"

    def file(self, asked: Asked, ending: str, look: Look = STANDARD) -> str | None:
        return f"{self.root}charts/{asked.measure}.{ending}?{asked.query}"

    def asset(self, name: str) -> str:
        return f"{self.root}assets/{name}"

    def search(self) -> str:
        return f"{self.root}api/v1/search"

    def absolute(self, address: str) -> str:
        return BASE + address.replace("../", "").removeprefix("./")


def html(
    shelf: Shelf,
    page: str,
    given: Given = (),
    subject: str | None = None,
    published: bool = False,
    without: tuple[str, ...] = (),
) -> str:
    """A whole page."""
    depth = 1 if subject is None else 2 + subject.count("/")
    view = View(shelf, Addresses(depth, without), given, subject, published)
    kind = pages()[page]
    return frame.document(kind.make(view), kind, view)


class Reading(HTMLParser):
    """What a page holds: elements in order, their attributes, text by element; refuses what is not well formed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == [], "elements were left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    @property
    def text(self) -> str:
        """All that a reader sees, on one line."""
        return " ".join(" ".join(text for tag, text in self.texts if tag not in ("script", "style")).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of all elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> Counter[str]:
        """How often each id stands."""
        return Counter(str(attributes["id"]) for _, attributes in self.elements if "id" in attributes)

    def data(self, kind: str) -> list[object]:
        """What scripts of a media type hold, as JSON."""
        found, at = [], 0
        scripts = [text for tag, text in self.texts if tag == "script"]
        for attributes in self.all("script"):
            if "src" in attributes:
                continue
            if attributes.get("type") == kind:
                found.append(json.loads(scripts[at]))
            at += 1
        return found


def kept(text: str) -> Reading:
    """A page that keeps to what every page must; refuses others."""
    page = Reading(text)
    assert text.startswith("<!doctype html>")
    assert {name for name, count in page.ids().items() if count > 1} == set()
    for tag, attributes in page.elements:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        href = str(attributes.get("href") or "")
        assert not href.lower().startswith(("javascript:", "data:", "http:"))
        if href.startswith("#") and tag == "a":
            assert href[1:] in page.ids(), f"{href} leads nowhere"
        if href.startswith("https:") and not href.startswith(BASE):
            assert tag == "a"
            assert "noreferrer" in str(attributes.get("rel"))
        for name in ("src", "srcset", "action"):
            assert "://" not in str(attributes.get(name) or "")
    for attributes in page.all("script"):
        assert "src" in attributes or attributes.get("type") in ("application/json", "application/ld+json")
    headings = [int(tag[1]) for tag, _ in page.elements if tag in ("h1", "h2", "h3", "h4")]
    assert headings.count(1) == 1
    assert all(later - first <= 1 for first, later in pairwise(headings)), "a heading is skipped"
    return page

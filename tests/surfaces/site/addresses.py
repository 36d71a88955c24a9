"""Every address in the files of a folder: what a browser fetches by itself, and what a reader may follow."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

FETCHED = ("src", "poster", "data", "background", "action", "formaction", "manifest", "ping")
OWN = ("data-root", "data-search", "data-spec", "data-spec-dark", "data-spec-narrow", "data-spec-narrow-dark")
NAMED = ("canonical",)
"""Relations of a `link` that name an address and fetch nothing."""
IN_STYLE = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")
IN_JSON = ("url", "href", "src")


@dataclass(frozen=True)
class Address:
    """One address.

    Attributes:
        file: that holds it, from the root.
        text: as it is written.
        followed: a reader must follow it; else a browser fetches it, or the page's script does.
    """

    file: str
    text: str
    followed: bool

    @property
    def outside(self) -> bool:
        parts = urlsplit(self.text)
        return bool(parts.scheme or parts.netloc) and parts.scheme != "data"

    @property
    def leads_to(self) -> str:
        """The file that it leads to, from the root, were the folder sent by a host or opened from a disk."""
        path = unquote(urlsplit(self.text).path)
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.file), path)) if path else self.file


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, bool]] = []
        self.ids: list[str] = []
        self.styled: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if "style" in given or tag == "style" or any(name.startswith("on") for name in given):
            self.styled.append(f"<{tag} {given}>")
        if tag == "script":
            self.scripts.append(dict(given))
        if tag == "meta" and given.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = given["content"]
        self.found += [(given[name], False) for name in (*FETCHED, *OWN) if given.get(name)]
        if given.get("srcset"):
            self.found += [(part.split()[0], False) for part in given["srcset"].split(",")]
        for name in ("href", "xlink:href"):
            if name in given and not (tag == "link" and given.get("rel") in NAMED):
                self.found.append((given[name], tag in ("a", "area")))
        for name, value in given.items():
            if name != "content":
                self.found += [(address, False) for address in in_style(value)]


def in_style(text: str) -> list[str]:
    """Addresses in a style sheet or in an attribute of SVG."""
    return [one or other for one, other in IN_STYLE.findall(text)]


def read(path: Path) -> _Reader:
    """A page."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader


def addresses(folder: Path) -> Iterator[Address]:
    """All of a folder."""
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(folder).as_posix()
        if path.suffix == ".html":
            yield from (Address(file, text, followed) for text, followed in read(path).found)
        elif path.suffix == ".css":
            yield from (Address(file, text, False) for text in in_style(path.read_text(encoding="utf-8")))
        elif path.suffix == ".svg":
            yield from (Address(file, text, False) for text in _in_svg(path))
        elif path.name.endswith(".vl.json"):
            yield from (Address(file, text, False) for text in _in_json(json.loads(path.read_text(encoding="utf-8"))))


def _in_svg(path: Path) -> Iterator[str]:
    for element in ElementTree.parse(path).iter():  # noqa: S314, written by this project just before
        for name, value in element.attrib.items():
            if name.rsplit("}", 1)[-1] in ("href", "src"):
                yield value
            yield from in_style(value)


def _in_json(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in IN_JSON and isinstance(inner, str):
                yield inner
            yield from _in_json(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _in_json(inner)

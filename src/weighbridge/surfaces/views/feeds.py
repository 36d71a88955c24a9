"""What machines look for on a site: a sitemap, rules for robots, and a feed with an entry a vintage.

Standards: sitemaps.org protocol 0.9, RFC 9309 (robots.txt), RFC 4287 (Atom). A sitemap must hold absolute addresses,
so there is none where nobody said at which address the folder will stand. A feed may hold relative ones.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from weighbridge import __version__
from weighbridge.records.shown import plain
from weighbridge.surfaces.views.dataset import NAME

FEED = "atom.xml"
"""Its place, below the root."""
MEDIA = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
SITEMAP_MOST = 50_000
"""Addresses of one sitemap, by the protocol."""
NEVER = "1970-01-01T00:00:00Z"
"""When a feed without an entry was changed."""
NOT_XML = re.compile("[\ufffe\uffff]")
"""Characters that XML cannot hold, beside those that `plain` takes out."""


def sitemap(addresses: Iterable[str], changed: str) -> bytes:
    """The sitemap of some pages, the first `SITEMAP_MOST` of them.

    Args:
        addresses: absolute.
        changed: day of the newest reading, or empty.
    """
    root = ElementTree.Element("urlset", {"xmlns": SITEMAP})
    for address in list(addresses)[:SITEMAP_MOST]:
        entry = _add(root, "url")
        _add(entry, "loc", address)
        if changed:
            _add(entry, "lastmod", changed)
    return _written(root)


def robots(sitemap_address: str | None) -> str:
    """All may read all; where the sitemap is, if there is one."""
    lines = ["User-agent: *", "Allow: /"]
    return "\n".join([*lines, *([f"Sitemap: {sitemap_address}"] if sitemap_address else []), ""])


def feed(readings: Sequence[Mapping[str, Any]], base: str | None) -> bytes:
    """The feed of vintages, the newest first.

    Args:
        readings: rows as `surfaces.views.dataset.readings` gives them.
        base: address of the folder, with a slash at its end; null: not known, so links are relative to the feed.
    """
    rows = sorted(readings, key=lambda row: (row["known"], row["id"]), reverse=True)
    root = ElementTree.Element("feed", {"xmlns": ATOM})
    _add(root, "id", feed_id(rows))
    _add(root, "title", f"{NAME}: vintages")
    _add(root, "updated", rows[0]["known"] if rows else NEVER)
    _add(_add(root, "author"), "name", "Weighbridge")
    _add(root, "generator", "weighbridge", version=__version__)
    _add(root, "link", rel="self", type=MEDIA, href=f"{base or ''}{FEED}")
    _add(root, "link", rel="alternate", type="text/html", href=f"{base or ''}data/{'' if base else 'index.html'}")
    for row in rows:
        _entry(root, row, base)
    return _written(root)


def feed_id(rows: Sequence[Mapping[str, Any]]) -> str:
    """The identifier of a feed: by its first reading, so that it stays as readings come and the folder moves."""
    first = str(rows[-1]["id"]) if rows else ""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'weighbridge:vintages:{first}')}"


def entry_id(vintage: str) -> str:
    """The identifier of a vintage's entry: the same in every feed."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'weighbridge:vintage:{vintage}')}"


def _entry(root: ElementTree.Element, row: Mapping[str, Any], base: str | None) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", entry_id(str(row["id"])))
    _add(entry, "title", f"{row['title']}, known {str(row['known'])[:10]}", type="text")
    _add(entry, "updated", row["known"])
    _add(entry, "published", row["known"])
    page = f"{base}data/" if base else "data/index.html"
    _add(entry, "link", rel="alternate", type="text/html", href=f"{page}#{quote(str(row['id']), safe='')}")
    _add(entry, "category", term=row["source"])
    _add(entry, "content", "\n".join(_lines(row)), type="text")


def _lines(row: Mapping[str, Any]) -> Iterable[str]:
    """What a reading is, a fact a line."""
    yield f"vintage: {_text(row['id'])}"
    for name in ("hub", "population", "producer", "licence"):
        if row.get(name):
            yield f"{name}: {_text(row[name])}"
    if row.get("simulated"):
        yield "SIMULATED DATA"
    if row.get("observed_from"):
        yield f"observed: {row['observed_from']} to {row['observed_to']}"
    yield f"models: {row['models']:,}, counters: {row['counters']:,}"
    yield f"sha256: {_text(row['sha256'])}"


def _add(parent: ElementTree.Element, tag: str, text: Any = None, **attributes: Any) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, tag, {key: _text(value) for key, value in attributes.items()})
    if text is not None:
        made.text = text if tag == "content" else _text(text)
    return made


def _text(value: Any) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", plain(str(value)))


def _written(root: ElementTree.Element) -> bytes:
    ElementTree.indent(root, " ")
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"

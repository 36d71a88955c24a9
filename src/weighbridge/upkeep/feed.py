"""Alerts as an Atom feed, in a file that is replaced whole.

Standard: RFC 4287. Names of models are written by strangers: they stand as text, never as markup or as an address.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.shown import plain
from weighbridge.upkeep.told import Entry
from weighbridge.upkeep.whole import write_whole

ATOM = "http://www.w3.org/2005/Atom"
GENERATOR = "weighbridge"
NEVER = "1970-01-01T00:00:00Z"  # of a feed without an entry
WORTH = 0.0001  # a share that is shown
HEAD = 2048  # bytes within which a feed of ours is told from anything else
TITLE = "Weighbridge: alerts"
OURS = re.compile(
    rb"""<\?xml version=['"]1\.0['"] encoding=['"]utf-8['"]\?>\s*<feed xmlns="%b">\s*"""
    rb"<id>urn:uuid:[0-9a-f-]{36}</id>\s*"
    rb"<title>%b</title>\s*<updated>[^<]*</updated>\s*<author>\s*<name>Weighbridge</name>\s*</author>\s*"
    rb'<generator version="[^"<]*">%b</generator>' % (re.escape(ATOM.encode()), TITLE.encode(), GENERATOR.encode())
)
"""How a feed of ours begins."""
NOT_XML = re.compile("[\ufffe\uffff]")
"""Characters that XML cannot hold, beside those that `plain` takes out."""


def check_feed(path: Path) -> None:
    """Refuse a path at which no feed can be, or where something else is.

    Raises:
        UsageError: it is a folder, in a folder that is not there, or a file that is no feed of ours, or no file.
    """
    if path.is_dir() or not path.resolve().parent.is_dir():
        raise UsageError(f"{path} is no place for a feed", "give a file in a folder that is there")
    if path.exists():
        if not path.is_file():  # a pipe would be waited for, and a device or stream cannot be replaced
            raise UsageError(f"{path} is no regular file", "give a file in a folder that is there")
        try:
            with path.open("rb") as file:
                head = file.read(HEAD)
        except OSError as error:
            raise SourceFailed(f"{path}: {error.strerror or error}", "give a file that can be read") from None
        if not OURS.match(head):
            raise UsageError(f"{path} is there and is no feed of ours", "give another file, or remove it")


def write_feed(path: Path, name: str, entries: Sequence[Entry]) -> None:
    """Write a feed with these entries, the newest first; a file that holds them already stays as it is.

    Args:
        path: see `check_feed`.
        name: UUID of the feed, the same at each writing.
        entries: the newest last.

    Raises:
        SourceFailed: the file cannot be written.
    """
    content = feed(name, entries)
    try:
        if not path.exists() or path.read_bytes() != content:
            write_whole(path, content)
    except OSError as error:
        raise SourceFailed(f"{path}: {error.strerror or error}", "check the path and its rights") from None


def feed(name: str, entries: Sequence[Entry]) -> bytes:
    """The document, in UTF-8."""
    root = ElementTree.Element("feed", {"xmlns": ATOM})
    _add(root, "id", f"urn:uuid:{name}")
    _add(root, "title", TITLE)
    _add(root, "updated", max((entry["found"] for entry in entries), default=NEVER))
    _add(_add(root, "author"), "name", "Weighbridge")
    _add(root, "generator", GENERATOR, version=version(GENERATOR))
    for entry in reversed(entries):
        _entry(root, entry)
    ElementTree.indent(root, " ")
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def entry_id(alert: str) -> str:
    """The identifier of an alert's entry: the same in every feed, for as long as there is the alert."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'weighbridge:alert:{alert}')}"


def _entry(root: ElementTree.Element, alert: Entry) -> None:
    entry = _add(root, "entry")
    about = alert.get("model") or alert.get("hub")
    _add(entry, "id", entry_id(alert["id"]))
    _add(entry, "title", f"{alert['title']}: {about}" if about else alert["title"], type="text")
    _add(entry, "updated", alert["found"])
    _add(entry, "published", alert["found"])
    _add(entry, "category", term=alert["rule"])
    _add(entry, "content", _content(alert), type="text")


def _content(alert: Entry) -> str:
    lines = [alert["detail"]]
    for head in ("model", "hub", "day"):
        if alert.get(head):
            lines.append(f"{head}: {alert[head]}")
    if alert.get("weight") is not None:
        share = f" ({alert['share']:.2%} of the hub)" if (alert.get("share") or 0) >= WORTH else ""
        lines.append(f"weight: {alert['weight']:,}{share}")
    if alert.get("vintages"):
        lines.append(f"vintages: {', '.join(alert['vintages'])}")
    return "\n".join(_text(line) for line in lines)


def _add(parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: Any) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, tag, {key: _text(value) for key, value in attributes.items()})
    if text is not None:
        made.text = text if tag == "content" else _text(text)
    return made


def _text(value: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", plain(value))

"""The Ollama library as it is today: cumulative pulls a model, from the library's own page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import numpy as np
import pyarrow as pa

from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.clock import moment_text
from weighbridge.records.observations import Batch
from weighbridge.records.source import Asked, Choice, Descriptor, Fetched, Landing
from weighbridge.sources.net import client, latest
from weighbridge.sources.net.clock import observed
from weighbridge.sources.net.settings import address_in
from weighbridge.sources.ollama_pulls import WANTED, checked_pulls, parse_pulls
from weighbridge.sources.tabular import Piece, read_table

ADDRESS = "https://ollama.com"
ELSEWHERE = "WEIGHBRIDGE_OLLAMA_URL"
"""Environment variable with another address, as of a mirror."""
PAGE = "/library"
ENTRY = re.compile(r"^/library/([^/?#:]+)$")
COUNT_MARK = "x-test-pull-count"
# Tags are cut by expressions that look a bounded way ahead and never back: Python's own parser of HTML takes time with
# the square of the length of a page of unclosed tags (88 s for 120 KB), and the page is not ours.
TAG = re.compile(r"""<([a-zA-Z][a-zA-Z0-9-]*+)((?:[^"'<>]{1,999}+|"[^"]{0,9999}+"|'[^']{0,9999}+'){0,99}+)>""")
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++)))?+""")
LONGEST_COUNT = 200  # characters from a mark on in which its count stands
MOST_BYTES = 8 * 2**20
MOST_PAGES = 100
TRIES = 3  # of a page that came, but not whole
FIRST = 2000  # characters at a page's beginning among which it is opened
LAST = 2000  # characters at a page's end among which it is closed
LEAST_COUNTED = 0.5
"""Part of the models that must have a readable count; a page with fewer is not the page that is known."""
LOOKED_FOR = (
    f"links to /library/NAME, each followed by an element marked {COUNT_MARK} that holds a count such as 118.7M"
)


class OllamaLibrary:
    """Reader of the library's page, saved or fetched; or of a JSON list with names and counts."""

    id = "ollama-library"
    choices: tuple[Choice, ...] = ()
    companions: tuple[tuple[str, Asked], ...] = ()
    descriptor = Descriptor(
        id="ollama-library",
        title="Cumulative pulls of the Ollama library, as its page shows them today",
        producer="Ollama",
        licence="none stated",
        terms="The counts are facts from a public page; no licence is stated, so publish sums and not its rows. "
        "What counts as a pull is not documented.",
        population="census",
        gives="cumulative pulls a model, rounded to one decimal of a thousand or a million; continues `ollama-pulls`",
        hub="ollama",
        unit="pulls",
    )

    def fetch(self, landing: Landing, asked: Asked) -> Iterator[Fetched]:
        """See `LiveSource.fetch`; one reading, observed when the server's clock says.

        A page that comes whole may still show a part: with far fewer models than before it is a chosen set.
        """
        first = f"{address_in(ELSEWHERE, ADDRESS)}{PAGE}"
        address: str | None = first
        pages: list[str] = []
        began = datetime.now(UTC).replace(microsecond=0)
        date: datetime | None = None
        while address is not None:
            page, answer = _page(address, landing)
            date = date or answer.date
            pages.append(page)
            onward = _onward(page, answer.url)
            if onward is not None and len(pages) == MOST_PAGES:
                raise SchemaChanged(f"{client.shown(first)} leads on after {MOST_PAGES} pages", "its form has changed")
            address = onward
        found = _listed("\n".join(pages), client.shown(first))
        landing.tell(len(found))
        path = landing.folder / "library.html"
        path.write_text("\n".join(pages), encoding="utf-8")
        short = latest.is_short(len(found), asked.held)
        if short:
            landing.say(latest.warning(len(found), asked.held))
        at = observed(date, began, landing.say, held=latest.moment_before(asked.held))
        origin = {"address": client.shown(first), "pages": len(pages), "observed": moment_text(at)}
        yield Fetched(path, at=at, selection=short, origin=origin | latest.size(len(found), asked.held, not short))

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`."""
        content = _content(path)
        if content.lstrip()[:1] in (b"[", b"{"):
            pieces = read_table(path, WANTED, (("name",), ("text", "pulls")))
        else:
            pieces = iter((_piece(_listed(_text(content, str(path)), str(path))),))
        for piece in pieces:
            if at is None and "observed" not in piece.columns:
                raise UsageError(
                    f"{path} does not say when it was seen", "give the day with --at, e.g. --at 2026-06-21"
                )
            yield checked_pulls(piece, at)


class _UnfinishedError(Exception):
    """A page that came but not as the library sends it; another try may bring it whole."""

    def __init__(self, failure: SourceFailed) -> None:
        super().__init__(failure.message)
        self.failure = failure


def _page(address: str, landing: Landing) -> tuple[str, client.Answer]:
    """A whole page; one that is cut off, no text or without models is asked for again."""
    import stamina

    try:
        for attempt in stamina.retry_context(on=_UnfinishedError, attempts=TRIES, timeout=None, wait_initial=1.0):
            with attempt:
                return _once(address, landing)
    except _UnfinishedError as error:
        raise error.failure from None
    raise AssertionError("a retry either returns or raises")


def _once(address: str, landing: Landing) -> tuple[str, client.Answer]:
    answer = client.get(address, headers={"accept": "text/html"}, say=landing.say, most=MOST_BYTES)
    where = client.shown(answer.url)
    try:
        page = _text(answer.content, where)
        if page.strip() and "<html" not in page[:FIRST].lower():
            raise SchemaChanged(f"{where} is no page of HTML; looked for {LOOKED_FOR}", _HINT)
        if "</html" not in page[-LAST:].lower():
            raise SourceFailed(f"{where} sends a page that is cut off", "try again later")
        if not _parsed(page).counts:
            raise SchemaChanged(f"{where} has no link to a model; looked for {LOOKED_FOR}", _HINT)
    except SourceFailed as error:
        raise _UnfinishedError(error) from None
    return page, answer


@dataclass
class _Library:
    """Names by the links to them, and the count that follows each; and where the list goes on."""

    counts: dict[str, str | None] = field(default_factory=dict)
    marks: int = 0
    onward: str | None = None


def _parsed(page: str) -> _Library:
    """What a page of the library holds, by its tags alone."""
    library = _Library()
    name: str | None = None
    for match in TAG.finditer(page):
        given = {found[1]: found[2] or found[3] or found[4] or "" for found in ATTRIBUTE.finditer(match[2])}
        if match[1].lower() == "a":  # any other link ends an entry, so that no count goes to a model before it
            entry = ENTRY.match(unescape(given.get("href", "")))
            name = entry[1] if entry is not None else None
            if name is not None:
                library.counts.setdefault(name, None)
        if COUNT_MARK in given:
            library.marks += 1
            words = unescape(page[match.end() : match.end() + LONGEST_COUNT].partition("<")[0]).strip()
            if name is not None and library.counts[name] is None:
                library.counts[name] = words or None
        onward = urlsplit(unescape(given.get("hx-get", "")))
        if onward.path == PAGE and "page=" in onward.query:
            library.onward = onward.geturl()
    return library


def _onward(page: str, url: str) -> str | None:
    """Address of the next page of the list on the same host; null where the page is the whole list."""
    onward = _parsed(page).onward
    if onward is None:
        return None
    address = urljoin(url, onward)
    if not client.same_origin(url, address):
        raise SchemaChanged(f"{client.shown(url)} leads on to another host, {client.shown(address)}", _HINT)
    return address


def _listed(page: str, where: str) -> dict[str, str | None]:
    """The count's text by name; null where a model has none.

    Raises:
        SchemaChanged: there are no models or hardly any counts.
    """
    library = _parsed(page)
    if not library.counts:
        raise SchemaChanged(f"{where} has no link to a model; looked for {LOOKED_FOR}", _HINT)
    if not library.marks:
        raise SchemaChanged(f"{where} names {len(library.counts)} models and no count; looked for {LOOKED_FOR}", _HINT)
    read = sum(text is not None and parse_pulls(text) is not None for text in library.counts.values())
    if read < LEAST_COUNTED * len(library.counts):
        raise SchemaChanged(
            f"{where} has a readable count for only {read} of {len(library.counts)} models; looked for {LOOKED_FOR}",
            _HINT,
        )
    return library.counts


_HINT = "the page has changed its form; a newer version of Weighbridge may know it"


def _piece(counts: dict[str, str | None]) -> Piece:
    columns = {"name": pa.array(list(counts), pa.string()), "text": pa.array(list(counts.values()), pa.string())}
    return Piece(columns, pa.array(np.arange(1, len(counts) + 1)))


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES * MOST_PAGES:
            raise SourceFailed(f"{path} is too large for the library's page", "give the saved page")
        content = path.read_bytes()
    except OSError as error:
        raise SourceFailed(f"{path}: {error.strerror or error}", "give a file that exists and can be read") from None
    if not content.strip():
        raise SourceFailed(f"{path} is empty", "give the library's page, saved")
    return content


def _text(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise SourceFailed(f"{where} is not UTF-8", "fetch it again") from None


SOURCE = OllamaLibrary()

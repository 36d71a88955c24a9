"""What a stand-in is asked and what it answers, before any of it is on the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

Row = dict[str, Any]
Headers = tuple[tuple[str, str], ...]
JSON: Headers = (("Content-Type", "application/json; charset=utf-8"),)
HTML: Headers = (("Content-Type", "text/html; charset=utf-8"),)
PIECE = 1 << 20
"""Bytes that are read from a file and sent at a time."""


@dataclass(frozen=True)
class Asked:
    """A request. `path` is as it was sent, still percent-encoded; header names are in lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    port: int = 0
    target: str = ""
    """Path and query as they were sent."""

    def get(self, key: str, otherwise: str = "") -> str:
        """The last value of a query parameter."""
        return next((value for name, value in reversed(self.query) if name == key), otherwise)

    def all(self, key: str) -> list[str]:
        """Every value of a repeated parameter, written `key`, `key[]` or with commas."""
        return [
            part for name, value in self.query if name in (key, f"{key}[]") for part in value.split(",") if part != ""
        ]

    @property
    def endpoint(self) -> str:
        """The address the client used."""
        return f"http://{self.headers.get('host', '127.0.0.1')}"

    @property
    def token(self) -> str | None:
        """The bearer token, if one was sent."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else None

    def parts(self) -> list[str]:
        """The decoded segments of the path."""
        return [unquote(part) for part in self.path.strip("/").split("/")]


@dataclass(frozen=True)
class Stored:
    """Bytes of a file on disk, sent without being held in memory."""

    path: Path
    start: int = 0
    length: int = 0

    def pieces(self) -> Iterator[bytes]:
        """The bytes, at most `PIECE` at a time."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            left = self.length
            while left and (piece := file.read(min(PIECE, left))):
                left -= len(piece)
                yield piece


@dataclass(frozen=True)
class Reply:
    """An answer. A reply made of `rows` is written only when it is sent, so that a fault can change the rows."""

    status: int = 200
    headers: Headers = ()
    body: bytes | Stored = b""
    rows: list[Row] | None = None
    write: Callable[[list[Row]], bytes] | None = None
    delay: float = 0.0
    """Seconds before the first byte."""
    pause: float = 0.0
    """Seconds in the middle of the body."""
    cut: float | None = None
    """The share of the body after which the connection is closed; the length that was promised stays."""
    dropped: bool = False
    """Whether the connection is closed without a byte."""
    unsized: bool = False
    """Whether the length is not said beforehand (chunked)."""
    date: str | None = None
    """A `Date` other than the hub's; empty for none."""

    def header(self, name: str) -> str:
        """The value of a header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def having(self, *headers: tuple[str, str]) -> Reply:
        """The same reply with headers set."""
        names = {name.lower() for name, _ in headers}
        return replace(self, headers=(*(pair for pair in self.headers if pair[0].lower() not in names), *headers))

    def written(self) -> Reply:
        """The same reply with its rows turned into bytes."""
        if self.rows is None or self.write is None:
            return self
        return replace(self, body=self.write(self.rows), rows=None, write=None)

    @property
    def size(self) -> int:
        """Bytes of the written body."""
        return self.body.length if isinstance(self.body, Stored) else len(self.body)

    def pieces(self) -> Iterator[bytes]:
        """The written body in pieces."""
        if isinstance(self.body, Stored):
            yield from self.body.pieces()
            return
        for start in range(0, len(self.body), PIECE):
            yield self.body[start : start + PIECE]


class Site(Protocol):
    """A hub that answers requests, and what a fault must know to harm it."""

    name: str
    listing: str
    """Expression that finds the listing in `METHOD /path?query`."""
    counter: str
    """The field of a row that counts, which every reader needs."""
    optional: str
    """A field of a row that a reader can do without."""
    key: str
    """The field that names the row."""

    def answer(self, asked: Asked) -> Reply:
        """The answer on a good day."""
        ...

    def limited(self, wait: int) -> Headers:
        """Headers by which this hub says that its limit is used up for some seconds."""
        ...

    def next_page(self, asked: Asked, reply: Reply) -> Headers:
        """Headers of an answer that promises one more page."""
        ...


def said(value: Any, status: int = 200, *headers: tuple[str, str]) -> Reply:
    """A reply in JSON."""
    return Reply(status, (*JSON, *headers), compact(value))


def listed(rows: Iterable[Row], *headers: tuple[str, str]) -> Reply:
    """A reply that is a JSON list of rows."""
    return Reply(200, (*JSON, *headers), rows=list(rows), write=compact)


def compact(value: Any) -> bytes:
    """JSON without blanks, in UTF-8, as the hubs write it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

"""Answers and their files, made once and kept: what the server sends and what is published are the same bytes."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from weighbridge.charts.drawing import Drawing
from weighbridge.errors import UsageError
from weighbridge.measures import measures
from weighbridge.measures.asking import StoreBacking
from weighbridge.records.answer import Answer
from weighbridge.records.clock import moment_text
from weighbridge.records.presented import Presented
from weighbridge.surfaces.python import Observatory
from weighbridge.surfaces.views.asked import Asked, title_of

ROWS_MOST = 400_000
"""Rows of all answers that are kept."""
ROWS_EACH = 100
"""What stands beside the rows of an answer takes as much as so many of them."""
LARGE_MOST = 8
"""Things of the kind of a search index."""
BYTES_MOST = 256 * 2**20
"""Bytes of all files that are kept."""


@dataclass(frozen=True)
class Look:
    """How a picture looks.

    Attributes:
        theme: light or dark.
        width: in pixels.
        chart: another chart than the answer's own, or null.
        head: whether title, subtitle and source are part of the picture; a page says them itself.
    """

    theme: str = "light"
    width: int = 900
    chart: str | None = None
    head: bool = True


STANDARD = Look()


@dataclass(frozen=True)
class Told:
    """An answer as its surfaces need it.

    Attributes:
        document: its JSON document, with its `title`; not to be changed.
        presented: how a table for people shows its rows.
        cited: the line that cites it; empty for what is no answer of one definition.
    """

    document: Mapping[str, Any]
    presented: Presented = field(default_factory=Presented)
    cited: str = ""


@dataclass(frozen=True)
class Drawn:
    """A picture as bytes."""

    body: bytes


@dataclass(frozen=True)
class ShelfDrawing(Drawing):
    """A drawing whose SVG is drawn once.

    Attributes:
        keep: given what draws it, gives what was drawn.
    """

    keep: Callable[[Callable[[], str]], str] = lambda make: make()

    def svg(self) -> str:
        """See `Drawing.svg`."""
        return self.keep(super().svg)


class Kept:
    """A few values, the least used thrown away first; each is made by one thread while others wait for it."""

    def __init__(self, most: int, weight: Callable[[Any], int] = lambda _: 1) -> None:
        self._most, self._weight = most, weight
        self._held: OrderedDict[Hashable, Any] = OrderedDict()
        self._sum = 0
        self._lock, self._making = threading.Lock(), {}  # type: ignore[var-annotated]

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of a key."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            one = self._making.setdefault(key, threading.Lock())
        with one:
            with self._lock:
                if key in self._held:
                    return self._held[key]
            try:
                made = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                self._held[key] = made
                self._sum += self._weight(made)
                while self._sum > self._most and len(self._held) > 1:
                    self._sum -= self._weight(self._held.popitem(last=False)[1])
            return made

    def held(self, key: Hashable) -> Any:
        """The value of a key if it is there, else null; nothing is made and nothing waits long."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)


def _rows(told: Told) -> int:
    return ROWS_EACH + len(told.document.get("rows") or ())


@dataclass
class Shelf:
    """What one observatory answers; what is held does not change under it."""

    observatory: Observatory
    _answers: Kept = field(default_factory=lambda: Kept(ROWS_MOST, _rows))
    _files: Kept = field(default_factory=lambda: Kept(BYTES_MOST, lambda made: len(made.body)))
    _large: Kept = field(default_factory=lambda: Kept(LARGE_MOST))

    @cached_property
    def as_of(self) -> str:
        """When the newest of what is held became known; empty where a file is asked that says so itself.

        Answers say so in place of the moment in which they were made, since nothing became known in between: so the
        same question has the same bytes for as long as the store holds the same.
        """
        backing = self.observatory.backing
        held = backing.store.vintages() if isinstance(backing, StoreBacking) else []
        return moment_text(max(vintage.known for vintage in held)) if held else ""

    def document(self, asked: Asked) -> Mapping[str, Any]:
        """The JSON document of an answer, with its `title`; not to be changed.

        Raises:
            UsageError: the question is not valid here.
            DataMissing: what is held cannot answer it.
        """
        return self.told(asked).document

    def told(self, asked: Asked) -> Told:
        """The same, and how a table for people shows it; see `document` for the errors."""
        return self._answers.get(asked, lambda: self._told(asked))  # type: ignore[no-any-return]

    def kept(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Something with a `body` of bytes that is made of answers, once."""
        return self._files.get(key, make)

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Something large that is made of what is held, once, and kept for good."""
        return self._large.get(key, make)

    def held(self, key: Hashable) -> Any:
        """What `kept` has under a key, or null."""
        return self._files.held(key)

    def _told(self, asked: Asked) -> Told:
        if asked.measure == "claims":
            return Told(self.observatory.claims() | {"title": title_of("claims")})
        if asked.measure == "quality":
            return Told(self.observatory.quality() | {"title": title_of("quality")})
        given = asked.given
        registers = self.observatory.backing.registers(None)
        if given.get("register", "house") not in registers:
            raise UsageError(f"there is no register {given['register']!r} here", f"one of: {', '.join(registers)}")
        answer = self._answered(asked)
        return Told(answer.to_dict() | {"title": answer.title}, answer.presented, Answer.cite(answer))

    def _answered(self, asked: Asked) -> Answer:
        keywords = asked.keywords()
        mine = {option.keyword: option.name for option in measures()[asked.measure].options}
        own = {name: keywords.pop(keyword) for keyword, name in mine.items() if keyword in keywords}
        answer = self.observatory.ask(asked.measure, own, **keywords)
        return replace(answer, as_of=self.as_of) if self.as_of and "as-of" not in asked.given else answer

    def drawing(self, asked: Asked, look: Look = STANDARD) -> Drawing:
        """The picture of an answer; its SVG is drawn once and kept.

        Raises:
            UsageError: there is no such chart, theme or width.
            DataMissing: the answer has no figure.
        """
        document = self.document(asked)

        def keep(make: Callable[[], str]) -> str:
            drawn: Drawn = self.kept((asked, "drawn", look), lambda: Drawn(make().encode()))
            return drawn.body.decode()

        return ShelfDrawing(document, look.chart, look.theme, look.width, look.head, keep)

    def tag(self, asked: Asked, look: Look = STANDARD) -> str:
        """What changes when the bytes of an answer's files may change: readings, definition, options and look."""
        document = self.document(asked)
        told = [document.get(name) for name in ("vintages", "definition", "as_of", "notes")]
        text = json.dumps([asked.measure, asked.options, *vars(look).values(), told], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:20]

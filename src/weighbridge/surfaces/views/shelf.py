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

from weighbridge.charts import specification
from weighbridge.charts.drawing import Drawing
from weighbridge.errors import DataMissing, UsageError
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
SPECIFICATIONS_MOST = 16
"""Specifications that are kept: all looks of the figures that are made just now."""
LARGE_MOST = 16
"""Things of the kind of a search index."""
REFUSAL_BYTES = 1_000
"""What is kept of a question without an answer."""
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
WIDE, NARROW = STANDARD.width, 360
"""Widths in pixels in which pages show figures."""
SHOWN = tuple(Look(theme, width, head=False) for width in (WIDE, NARROW) for theme in ("light", "dark"))
"""The looks in which pages show a figure: they say title and source themselves."""


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
    """A drawing whose specification and SVG are made once.

    Attributes:
        keep: given what draws it, gives what was drawn.
        specified: the same for its specification, which is not to be changed.
    """

    keep: Callable[[Callable[[], str]], str] = lambda make: make()
    specified: Callable[[Callable[[], dict[str, Any]]], dict[str, Any]] = lambda make: make()

    @property
    def spec(self) -> dict[str, Any]:
        """See `Drawing.spec`."""
        return self.specified(lambda: specification(self.document, self.name, self.theme, self.width, self.head))

    def svg(self) -> str:
        """See `Drawing.svg`."""
        return self.keep(super().svg)


@dataclass(frozen=True)
class Refusal:
    """Kept in place of what cannot be had: nothing changes about it while the same is held."""

    kind: type[UsageError] | type[DataMissing]
    message: str
    hint: str

    def error(self) -> UsageError | DataMissing:
        """The error, as a new one."""
        return self.kind(self.message, self.hint)


class Kept:
    """A few values, the least used thrown away first; each is made by one thread while others wait for it.

    What is not valid or not held is kept too, and not looked for again; a failure is.
    """

    def __init__(self, most: int, weight: Callable[[Any], int] = lambda _: 1, refusal: int = 1) -> None:
        """Nothing is there yet.

        Args:
            most: all that is kept weighs at most this, or is one value.
            weight: of a value.
            refusal: what a `Refusal` weighs.
        """
        self._most = most
        self._weight: Callable[[Any], int] = lambda made: refusal if isinstance(made, Refusal) else weight(made)
        self._held: OrderedDict[Hashable, Any] = OrderedDict()
        self._sum = 0
        self._lock, self._making = threading.Lock(), {}  # type: ignore[var-annotated]

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of a key.

        Raises:
            UsageError, DataMissing: it cannot be had.
        """
        found = self._got(key, make)
        if isinstance(found, Refusal):
            raise found.error()
        return found

    def _got(self, key: Hashable, make: Callable[[], Any]) -> Any:
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
            except (UsageError, DataMissing) as error:
                made = Refusal(type(error), error.message, error.hint)
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
        """The value of a key, or its `Refusal`, if it is there, else null; nothing is made and nothing waits long."""
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
    _answers: Kept = field(default_factory=lambda: Kept(ROWS_MOST, _rows, ROWS_EACH))
    _files: Kept = field(default_factory=lambda: Kept(BYTES_MOST, lambda made: len(made.body), REFUSAL_BYTES))
    _specifications: Kept = field(default_factory=lambda: Kept(SPECIFICATIONS_MOST))
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

    def quality(
        self, hub: str | None = None, event: str | None = None, as_of: str | None = None, vintage: str | None = None
    ) -> dict[str, Any]:
        """See `Observatory.quality`; as of the newest reading where nothing else is asked, and not kept."""
        return self.observatory.quality(hub, event, as_of or self.as_of or None, vintage)

    def _told(self, asked: Asked) -> Told:
        if asked.measure == "claims":
            return Told(self.observatory.claims() | {"title": title_of("claims")})
        if asked.measure == "quality":
            return Told(self.quality() | {"title": title_of("quality")})
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

        def specified(make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
            return self._specifications.get((asked, look), make)  # type: ignore[no-any-return]

        return ShelfDrawing(document, look.chart, look.theme, look.width, look.head, keep, specified)

    def tag(self, asked: Asked, look: Look = STANDARD) -> str:
        """What changes when the bytes of an answer's files may change: readings, definition, options and look."""
        document = self.document(asked)
        told = [document.get(name) for name in ("vintages", "definition", "as_of", "notes")]
        text = json.dumps([asked.measure, asked.options, *vars(look).values(), told], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:20]

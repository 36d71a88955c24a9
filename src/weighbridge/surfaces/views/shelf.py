"""Answers and their files, made once and kept: what the server sends and what is published are the same bytes."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from weighbridge.charts.drawing import Drawing
from weighbridge.errors import UsageError
from weighbridge.surfaces.python import Observatory
from weighbridge.surfaces.views.asked import Asked, title_of

ANSWERS_MOST = 256
FILES_MOST = 4_096
BYTES_MOST = 256 * 2**20


@dataclass(frozen=True)
class Look:
    """How a picture looks.

    Attributes:
        theme: light or dark.
        width: in pixels.
        chart: another chart than the answer's own, or null.
    """

    theme: str = "light"
    width: int = 900
    chart: str | None = None


STANDARD = Look()


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


@dataclass
class Shelf:
    """What one observatory answers."""

    observatory: Observatory
    _answers: Kept = field(default_factory=lambda: Kept(ANSWERS_MOST))

    def document(self, asked: Asked) -> Mapping[str, Any]:
        """The JSON document of an answer, with its `title`; not to be changed.

        Raises:
            UsageError: the question is not valid here.
            DataMissing: what is held cannot answer it.
        """
        return self._answers.get(asked, lambda: self._document(asked))  # type: ignore[no-any-return]

    def _document(self, asked: Asked) -> Mapping[str, Any]:
        if asked.measure == "claims":
            return self.observatory.claims() | {"title": title_of("claims")}
        if asked.measure == "quality":
            return self.observatory.quality() | {"title": title_of("quality")}
        given = asked.given
        registers = self.observatory.backing.registers(None)
        if given.get("register", "house") not in registers:
            raise UsageError(f"there is no register {given['register']!r} here", f"one of: {', '.join(registers)}")
        answer = self.observatory.ask(asked.measure, **asked.keywords())
        return answer.to_dict() | {"title": answer.title}

    def drawing(self, asked: Asked, look: Look = STANDARD) -> Drawing:
        """The picture of an answer.

        Raises:
            UsageError: there is no such chart, theme or width.
            DataMissing: the answer has no figure.
        """
        return Drawing(self.document(asked), look.chart, look.theme, look.width)

    def tag(self, asked: Asked, look: Look = STANDARD) -> str:
        """What changes when the bytes of an answer's files may change: readings, definition, options and look."""
        document = self.document(asked)
        told = [document.get(name) for name in ("vintages", "definition", "as_of", "notes")]
        text = json.dumps([asked.measure, asked.options, *vars(look).values(), told], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:20]

"""What can go wrong with a request: a closed list, told as RFC 9457 has it, and never with a path of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from weighbridge.errors import WeighbridgeError
from weighbridge.records.shown import plain

MEDIA = "application/problem+json"
LONGEST = 2_000
"""Characters of a detail or hint."""


@dataclass(frozen=True)
class Kind:
    """A kind of problem.

    Attributes:
        status: of HTTP.
        title: the same for all problems of the kind.
        told: whether the error's own words are sent; else `detail` and `hint` are.
        detail, hint: where the error's own words could tell what is nobody's business.
    """

    status: int
    title: str
    told: bool = True
    detail: str = ""
    hint: str = ""


KINDS: Mapping[str, Kind] = MappingProxyType({
    "usage": Kind(400, "The question is not valid"),
    "data-missing": Kind(404, "What is held cannot answer it"),
    "not-found": Kind(404, "There is nothing at this address"),
    "method-not-allowed": Kind(405, "Nothing can be changed here"),
    "too-large": Kind(414, "The request is too long"),
    "busy": Kind(503, "Too many questions at once"),
    "store-busy": Kind(503, "The store is being written to", False, "The store is being written to.",
                       "Try again in a minute."),
    "interrupted": Kind(503, "The server is stopping", False, "The server is stopping.", "Try again in a minute."),
    "source-failed": Kind(500, "A file could not be read", False, "A file that the answer needs could not be read.",
                          "Whoever runs the server finds more with `weighbridge doctor`."),
    "schema-changed": Kind(500, "A file is not in a known form", False, "A file has a form that is not known.",
                           "Whoever runs the server finds more with `weighbridge doctor`."),
    "store-damaged": Kind(500, "The store is damaged", False, "A file of the store is not what it should be.",
                          "Whoever runs the server finds more with `weighbridge doctor`."),
    "internal": Kind(500, "A fault of the program", False, "The answer could not be made.",
                     "Another question may work; please report this one."),
})  # fmt: skip
"""All kinds: those of `errors.KINDS`, and those of a server."""


class Refused(Exception):  # noqa: N818, reads as a sentence where it is raised
    """A request that no measure has to look at."""

    def __init__(
        self,
        kind: str,
        detail: str,
        hint: str = "",
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.hint, self.headers = kind, detail, hint, dict(headers or {})
        self.status = KINDS[kind].status if status is None else status


@dataclass(frozen=True)
class Problem:
    """One problem, fit to be sent.

    Attributes:
        kind: of `KINDS`.
        detail: what was wrong.
        hint: what is valid, or what to do.
        headers: that belong to it.
        status: of HTTP.
    """

    kind: str
    detail: str
    hint: str
    headers: Mapping[str, str]
    status: int

    @property
    def title(self) -> str:
        """Of its kind."""
        return KINDS[self.kind].title

    def to_dict(self, root: str) -> dict[str, Any]:
        """The document; `root` is the way from what was asked to the server's own root."""
        return {
            "type": f"{root}api/v1/problems#{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "hint": self.hint,
            "kind": self.kind,
        }


def problem(error: BaseException) -> Problem:
    """The problem that an error is; what is not expected is `internal` and says nothing of itself."""
    if isinstance(error, Refused):
        return Problem(error.kind, _fit(error.detail), _fit(error.hint), error.headers, error.status)
    name = error.kind if isinstance(error, WeighbridgeError) else "internal"
    kind = KINDS[name]
    headers = {"Retry-After": "30"} if kind.status == 503 else {}
    if not kind.told:
        return Problem(name, kind.detail, kind.hint, headers, kind.status)
    message, hint = (error.message, error.hint) if isinstance(error, WeighbridgeError) else ("", "")
    return Problem(name, _fit(message), _fit(hint), headers, kind.status)


def _fit(text: str) -> str:
    flat = plain(" ".join(text.split()))
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"

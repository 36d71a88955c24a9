"""Bytes with what HTTP says of them: tags, 304, compression, how long they may be kept."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response

COMPRESSED_FROM = 700
"""Bytes from which a text is compressed; less would not fit into fewer packets."""
LEVEL = 6
TEXTS = ("text/", "application/json", "application/problem+json", "image/svg+xml", "application/x-bibtex",
         "application/atom+xml", "application/ld+json", "application/xml", "application/manifest+json")  # fmt: skip
SHORTLY, ASKED_AGAIN, NEVER = "public, max-age=60, must-revalidate", "public, no-cache", "no-store"
"""How long others may keep a figure; a page and its assets, which must always be asked for; and an error."""


@dataclass(frozen=True)
class Packed:
    """A body that is ready to be sent.

    Attributes:
        body: not compressed.
        media: media type, with its character set.
        seed: what the tag hangs on beside the bytes.
        headers: of its own.
        status: of HTTP.
        caching: value of `Cache-Control`.
    """

    body: bytes
    media: str
    seed: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    caching: str = SHORTLY

    @cached_property
    def tag(self) -> str:
        """A strong tag without its quotation marks: other bytes, another tag."""
        return hashlib.sha256(self.seed.encode() + b"\0" + self.body).hexdigest()[:24]

    @cached_property
    def zipped(self) -> bytes | None:
        """The body compressed, the same at each time; null where that gains nothing."""
        if len(self.body) < COMPRESSED_FROM or not self.media.startswith(TEXTS):
            return None
        made = gzip.compress(self.body, LEVEL, mtime=0)
        return made if len(made) < len(self.body) else None

    @property
    def weight(self) -> int:
        """Bytes of memory."""
        return len(self.body) + len(self.zipped or b"")

    def ready(self) -> Packed:
        """The same, with its tag and its compressed form made, so that sending it takes no time."""
        _ = self.tag, self.zipped
        return self


def sent(request: Request, packed: Packed) -> Response:
    """The response: the body, compressed if that is accepted, or 304 if whoever asks has it already."""
    headers = {"Cache-Control": packed.caching, **packed.headers}
    if packed.zipped is not None:
        headers["Vary"] = "Accept-Encoding"
    if packed.status != 200:
        return Response(packed.body, packed.status, headers, packed.media)
    zipped = packed.zipped if packed.zipped is not None and accepts_gzip(request) else None
    headers["ETag"] = f'"{packed.tag}-gzip"' if zipped is not None else f'"{packed.tag}"'
    if has_it(request.headers.get("if-none-match"), packed.tag):
        return Response(status_code=304, headers=headers, media_type=packed.media)  # its policy hangs on the media
    if zipped is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(packed.body if zipped is None else zipped, 200, headers, packed.media)


def accepts_gzip(request: Request) -> bool:
    """Whether `Accept-Encoding` names gzip, or all, with a weight above zero."""
    found: dict[str, float] = {}
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, weight = part.partition(";")
        try:
            found[name.strip().lower()] = float(weight.strip().removeprefix("q=") or 1) if weight else 1.0
        except ValueError:
            found[name.strip().lower()] = 0.0
    return found.get("gzip", found.get("*", 0.0)) > 0


def has_it(given: str | None, tag: str) -> bool:
    """Whether `If-None-Match` names a tag, compared weakly, in either form."""
    if given is None:
        return False
    if given.strip() == "*":
        return True
    named = {part.strip().removeprefix("W/").strip('"') for part in given.split(",")}
    return bool(named & {tag, f"{tag}-gzip"})

"""What holds for every request and response, whatever is asked: methods, limits, headers that protect readers."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weighbridge.surfaces.api.problems import Refused
from weighbridge.surfaces.api.refusing import refusal
from weighbridge.surfaces.web.frame import POLICY

QUERY_MOST, PATH_MOST = 4_000, 1_000
"""Characters, as they are sent."""
METHODS = ("GET", "HEAD")
HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
PAGE = f"{POLICY}; frame-ancestors 'none'"
EMBED = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
FILE = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Policies of pages, of a chart alone, and of what is no page."""
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
}
SHARED = ("api/", "charts/", "assets/")
"""What pages of others may fetch and show."""


class Manners:
    """The outermost layer of the server."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI: one request and its response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        only_head = scope["method"] == "HEAD"

        async def mannered(message: Message) -> None:
            if message["type"] == "http.response.start":
                _protect(MutableHeaders(scope=message), scope)
            elif message["type"] == "http.response.body" and only_head:
                message = {**message, "body": b""}
            await send(message)

        try:
            _check(scope)
        except Refused as error:
            await refusal(scope, error)(scope, receive, mannered)
            return
        await self.app({**scope, "method": "GET"}, receive, mannered)


def _check(scope: Scope) -> None:
    """Refuse what is too long, has a body or would change something."""
    if scope["method"] not in METHODS:
        raise Refused("method-not-allowed", f"{scope['method'][:20]} is not answered", "ask with GET or HEAD",
                      {"Allow": ", ".join(METHODS)})  # fmt: skip
    if len(scope.get("raw_path") or scope["path"].encode()) > PATH_MOST:
        raise Refused("too-large", f"the address is longer than {PATH_MOST:,} characters", "ask a shorter one")
    if len(scope["query_string"]) > QUERY_MOST:
        raise Refused("too-large", f"the query is longer than {QUERY_MOST:,} characters", "ask a shorter one")
    headers = Headers(scope=scope)
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise Refused("too-large", "the request has a body", "ask with an address alone", status=413)
    host = headers.get("host")
    if host is not None and not HOST.fullmatch(host):
        raise Refused("usage", "the header Host is no name of a machine", "ask with a name or number, and a port")


def _protect(headers: MutableHeaders, scope: Scope) -> None:
    """Headers that say what may be done with a response."""
    place = scope["path"].lstrip("/")
    html = headers.get("content-type", "").startswith("text/html")
    embed = html and place.startswith(SHARED)
    for name, value in ALWAYS.items():
        headers[name] = value
    headers["Content-Security-Policy"] = EMBED if embed else PAGE if html else FILE
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if place.startswith(SHARED) else "same-origin"
    if html and not embed:
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if place.startswith(("api/", "charts/")):
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = "ETag, Content-Disposition, Retry-After"

"""One request over HTTP: retried, bounded in size and time, honest about waiting, and silent about credentials."""

from __future__ import annotations

import atexit
import functools
import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.shown import plain
from weighbridge.sources.net import retries
from weighbridge.sources.net.retries import (
    LATER,
    PASSING,
    TRIES,
    PassingError,
    Say,
    http_date,
    meaning,
    passing,
    persist,
)
from weighbridge.sources.net.retries import shown as shown

if TYPE_CHECKING:
    import httpx2

MOST = 256 * 2**20
"""Bytes of a body, unpacked, where the caller sets no limit of its own."""
LONGEST_ANSWER = 900.0
"""Seconds from a request to the end of its body: no read may be slower than the time-outs, nor all of them together."""
CONNECT, SILENCE = 20.0, 60.0
REDIRECTS = 5


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: of HTTP.
        headers: names in lower case.
        content: the whole body, unpacked.
        url: where it came from, after redirects.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    url: str = field(repr=False)

    @property
    def date(self) -> datetime | None:
        """The server's own clock, to the second; null where it does not tell."""
        return http_date(self.headers.get("date"))


class MalformedError(SourceFailed):
    """A body that is not what its address promises; a later try may bring it whole."""


def get(
    url: str,
    *,
    params: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    say: Say = lambda words: None,
    most: int = MOST,
    tries: int = TRIES,
    allow: Collection[int] = (),
    stay: bool = False,
) -> Answer:
    """Ask for an address until it answers.

    Cut or refused connections, time-outs, 408, 425, 429 and 5xx are tried again, with exponential back-off and jitter,
    or after as long as `Retry-After` (or a rate limit's reset) asks. Redirects are followed; `headers` go to the host
    of `url` alone.

    Args:
        url: of the scheme `http` or `https`.
        params: of the query, added to the address's own; a list stands for a repeated parameter.
        headers: such as a key; they are shown nowhere.
        say: told in words of waits over five seconds.
        most: bytes that the unpacked body may have.
        tries: how often at most.
        allow: statuses from 300 on that the caller wants as an answer, such as 304 or 404.
        stay: refuse to be led to another host.

    Raises:
        SourceFailed: no whole answer came, or one that says no.
    """
    request = _Request(url, params, headers, most, frozenset(allow), stay)
    return persist(lambda: _once(request), url, say, tries)


def get_json(
    url: str,
    *,
    params: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    say: Say = lambda words: None,
    most: int = MOST,
    tries: int = TRIES,
    allow: Collection[int] = (),
    stay: bool = False,
) -> tuple[Any, Answer]:
    """The same for JSON: a body that is none is tried again as a cut connection is.

    Returns:
        the value and the answer that held it; null for a status in `allow`.

    Raises:
        SourceFailed: as `get`, or the body is no JSON at the last try either.
    """
    request = _Request(url, params, headers, most, frozenset(allow), stay)

    def ask() -> tuple[Any, Answer]:
        answer = _once(request)
        try:
            return (None if answer.status in allow else json_of(answer)), answer
        except MalformedError as fault:
            raise PassingError(fault) from None

    return persist(ask, url, say, tries)


def json_of(answer: Answer) -> Any:
    """The value of a JSON body.

    Raises:
        MalformedError: it is no JSON.
    """
    try:
        return json.loads(answer.content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        reason = plain(str(error))[:200]
        raise MalformedError(
            f"{shown(answer.url)} answers with what is not JSON: {reason}", "try again later"
        ) from None


def pause(answer: Answer, say: Say = lambda words: None) -> None:
    """Wait where an answer says that the requests of its window are used up, until the window ends."""
    retries.pause(answer.headers, answer.url, say)


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses have scheme, host and port in common; one that cannot be read is nobody's."""
    try:
        return _origin(one) == _origin(other)
    except ValueError:
        return False


@dataclass(frozen=True)
class _Request:
    url: str = field(repr=False)
    params: Mapping[str, Any] | None = field(repr=False)
    headers: Mapping[str, str] | None = field(repr=False)
    most: int
    allow: frozenset[int]
    stay: bool


def _once(request: _Request) -> Answer:
    import httpx2

    try:
        return _followed(request)
    except httpx2.TimeoutException as error:
        raise PassingError(SourceFailed(f"{_asked(error, request)} does not answer in time", LATER)) from None
    except (httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.ProxyError, httpx2.DecodingError) as error:
        # The words of other errors may quote a header; those of a connection name hosts and reasons alone.
        reason = f": {plain(str(error))[:200]}" if isinstance(error, httpx2.ConnectError) else ""
        words = f"{_asked(error, request)}: the connection failed ({type(error).__name__}{reason})"
        failure = SourceFailed(words, LATER)
        nobody = isinstance(error, httpx2.ConnectError)
        raise PassingError(failure, tries=retries.UNREACHED_TRIES if nobody else None) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:  # hosts, ports and headers that cannot be sent
        raise SourceFailed(
            f"{shown(request.url)} cannot be asked ({type(error).__name__})", "see to the address"
        ) from None


def _asked(error: httpx2.RequestError, request: _Request) -> str:
    """The address that failed, which after a redirect is not the first one."""
    try:
        return shown(str(error.request.url))
    except RuntimeError:  # the error knows none
        return shown(request.url)


def _followed(request: _Request) -> Answer:
    client = _client()
    if urlsplit(request.url).scheme not in ("http", "https"):
        raise UsageError(f"{shown(request.url)} is no web address", "it begins with https:// or http://")
    sent = client.build_request("GET", request.url, params=request.params or None, headers=request.headers)
    ends = time.monotonic() + LONGEST_ANSWER
    for _ in range(REDIRECTS + 1):
        response = client.send(sent, stream=True)
        try:
            onward = response.next_request
            if onward is None or response.status_code in request.allow:
                return _answer(response, request, ends)
        finally:
            response.close()
        here, there = str(sent.url), str(onward.url)
        if urlsplit(here).scheme == "https" and urlsplit(there).scheme != "https":
            raise SourceFailed(f"{shown(here)} leads to an address without encryption", "see to the address")
        if not same_origin(here, there):
            if request.stay:
                raise SourceFailed(f"{shown(here)} leads to {shown(there)}", "see to the address")
            for name in request.headers or ():
                onward.headers.pop(name, None)
        sent = onward
    raise SourceFailed(f"{shown(request.url)} leads from one address to the next", "see to the address")


def _answer(response: httpx2.Response, request: _Request, ends: float) -> Answer:
    """The whole answer, or the failure that its status stands for."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    status, where = response.status_code, shown(str(response.url))
    if status in PASSING and status not in request.allow:
        raise passing(status, headers, str(response.url))
    if status >= 300 and status not in request.allow:
        raise SourceFailed(f"{where} answers {status} ({meaning(status)})", _HINTS.get(status, _CHANGED))
    pieces, size = [], 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > request.most:
            raise SourceFailed(f"{where} sends more than {request.most:,} bytes", "it is not what it was; see to it")
        if time.monotonic() > ends:
            raise PassingError(SourceFailed(f"{where} sends too slowly", LATER))
        pieces.append(piece)
    return Answer(status, headers, b"".join(pieces), str(response.url))


_CHANGED = "the source may have changed its address"
_HINTS = {
    401: "the source wants a token or key, or does not know the one that was given",
    403: "the source refuses this to who asks; a token or key with more rights may be needed",
    404: "there is no such thing there, or no longer: see to the address, which may have changed",
    410: "there is no such thing there any longer: see to the address, which may have changed",
}


@functools.cache
def _client() -> httpx2.Client:
    from importlib.metadata import version

    import httpx2

    client = httpx2.Client(
        timeout=httpx2.Timeout(SILENCE, connect=CONNECT),
        headers={"user-agent": f"weighbridge/{version('weighbridge')}"},
    )
    atexit.register(client.close)
    return client


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")

"""One request over HTTP: retried, bounded in size and time, honest about waiting, and silent about credentials."""

from __future__ import annotations

import atexit
import functools
import json
import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.clock import moment_text
from weighbridge.records.shown import plain

if TYPE_CHECKING:
    import httpx2

MOST = 256 * 2**20
"""Bytes of a body, unpacked, where the caller sets no limit of its own."""
TRIES = 6
LONGEST_WAIT = 900.0
"""Seconds that a source may ask to wait before the run ends and says when to come back."""
TOLD_FROM = 5.0
"""Seconds of waiting from which on the user is told."""
LONGEST_ANSWER = 900.0
"""Seconds from a request to the end of its body: no read may be slower than the time-outs, nor all of them together."""
CONNECT, SILENCE = 20.0, 60.0
REDIRECTS = 5
PASSING = frozenset({408, 425, 429, *range(500, 600)})
"""Statuses that a later try may not meet again."""

Say = Callable[[str], None]
T = TypeVar("T")


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
        return _http_date(self.headers.get("date"))


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
    return _persist(_Request(url, params, headers, most, frozenset(allow), stay), say, tries, lambda answer: answer)


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

    def made(answer: Answer) -> tuple[Any, Answer]:
        return (None if answer.status in allow else json_of(answer)), answer

    return _persist(_Request(url, params, headers, most, frozenset(allow), stay), say, tries, made)


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
    seconds = _reset(answer.headers)
    if seconds is not None:
        _refuse_long(seconds, answer.url)
        _tell(say, seconds, answer.url, "has no requests left in this window")
        _sleep(seconds)


def shown(url: str) -> str:
    """An address without what may be secret in it: no user, query or fragment."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    return plain(f"{parts.scheme}://{host}{port}{parts.path}")[:300]


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses have scheme, host and port in common."""
    return _origin(one) == _origin(other)


@dataclass(frozen=True)
class _Request:
    url: str = field(repr=False)
    params: Mapping[str, Any] | None = field(repr=False)
    headers: Mapping[str, str] | None = field(repr=False)
    most: int
    allow: frozenset[int]
    stay: bool


class _PassingError(Exception):
    """A failure that a later try may not meet; `wait`: seconds that the source asks for."""

    def __init__(self, failure: SourceFailed, wait: float | None = None) -> None:
        super().__init__(failure.message)
        self.failure, self.wait = failure, wait


def _persist(request: _Request, say: Say, tries: int, made: Callable[[Answer], T]) -> T:
    import stamina

    _hush()
    try:
        for attempt in stamina.retry_context(
            on=_again, attempts=tries, timeout=None, wait_initial=0.5, wait_max=30.0, wait_jitter=0.5
        ):
            with attempt:
                try:
                    return made(_once(request))
                except MalformedError as fault:
                    raise _PassingError(fault) from None
                except _PassingError as fault:
                    if attempt.num < tries:
                        wait = attempt.next_wait if fault.wait is None else fault.wait
                        _tell(say, wait, request.url, fault.failure.message)
                    raise
    except _PassingError as fault:
        raise fault.failure from None
    raise AssertionError("a retry either returns or raises")


def _again(error: Exception) -> bool | float:
    if not isinstance(error, _PassingError):
        return False
    return True if error.wait is None else error.wait


def _once(request: _Request) -> Answer:
    import httpx2

    try:
        return _followed(request)
    except httpx2.TimeoutException as error:
        raise _PassingError(SourceFailed(f"{_asked(error, request)} does not answer in time", _LATER)) from None
    except (httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.ProxyError, httpx2.DecodingError) as error:
        # The words of other errors may quote a header; those of a connection name hosts and reasons alone.
        reason = f": {plain(str(error))[:200]}" if isinstance(error, httpx2.ConnectError) else ""
        words = f"{_asked(error, request)}: the connection failed ({type(error).__name__}{reason})"
        failure = SourceFailed(words, _LATER)
        raise _PassingError(failure) from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
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
        wait = _asked_wait(headers)
        if wait is not None:
            _refuse_long(wait, str(response.url))
        raise _PassingError(SourceFailed(f"{where} answers {status} ({_words(status)})", _LATER), wait)
    if status >= 300 and status not in request.allow:
        raise SourceFailed(f"{where} answers {status} ({_words(status)})", _HINTS.get(status, _CHANGED))
    pieces, size = [], 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > request.most:
            raise SourceFailed(f"{where} sends more than {request.most:,} bytes", "it is not what it was; see to it")
        if time.monotonic() > ends:
            raise _PassingError(SourceFailed(f"{where} sends too slowly", _LATER))
        pieces.append(piece)
    return Answer(status, headers, b"".join(pieces), str(response.url))


_LATER = "try again later; what was fetched is kept and not fetched again"
_CHANGED = "the source may have changed its address"
_HINTS = {
    401: "the source wants a token or key, or does not know the one that was given",
    403: "the source refuses this to who asks; a token or key with more rights may be needed",
    404: "there is no such thing there, or no longer",
    410: "there is no such thing there any longer",
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


@functools.cache
def _hush() -> None:
    """Keep the retry library's log from standard error where no program has asked for logs."""
    logging.getLogger("stamina").addHandler(logging.NullHandler())


def _asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds by `Retry-After`, else by a used-up rate limit.

    A moment is meant by the sender's clock; where that clock is off, it was made by a proxy with a clock like ours, so
    the nearer of both is taken.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until = _http_date(text)
    if until is not None:
        clocks = (_http_date(headers.get("date")), datetime.now(UTC))
        waits = [(until - clock).total_seconds() for clock in clocks if clock is not None]
        return min((wait for wait in waits if wait >= 0), default=0.0)
    return _reset(headers)


def _reset(headers: Mapping[str, str]) -> float | None:
    """Seconds until the next window of a used-up rate limit; null where requests are left or nothing is said."""
    if "ratelimit" not in headers:
        return None
    from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined]  # documented there

    found = parse_ratelimit_headers(headers)
    if found is None or found.remaining:
        return None
    return found.reset_in_seconds + 1.0  # whole seconds are told, and may be rounded down


def _refuse_long(seconds: float, url: str) -> None:
    if seconds > LONGEST_WAIT:
        when = moment_text(datetime.fromtimestamp(time.time() + seconds, UTC).replace(microsecond=0))
        raise SourceFailed(
            f"{shown(url)} asks to wait {seconds:,.0f} seconds",
            f"run the same again after {when}; what was fetched is kept",
        )


def _tell(say: Say, seconds: float, url: str, why: str) -> None:
    if seconds > TOLD_FROM:
        host = urlsplit(url).hostname or "the source"
        say(f"{plain(host)}: waiting {seconds:,.0f} s ({why})")


def _http_date(text: str | None) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _words(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no known status"


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


_sleep = time.sleep

"""Trying again: what may pass by itself, how long is waited before the next try, and who is told of it."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

from weighbridge.errors import SourceFailed
from weighbridge.records.clock import moment_text
from weighbridge.records.shown import plain

TRIES = 6
"""How often at most something is asked for."""
UNREACHED_TRIES = 2
"""The same where nobody is there: no such host, or a refused connection; that passes in hours rather than seconds."""
LONGEST_WAIT = 900.0
"""Seconds that a source may ask to wait before the run ends and says when to come back."""
FOR_EVER = 999_999_999
"""Seconds beyond which a wait is told as this one, since no calendar holds some that may be asked for."""
TOLD_FROM = 5.0
"""Seconds of waiting from which on the user is told."""
PASSING = frozenset({408, 425, 429, *range(500, 600)})
"""Statuses that a later try may not meet again."""
LATER = "try again later; what was fetched is kept and not fetched again"

Say = Callable[[str], None]
"""Tells a user something in words."""
T = TypeVar("T")


class PassingError(Exception):
    """A failure that a later try may not meet.

    Attributes:
        failure: what to raise where it stays.
        wait: seconds that the source asks for.
        tries: after how many it is given up, where that is sooner than usual.
    """

    def __init__(self, failure: SourceFailed, wait: float | None = None, tries: int | None = None) -> None:
        super().__init__(failure.message)
        self.failure, self.wait, self.tries = failure, wait, tries


def persist(ask: Callable[[], T], url: str, say: Say = lambda words: None, tries: int = TRIES) -> T:
    """What `ask` brings, asked again as long as it raises `PassingError`, with exponential back-off and jitter.

    Args:
        ask: one try.
        url: whose host is named where the user is told of a wait.
        say: told in words of waits over five seconds.
        tries: how often at most.

    Raises:
        SourceFailed: the failure of the last try.
    """
    import stamina

    hush()
    try:
        for attempt in stamina.retry_context(
            on=_again, attempts=tries, timeout=None, wait_initial=0.5, wait_max=30.0, wait_jitter=0.5
        ):
            with attempt:
                try:
                    return ask()
                except PassingError as fault:
                    if fault.tries is not None and attempt.num >= fault.tries:
                        raise fault.failure from None
                    if attempt.num < tries:
                        wait = attempt.next_wait if fault.wait is None else fault.wait
                        _tell(say, wait, url, fault.failure.message)
                    raise
    except PassingError as fault:
        raise fault.failure from None
    raise AssertionError("a retry either returns or raises")


def passing(status: int, headers: Mapping[str, str], url: str) -> PassingError:
    """What to raise for a status in `PASSING`, with the wait that it asks for.

    Args:
        status: of HTTP.
        headers: names in lower case.
        url: where it came from.

    Raises:
        SourceFailed: it asks to wait for longer than `LONGEST_WAIT`.
    """
    wait = asked_wait(headers)
    if wait is not None:
        _refuse_long(wait, url)
    return PassingError(SourceFailed(f"{shown(url)} answers {status} ({meaning(status)})", LATER), wait)


def pause(headers: Mapping[str, str], url: str, say: Say) -> None:
    """Wait where an answer says that the requests of its window are used up, until the window ends.

    Raises:
        SourceFailed: it ends later than in `LONGEST_WAIT`.
    """
    seconds = _reset(headers)
    if seconds is not None:
        _refuse_long(seconds, url)
        _tell(say, seconds, url, "has no requests left in this window")
        sleep(seconds)


def shown(url: str) -> str:
    """An address without what may be secret in it: no user, query or fragment."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    return plain(f"{parts.scheme}://{host}{port}{parts.path}")[:300]


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds by `Retry-After`, else by a used-up rate limit.

    A moment is meant by the sender's clock; where that clock is off, it was made by a proxy with a clock like ours, so
    the nearer of both is taken.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until = http_date(text)
    if until is not None:
        clocks = (http_date(headers.get("date")), datetime.now(UTC))
        waits = [(until - clock).total_seconds() for clock in clocks if clock is not None]
        return min((wait for wait in waits if wait >= 0), default=0.0)
    return _reset(headers)


def _reset(headers: Mapping[str, str]) -> float | None:
    """Seconds until the next window of a used-up rate limit; null where requests are left or nothing is said."""
    if "ratelimit" not in headers:
        return None
    from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined]  # documented there

    try:
        found = parse_ratelimit_headers(headers)
        if found is None or found.remaining:
            return None
        return min(found.reset_in_seconds, FOR_EVER) + 1.0  # whole seconds are told, and may be rounded down
    except (ValueError, OverflowError):  # a number of thousands of digits
        return None


def _refuse_long(seconds: float, url: str) -> None:
    if seconds > LONGEST_WAIT:
        seconds = min(seconds, FOR_EVER)
        when = moment_text(datetime.fromtimestamp(time.time() + seconds, UTC).replace(microsecond=0))
        raise SourceFailed(
            f"{shown(url)} asks to wait {seconds:,.0f} seconds",
            f"run the same again after {when}; what was fetched is kept",
        )


def _tell(say: Say, seconds: float, url: str, why: str) -> None:
    if seconds > TOLD_FROM:
        host = urlsplit(url).hostname or "the source"  # it was asked, so it can be read
        say(f"{plain(host)}: waiting {seconds:,.0f} s ({why})")


def http_date(text: str | None) -> datetime | None:
    """The moment that a header gives; null where it gives none."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def meaning(status: int) -> str:
    """What a status stands for, in words."""
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no known status"


def _again(error: Exception) -> bool | float:
    if not isinstance(error, PassingError):
        return False
    return True if error.wait is None else error.wait


@functools.cache
def hush() -> None:
    """Keep the retry library's log from standard error where no program has asked for logs."""
    logging.getLogger("stamina").addHandler(logging.NullHandler())


sleep = time.sleep

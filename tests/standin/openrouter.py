"""OpenRouter: tokens a day of the fifty most used models and of all others together.

`GET /api/v1/datasets/rankings-daily?start_date&end_date` as on
https://openrouter.ai/docs/api/api-reference/datasets/get-rankings-daily: bearer key; `data` of
`{date, model_permaslug, total_tokens}` with tokens as decimal text, by date, then tokens, ties by name, the row `other`
last in its day and absent if nothing is left; `meta` of `{as_of, start_date, end_date, version}`. The data begin on
2025-01-01: an earlier start is moved there, an earlier end is refused with 400. The end is no later than the last whole
day. 30 requests a minute a key, 500 a day; refusals have the form `{"error": {"code", "message"}}` and
`X-RateLimit-*` headers.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .messages import JSON, Asked, Headers, Reply, Row, compact, said

PATH = "/api/v1/datasets/rankings-daily"
FIRST_DAY = date(2025, 1, 1)
SHOWN = 50
USUAL_DAYS = 30


class OpenRouter:
    """The router. `tokens_by_day` is `{"2026-05-11": {"openai/gpt-4o": 123, …}, …}`; `keys` are those that exist
    (None: any, but one is needed); `minute` and `day` are the requests allowed.
    """

    name = "openrouter"
    listing = r"^GET /api/v1/datasets/rankings-daily(\?|$)"
    counter = "total_tokens"
    optional = ""
    key = "model_permaslug"

    def __init__(
        self,
        tokens_by_day: Mapping[str, Mapping[str, int]] | None = None,
        *,
        keys: Iterable[str] | None = None,
        minute: int = 30,
        day: int = 500,
    ) -> None:
        self.tokens_by_day = dict(tokens_by_day or {})
        self.keys = None if keys is None else set(keys)
        self.minute, self.day = minute, day
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._asked: list[float] = []

    def answer(self, asked: Asked) -> Reply:
        """See `Site.answer`."""
        if asked.path != PATH or asked.method != "GET":
            return _error(404, "Not Found")
        if asked.token is None or (self.keys is not None and asked.token not in self.keys):
            return _error(401, "No auth credentials found" if asked.token is None else "User not found.")
        now = time.monotonic()
        if sum(at > now - 60 for at in self._asked) >= self.minute:
            oldest = min(at for at in self._asked if at > now - 60)
            return _refused("datasets-per-key-rpm-v1", self.minute, oldest + 60 - now)
        if len(self._asked) >= self.day:
            return _refused("datasets-per-account-rpd-v1", self.day, 86400)
        self._asked.append(now)
        return self._ranking(asked)

    def limited(self, wait: int) -> Headers:
        """See `Site.limited`."""
        return _spent(self.minute, wait)

    def next_page(self, asked: Asked, reply: Reply) -> Headers:
        """See `Site.next_page`; there is one page."""
        return ()

    def _ranking(self, asked: Asked) -> Reply:
        last = (self.clock() - timedelta(days=1)).date()
        try:
            end = min(_day(asked.get("end_date"), last), last)
            start = max(_day(asked.get("start_date"), end - timedelta(days=USUAL_DAYS)), FIRST_DAY)
        except ValueError:
            return _error(400, "start_date and end_date are YYYY-MM-DD")
        if end < FIRST_DAY or start > end:
            return _error(400, f"The window must end on or after {FIRST_DAY} and not before it starts")
        meta = {
            "as_of": self.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "start_date": start.isoformat(),
            "end_date": end.isoformat(),
            "version": "v1",
        }
        rows = [
            row
            for day, tokens in sorted(self.tokens_by_day.items())
            if start.isoformat() <= day <= end.isoformat()
            for row in _rows_of(day, tokens)
        ]
        return Reply(200, JSON, rows=rows, write=lambda of: compact({"data": of, "meta": meta}))


def _rows_of(day: str, tokens: Mapping[str, int]) -> list[Row]:
    ranked = sorted(tokens.items(), key=lambda pair: (-pair[1], pair[0]))
    rows: list[tuple[str, Any]] = list(ranked[:SHOWN])
    if rest := ranked[SHOWN:]:
        rows.append(("other", sum(count for _, count in rest)))
    return [{"date": day, "model_permaslug": name, "total_tokens": str(count)} for name, count in rows]


def _day(text: str, otherwise: date) -> date:
    if text and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text) if text else otherwise


def _spent(limit: int, wait: float) -> Headers:
    reset = round((time.time() + wait) * 1000)
    return (
        ("X-RateLimit-Limit", str(limit)),
        ("X-RateLimit-Remaining", "0"),
        ("X-RateLimit-Reset", str(reset)),
    )


def _refused(which: str, limit: int, wait: float) -> Reply:
    return _error(
        429, f"Rate limit exceeded: {which}.", ("Retry-After", str(max(1, round(wait)))), *_spent(limit, wait)
    )


def _error(status: int, message: str, *headers: tuple[str, str]) -> Reply:
    return said({"error": {"code": status, "message": message}}, status, *headers)

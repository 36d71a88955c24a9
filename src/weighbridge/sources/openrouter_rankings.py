"""OpenRouter's daily rankings: tokens a day of the fifty most used models, and of all others together."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.clock import day_number, day_text, parse_day, parse_moment
from weighbridge.records.observations import Batch, Reject, observations
from weighbridge.records.parts import PARTS
from weighbridge.records.shown import plain
from weighbridge.records.source import Asked, Choice, Descriptor, Fetched, Landing
from weighbridge.sources.net import client
from weighbridge.sources.net.pages import write_whole
from weighbridge.sources.net.quota import Quota
from weighbridge.sources.net.settings import address_in, key_in

ADDRESS = "https://openrouter.ai"
ELSEWHERE = "WEIGHBRIDGE_OPENROUTER_URL"
"""Environment variable with another address, as of a proxy."""
PATH = "/api/v1/datasets/rankings-daily"
KEY = "OPENROUTER_API_KEY"
VERSION = "v1"
FIRST_DAY = parse_day("2025-01-01")
LONGEST_WINDOW = 366
"""Days that one request may ask for."""
RESTATED_DAYS = 7
"""Days before the last one held that are read again, since figures may be restated."""
A_MINUTE, A_DAY = 30, 500
"""Requests that the source allows."""
AHEAD = 1  # days that a clock may be before ours, and a day's figures before the moment as of which they are
TRIES = 4
KEPT_SECONDS = 86_400  # how long windows that a stopped run left are of use
MOST_BYTES = 64 * 2**20
LARGEST = 10**17  # tokens of a model and day; more than a thousand times what all models together have
REST = "other"
NAME = re.compile(r"[A-Za-z0-9~][A-Za-z0-9._~:/+-]{0,199}")
"""Names of models with their variant, as `openai/gpt-4o-2024-05-13:free`."""
CITATION = "Source: OpenRouter (openrouter.ai/rankings), as of {as_of}. Licensed under CC BY 4.0."


class OpenRouterRankings:
    """Fetches windows of days, newest first, and reads answers of the API, one a line."""

    id = "openrouter-rankings"
    choices: tuple[Choice, ...] = ("since", "days")
    companions: tuple[tuple[str, Asked], ...] = ()
    descriptor = Descriptor(
        id="openrouter-rankings",
        title="Tokens a day by model on OpenRouter",
        producer="OpenRouter",
        licence="CC-BY-4.0",
        terms="Cite OpenRouter (openrouter.ai/rankings) with the answer's `as_of`. Figures may be restated. "
        "Each provider counts with its own tokenizer, so tokens of different models are not strictly comparable.",
        population="selection",
        gives="tokens a day of the fifty most used models and of all others together; amounts of periods, no counters",
        hub="openrouter",
        unit="tokens",
        key=KEY,
    )

    def fetch(self, landing: Landing, asked: Asked) -> Iterator[Fetched]:
        """See `LiveSource.fetch`; days from `RESTATED_DAYS` before the last one held, or all there are."""
        if asked.revision is not None or asked.top is not None:
            raise UsageError("openrouter-rankings gives days", "leave the option out, or give --since or --days")
        first, until = _wanted(asked)
        windows = _Windows(landing)
        answers = windows.answers(first, until)
        lines = b"".join(json.dumps(answer, separators=(",", ":")).encode() + b"\n" for answer in reversed(answers))
        days = [day for answer in answers for day, _, _, wrong in _rows(answer) if not wrong]
        told = _origin(client.shown(windows.address), answers, day_text(max(days)))
        if asked.held is not None and asked.held.get("figures") == told["figures"]:
            return
        path = landing.folder / "rankings.jsonl"
        write_whole(path, lines)
        landing.tell(len(days))
        yield Fetched(path, origin=told)

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; the days stand in the answers."""
        answers = [checked(answer, str(path)) for answer in _documents(path)]
        rows: dict[tuple[int, str], int] = {}
        rejects: list[Reject] = []
        found = (row for answer in answers for row in _rows(answer))
        for number, (day, name, tokens, wrong) in enumerate(found, 1):
            if wrong or (day, name) in rows:
                rejects.append(Reject(number, wrong or "", "is not valid here" if wrong else "stands twice"))
            else:
                rows[day, name] = tokens
        if not rows:
            raise SourceFailed(f"{path} holds no day", "give answers of the API with figures, or fetch again")
        yield Batch(observations({}, 0), rejects, parts={"amounts": _amounts(rows)})


class _Windows:
    """Answers for windows of days; those that landed in a run that was stopped are not asked for again."""

    def __init__(self, landing: Landing) -> None:
        key = key_in(KEY)
        if key is None:
            raise UsageError(
                f"OpenRouter gives its rankings only with a key, and {KEY} is not in the environment",
                "get a key at openrouter.ai/settings/keys and set the variable",
            )
        self.headers = {"authorization": f"Bearer {key}"}
        self.address = address_in(ELSEWHERE, ADDRESS) + PATH
        self.landing = landing
        self.quota = Quota(landing.folder.parent / f"{OpenRouterRankings.id}.quota.json", A_MINUTE, A_DAY)

    def answers(self, first: int, until: int | None) -> list[dict[str, Any]]:
        """All answers that cover the days `first ≤ d < until`, the newest first; null stands for the newest day.

        The server tells what its newest day is, so a clock that is wrong here moves nothing.
        """
        newest = self._answer({} if until is None else _window(max(first, until - LONGEST_WINDOW), until))
        if not newest["data"]:
            raise SourceFailed(f"{client.shown(self.address)} gives no figures for these days", "try again later")
        found = [newest]
        reached = parse_day(newest["meta"]["start_date"])
        while reached > first:
            found.append(self._answer(_window(max(first, reached - LONGEST_WINDOW), reached)))
            start = parse_day(found[-1]["meta"]["start_date"])
            if start >= reached:
                raise SchemaChanged(f"{client.shown(self.address)} gives no days before {day_text(reached)}", _HINT)
            reached = start
        return [answer for answer in found if answer["data"]]

    def _answer(self, window: Mapping[str, str]) -> dict[str, Any]:
        name = "-".join(window.values()).replace("-", "") or "newest"
        path = self.landing.folder / f"window-{name}.json"
        fresh = path.exists() and time.time() - path.stat().st_mtime < KEPT_SECONDS
        if window and fresh:  # the newest days are always asked for
            return checked(json.loads(path.read_bytes()), str(path))
        found = self._asked(window)
        if not found["data"]:  # it may be a passing fault, and what is taken for empty once is never read again
            found = self._asked(window)
        if window:
            write_whole(path, json.dumps(found).encode())
        return found

    def _asked(self, window: Mapping[str, str]) -> dict[str, Any]:
        self.quota.take(TRIES, self.landing.say)
        value, answer = client.get_json(
            self.address, params=window, headers=self.headers, say=self.landing.say, most=MOST_BYTES, tries=TRIES
        )
        return checked(value, client.shown(answer.url))


def checked(value: Any, where: str) -> dict[str, Any]:
    """An answer whose form is the one that is known; single rows may still be wrong.

    Raises:
        SchemaChanged: it is not.
    """
    meta = value.get("meta") if isinstance(value, dict) else None
    rows = value.get("data") if isinstance(value, dict) else None
    if not isinstance(meta, dict) or not isinstance(rows, list):
        raise _changed(where, "data and meta", value)
    as_of, start = _as_of(meta), _day(str(meta.get("start_date")))
    if as_of is None or start is None or start > as_of + AHEAD:
        raise _changed(where, "meta with an as_of that is past, and a start_date", meta)
    if meta.get("version", VERSION) != VERSION:
        raise SchemaChanged(
            f"{where} is version {plain(str(meta['version']))[:40]} of the rankings", f"{VERSION} is known"
        )
    for name in ("date", "model_permaslug", "total_tokens"):
        if rows and not any(isinstance(row, dict) and row.get(name) is not None for row in rows):
            raise _changed(where, f"rows with {name}", rows[0])
    if rows and all(wrong for _, _, _, wrong in _rows({"data": rows, "meta": meta})):
        raise SchemaChanged(f"{where} has no row with a day, a name and a whole number of tokens", _HINT)
    return {"data": rows, "meta": meta}


_HINT = "the source has changed its answers; a newer version of Weighbridge may know them"


def _wanted(asked: Asked) -> tuple[int, int | None]:
    if asked.days is not None:
        return max(asked.days[0], FIRST_DAY), asked.days[1]
    if asked.since is not None:
        return max(day_number(asked.since.astimezone(UTC).date()), FIRST_DAY), None
    through = _day(str((asked.held or {}).get("through")))
    if through is None or through > day_number(datetime.now(UTC).date()) + AHEAD:  # no such day can have been read
        return FIRST_DAY, None
    return max(through - RESTATED_DAYS + 1, FIRST_DAY), None


def _window(start: int, end: int) -> dict[str, str]:
    """Parameters for the days `start ≤ d < end`; the API's window holds both its ends."""
    return {"start_date": day_text(start), "end_date": day_text(end - 1)}


def _origin(address: str, answers: Sequence[Mapping[str, Any]], through: str) -> dict[str, Any]:
    """Where answers are from, the newest first; `figures` is a digest of the newest's, to notice when none moved."""
    as_of = plain(max(answer["meta"]["as_of"] for answer in answers))
    figures = json.dumps(answers[0]["data"], sort_keys=True).encode()
    return {
        "address": address,
        "as_of": as_of,
        "citation": CITATION.format(as_of=as_of),
        "through": through,
        "requests": len(answers),
        "figures": hashlib.sha256(figures).hexdigest(),
    }


def _day(text: str) -> int | None:
    try:
        return parse_day(text)
    except UsageError:
        return None


def _as_of(meta: Mapping[str, Any]) -> int | None:
    """The day as of which an answer is; null where it does not say, or one that is still to come."""
    text = meta.get("as_of")
    try:
        day = day_number(parse_moment(text).date()) if isinstance(text, str) else None
    except UsageError:
        return None
    return None if day is None or day > day_number(datetime.now(UTC).date()) + AHEAD else day


def _rows(answer: Mapping[str, Any]) -> Iterator[tuple[int, str, int, str]]:
    """Day, name, tokens, and the field that is wrong, of each row; a day that was still to come is wrong too."""
    last = (_as_of(answer["meta"]) or 0) + AHEAD
    for row in answer["data"]:
        day, name, tokens, wrong = _row(row)
        yield day, name, tokens, wrong or ("date" if day > last else "")


def _row(row: Any) -> tuple[int, str, int, str]:
    """Day, name, tokens, and the field that is wrong."""
    if not isinstance(row, dict):
        return 0, "", 0, "row"
    name, tokens = row.get("model_permaslug"), row.get("total_tokens")
    day = _day(str(row.get("date")))
    if day is None:
        return 0, "", 0, "date"
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return day, "", 0, "model_permaslug"
    text = str(tokens) if isinstance(tokens, int | str) and not isinstance(tokens, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and int(text) <= LARGEST):
        return day, name, 0, "total_tokens"
    return day, name, int(text), ""


def _amounts(rows: Mapping[tuple[int, str], int]) -> pa.Table:
    order = sorted(rows, key=lambda key: (key[0], key[1] == REST, -rows[key], key[1]))
    columns = {
        "start": [day for day, _ in order],
        "end": [day + 1 for day, _ in order],
        "level": ["rest" if name == REST else "model" for _, name in order],
        "name": [name for _, name in order],
        "amount": [rows[key] for key in order],
        "share": [None] * len(order),
    }
    return pa.table(columns, schema=PARTS["amounts"].schema)


def _documents(path: Path) -> Iterator[Any]:
    """A saved answer, or several, one a line."""
    try:
        if path.stat().st_size > MOST_BYTES * 4:
            raise SourceFailed(f"{path} is too large for these rankings", "give answers of the API")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceFailed(f"{path}: {error.strerror or error}", "give a file that exists and can be read") from None
    except UnicodeDecodeError:
        raise SourceFailed(f"{path} is not UTF-8", "give answers of the API") from None
    try:
        yield json.loads(text)
        return
    except (ValueError, RecursionError):
        lines = [line for line in text.splitlines() if line.strip()]
    try:
        found = [json.loads(line) for line in lines]
    except (ValueError, RecursionError) as error:
        raise SourceFailed(f"{path} is not JSON: {plain(str(error))[:200]}", "give answers of the API") from None
    yield from found


def _changed(where: str, wanted: str, there: Any) -> SchemaChanged:
    keys = ", ".join(plain(str(key))[:40] for key in list(there)[:20]) if isinstance(there, dict) else "no object"
    return SchemaChanged(f"{where} has no {wanted}; it has: {keys or 'nothing'}", _HINT)


SOURCE = OpenRouterRankings()

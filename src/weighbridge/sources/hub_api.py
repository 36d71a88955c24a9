"""The whole Hugging Face Hub, live: every model with its counters, as the Hub's API lists them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.clock import moment_text, parse_moment
from weighbridge.records.observations import Batch, Reject
from weighbridge.records.shown import plain
from weighbridge.records.source import Asked, Choice, Descriptor, Fetched, Landing
from weighbridge.sources.hub_rows import CARD, batch_of, piece_of
from weighbridge.sources.net.client import Answer, pause, shown
from weighbridge.sources.net.hub import REFUSED, client_name, the_hub
from weighbridge.sources.net.pages import (
    CursorLostError,
    Listing,
    Page,
    page_files,
    page_rows,
    pages_folder,
    walk,
    write_whole,
)

PATH = "/api/models"
PAGE_ROWS = 1000
EXPAND = (
    "downloads", "downloadsAllTime", "likes", "createdAt", "lastModified", "pipeline_tag", "library_name", "tags",
    "safetensors", "gguf", "gated", "cardData", "private",
)  # fmt: skip
"""What is asked of every model beside `_id` and `id`."""
KEPT = tuple(name for name in EXPAND if name not in ("cardData", "private"))
WEIGHTS = ("safetensors", "gguf")
COUNTERS = ("downloads", "downloadsAllTime")
ENOUGH_ROWS = 50
"""Rows of a page from which on a field that none of them has is no chance."""
BATCH_PAGES = 50
ABOUT = "listing.json"
A_DAY = timedelta(days=1)
Row = dict[str, Any]


class HubApi:
    """Fetches the listing page by page, checkpointed, and reads a folder of landed pages."""

    id = "hub-api"
    descriptor = Descriptor(
        id="hub-api",
        title="The Hugging Face Hub's own listing of all models, fetched live",
        producer="Hugging Face",
        licence="facts of the Hub's public API; see the Hub's terms of service",
        terms="The counters are facts from the Hub's public API; its terms and rate limits hold for who fetches.",
        population="census",
        gives="names and immutable keys, 30-day and cumulative download counters, likes, creation dates, tasks, "
        "libraries, licences, declared base models and relations, parameters, gating",
        hub="huggingface",
        unit="downloads",
        folder=True,
    )
    choices: tuple[Choice, ...] = ("since",)
    companions: tuple[tuple[str, Asked], ...] = ()

    def fetch(self, landing: Landing, asked: Asked) -> Iterator[Fetched]:
        """See `LiveSource.fetch`."""
        if asked.revision is not None or asked.days is not None or asked.top is not None:
            raise UsageError("hub-api lists the Hub as it is now", "leave the option out, or give --since")
        held = (asked.held or {}).get("fields")
        pages = _Pages(landing, asked.since, held if isinstance(held, Mapping) else {})
        listing = walk(landing, pages.asked, pages.start, pages.page)
        fields = {name: listing.tally.get(name, 0) for name in KEPT}
        if not listing.rows:
            if asked.since is not None:
                return
            raise SourceFailed(f"{shown(pages.hub.endpoint)} lists no models", "see to HF_ENDPOINT")
        pages.check(listing.tally)
        gone = [name for name, count in fields.items() if not count and pages.held.get(name)]
        for name in gone:
            landing.say(f"no model has the field {name} any longer")
        folder = pages_folder(landing)
        write_whole(folder / ABOUT, json.dumps({"fields": fields, "gone": gone}, indent=1).encode())
        yield Fetched(
            path=folder,
            at=_observed(listing, landing.say),
            selection=asked.since is not None,
            origin=_origin(pages.asked, listing, fields, gone),
        )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; a model that stands on two pages counts as the later one has it."""
        files = page_files(path)
        if not files:
            raise SourceFailed(f"{path} holds no pages", "give a folder with page-00001.jsonl.zst and so on")
        if at is None:
            raise UsageError(f"{path} does not say when the counters were observed", "give the day with --at")
        counts, twice = _looked_through(files)
        once = _Once(twice)
        firsts = np.cumsum([1, *counts]).tolist()
        doubts = [Reject(0, name, f"no model has the field {name} any longer") for name in _gone(path)]
        for end in range(len(files), 0, -BATCH_PAGES):
            rows, numbers = list[Any](), list[int]()
            for place in reversed(range(max(end - BATCH_PAGES, 0), end)):
                there = list(page_rows(files[place]))
                for offset in reversed(range(len(there))):
                    if once.new(there[offset]):
                        rows.append(there[offset])
                        numbers.append(firsts[place] + offset)
            batch = batch_of(piece_of(rows, numbers), at)
            yield Batch(batch.rows, batch.rejects, [*doubts, *batch.doubts])
            doubts = []


class _Pages:
    """Fetches single pages of one listing, and keeps of them what is read."""

    def __init__(self, landing: Landing, since: datetime | None, held: Mapping[str, Any]) -> None:
        self.say, self.since, self.held = landing.say, since, held
        # By creation, so that a walk is not moved by what happens meanwhile; by change, where it ends at a moment.
        self.sort = "createdAt" if since is None else "lastModified"
        self.hub = the_hub()
        self.start = self.hub.place(PATH, {"limit": PAGE_ROWS, "sort": self.sort, "expand": list(EXPAND)})
        self.asked = {
            "endpoint": shown(self.hub.endpoint),
            "sort": self.sort,
            "since": moment_text(since) if since else None,
            "expand": list(EXPAND),
        }
        self.seen: set[str] = set()
        self._latest: Answer | None = None
        self._refused = False

    def page(self, place: str) -> Page:
        """See `pages.walk`."""
        if self._latest is not None:
            pause(self._latest, self.say)
        refusable = place != self.start or not self._refused
        value, answer = self.hub.ask(place, self.say, REFUSED if refusable else ())
        self._latest = answer
        if answer.status in REFUSED:
            self._refused |= place == self.start  # once may be chance; twice, the Hub no longer takes the question
            raise CursorLostError
        if not isinstance(value, list):
            raise SchemaChanged(f"{shown(place)} answers no list", "the Hub's API has changed")
        onward = self.hub.onward(answer)
        models = [row for row in value if not (isinstance(row, dict) and row.get("private") is True)]
        if self.since is not None:
            if models and _older(models[-1], self.since):
                onward = None
            models = [row for row in models if not _older(row, self.since)]
        rows = [_kept(row) for row in models]
        fields = {name: sum(_has(row, name) for row in rows) for name in ("id", *KEPT)}
        self.seen |= {name for row in value if isinstance(row, dict) for name in row}
        if len(rows) >= ENOUGH_ROWS:
            self.check(fields)
        return Page(rows, onward, answer.date, fields | {"private": len(value) - len(models)})

    def check(self, fields: Mapping[str, int]) -> None:
        """Refuse models without what a reading cannot do without, by how many of them have which field.

        `downloadsAllTime` is needed where the latest reading had it: a hub that never gave it can still be weighed by
        the 30-day counter, but one that no longer gives it breaks every flow.
        """
        needed = ["id", "downloads", *(["downloadsAllTime"] if self.held.get("downloadsAllTime") else [])]
        lost = [name for name in needed if not fields.get(name)]
        if lost:
            there = ", ".join(plain(name)[:40] for name in sorted(self.seen)[:40]) or "none"
            raise SchemaChanged(
                f"the Hub's models have no {' and no '.join(lost)} that can be read; their fields: {there}",
                "the Hub's API has changed",
            )


class _Once:
    """Tells at which sight a model is new, for those that are known to come more than once."""

    def __init__(self, twice: frozenset[int]) -> None:
        self.twice, self.seen = twice, set[str]()

    def new(self, row: Any) -> bool:
        """Whether a row is the first of its model."""
        key = _key(row)
        if key is None or hash(key) not in self.twice:
            return True
        if key in self.seen:
            return False
        self.seen.add(key)
        return True


def _looked_through(files: list[Path]) -> tuple[list[int], frozenset[int]]:
    """Rows of each page; and hashes of the keys that stand on several rows (and of the few that share one by chance).

    Eight bytes a model are held, and not its key.
    """
    counts, parts = [], []
    for file in files:
        keys = [_key(row) for row in page_rows(file)]
        counts.append(len(keys))
        parts.append(np.array([hash(key) for key in keys if key], np.int64))
    hashes = np.sort(np.concatenate(parts))
    return counts, frozenset(hashes[1:][hashes[1:] == hashes[:-1]].tolist())


def _key(row: Any) -> str | None:
    key = (row.get("_id") or row.get("id")) if isinstance(row, dict) else None
    return key if isinstance(key, str) else None


def _kept(row: Any) -> Any:
    """What is read of a model, under names that `hub-dump` knows too; what is no object stays as it is."""
    if not isinstance(row, dict):
        return row
    kept: Row = {name: row[name] for name in ("_id", "id", *KEPT) if row.get(name) is not None}
    for name in WEIGHTS:
        if isinstance(kept.get(name), dict):
            kept[name] = {"total": kept[name].get("total")}
    card = row.get("cardData")
    if isinstance(card, dict):
        kept |= {name: card[name] for name in CARD if isinstance(card.get(name), (str, list))}
    return kept


def _older(row: Any, since: datetime) -> bool:
    try:
        return parse_moment(row["lastModified"]) < since
    except (UsageError, KeyError, TypeError, AttributeError):
        return False


def _has(row: Any, name: str) -> bool:
    """Whether an element has a field; a counter, as a number."""
    value = row.get(name) if isinstance(row, dict) else None
    if name in COUNTERS:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return value is not None


def _gone(folder: Path) -> list[str]:
    """Fields that no model had any longer, as the fetch saw it."""
    about = folder / ABOUT
    try:
        return [name for name in json.loads(about.read_bytes())["gone"] if name in KEPT] if about.exists() else []
    except (OSError, ValueError, KeyError, TypeError):
        raise SourceFailed(f"{about} cannot be read", "delete it, or fetch again") from None


def _observed(listing: Listing, say: Callable[[str], None]) -> datetime:
    """When the listing was observed: by the Hub's clock at the first page, unless that cannot be."""
    if listing.first is None:
        say("the Hub does not tell the time; the listing is dated by this machine's clock")
        return listing.began
    off = listing.first - listing.began
    if listing.first > datetime.now(UTC) + A_DAY:
        say(f"the Hub's clock says {moment_text(listing.first)}; the listing is dated by this machine's clock")
        return listing.began
    if abs(off) > A_DAY:
        say(f"the Hub's clock says {moment_text(listing.first)}, over a day off this machine's; the listing is of then")
    return listing.first


def _origin(asked: Mapping[str, Any], listing: Listing, fields: Mapping[str, int], gone: list[str]) -> dict[str, Any]:
    return {
        **{name: asked[name] for name in ("endpoint", "sort", "since")},
        "path": PATH,
        "client": client_name(),
        "pages": listing.pages,
        "rows": listing.rows,
        "private": listing.tally.get("private", 0),
        "began": moment_text(listing.began),
        "hub_first": listing.first and moment_text(listing.first),
        "hub_last": listing.last and moment_text(listing.last),
        "fields": dict(fields),
        "gone": gone,
    }


SOURCE = HubApi()

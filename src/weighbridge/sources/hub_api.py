"""The whole Hugging Face Hub, live: every model with its counters, as the Hub's API lists them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.clock import moment_text, parse_moment
from weighbridge.records.observations import Batch, Reject
from weighbridge.records.shown import plain
from weighbridge.records.source import Asked, Choice, Descriptor, Fetched, Landing
from weighbridge.sources.hub_census import ENOUGH, HALF, NAMES, NEARLY_ALL, Census, Looked, key_of, look
from weighbridge.sources.hub_rows import CARD, batch_of, piece_of
from weighbridge.sources.net.client import Answer, pause, shown
from weighbridge.sources.net.clock import observed
from weighbridge.sources.net.hub import REFUSED, client_name, the_hub
from weighbridge.sources.net.landed import page_rows, whole_pages, write_whole
from weighbridge.sources.net.pages import BrokenPageError, CursorLostError, Listing, Page, pages_folder, walk

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
DOUBLES, LOST = 0.001, 0.01
"""Parts of all rows from which on it is told that they are doubles, or have no counter."""
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
        pages = _Pages(landing, asked.since, Census.of(asked.held))
        listing = walk(landing, pages.asked, pages.start, pages.page, distinct=True, odd_end=pages.odd_end)
        fields = {name: listing.tally.get(name, 0) for name in KEPT}
        if not listing.rows:
            if asked.since is not None:
                return
            raise SourceFailed(f"{shown(pages.hub.endpoint)} lists no models", "see to HF_ENDPOINT")
        files = whole_pages(pages_folder(landing))
        looked = look(files)
        pages.check_all(listing, list(page_rows(files[0])))
        gone = [name for name, count in fields.items() if not count and pages.had(name)]
        for name in gone:
            landing.say(f"no model has the field {name} any longer")
        short = pages.short(listing, looked)
        about = {"fields": fields, "gone": gone}
        write_whole(pages_folder(landing) / ABOUT, json.dumps(about, indent=1).encode())
        census = short is None and asked.since is None
        kept = Census(looked.models, fields) if census else pages.held
        yield Fetched(
            path=pages_folder(landing),
            at=observed(listing.first, listing.began, landing.say, looked.newest, _moment(asked.held)),
            selection=not census,
            origin=_origin(pages.asked, listing, fields, gone)
            | {
                "doubles": looked.doubles,
                "odd_end": bool(listing.tally.get("odd_end")),
                "short_of": short,
                "compared_with": pages.held and pages.held.rows,
                "census": kept and kept.document(),
            },
        )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; a model that stands on two pages counts as the later one has it."""
        files = whole_pages(path)
        if at is None:
            raise UsageError(f"{path} does not say when the counters were observed", "give the day with --at")
        looked = look(files)
        once = _Once(looked)
        firsts = np.cumsum([1, *looked.counts]).tolist()
        doubts = [Reject(0, name, f"no model has the field {name} any longer") for name in _gone(path)]
        if looked.doubles > DOUBLES * looked.rows:
            doubts.append(Reject(0, "", f"{looked.doubles:,} of {looked.rows:,} rows are of a model that came before"))
        for end in range(len(files), 0, -BATCH_PAGES):
            rows, numbers, rejects = list[Any](), list[int](), list[Reject]()
            for place in reversed(range(max(end - BATCH_PAGES, 0), end)):
                there = list(page_rows(files[place]))
                for offset in reversed(range(len(there))):
                    row, number = there[offset], firsts[place] + offset
                    if once.shared(row):
                        rejects.append(Reject(number, "hub_key", f"its _id stands for over {NAMES} names"))
                    elif once.new(row):
                        rows.append(row)
                        numbers.append(number)
            batch = batch_of(piece_of(rows, numbers), at)
            yield Batch(batch.rows, [*rejects, *batch.rejects], [*doubts, *batch.doubts])
            doubts = []


class _Pages:
    """Fetches single pages of one listing, and keeps of them what is read."""

    def __init__(self, landing: Landing, since: datetime | None, held: Census | None) -> None:
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
        self._refused = self._reached = False

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
        onward = self.hub.onward(answer, PATH)
        if not value and onward is not None:
            raise BrokenPageError("has no models, though more are promised")
        models = [row for row in value if not (isinstance(row, dict) and row.get("private") is True)]
        if self.since is not None:
            if models and _older(models[-1], self.since):
                onward, self._reached = None, True
            models = [row for row in models if not _older(row, self.since)]
        rows = [_kept(row) for row in models]
        fields = _fields(rows)
        self.seen |= {name for row in value if isinstance(row, dict) for name in row}
        if len(rows) >= ENOUGH_ROWS:
            self.check(fields, len(rows))
        different = len({key_of(row) or str(place) for place, row in enumerate(value)})
        odd_end = onward is None and not self._reached and (not value or different >= PAGE_ROWS)
        more = {"private": len(value) - len(models), "odd_end": int(odd_end)}
        return Page(rows, onward, answer.date, fields | more, _mark(rows))

    def odd_end(self, listing: Listing, page: Page) -> bool:
        """See `pages.walk`: a listing ends odd after a full or an empty page, or far from the size it had."""
        return bool(page.tally.get("odd_end")) or self._is_short(listing.rows + len(page.rows))

    def _is_short(self, models: int) -> bool:
        return self.since is None and self.held is not None and models < ENOUGH * self.held.rows

    def short(self, listing: Listing, looked: Looked) -> int | None:
        """What a listing falls short of, told to the user; null: nothing, as far as can be known.

        It is the models of the census before, or, with none before, the models themselves where a full first page leads
        nowhere. One that ends odd after more pages is told, and believed: the Hub has said where the next page is.
        """
        models, odd = looked.models, bool(listing.tally.get("odd_end"))
        if self.since is not None:
            return None
        if self.held is None and odd:
            what = "THIS IS NO CENSUS: it is read as a chosen set" if listing.pages == 1 else "THIS MAY BE NO CENSUS"
            self.say(
                f"{what}; the listing ends after {models:,} models with a full or an empty page, as one that is cut "
                "short would, and no census before says how many there are"
            )
            return models if listing.pages == 1 else None
        if self.held is None:
            self.say(f"{models:,} models are listed; there is no census before to compare that with")
        if not self._is_short(models):
            return None
        before = self.held.rows if self.held else 0
        self.say(
            f"THIS IS NO CENSUS: {models:,} models are listed, where the census before had {before:,}; it is read as a "
            "chosen set (if the Hub has really lost so many: `weighbridge sync hub-api --anew`)"
        )
        return before

    def had(self, name: str) -> bool:
        """Whether the census before had a field."""
        return self.held is not None and bool(self.held.fields.get(name))

    def check_all(self, listing: Listing, first: Sequence[Any]) -> None:
        """Refuse a whole listing most of which has lost a counter; `first`: the rows of its first page."""
        if not listing.rows:
            return
        page = _fields(first)
        before = self.held or Census(len(first), {**page, "downloads": len(first)})
        lost = [
            name
            for name in COUNTERS
            if listing.tally.get(name, 0) / listing.rows < HALF * before.share(name) and before.fields.get(name)
        ]
        self._refuse(lost if self.since is None or "downloads" in lost else [])
        self.check(listing.tally, listing.rows)
        without = listing.rows - listing.tally.get("downloads", 0)
        if without > LOST * listing.rows:
            self.say(f"{without:,} of {listing.rows:,} models have no downloads that can be read")

    def check(self, fields: Mapping[str, int], rows: int) -> None:
        """Refuse models without what a reading cannot do without, by how many of them have which field.

        `downloadsAllTime` is needed where the census before had it: a hub that never gave it can still be weighed by
        the 30-day counter, but one that no longer gives it breaks every flow.
        """
        needed = ["id", "downloads", *(["downloadsAllTime"] if self.had("downloadsAllTime") else [])]
        whole = [name for name in needed if self.held and self.held.share(name) >= NEARLY_ALL]
        self._refuse(
            [name for name in needed if not fields.get(name) or (name in whole and fields[name] < HALF * rows)]
        )

    def _refuse(self, lost: Sequence[str]) -> None:
        if lost:
            there = ", ".join(plain(name)[:40] for name in sorted(self.seen)[:40]) or "none"
            raise SchemaChanged(
                f"the Hub's models have no {' and no '.join(lost)} that can be read; their fields: {there}",
                "the Hub's API has changed",
            )


class _Once:
    """Tells at which sight a model is new, for those that are known to come more than once."""

    def __init__(self, looked: Looked) -> None:
        self.looked, self.seen = looked, set[str]()

    def shared(self, row: Any) -> bool:
        """Whether a row's key does not tell which model it is."""
        key = key_of(row) if self.looked.shared else None
        return key is not None and hash(key) in self.looked.shared

    def new(self, row: Any) -> bool:
        """Whether a row is the first of its model."""
        key = key_of(row)
        if key is None or hash(key) not in self.looked.twice:
            return True
        if key in self.seen:
            return False
        self.seen.add(key)
        return True


def _mark(rows: Sequence[Any]) -> str:
    """By which a page is known again: its models, in any order and with any counters."""
    models = sorted(f"{key_of(row)} {row.get('id')}" for row in rows if isinstance(row, dict))
    return hashlib.sha256("\n".join(models).encode(errors="replace")).hexdigest() if models else ""


def _fields(rows: Sequence[Any]) -> dict[str, int]:
    """How many rows have which field."""
    return {name: sum(_has(row, name) for row in rows) for name in ("id", *KEPT)}


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


def _moment(origin: Mapping[str, Any] | None) -> datetime | None:
    """When the latest reading was observed, as far as its origin tells."""
    try:
        return parse_moment((origin or {})["hub_first"])
    except (UsageError, KeyError, TypeError, AttributeError):
        return None


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

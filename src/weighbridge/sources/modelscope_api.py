"""ModelScope, live: the hub's public listing of models, read in parts since no part of it may be longer than 3,000."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.clock import moment_text
from weighbridge.records.observations import Batch
from weighbridge.records.shown import plain
from weighbridge.records.source import Asked, Choice, Descriptor, Fetched, Landing
from weighbridge.sources.hub_rows import batch_of, piece_of
from weighbridge.sources.net import client, latest
from weighbridge.sources.net.clock import observed
from weighbridge.sources.net.landed import whole_pages
from weighbridge.sources.net.pages import BrokenPageError, Listing, Page, page_files, page_rows, pages_folder, walk
from weighbridge.sources.net.settings import address_in, checked_address, key_in

ADDRESS = "https://modelscope.cn"
LISTING = "/openapi/v1/models"
PAGE_ROWS = 50
FURTHEST = 3000
"""Rows of one listing that the hub shows: `page_number * page_size` may not be larger."""
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_."
MOST_PAGES = 12_000
"""Pages of one fetch; a hub of 225,000 models takes about half."""
MOST_BYTES = 16 * 2**20
WHOLE = 0.995
"""Part of the models that the hub counts which makes a listing a census; some come and go while it is read."""
KEPT = ("id", "downloads", "likes", "license", "tasks", "created_at", "last_modified", "params", "tags", "gated")
PLAIN_TAGS = ("library", "custom_tag", "task")
"""Kinds of tags whose words are those that the Hugging Face Hub uses without a kind."""
BATCH_PAGES = 200
Row = dict[str, Any]


class ModelScopeApi:
    """Fetches the listing part by part, checkpointed, and reads a folder of landed pages."""

    id = "modelscope-api"
    choices: tuple[Choice, ...] = ("top",)
    companions: tuple[tuple[str, Asked], ...] = ()
    descriptor = Descriptor(
        id="modelscope-api",
        title="ModelScope's own listing of its models, fetched live",
        producer="ModelScope (Alibaba)",
        licence="facts of the hub's public API; see the hub's terms of service",
        terms="Counts are as the hub counts and have been publicly doubted; what counts as a download is not "
        "documented. Never add them to downloads of another hub.",
        population="census",
        gives="names, cumulative downloads, likes, creation dates, tasks, licences, parameters, tags, gating; "
        "no declared base models",
        hub="modelscope",
        unit="downloads",
        folder=True,
    )

    def fetch(self, landing: Landing, asked: Asked) -> Iterator[Fetched]:
        """See `LiveSource.fetch`.

        Where not the whole hub could be listed, or far fewer models than before, the reading is a selection and says
        so.
        """
        if asked.since is not None or asked.revision is not None or asked.days is not None:
            raise UsageError("modelscope-api lists the hub as it is now", "leave the option out, or give --top")
        if asked.top is not None and not 0 < asked.top <= FURTHEST:
            raise UsageError(f"--top {asked.top}: the hub shows {FURTHEST:,} models in order", f"1 to {FURTHEST}")
        parts = _Parts(landing, asked.top)
        listing = walk(landing, {"endpoint": client.shown(parts.endpoint), "top": asked.top}, parts.start, parts.page)
        parts.remember(listing)
        if not parts.names:
            raise SourceFailed(f"{client.shown(parts.endpoint)} lists no models", "see to MODELSCOPE_ENDPOINT")
        yield self._fetched(landing, asked, parts, listing)

    def _fetched(self, landing: Landing, asked: Asked, parts: _Parts, listing: Listing) -> Fetched:
        listed, total = len(parts.names), parts.total
        short = asked.top is None and latest.is_short(listed, asked.held)
        whole = asked.top is None and not short and listed >= WHOLE * total
        if short:
            landing.say(latest.warning(listed, asked.held))
        elif asked.top is None and not whole:
            landing.say(f"{listed:,} of {total:,} models could be listed: this reading is a chosen set, not a census")
        at = observed(listing.first, listing.began, landing.say, held=latest.moment_before(asked.held))
        return Fetched(
            path=pages_folder(landing),
            at=at,
            selection=not whole,
            origin={
                "endpoint": client.shown(parts.endpoint),
                **latest.size(listed, asked.held, whole),
                "counted": total,
                "pages": listing.pages,
                "began": moment_text(listing.began),
                "observed": moment_text(at),
            },
        )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; a model that is on several pages counts as the first has it."""
        files = whole_pages(path)
        if at is None:
            raise UsageError(f"{path} does not say when the counters were observed", "give the day with --at")
        seen: set[str] = set()
        number = 0
        for start in range(0, len(files), BATCH_PAGES):
            rows, numbers = list[Any](), list[int]()
            for row in (row for file in files[start : start + BATCH_PAGES] for row in page_rows(file)):
                number += 1
                name = row.get("id") if isinstance(row, dict) else None
                if isinstance(name, str) and name in seen:
                    continue
                if isinstance(name, str):
                    seen.add(name)
                rows.append(_as_hub_row(row) if isinstance(row, dict) else row)
                numbers.append(number)
            yield batch_of(piece_of(rows, numbers), at)


@dataclass(frozen=True)
class _Place:
    """Where a walk is.

    Attributes:
        part: parameters of the listing that is being read: none, an owner, or the beginning of names.
        number: of its page, from 1.
        left: parts that are to be read after it, as (kind, word).
        total: models of the whole hub, the most that it counted on any page of the whole.
        asked: pages so far.
        spread: whether the owners and beginnings have been added to `left`.
    """

    part: tuple[str, str] = ("", "")
    number: int = 1
    left: tuple[tuple[str, str], ...] = ()
    total: int = 0
    asked: int = 0
    spread: bool = False

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @staticmethod
    def of(text: str) -> _Place:
        held = json.loads(text)
        kind, word = held["part"]
        return _Place(
            (kind, word), held["number"], tuple((k, w) for k, w in held["left"]), held["total"], held["asked"],
            held["spread"],
        )  # fmt: skip


class _Parts:
    """The pages of all parts: the whole hub by downloads, then each owner that is there, then beginnings of names."""

    def __init__(self, landing: Landing, top: int | None) -> None:
        self.landing, self.top = landing, top
        self.endpoint, self.token = endpoint(), key_in("MODELSCOPE_API_TOKEN")
        self.start = _Place().text()
        self.names: dict[str, None] = {}  # in the order in which they came: the most downloaded first
        self.total = 0
        self._recalled = False

    def page(self, place: str) -> Page:
        """See `pages.walk`."""
        here = _Place.of(place)
        if here.asked and not self._recalled:
            self._recall()
        self._recalled = True
        kind, word = here.part
        params = {"sort": "downloads", "page_number": here.number, "page_size": PAGE_ROWS}
        rows, total, date = self._asked(params | ({kind: word} if kind else {}))
        there = (here.number - 1) * PAGE_ROWS
        if not rows and there < total:
            raise BrokenPageError("has no models, though more are promised")
        if total < 0 or (rows and total < there + len({str(row.get("id")) for row in rows})):
            raise BrokenPageError(f"says that there are {total:,} models, and is beyond them")
        counted = max(here.total, total) if not kind else here.total
        tally = {"total": counted - here.total}
        here = replace(here, asked=here.asked + 1, total=counted)
        self.total = here.total
        self._add(rows)
        public = [_kept(row) for row in rows if row.get("private") is not True]
        return Page(public, self._onward(here, total, len(rows)), date, tally)

    def remember(self, listing: Listing) -> None:
        """Know what was listed, though all of it may have landed in an earlier run."""
        self.total = listing.tally.get("total", 0)
        if not self._recalled:
            self._recall()

    def _recall(self) -> None:
        for file in page_files(pages_folder(self.landing)):
            self._add([row for row in page_rows(file) if isinstance(row, dict)])

    def _add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.names.update((row["id"], None) for row in rows if isinstance(row.get("id"), str))

    def _onward(self, here: _Place, total: int, rows: int) -> str | None:
        """The next page of this part, else the first of the next; null where all is listed, or all that may be.

        A full page is never the last, whatever the hub says that it has.
        """
        end = min(total if rows < PAGE_ROWS else FURTHEST, FURTHEST, self.top or FURTHEST)
        kind, word = here.part
        opened = kind == "search" and total > FURTHEST  # too long to be read: its continuations are
        if here.number * PAGE_ROWS < end and not opened:
            return replace(here, number=here.number + 1).text()
        if self.top is not None or len(self.names) >= here.total or here.asked >= MOST_PAGES:
            return None
        left = here.left
        if opened:
            left = (*(("search", word + letter) for letter in LETTERS), *left)
        elif not here.spread:
            owners = dict.fromkeys(name.split("/")[0] for name in self.names)
            left = (*(("owner", owner) for owner in owners), *(("search", letter) for letter in LETTERS))
        if not left:
            return None
        return replace(here, part=left[0], number=1, left=left[1:], spread=True).text()

    def _asked(self, params: Mapping[str, Any]) -> tuple[list[Row], int, datetime | None]:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else None
        value, answer = client.get_json(
            f"{self.endpoint}{LISTING}", params=params, headers=headers, say=self.landing.say, most=MOST_BYTES
        )
        where = client.shown(answer.url)
        if isinstance(value, dict) and value.get("success") is False:
            reason = plain(str(value.get("message") or value.get("code") or "no reason"))[:200]
            raise SourceFailed(f"{where} refuses: {reason}", "try again later; what was fetched is kept")
        data = value.get("data") if isinstance(value, dict) else None
        rows, total = (data.get("models"), data.get("total_count")) if isinstance(data, dict) else (None, None)
        if not isinstance(rows, list) or isinstance(total, bool) or not isinstance(total, int):
            raise _changed(where, "data.models and data.total_count", value)
        objects = [row for row in rows if isinstance(row, dict)]
        for name, kind in (("id", str), ("downloads", int)):
            if rows and not any(isinstance(row.get(name), kind) for row in objects):
                raise _changed(where, f"models with {name}", rows[0])
        return objects, total, answer.date


def endpoint() -> str:
    """Address of the hub, by the variables of its official client: `MODELSCOPE_ENDPOINT`, `MODELSCOPE_DOMAIN`.

    Raises:
        UsageError: see `address_in`.
    """
    domain = os.environ.get("MODELSCOPE_DOMAIN", "").strip()
    usual = checked_address(f"https://{domain}", "MODELSCOPE_DOMAIN") if domain else ADDRESS
    return address_in("MODELSCOPE_ENDPOINT", usual)


def _changed(where: str, wanted: str, there: Any) -> SchemaChanged:
    keys = ", ".join(plain(str(key))[:40] for key in list(there)[:20]) if isinstance(there, dict) else "no object"
    return SchemaChanged(f"{where} has no {wanted}; it has: {keys or 'nothing'}", "the hub has changed its answers")


def _kept(row: Row) -> Row:
    return {name: row[name] for name in KEPT if name in row}


def _as_hub_row(row: Row) -> Row:
    """The same under the names that listings of the Hugging Face Hub have; the counter is a cumulative one."""
    tags = [tag for tag in row.get("tags") or () if isinstance(tag, str)] if isinstance(row.get("tags"), list) else []
    words = [tag.split(":", 1) if ":" in tag else ["", tag] for tag in tags]
    tasks = row.get("tasks")
    return {
        "id": row.get("id"),
        "downloads_all_time": row.get("downloads"),
        "likes": row.get("likes"),
        "license": row.get("license") or next((word for kind, word in words if kind == "license"), None),
        "pipeline_tag": tasks[0] if isinstance(tasks, list) and tasks else None,
        "library": next((word for kind, word in words if kind == "library"), None),
        "tags": [word for kind, word in words if kind in PLAIN_TAGS or not kind],
        "parameters": row.get("params"),
        "gated": row.get("gated"),
        "created_at": row.get("created_at"),
        "last_modified": row.get("last_modified"),
    }


SOURCE = ModelScopeApi()

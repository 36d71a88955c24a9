"""Listings in pages that survive a kill: each page is a file, and the way on stands in a state file beside them.

A landing folder holds `pages/page-00001.jsonl.zst` and so on, one JSON value a line, `pages/landed.jsonl` with the rows
and the SHA-256 of each, and `state.json`. A page counts once the state says so; all are written to the disk before it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.clock import moment_text, parse_moment
from weighbridge.records.source import Landing
from weighbridge.sources.net import landed
from weighbridge.sources.net.landed import SUFFIX, Kept
from weighbridge.sources.net.landed import page_files as page_files
from weighbridge.sources.net.landed import page_rows as page_rows
from weighbridge.sources.net.landed import write_whole as write_whole

FORM = 2
KEPT_HOURS = 24
WHOLE_FOR = timedelta(hours=1)
"""How long a listing that has landed whole, and was not read, counts as one of now."""
BEGINNINGS = 3
"""How often a listing is begun in one run, where the source loses the place in it."""
TRIES = 4
"""How often a page is asked for that leads nowhere."""
MOST_PAGES = 100_000
"""Pages after which a listing counts as one without end."""


@dataclass(frozen=True)
class Page:
    """One page of a listing.

    Attributes:
        rows: JSON values to land, one a line.
        onward: where the next page is; null: this is the last.
        date: the source's clock.
        tally: counts to add up over all pages.
        mark: by which the page is known again, such as a digest of its keys; empty: by its rows.
    """

    rows: Sequence[Any]
    onward: str | None
    date: datetime | None = None
    tally: Mapping[str, int] = field(default_factory=dict)
    mark: str = ""


@dataclass(frozen=True)
class Listing:
    """A listing as far as it has landed.

    Attributes:
        asked: what it is a listing of; another question begins anew.
        began: when it was begun, by our clock.
        pages, rows: how many have landed.
        onward: where the next page is; null: all have landed.
        first, last: the source's clock at the first and the latest page; null where it did not tell.
        tally: sums over all pages.
        mark: of the latest page, to notice one that comes twice.
    """

    asked: Mapping[str, Any]
    began: datetime
    pages: int = 0
    rows: int = 0
    onward: str | None = None
    first: datetime | None = None
    last: datetime | None = None
    tally: Mapping[str, int] = field(default_factory=dict)
    mark: str = ""

    def after(self, page: Page, mark: str) -> Listing:
        """The listing with one page more."""
        return Listing(
            self.asked,
            self.began,
            self.pages + 1,
            self.rows + len(page.rows),
            page.onward,
            page.date if not self.pages else self.first,
            page.date or self.last,
            dict(Counter(self.tally) + Counter(page.tally)),
            mark,
        )

    def document(self) -> dict[str, Any]:
        """The state as JSON."""
        moments = {name: getattr(self, name) for name in ("began", "first", "last")}
        return {
            "form": FORM,
            "asked": dict(self.asked),
            **{name: moment and moment_text(moment) for name, moment in moments.items()},
            **{name: getattr(self, name) for name in ("pages", "rows", "onward", "mark")},
            "tally": dict(self.tally),
        }


class CursorLostError(Exception):
    """The source does not know the place in the listing any longer."""


class BrokenPageError(Exception):
    """A page that leads nowhere, though it could be read: asking again may bring the right one."""


Ended = Callable[[Listing, Page], bool]
"""Whether it is odd that a page is the last one of a listing, which holds all pages before it."""


def walk(
    landing: Landing,
    asked: Mapping[str, Any],
    start: str,
    page: Callable[[str], Page],
    *,
    distinct: bool = False,
    odd_end: Ended = lambda listing, page: False,
) -> Listing:
    """Land a whole listing, going on where a stopped walk of the same listing ended.

    Args:
        landing: whose folder holds what has landed.
        asked: what the listing is of, as JSON.
        start: where the first page is.
        page: fetches the page at a place; raises `CursorLostError` where the source has lost the place.
        distinct: no page may be one that came anywhere before; else, only not the one before it.
        odd_end: where it says so, the page that seems to be the last is asked for once more, and then believed.

    Returns:
        the listing with all its pages in `pages_folder`.

    Raises:
        SourceFailed: a page did not come, or the pages lead in a circle; what landed is kept.
    """
    listing = _held(landing, asked)
    for _ in range(BEGINNINGS):
        if listing is None:
            listing = _begun(landing, asked)
        try:
            return _walked(landing, listing, start, page, _Known(landing, listing, distinct), odd_end)
        except CursorLostError:
            landing.say("the source has lost the place in its listing; the listing is begun anew")
            listing = None
    raise SourceFailed(f"the source lost the place in its listing {BEGINNINGS} times", "try again later")


def pages_folder(landing: Landing) -> Path:
    """Where the pages of a landing lie."""
    return landing.folder / "pages"


class _Known:
    """What has come, so that a listing that leads back to it is noticed: marks of pages, and the places of this run."""

    def __init__(self, landing: Landing, listing: Listing, distinct: bool) -> None:
        kept = landed.kept(pages_folder(landing)) if distinct else []
        self.pages = {one.mark: number for number, one in enumerate(kept[: listing.pages], 1)}
        self.distinct, self.places = distinct, set[str]()

    def refuse(self, listing: Listing, here: str, page: Page, mark: str) -> None:
        """Raise for a page that has come before, or leads to where the walk has been."""
        if page.onward == here:
            raise BrokenPageError("says that it is the next page itself")
        if page.onward in self.places:
            raise BrokenPageError("leads back to a page before it")
        before = self.pages.get(mark) or (listing.pages if mark == listing.mark else None)
        if mark and before is not None:
            raise BrokenPageError(f"repeats page {before}")

    def add(self, listing: Listing, here: str, mark: str) -> None:
        """Know the latest page of a listing."""
        self.places.add(here)
        if self.distinct and mark:
            self.pages[mark] = listing.pages


def _walked(
    landing: Landing, listing: Listing, start: str, page: Callable[[str], Page], known: _Known, odd_end: Ended
) -> Listing:
    import stamina

    while listing.onward is not None or not listing.pages:
        if listing.pages >= MOST_PAGES:
            raise SourceFailed(f"the listing has no end after {MOST_PAGES:,} pages", "the source has changed")
        here = listing.onward or start
        try:
            for attempt in stamina.retry_context(on=BrokenPageError, attempts=TRIES, timeout=None, wait_initial=0.5):
                with attempt:
                    found = page(here)
                    if found.onward is None and odd_end(listing, found):
                        found = page(here)
                    listing = _landed(landing, listing, here, found, known)
        except BrokenPageError as error:
            raise SourceFailed(
                f"page {listing.pages + 1} of the listing {error}",
                "try again later; the next run goes on with the pages before it",
            ) from None
        landing.tell(listing.rows)
    return listing


def _landed(landing: Landing, listing: Listing, here: str, page: Page, known: _Known) -> Listing:
    """The listing with a page more, which lies on the disk."""
    lines = b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in page.rows)
    digest = hashlib.sha256(lines).hexdigest()
    mark = page.mark or (digest if lines else "")
    known.refuse(listing, here, page, mark)
    folder, number = pages_folder(landing), listing.pages + 1
    write_whole(folder / f"page-{number:05d}{SUFFIX}", pa.Codec("zstd").compress(lines, asbytes=True))
    landed.keep(folder, Kept(len(page.rows), digest, mark))
    listing = listing.after(page, mark)
    write_whole(landing.folder / "state.json", json.dumps(listing.document(), indent=1).encode())
    known.add(listing, here, mark)
    return listing


def _begun(landing: Landing, asked: Mapping[str, Any]) -> Listing:
    (landing.folder / "state.json").unlink(missing_ok=True)
    shutil.rmtree(pages_folder(landing), ignore_errors=True)
    pages_folder(landing).mkdir(parents=True)
    return Listing(asked, datetime.now(UTC).replace(microsecond=0))


def _held(landing: Landing, asked: Mapping[str, Any]) -> Listing | None:
    """The listing that a stopped walk left, where it can be gone on with."""
    state = landing.folder / "state.json"
    if not state.exists():
        return None
    try:
        listing = _read(state)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, UsageError):
        landing.say("what landed before cannot be read; the listing is begun anew")
        return None
    if listing.asked != dict(asked):
        landing.say("what landed before is of another question; the listing is begun anew")
        return None
    age = datetime.now(UTC) - listing.began
    if not timedelta(0) <= age <= timedelta(hours=KEPT_HOURS):
        landing.say(f"what landed before is over {KEPT_HOURS} hours old; the listing is begun anew")
        return None
    if listing.pages and listing.onward is None and age > WHOLE_FOR:
        landing.say("the listing that landed before was whole over an hour ago; it is begun anew")
        return None
    amiss = landed.trim(pages_folder(landing), listing.pages, listing.rows)
    if amiss:
        landing.say(f"{amiss}; the listing is begun anew")
        return None
    landing.say(f"going on after {listing.pages:,} pages that landed before ({listing.rows:,} rows)")
    return listing


def _read(state: Path) -> Listing:
    held = json.loads(state.read_bytes())
    if held["form"] != FORM:
        raise ValueError("another form")
    moments = {name: held[name] and parse_moment(held[name]) for name in ("began", "first", "last")}
    onward = held["onward"]
    if not (isinstance(moments["began"], datetime) and (onward is None or isinstance(onward, str))):
        raise ValueError("not what was written")
    return Listing(
        asked=held["asked"],
        pages=int(held["pages"]),
        rows=int(held["rows"]),
        onward=onward,
        tally={str(name): int(count) for name, count in held["tally"].items()},
        mark=str(held["mark"]),
        **moments,
    )

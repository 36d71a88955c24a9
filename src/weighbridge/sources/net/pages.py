"""Listings in pages that survive a kill: each page is a file, and the way on stands in a state file beside them.

A landing folder holds `pages/page-00001.jsonl.zst` and so on, one JSON value a line, and `state.json`. A page counts
once the state says so; both are written to the disk whole before they get their name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.clock import moment_text, parse_moment
from weighbridge.records.shown import plain
from weighbridge.records.source import Landing

FORM = 1
KEPT_HOURS = 24
BEGINNINGS = 3
"""How often a listing is begun in one run, where the source loses the place in it."""
TRIES = 4
"""How often a page is asked for that leads nowhere."""
SUFFIX = ".jsonl.zst"


@dataclass(frozen=True)
class Page:
    """One page of a listing.

    Attributes:
        rows: JSON values to land, one a line.
        onward: where the next page is; null: this is the last.
        date: the source's clock.
        tally: counts to add up over all pages.
    """

    rows: Sequence[Any]
    onward: str | None
    date: datetime | None = None
    tally: Mapping[str, int] = field(default_factory=dict)


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
        mark: digest of the latest page, to notice one that comes twice.
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


def walk(landing: Landing, asked: Mapping[str, Any], start: str, page: Callable[[str], Page]) -> Listing:
    """Land a whole listing, going on where a stopped walk of the same listing ended.

    Args:
        landing: whose folder holds what has landed.
        asked: what the listing is of, as JSON.
        start: where the first page is.
        page: fetches the page at a place; raises `CursorLostError` where the source has lost the place.

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
            return _walked(landing, listing, start, page)
        except CursorLostError:
            landing.say("the source has lost the place in its listing; the listing is begun anew")
            listing = None
    raise SourceFailed(f"the source lost the place in its listing {BEGINNINGS} times", "try again later")


def pages_folder(landing: Landing) -> Path:
    """Where the pages of a landing lie."""
    return landing.folder / "pages"


def page_files(folder: Path) -> list[Path]:
    """The pages that lie in a folder, in order."""
    return sorted(folder.glob(f"page-*{SUFFIX}"))


def page_rows(file: Path) -> Iterator[Any]:
    """The values of a page.

    Raises:
        SourceFailed: the file is not a landed page.
    """
    try:
        with pa.input_stream(str(file), compression="zstd") as stream:
            lines = stream.read().splitlines()
        yield from map(json.loads, lines)
    except (OSError, ValueError, RecursionError, pa.ArrowException) as error:
        raise SourceFailed(
            f"{file} is no landed page: {plain(str(error))[:200]}", "delete the folder and fetch again"
        ) from None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, whenever the machine stops."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    if os.name != "nt":  # pragma: no branch - folders cannot be synced there
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _walked(landing: Landing, listing: Listing, start: str, page: Callable[[str], Page]) -> Listing:
    import stamina

    while listing.onward is not None or not listing.pages:
        here = listing.onward or start
        try:
            for attempt in stamina.retry_context(on=BrokenPageError, attempts=TRIES, timeout=None, wait_initial=0.5):
                with attempt:
                    found = page(here)
                    listing = _landed(landing, listing, here, found)
        except BrokenPageError as error:
            raise SourceFailed(f"page {listing.pages + 1} of the listing {error}", "try again later") from None
        landing.tell(listing.rows)
    return listing


def _landed(landing: Landing, listing: Listing, here: str, page: Page) -> Listing:
    """The listing with a page more, which lies on the disk."""
    if page.onward == here:
        raise BrokenPageError("says that it is the next page itself")
    lines = b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in page.rows)
    mark = hashlib.sha256(lines).hexdigest() if lines else ""
    if mark and mark == listing.mark:
        raise BrokenPageError("repeats the page before")
    file = pages_folder(landing) / f"page-{listing.pages + 1:05d}{SUFFIX}"
    write_whole(file, pa.Codec("zstd").compress(lines, asbytes=True))
    listing = listing.after(page, mark)
    write_whole(landing.folder / "state.json", json.dumps(listing.document(), indent=1).encode())
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
    names = {file.name for file in page_files(pages_folder(landing))}
    if listing.asked != dict(asked):
        landing.say("what landed before is of another question; the listing is begun anew")
        return None
    age = datetime.now(UTC) - listing.began
    if not timedelta(0) <= age <= timedelta(hours=KEPT_HOURS):
        landing.say(f"what landed before is over {KEPT_HOURS} hours old; the listing is begun anew")
        return None
    if any(f"page-{number:05d}{SUFFIX}" not in names for number in range(1, listing.pages + 1)):
        landing.say("pages that landed before are missing; the listing is begun anew")
        return None
    for file in page_files(pages_folder(landing))[listing.pages :]:
        file.unlink()  # written, but stopped before the state said so
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

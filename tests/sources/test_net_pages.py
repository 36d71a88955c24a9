"""Listings in pages: every page lands once, whenever the walk is stopped."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_hub import Landed
from live_hub import _no_waits as _no_waits
from live_hub import landed as landed

from weighbridge.errors import SourceFailed
from weighbridge.sources.net import pages
from weighbridge.sources.net.pages import (
    BrokenPageError,
    CursorLostError,
    Page,
    page_files,
    page_rows,
    pages_folder,
    walk,
)

FIRST = datetime(2024, 7, 11, 23, 59, tzinfo=UTC)
ASKED = {"what": "numbers"}

pytestmark = pytest.mark.usefixtures("_no_waits")


class Stopped(BaseException):
    """The process ends here."""


class Numbers:
    """A listing of so many pages; notes which pages were asked for, and may end the process at one of them."""

    def __init__(self, count: int) -> None:
        self.count, self.asked = count, list[int]()
        self.stop_at: int | None = None

    def page(self, place: str) -> Page:
        number = int(place)
        if number == self.stop_at:
            raise Stopped
        self.asked.append(number)
        onward = str(number + 1) if number < self.count else None
        return Page(
            [{"number": number}, number], onward, FIRST + timedelta(minutes=number), {"rows": 2, f"p{number}": 1}
        )


def rows(landing: Landed) -> list[Any]:
    return [row for file in page_files(pages_folder(landing.landing)) for row in page_rows(file)]


def whole(count: int) -> list[Any]:
    return [row for number in range(1, count + 1) for row in ({"number": number}, number)]


@given(st.integers(1, 6), st.lists(st.integers(1, 6), max_size=4))
def test_a_walk_that_is_stopped_anywhere_fetches_every_page_once(count: int, stops: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        landing, numbers = Landed(Path(folder)), Numbers(count)
        for numbers.stop_at in sorted(stops):
            try:
                walk(landing.landing, ASKED, "1", numbers.page)
            except Stopped:
                continue
        numbers.stop_at = None
        listing = walk(landing.landing, ASKED, "1", numbers.page)
        assert numbers.asked == list(range(1, count + 1))
        assert rows(landing) == whole(count)
        assert (listing.pages, listing.rows, listing.onward) == (count, 2 * count, None)
        assert listing.tally == {"rows": 2 * count} | {f"p{number}": 1 for number in range(1, count + 1)}
        assert (listing.first, listing.last) == (FIRST + timedelta(minutes=1), FIRST + timedelta(minutes=count))


def test_a_page_that_was_written_but_not_yet_counted_is_fetched_again_and_stands_once(
    landed: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, write = Numbers(3), pages.write_whole

    def stop_before_the_state(path: Path, content: bytes) -> None:
        if path.name == "state.json" and len(page_files(pages_folder(landed.landing))) == 2:
            raise Stopped
        write(path, content)

    monkeypatch.setattr(pages, "write_whole", stop_before_the_state)
    with pytest.raises(Stopped):
        walk(landed.landing, ASKED, "1", numbers.page)
    monkeypatch.setattr(pages, "write_whole", write)
    walk(landed.landing, ASKED, "1", numbers.page)
    assert numbers.asked == [1, 2, 2, 3]
    assert rows(landed) == whole(3)


def stopped_at_3(landed: Landed) -> Numbers:
    numbers = Numbers(4)
    numbers.stop_at = 3
    with pytest.raises(Stopped):
        walk(landed.landing, ASKED, "1", numbers.page)
    numbers.stop_at = None
    return numbers


def test_a_walk_that_goes_on_says_from_where(landed: Landed) -> None:
    numbers = stopped_at_3(landed)
    walk(landed.landing, ASKED, "1", numbers.page)
    assert landed.said == ["going on after 2 pages that landed before (4 rows)"]


def test_another_question_begins_anew_and_says_so(landed: Landed) -> None:
    numbers = stopped_at_3(landed)
    walk(landed.landing, {"what": "others"}, "1", numbers.page)
    assert numbers.asked == [1, 2, 1, 2, 3, 4]
    assert "begun anew" in landed.words
    assert rows(landed) == whole(4)


@pytest.mark.parametrize("hours", [25, -3])
def test_a_listing_that_is_too_old_or_from_the_future_begins_anew(landed: Landed, hours: int) -> None:
    numbers = stopped_at_3(landed)
    state = landed.folder / "state.json"
    began = datetime.now(UTC) - timedelta(hours=hours)
    state.write_text(json.dumps(json.loads(state.read_text()) | {"began": began.isoformat()}))
    walk(landed.landing, ASKED, "1", numbers.page)
    assert numbers.asked[2:] == [1, 2, 3, 4]
    assert "24 hours old; the listing is begun anew" in landed.words


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"form": 1}', "null", '{"form": 1, "began": 7}'])
def test_a_state_that_is_not_readable_begins_anew(landed: Landed, text: str) -> None:
    numbers = stopped_at_3(landed)
    (landed.folder / "state.json").write_text(text)
    walk(landed.landing, ASKED, "1", numbers.page)
    assert rows(landed) == whole(4)
    assert "begun anew" in landed.words


def test_a_page_that_is_missing_begins_anew(landed: Landed) -> None:
    numbers = stopped_at_3(landed)
    page_files(pages_folder(landed.landing))[0].unlink()
    walk(landed.landing, ASKED, "1", numbers.page)
    assert rows(landed) == whole(4)
    assert "missing; the listing is begun anew" in landed.words


def test_a_place_that_the_source_lost_begins_anew_and_says_so(landed: Landed) -> None:
    numbers, lost = Numbers(4), [3]

    def page(place: str) -> Page:
        if lost and int(place) == lost[0]:
            lost.clear()
            raise CursorLostError
        return numbers.page(place)

    walk(landed.landing, ASKED, "1", page)
    assert numbers.asked == [1, 2, 1, 2, 3, 4]
    assert "lost the place in its listing; the listing is begun anew" in landed.words
    assert rows(landed) == whole(4)


def test_a_source_that_loses_every_place_is_given_up(landed: Landed) -> None:
    def page(place: str) -> Page:
        raise CursorLostError

    with pytest.raises(SourceFailed, match="lost the place in its listing 3 times"):
        walk(landed.landing, ASKED, "1", page)


def test_a_page_that_repeats_the_one_before_is_asked_for_again(landed: Landed) -> None:
    numbers, again = Numbers(3), [2]

    def page(place: str) -> Page:
        if again and int(place) == again[0]:
            again.clear()
            return Page([{"number": 1}, 1], "3")
        return numbers.page(place)

    walk(landed.landing, ASKED, "1", page)
    assert rows(landed) == whole(3)


def test_pages_that_lead_in_a_circle_are_given_up_and_what_landed_stays(landed: Landed) -> None:
    numbers = Numbers(3)

    def page(place: str) -> Page:
        return Page([7], "2") if place == "2" else numbers.page(place)

    with pytest.raises(SourceFailed, match="page 2 of the listing says that it is the next page itself"):
        walk(landed.landing, ASKED, "1", page)
    walk(landed.landing, ASKED, "1", numbers.page)
    assert numbers.asked == [1, 2, 3]


@pytest.mark.parametrize("distinct", [False, True])
@pytest.mark.parametrize("changes", [False, True])
def test_a_circle_of_several_pages_ends(landed: Landed, distinct: bool, changes: bool) -> None:
    count = 0

    def page(place: str) -> Page:
        nonlocal count
        count += 1
        return Page([place, count if changes else 0], str(int(place) % 3 + 1))

    with pytest.raises(SourceFailed, match="page 3 of the listing leads back to a page before it"):
        walk(landed.landing, ASKED, "1", page, distinct=distinct)
    assert count == 2 + pages.TRIES


def test_a_page_that_came_anywhere_before_is_refused_where_all_differ_though_the_walk_was_stopped(
    landed: Landed,
) -> None:
    numbers = stopped_at_3(landed)

    def page(place: str) -> Page:
        found = numbers.page(place)
        return Page([{"number": 1}, 1], found.onward) if place == "4" else found

    with pytest.raises(SourceFailed, match="page 4 of the listing repeats page 1"):
        walk(landed.landing, ASKED, "1", page, distinct=True)
    walk(landed.landing, ASKED, "1", numbers.page, distinct=True)
    assert rows(landed) == whole(4)


def test_a_listing_without_end_is_given_up(landed: Landed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PAGES", 5)
    with pytest.raises(SourceFailed, match="has no end after 5 pages"):
        walk(landed.landing, ASKED, "1", Numbers(10**9).page)


def test_an_end_that_is_odd_is_asked_for_once_more(landed: Landed) -> None:
    numbers, ended = Numbers(3), list[int]()

    def page(place: str) -> Page:
        found = numbers.page(place)
        return found if place != "2" or numbers.asked.count(2) > 1 else Page(found.rows, None)

    def odd_end(listing: pages.Listing, page: Page) -> bool:
        ended.append(listing.rows + len(page.rows))
        return True

    walk(landed.landing, ASKED, "1", page, odd_end=odd_end)
    assert rows(landed) == whole(3)
    assert numbers.asked == [1, 2, 2, 3, 3]
    assert ended == [4, 6]


def test_a_page_that_is_damaged_begins_anew(landed: Landed) -> None:
    numbers = stopped_at_3(landed)
    first, second = page_files(pages_folder(landed.landing))
    first.write_bytes(second.read_bytes())
    walk(landed.landing, ASKED, "1", numbers.page)
    assert rows(landed) == whole(4)
    assert "pages that landed before are damaged; the listing is begun anew" in landed.words


def test_pages_that_nothing_is_noted_of_begin_anew(landed: Landed) -> None:
    numbers = stopped_at_3(landed)
    (pages_folder(landed.landing) / "landed.jsonl").write_text('{"rows": 2')
    walk(landed.landing, ASKED, "1", numbers.page)
    assert rows(landed) == whole(4)
    assert "not noted; the listing is begun anew" in landed.words


@pytest.mark.parametrize(("minutes", "again"), [(50, []), (70, [1, 2, 3])])
def test_a_whole_listing_that_was_not_read_counts_for_an_hour(landed: Landed, minutes: int, again: list[int]) -> None:
    numbers = Numbers(3)
    walk(landed.landing, ASKED, "1", numbers.page)
    numbers.asked.clear()
    state = landed.folder / "state.json"
    began = datetime.now(UTC) - timedelta(minutes=minutes)
    state.write_text(json.dumps(json.loads(state.read_text()) | {"began": began.isoformat()}))
    walk(landed.landing, ASKED, "1", numbers.page)
    assert numbers.asked == again
    assert ("whole over an hour ago; it is begun anew" in landed.words) == bool(again)


def test_a_page_that_never_comes_right_is_given_up(landed: Landed) -> None:
    def page(place: str) -> Page:
        raise BrokenPageError("is odd")

    with pytest.raises(SourceFailed, match="page 1 of the listing is odd"):
        walk(landed.landing, ASKED, "1", page)


def test_a_file_that_is_no_page_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "page-00001.jsonl.zst"
    file.write_bytes(b"\x28\xb5\x2f\xfd not a page")
    with pytest.raises(SourceFailed, match="no landed page"):
        list(page_rows(file))


def test_text_that_no_utf_8_file_can_hold_lands_and_is_read(landed: Landed) -> None:
    walk(landed.landing, ASKED, "1", lambda place: Page([{"tag": "\ud800\u2028\n"}], None))
    assert rows(landed) == [{"tag": "\ud800\u2028\n"}]

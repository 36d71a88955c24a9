"""What landed stays until it was read whole, and no fetch goes on with what was landed for another question."""

from __future__ import annotations

import os
import time

import pytest

import making
from made_sources import Made, rows
from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.source import Asked, Fetched
from weighbridge.upkeep import syncing
from weighbridge.upkeep.syncing import Telling, fetch_and_read, live, origin_held

DOWN = SourceFailed("the hub does not answer")
OTHER_FORM = SchemaChanged("there is no column of downloads")


def landed(store):
    return sorted(p.relative_to(store.path / "landing").as_posix() for p in (store.path / "landing").rglob("*")
                  if p.is_file() and p.suffix != ".lock")  # fmt: skip


def test_what_landed_stays_after_a_failure_and_goes_when_it_was_read(store):
    seen = []

    def resumed(landing, asked):
        seen.extend(path.name for path in landing.folder.iterdir())
        yield Fetched(making.csv_file(landing.folder / "x.csv", rows(1)), at=making.moment("2024-07-11"))

    source = Made("a", [DOWN, resumed])
    with pytest.raises(SourceFailed):
        fetch_and_read(store, source, Asked(), Telling())
    assert landed(store) == ["a/page"]
    fetch_and_read(store, source, Asked(), Telling())
    assert seen == ["page"]
    assert landed(store) == []


def test_another_question_does_not_see_what_landed_for_the_first(store):
    def empty(landing, asked):
        assert not list(landing.folder.iterdir())
        return iter(())

    source = Made("a", [DOWN, empty, empty], choices=("top",))
    with pytest.raises(SourceFailed):
        fetch_and_read(store, source, Asked(), Telling())
    fetch_and_read(store, source, Asked(top=5), Telling())
    assert landed(store) == ["a/page"], "the first can still go on"


def test_what_was_asked_once_and_never_again_is_removed_after_a_while(store):
    source = Made("a", [DOWN, DOWN, [], []], choices=("top",))
    for top in (5, 6):
        with pytest.raises(SourceFailed):
            fetch_and_read(store, source, Asked(top=top), Telling())
    old, _ = [path for path in (store.path / "landing").iterdir() if path.is_dir()]
    long_ago = time.time() - (syncing.FORGOTTEN_DAYS + 1) * 86_400
    for path in (old / "page", old):
        os.utime(path, (long_ago, long_ago))
    fetch_and_read(store, source, Asked(), Telling())
    assert not old.exists()
    assert len(landed(store)) == 1


def test_what_landed_and_cannot_be_read_is_not_met_again(store, tmp_path):
    def bad(folder):
        def fetch(landing, asked):
            path = (folder or landing.folder) / "listing.csv"
            path.write_text("id,downloads\n,\n")
            yield Fetched(path, at=making.moment("2024-07-11"))

        return fetch

    source = Made("a", [bad(None), bad(tmp_path), OTHER_FORM, rows(1)])
    for _ in range(2):
        with pytest.raises(SourceFailed, match="holds no valid row"):
            fetch_and_read(store, source, Asked(), Telling())
    assert landed(store) == []
    assert (tmp_path / "listing.csv").exists(), "only what lies in the landing folder is removed"
    with pytest.raises(SchemaChanged):
        fetch_and_read(store, source, Asked(), Telling())
    assert landed(store) == []
    assert len(fetch_and_read(store, source, Asked(), Telling())) == 1


def test_what_landed_with_an_impossible_date_is_a_failure_of_the_source_and_is_not_met_again(store):
    def of_1970(landing, asked):
        yield Fetched(making.csv_file(landing.folder / "x.csv", rows(1)), at=making.moment("1970-01-01"))

    with pytest.raises(SourceFailed, match="what a brings cannot be read: --at 1970-01-01"):
        fetch_and_read(store, Made("a", [of_1970]), Asked(), Telling())
    assert landed(store) == []


def test_readings_that_were_whole_before_a_failure_stay(store):
    def half(landing, asked):
        for number in (1, 2):
            path = making.csv_file(landing.folder / f"{number}.csv", rows(number))
            yield Fetched(path, at=making.moment(f"2024-07-0{number}"), known=making.moment(f"2024-07-0{number}"))
        raise DOWN

    def whole(landing, asked):
        for number in (1, 2, 3):
            path = making.csv_file(landing.folder / f"{number}.csv", rows(number))
            yield Fetched(path, at=making.moment(f"2024-07-0{number}"), known=making.moment(f"2024-07-0{number}"))

    source = Made("a", [half, whole])
    with pytest.raises(SourceFailed):
        fetch_and_read(store, source, Asked(), Telling())
    assert len(store.vintages()) == 2
    again = fetch_and_read(store, source, Asked(), Telling())
    assert [reading.new for reading in again] == [False, False, True]
    assert len(store.vintages()) == 3


def test_a_fetch_is_told_where_the_latest_reading_came_from(store):
    source = Made("a", [rows(1), rows(2)])
    fetch_and_read(store, source, Asked(), Telling())
    fetch_and_read(store, source, Asked(), Telling())
    assert [asked.held for asked in source.asked] == [None, {"from": "nowhere"}]


def test_a_reading_given_by_hand_has_no_origin(store, read_hub):
    read_hub(rows(1))
    assert origin_held(store, "hub-dump") is None


def test_a_vintage_that_cannot_be_kept_ready_is_read_all_the_same(store, monkeypatch):
    def fail(held, vintage):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(syncing, "keep_ready", fail)
    said = []
    readings = fetch_and_read(store, Made("a", [rows(1)]), Asked(), Telling(say=said.append))
    assert len(readings) == len(store.vintages()) == 1
    assert "not kept ready" in said[0]


def test_a_reader_of_files_cannot_be_fetched(registered):
    known = registered(Made("a"))
    assert live(known["a"]) is known["a"]
    with pytest.raises(UsageError, match="hub-dump cannot be fetched") as caught:
        live(syncing.sources()["hub-dump"])
    assert caught.value.hint == "one of: a"


def test_unregistered_namespaces_are_computed_only_when_a_source_asks(store, read_hub):
    pytest.importorskip("weighbridge.measures.suggestions")
    read_hub([{"id": "surely-nobody-1/x", "downloads": 10}, {"id": "google/y", "downloads": 5}])
    got = []

    def wants(landing, asked):
        got.extend(asked.names())
        return iter(())

    fetch_and_read(store, Made("a", [wants]), Asked(), Telling())
    assert got == ["surely-nobody-1"]


def test_what_is_fetched_anew_is_compared_with_nothing(store):
    source = Made("a", [rows(1), rows(2), rows(3)])
    for asked in (Asked(), Asked(), Asked(anew=True)):
        fetch_and_read(store, source, asked, Telling())
    assert [one.held is None for one in source.asked] == [True, False, True]

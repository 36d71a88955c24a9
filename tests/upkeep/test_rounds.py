"""What became of each source of a round can be told apart, and one that fails does not stop the others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import filelock
import pytest

import making
from made_sources import Made, ids, rows
from weighbridge.errors import DataMissing, SchemaChanged, SourceFailed, StoreBusy, StoreDamaged, UsageError
from weighbridge.records.source import Asked
from weighbridge.sources import hub_accounts
from weighbridge.sources.net.retries import LATER
from weighbridge.upkeep import rounds
from weighbridge.upkeep.looks import Looks
from weighbridge.upkeep.rounds import sync_all, sync_named
from weighbridge.upkeep.syncing import Telling

DAY = timedelta(days=1)
DOWN = SourceFailed("the hub does not answer", "try again later")
OTHER_FORM = SchemaChanged("there is no column of downloads", "it has: id")


class Chooser(Made):
    """One that gives no census."""

    @property
    def descriptor(self):
        return replace(super().descriptor, population="selection")


def statuses(done):
    return ids(done.to_dict()["rows"])


def test_a_round_tells_new_from_nothing_new_from_down_from_another_form(store, registered):
    registered(Made("a", [DOWN]), Made("b", [rows(5)]), Made("c", []), Made("d", [OTHER_FORM]))
    done = sync_all(store, Telling())
    assert statuses(done) == [("a", "source-down"), ("b", "new"), ("c", "nothing-new"), ("d", "schema-changed")]
    assert done.exit_code == 4
    row = done.to_dict()["rows"][1]
    assert (row["models"], row["counters"]) == (1, 1)
    assert [vintage.id for vintage in store.vintages()] == row["vintages"]
    assert done.summary == "sync: 1 new, 1 nothing new, 1 source down, 1 schema changed"


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([rows(1)], 0),
        ([[]], 0),
        ([rows(1), OTHER_FORM], 1),
        ([OTHER_FORM, DOWN], 4),
        ([OTHER_FORM, TypeError("a fault")], 70),
        ([rows(1), DataMissing("no census", "read one")], 0),
    ],
)
def test_the_exit_status_of_a_round_is_that_of_the_worst(store, registered, steps, status):
    registered(*(Made(f"s{number}", [step]) for number, step in enumerate(steps)))
    assert sync_all(store, Telling()).exit_code == status


def test_a_fault_of_the_program_in_one_source_does_not_stop_the_next(store, registered):
    registered(Made("a", [TypeError("a fault")]), Made("b", [rows(5)]))
    done = sync_all(store, Telling())
    assert statuses(done) == [("a", "source-down"), ("b", "new")]
    assert done.outcomes[0].error["kind"] == "internal"


def test_a_damaged_store_stops_all(store, registered):
    registered(Made("a", [StoreDamaged("the store is damaged")]), Made("b", [rows(5)]))
    with pytest.raises(StoreDamaged):
        sync_all(store, Telling())


def test_the_only_named_source_fails_with_its_own_error_and_its_look_is_noted(store, registered):
    registered(Made("a", [DOWN]), Made("b", [OTHER_FORM]))
    with pytest.raises(SourceFailed, match="does not answer"):
        sync_named(store, ["a"], Asked(), Telling())
    with pytest.raises(SchemaChanged) as caught:
        sync_named(store, ["b"], Asked(), Telling())
    assert caught.value.exit_code == 1
    assert OTHER_FORM.kind == "schema-changed"
    assert SchemaChanged.exit_code == 4, "of a file given by hand"
    looks, _ = Looks(store).read()
    assert {name: look.status for name, look in looks.items()} == {"a": "source-down", "b": "schema-changed"}
    assert looks["a"].error["message"] == "the hub does not answer"
    assert not looks["a"].looked


def test_of_several_named_sources_one_that_fails_does_not_stop_the_others(store, registered):
    registered(Made("a", [DOWN]), Made("b", [rows(5)]))
    assert statuses(sync_named(store, ["a", "b"], Asked(), Telling())) == [("a", "source-down"), ("b", "new")]


def test_what_was_looked_at_lately_is_fresh_though_it_brought_nothing(store, registered):
    made = registered(Made("a", [[], rows(5)]))["a"]
    sync_all(store, Telling())
    again = sync_all(store, Telling(), older_than=DAY)
    assert statuses(again) == [("a", "fresh")]
    assert again.exit_code == 0
    assert again.outcomes[0].next.startswith("due after ")
    assert len(made.asked) == 1
    assert statuses(sync_all(store, Telling())) == [("a", "new")]


def test_a_source_that_failed_is_asked_again_however_lately_it_was_tried(store, registered):
    registered(Made("a", [DOWN, rows(5)]))
    sync_all(store, Telling(), older_than=DAY)
    assert statuses(sync_all(store, Telling(), older_than=DAY)) == [("a", "new")]


def test_an_old_look_is_too_old(store, registered):
    registered(Made("a", [[], rows(5)]))
    Looks(store).note("a", "", datetime.now(UTC) - 2 * DAY, "nothing-new")
    assert statuses(sync_all(store, Telling(), older_than=3 * DAY)) == [("a", "fresh")]
    assert statuses(sync_all(store, Telling(), older_than=DAY)) == [("a", "nothing-new")]


def test_a_look_at_something_else_is_no_look_at_the_newest_state(store, registered):
    registered(Made("a", [rows(1), rows(2), rows(3)], choices=("top", "revision")))
    sync_named(store, ["a"], Asked(top=5), Telling(), older_than=DAY)
    looks, _ = Looks(store).read()
    assert set(looks["a"].looked) == {"top=5"}
    again = sync_named(store, ["a"], Asked(top=5), Telling(), older_than=DAY)
    assert statuses(again) == [("a", "fresh")]
    with pytest.raises(UsageError, match="does not grow old"):
        sync_named(store, ["a"], Asked(revision="main"), Telling(), older_than=DAY)


def test_looks_are_known_from_the_vintages_where_the_state_file_is_gone(store, registered):
    registered(Made("a", [rows(5), rows(6)]))
    sync_all(store, Telling())
    Looks(store).path.unlink()
    assert statuses(sync_all(store, Telling(), older_than=DAY)) == [("a", "fresh")]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 9, "sources": {}}', b'{"format": 1}', b"\xff"])
def test_a_damaged_state_file_is_begun_anew_and_said(store, registered, content):
    registered(Made("a", [[], []]))
    sync_all(store, Telling())
    looks = Looks(store)
    looks.path.write_bytes(content)
    said = []
    done = sync_all(store, Telling(say=said.append), older_than=DAY)
    assert statuses(done) == [("a", "nothing-new")]
    assert "begun anew" in said[0]
    assert done.notes == (said[0],)
    assert looks.read()[1] is None


def test_a_source_without_its_key_is_left_out_of_all_and_refused_by_name(store, registered, monkeypatch):
    made = registered(Made("a", [rows(5)], key="MADE_KEY"))["a"]
    monkeypatch.delenv("MADE_KEY", raising=False)
    done = sync_all(store, Telling())
    assert statuses(done) == [("a", "skipped")]
    assert "MADE_KEY" in done.outcomes[0].error["message"]
    assert done.exit_code == 0
    with pytest.raises(UsageError, match="MADE_KEY is not in the environment"):
        sync_named(store, ["a"], Asked(), Telling())
    assert not made.asked
    monkeypatch.setenv("MADE_KEY", "secret")
    assert statuses(sync_all(store, Telling())) == [("a", "new")]


def test_a_choice_that_a_source_does_not_take_is_refused_before_anything_is_fetched(store, registered):
    made = registered(Made("a", [rows(1)], choices=("since", "top")), Made("b", [rows(1)]))
    with pytest.raises(UsageError, match="b does not take --top N"):
        sync_named(store, ["a", "b"], Asked(top=3), Telling())
    with pytest.raises(UsageError) as caught:
        sync_named(store, ["a"], Asked(days=(1, 2)), Telling())
    assert caught.value.hint == "it takes --since MOMENT, --top N"
    assert not made["a"].asked


def test_what_a_source_answers_less_without_is_fetched_too_and_said(store, registered):
    want = Asked(revision="main")
    made = registered(Made("a", [rows(1), rows(2)], companions=(("b", want),)), Made("b", [rows(3)]))
    said = []
    done = sync_named(store, ["a"], Asked(), Telling(say=said.append))
    assert statuses(done) == [("a", "new"), ("b", "new")]
    assert "a answers less without b" in said[0]
    assert made["b"].asked[0].revision == "main"
    assert statuses(sync_named(store, ["a"], Asked(), Telling())) == [("a", "new")], "b is held now"


def test_a_companion_of_some_days_is_fetched_where_none_of_these_is_held(store, registered):
    early, late = making.day("2024-01-01"), making.day("2024-07-11")
    for days, fetched in (((early, early + 9), True), ((late, late + 1), False)):
        made = registered(
            Made("a", [rows(1)], companions=(("b", Asked(days=days)),)), Made("b", [rows(3)], choices=("days",))
        )
        sync_named(store, ["b"], Asked(), Telling())
        sync_named(store, ["a"], Asked(), Telling())
        assert [asked.days for asked in made["b"].asked] == [None, *([days] if fetched else [])]


def test_alone_a_source_is_fetched_without_its_companions(store, registered):
    made = registered(Made("a", [rows(1)], companions=(("b", Asked()),)), Made("b", [rows(3)]))
    assert statuses(sync_named(store, ["a"], Asked(), Telling(), alone_only=True)) == [("a", "new")]
    assert not made["b"].asked


def test_a_companion_that_is_down_does_not_take_back_what_was_read(store, registered):
    registered(Made("a", [rows(1)], companions=(("b", Asked()),)), Made("b", [DOWN]))
    done = sync_named(store, ["a"], Asked(), Telling())
    assert statuses(done) == [("a", "new"), ("b", "source-down")]
    assert done.exit_code == 4
    assert len(store.vintages()) == 1


def test_the_same_reading_twice_is_nothing_new(store, registered):
    registered(Made("a", [rows(1), rows(1)]))
    assert statuses(sync_all(store, Telling())) == [("a", "new")]
    assert statuses(sync_all(store, Telling())) == [("a", "nothing-new")]
    assert len(store.vintages()) == 1


def test_two_rounds_of_all_do_not_go_on_at_once(store, registered):
    registered(Made("a", [rows(1)]))
    (store.path / "landing").mkdir(parents=True)
    with filelock.FileLock(store.path / "landing" / "all.lock"), pytest.raises(StoreBusy):
        sync_all(store, Telling())


def test_a_source_that_another_process_fetches_is_left_to_it(store, registered):
    registered(Made("a", [rows(1)]), Made("b", [rows(2)]))
    (store.path / "landing").mkdir(parents=True)
    with filelock.FileLock(store.path / "landing" / "a.lock"):
        done = sync_all(store, Telling())
    assert statuses(done) == [("a", "skipped"), ("b", "new")]
    assert done.outcomes[0].error["kind"] == "store-busy"
    assert done.exit_code == 4
    assert "a" not in Looks(store).read()[0], "that it is busy says nothing of the source"


@pytest.mark.parametrize(("bad", "noted"), [(2, True), (1, False)])
def test_rows_that_were_not_taken_are_counted_and_told_from_one_in_a_hundred(store, registered, bad, noted):
    listing = [{"id": f"google/m{number}", "downloads": -1 if number < bad else 5} for number in range(150)]
    registered(Made("a", [listing]))
    said = []
    done = sync_all(store, Telling(say=said.append))
    assert done.to_dict()["rows"][0]["rejected"] == bad
    words = f"a: of 150 rows {bad} were rejected and 0 are doubtful; `weighbridge quality` says why"
    assert ((words,) == done.notes) == (words in said) == noted


def test_the_document_of_a_round_is_json_and_keeps_its_columns(store, registered):
    registered(Made("a", [DOWN]))
    done = json.loads(json.dumps(sync_all(store, Telling()).to_dict()))
    columns = ["source", "status", "vintages", "models", "counters", "rejected", "doubtful", "seconds", "error",
               "next"]  # fmt: skip
    assert list(done["rows"][0]) == columns
    assert set(done) == {"rows", "notes"}
    assert {row["status"] for row in done["rows"]} <= set(rounds.STATUSES)


@pytest.mark.parametrize("year", ["9999-12-31T23:59:59Z", "2199-01-01T00:00:00Z"])
def test_a_look_in_the_future_counts_as_none(store, registered, year):
    registered(Made("a", [[], rows(5)]))
    sync_all(store, Telling())
    looks = Looks(store)
    held = json.loads(looks.path.read_text())
    held["sources"]["a"]["looked"] = {"": year}
    looks.path.write_text(json.dumps(held))
    assert statuses(sync_all(store, Telling(), older_than=DAY)) == [("a", "new")]


def test_who_chooses_by_what_is_held_is_asked_after_the_censuses(store, registered):
    registered(Chooser("a", [rows(1)]), Made("b", [rows(5)]))
    assert [row[0] for row in statuses(sync_all(store, Telling()))] == ["b", "a"]


def test_a_source_that_had_nobody_to_ask_for_did_not_answer(store, registered):
    accounts = hub_accounts.SOURCE
    registered(Made("a", [[]]), accounts)
    done = sync_all(store, Telling())
    assert statuses(done) == [("a", "nothing-new"), ("hub-accounts", "skipped")]
    assert "no census in the store" in done.outcomes[1].error["message"]
    assert done.outcomes[1].next == "fetch a census first: weighbridge sync hub-api"
    assert done.exit_code == 0
    assert not Looks(store).read()[0]["hub-accounts"].looked
    again = sync_all(store, Telling(), older_than=DAY)
    assert statuses(again)[1] == ("hub-accounts", "skipped"), "it is not fresh"
    with pytest.raises(DataMissing):
        sync_named(store, ["hub-accounts"], Asked(), Telling())


@pytest.mark.parametrize(
    ("hint", "key", "words"),
    [
        (
            "the source wants a token or key",
            "MADE_KEY",
            "the source wants a token or key (MADE_KEY); then: weighbridge",
        ),
        ("the source may have changed its address", None, "the source may have changed its address; then: weighbridge"),
        ("fetch it from a mirror", None, "fetch it from a mirror; then: weighbridge sync a"),
        (LATER, None, "weighbridge sync a, later; it goes on with what has landed"),
    ],
)
def test_what_heals_is_said_with_the_command_to_run_then(store, registered, monkeypatch, hint, key, words):
    monkeypatch.setenv("MADE_KEY", "secret")
    registered(Made("a", [SourceFailed("it answers no", hint)], key=key))
    assert sync_all(store, Telling()).outcomes[0].next.startswith(words)


def test_of_several_sources_the_one_that_is_asked_is_said(store, registered):
    registered(Made("a", [rows(1)]), Made("b", [DOWN]))
    said = []
    sync_all(store, Telling(say=said.append))
    assert said == ["fetching a (1 of 2)", "fetching b (2 of 2)"]

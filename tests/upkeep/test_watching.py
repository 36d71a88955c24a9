"""What became known since the last watch is told, once, to each who is to know; what was known before is not."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import filelock
import pytest
from receiving import receiver

import making
from weighbridge.errors import DataMissing, SourceFailed, StoreBusy, StoreDamaged
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest
from weighbridge.upkeep import told, watching
from weighbridge.upkeep.alerts import Rule
from weighbridge.upkeep.alerts.change import Changes
from weighbridge.upkeep.looks import Looks
from weighbridge.upkeep.ruling import packaged
from weighbridge.upkeep.watching import watch
from weighbridge.upkeep.webhook import Webhook, webhook_to

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
VANISHED = Rule("vanished", "A model vanished", "event", of={"event": "vanished"})
LICENCE = Rule("licence-changed", "A licence changed", "change", of={"changes": ["licence"]})
GATED = Rule("gating-changed", "Gated or no longer", "change", of={"changes": ["gated"]})
RULES = (VANISHED, LICENCE, GATED)
HUB = [
    {"id": "google/a", "downloads": 900, "license": "mit", "gated": False},
    {"id": "google/b", "downloads": 800, "license": "mit", "gated": False},
    {"id": "google/c", "downloads": 50, "license": "mit", "gated": False},
    {"id": "google/d", "downloads": 20, "license": "", "gated": False},
]


def changed(**by_name):
    """The hub with some cells changed; null: the model is not there."""
    rows = [row | (by_name.get(row["id"][-1]) or {}) for row in HUB if by_name.get(row["id"][-1], {}) is not None]
    return [dict(row) for row in rows]


def heads(found):
    return sorted((row["rule"], row["model"]) for row in found.alerts)


@pytest.fixture
def two(read_hub, store):
    """A store with a reading that was watched, and one since in which c vanished, a is mit no more and b is gated."""
    read_hub(HUB, "2024-07-11")
    watch(store, RULES)
    read_hub(changed(a={"license": "apache-2.0"}, b={"gated": True}, c=None), "2024-08-10")
    return store


def test_the_first_watch_of_an_old_store_tells_nothing_but_where_it_begins(read_hub, store):
    read_hub(HUB, "2024-07-11")
    read_hub(changed(c=None), "2024-08-10")
    found = watch(store, RULES)
    assert found.alerts == ()
    assert "Watching begins here" in found.notes[-1]
    assert "2 vintages" in found.notes[-1]
    assert watch(store, RULES).notes == ()


def test_what_a_new_reading_shows_is_told_once(two):
    found = watch(two, RULES)
    assert heads(found) == [
        ("gating-changed", "google/b"),
        ("licence-changed", "google/a"),
        ("vanished", "google/c"),
    ]
    licence = next(row for row in found.alerts if row["rule"] == "licence-changed")
    assert licence["detail"] == "licence: mit before, apache-2.0 now"
    assert (licence["weight"], licence["day"]) == (900, "2024-08-10")
    assert watch(two, RULES).alerts == ()


def test_it_is_not_told_again_when_looked_at_again(two):
    watch(two, RULES)
    assert watch(two, RULES, since=making.moment("2020-01-01")).alerts == ()


def test_since_looks_at_what_became_known_after_it(read_hub, store):
    read_hub(HUB, "2024-07-11", known=making.moment("2024-07-12"))
    read_hub(changed(c=None), "2024-08-10", known=making.moment("2024-08-11"))
    found = watch(store, RULES, since=making.moment("2024-07-20"))
    assert heads(found) == [("vanished", "google/c")]


def test_a_rule_that_is_new_begins_where_the_store_is_now(two):
    assert heads(watch(two, [VANISHED])) == [("vanished", "google/c")]
    new = Rule("another", "Another", "event", of={"event": "vanished"})
    assert watch(two, [VANISHED, new]).alerts == ()


def test_a_rule_that_was_left_out_for_a_while_has_missed_nothing(two, read_hub):
    watch(two, [VANISHED])
    read_hub(changed(a={"license": "bsd"}, b={"gated": True}, c=None), "2024-09-09")
    found = watch(two, RULES)
    assert heads(found) == [("gating-changed", "google/b"), ("licence-changed", "google/a")]


def test_the_first_reading_of_a_hub_is_no_news(store, read_hub):
    read_hub([{**row, "id": f"x/{row['id'][-1]}"} for row in HUB], "2024-07-11", selection=True)
    watch(store, RULES)
    read_hub(HUB, "2024-07-11")
    Looks(store).note("a", "", datetime.now(UTC), "new")
    assert watch(store, RULES).alerts == ()


def test_a_store_that_was_empty_at_first_begins_with_its_first_reading(store, read_hub):
    Looks(store).note("a", "", datetime.now(UTC), "nothing-new")
    watch(store, RULES)
    read_hub(HUB, "2024-07-11")
    read_hub(changed(c=None), "2024-08-10")
    assert watch(store, RULES).alerts == ()


def test_little_weight_is_left_out(two):
    heavy = [Rule(**(rule.to_dict() | {"least": 100})) for rule in RULES]
    assert heads(watch(two, heavy)) == [("gating-changed", "google/b"), ("licence-changed", "google/a")]


def test_a_value_that_only_appears_is_told_only_where_it_is_asked_for(read_hub, store):
    loose = Rule("loose", "Any", "change", of={"changes": ["licence"], "stated": False})
    read_hub(HUB, "2024-07-11")
    watch(store, (LICENCE, loose))
    read_hub(changed(d={"license": "mit"}), "2024-08-10")
    assert heads(watch(store, (LICENCE, loose))) == [("loose", "google/d")]


def test_many_are_told_as_one_and_never_singly_afterwards(read_hub, store):
    many = [{"id": f"google/m{number:03}", "downloads": 1000 - number} for number in range(30)]
    few = Rule("vanished", "A model vanished", "event", most=5, of={"event": "vanished"})
    read_hub(many, "2024-07-11", known=making.moment("2024-07-12"))
    read_hub(many[:1], "2024-08-10", known=making.moment("2024-08-11"))
    found = watch(store, [few], since=making.moment("2024-07-20"))
    assert [row["model"] for row in found.alerts] == [*(f"google/m{n:03}" for n in range(1, 6)), None]
    last = found.alerts[-1]
    assert last["numbers"] == {"alerts": 24}
    assert last["title"] == "A model vanished: 24 more"
    assert "sums" not in last
    assert watch(store, [few], since=making.moment("2024-07-20")).alerts == ()


def test_a_chosen_set_is_compared_with_the_census_before_it(read_hub, store):
    read_hub(HUB, "2024-07-11")
    watch(store, RULES)
    read_hub(changed(a={"license": "bsd"})[:1], "2024-07-12", selection=True)
    assert heads(watch(store, RULES)) == [("licence-changed", "google/a")]


def test_a_reading_of_older_days_is_no_change(read_hub, store):
    read_hub(HUB, "2024-07-11")
    watch(store, RULES)
    read_hub(changed(a={"license": "bsd"}), "2024-06-11")
    assert watch(store, RULES).alerts == ()


def test_an_event_keeps_its_id_whatever_is_read_later(two, read_hub):
    first = {row["model"]: row["id"] for row in watch(two, RULES).alerts}
    read_hub(changed(a={"license": "apache-2.0"}, b={"gated": True}, c=None), "2024-09-09")
    told.path_of(two).unlink()
    again = watch(two, RULES, since=making.moment("2026-01-01T01:30:00"))
    assert [row["id"] for row in again.alerts if row["model"] == "google/c"] == [first["google/c"]]


def test_an_empty_store_has_nothing_to_watch(store):
    with pytest.raises(DataMissing):
        watch(store, RULES)


def test_what_is_remembered_and_damaged_is_said_and_not_begun_anew(two):
    told.path_of(two).write_text("{")
    with pytest.raises(StoreDamaged, match=r"told\.json"):
        watch(two, RULES)


def test_two_watches_do_not_go_on_at_once(two, monkeypatch):
    monkeypatch.setattr(watching, "WAIT", 0.05)
    with filelock.FileLock(two.path / "told" / "lock"), pytest.raises(StoreBusy):
        watch(two, RULES)


def test_a_feed_keeps_what_was_told_before_and_no_more_than_asked(two, read_hub, tmp_path):
    feed = tmp_path / "alerts.atom"
    assert watch(two, RULES, feed=feed).outlets[0]["told"] == 3
    name = feed.read_text().split("urn:uuid:")[1][:36]
    read_hub(changed(a={"license": "bsd"}, b={"gated": True}, c=None), "2024-09-09")
    watch(two, RULES, feed=feed)
    assert feed.read_text().count("<entry>") == 4
    assert name in feed.read_text()
    watch(two, RULES, feed=feed, entries=2)
    assert feed.read_text().count("<entry>") == 2
    assert "bsd" in feed.read_text()


def test_a_feed_is_made_again_from_what_is_remembered(two, tmp_path):
    feed = tmp_path / "alerts.atom"
    watch(two, RULES, feed=feed)
    before = feed.read_bytes()
    feed.unlink()
    watch(two, RULES, feed=feed)
    assert feed.read_bytes() == before


def test_a_webhook_gets_each_alert_once(two, monkeypatch):
    monkeypatch.setenv("WEIGHBRIDGE_WEBHOOK_SECRET", SECRET)
    with receiver() as there:
        watch(two, RULES, webhook=webhook_to(there.url))
        watch(two, RULES, webhook=webhook_to(there.url))
    ids = [json.loads(body)["data"]["id"] for _, body in there.got]
    assert len(ids) == len(set(ids)) == 3


def test_what_a_webhook_could_not_be_told_is_told_at_the_next_watch(two, monkeypatch):
    monkeypatch.setenv("WEIGHBRIDGE_WEBHOOK_SECRET", SECRET)
    with receiver(204, 400) as there:
        failed = watch(two, RULES, webhook=webhook_to(there.url))
        assert failed.outlets[0] | {"error": None} == {"outlet": "webhook", "told": 1, "waiting": 2, "error": None}
        assert failed.failed
        again = watch(two, RULES, webhook=webhook_to(there.url))
    assert again.alerts == ()
    assert again.outlets[0] == {"outlet": "webhook", "told": 2, "waiting": 0, "error": None}
    taken = [json.loads(body)["data"]["id"] for _, body in (there.got[0], *there.got[2:])]
    assert len(taken) == len(set(taken)) == 3


def test_a_webhook_that_is_new_gets_nothing_that_was_told_before(two, monkeypatch):
    monkeypatch.setenv("WEIGHBRIDGE_WEBHOOK_SECRET", SECRET)
    watch(two, RULES)
    with receiver() as there:
        watch(two, RULES, webhook=webhook_to(there.url))
    assert not there.got


def test_a_watch_that_is_ended_before_it_could_tell_is_made_up_for(two, monkeypatch, tmp_path):
    monkeypatch.setenv("WEIGHBRIDGE_WEBHOOK_SECRET", SECRET)

    def ended(self, alert):
        raise KeyboardInterrupt

    with receiver() as there:
        sink = webhook_to(there.url)
        with monkeypatch.context() as patch:
            patch.setattr(Webhook, "send", ended)
            with pytest.raises(KeyboardInterrupt):
                watch(two, RULES, webhook=sink)
        watch(two, RULES, webhook=sink)
    assert len(there.got) == 3


def test_the_address_of_a_webhook_is_written_nowhere(two, monkeypatch):
    monkeypatch.setenv("WEIGHBRIDGE_WEBHOOK_SECRET", SECRET)
    with receiver(400) as there:
        watch(two, RULES, webhook=webhook_to(there.url))
    written = b"".join(path.read_bytes() for path in two.path.rglob("*") if path.is_file())
    assert b"hidden" not in written
    assert SECRET.encode() not in written


def test_a_feed_that_cannot_be_written_is_said_and_made_up_for(two, tmp_path, monkeypatch):
    feed = tmp_path / "alerts.atom"

    def full(path, name, entries):
        raise SourceFailed("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(watching, "write_feed", full)
        found = watch(two, RULES, feed=feed)
    assert found.failed
    assert len(found.alerts) == 3
    watch(two, RULES, feed=feed)
    assert feed.read_text().count("<entry>") == 3


def test_what_is_remembered_does_not_grow_for_ever(two, monkeypatch):
    monkeypatch.setattr(told, "LOGGED", 2)
    watch(two, RULES)
    assert len(told.read(two).log) == 2


def test_watching_changes_no_vintage(two):
    before = {p: p.read_bytes() for p in (two.path / "vintages").rglob("*") if p.is_file()}
    watch(two, RULES)
    assert before == {p: p.read_bytes() for p in (two.path / "vintages").rglob("*") if p.is_file()}


def test_a_source_that_does_not_answer_is_told_once_until_it_does(store):
    rule = Rule("stale", "A source has not answered", "stale", of={"days": 3})
    now = datetime.now(UTC).replace(microsecond=0)
    looks = Looks(store)
    looks.note("a", "", now - timedelta(days=5), "new")
    looks.note("b", "", now - timedelta(days=1), "nothing-new")
    looks.note("a", "", now, "source-down", {"kind": "source-failed", "message": "no answer", "hint": ""})
    found = watch(store, [rule])
    assert [row["numbers"]["source"] for row in found.alerts] == ["a"]
    assert "5 days ago" in found.alerts[0]["detail"]
    assert "no answer" in found.alerts[0]["detail"]
    assert watch(store, [rule]).alerts == ()
    looks.note("a", "", now - timedelta(days=4), "new")
    assert len(watch(store, [rule]).alerts) == 1, "it answered, and then not again"


def test_a_stale_source_that_nobody_asked_about_is_not_told(store):
    rule = Rule("stale", "A source has not answered", "stale", of={"days": 3, "sources": ["b"]})
    Looks(store).note("a", "", datetime.now(UTC) - timedelta(days=5), "new")
    assert watch(store, [rule]).alerts == ()


def test_restated_counters_are_told(tmp_path):
    rule = Rule("restated", "Counters were restated", "event", of={"event": "restatement"})
    held = Store(tmp_path / "daily")

    def read(days, name):
        rows = [
            {"id": "google/a", "downloads_all_time": value, "observed_at": f"2024-01-{day:02}"} for day, value in days
        ]
        path = making.csv_file(tmp_path / f"{name}.csv", rows)
        ingest(held, source("hub-dump"), path, at=None, known=making.moment(f"2024-03-{len(days):02}"))

    read([(day, 1000 * day) for day in range(1, 11)], "before")
    watch(held, [rule])
    read([(11, 3000), (12, 3100)], "after")
    found = watch(held, [rule])
    assert [row["model"] for row in found.alerts] == ["google/a"]
    assert "stayed down" in found.alerts[0]["detail"]


def test_a_rule_that_fails_is_named_stops_no_other_and_looks_at_the_same_again(two, monkeypatch):
    real = Changes.find

    def broken(self, rule, watched):
        if rule.id == "licence-changed":
            raise ZeroDivisionError("nothing to divide by")
        return real(self, rule, watched)

    with monkeypatch.context() as patch:
        patch.setattr(Changes, "find", broken)
        found = watch(two, RULES)
    assert heads(found) == [("gating-changed", "google/b"), ("vanished", "google/c")]
    assert [note for note in found.notes if "licence-changed" in note and "nothing to divide by" in note]
    assert heads(watch(two, RULES)) == [("licence-changed", "google/a")], "it has missed nothing"


def test_a_damaged_store_is_no_fault_of_a_rule(two, monkeypatch):
    def damaged(self, rule, watched):
        raise StoreDamaged("a file is gone")

    monkeypatch.setattr(Changes, "find", damaged)
    with pytest.raises(StoreDamaged):
        watch(two, RULES)


@pytest.mark.parametrize(("kept", "told_as"), [(51, ["The census shrank by 49%"]), (95, ["A model vanished"] * 5)])
def test_a_census_that_lost_a_large_part_is_told_once_and_not_model_by_model(read_hub, store, kept, told_as):
    rule = Rule("vanished", "A model vanished", "event", least=10, of={"event": "vanished", "shrunk": 0.1})
    many = [{"id": f"google/m{number:03}", "downloads": 1000 - number} for number in range(100)]
    read_hub(many, "2024-07-11")
    watch(store, [rule])
    read_hub(many[:kept], "2024-08-10")
    found = watch(store, [rule]).alerts
    assert [row["title"] for row in found] == told_as
    if kept == 51:
        assert found[0]["numbers"] == {"models": 49, "before": 100, "part": 0.49}
        assert found[0]["weight"] == sum(row["downloads"] for row in many[kept:])
        assert found[0]["model"] is None
    assert watch(store, [rule]).alerts == ()


def test_the_packages_rule_on_vanished_models_knows_a_census_that_shrank():
    assert 0 < packaged()["vanished"].of["shrunk"] <= 0.1


@pytest.mark.parametrize(
    "change",
    [
        {"sums": 5}, {"sums": [5]}, {"weight": "heavy"}, {"weight": True}, {"share": "half"}, {"vintages": 3},
        {"model": 7}, {"kind": None}, {"numbers": []}, {"found": 5},
    ],
)  # fmt: skip
def test_what_is_remembered_with_wrong_types_is_damage_and_no_fault_of_the_program(two, change, tmp_path):
    watch(two, RULES)
    path = told.path_of(two)
    held = json.loads(path.read_text())
    held["log"][0] |= change
    path.write_text(json.dumps(held))
    with pytest.raises(StoreDamaged, match=r"told\.json"):
        watch(two, RULES, feed=tmp_path / "alerts.atom")


def test_what_an_outlet_was_told_with_wrong_types_is_damage(two, tmp_path):
    watch(two, RULES, feed=tmp_path / "alerts.atom")
    path = told.path_of(two)
    held = json.loads(path.read_text())
    next(iter(held["outlets"].values()))["told"] = "abc"
    path.write_text(json.dumps(held))
    with pytest.raises(StoreDamaged):
        watch(two, RULES)


def test_a_look_in_the_future_does_not_keep_a_source_from_being_stale(store):
    rule = Rule("stale", "A source has not answered", "stale", of={"days": 3})
    looks = Looks(store)
    looks.note("a", "", datetime.now(UTC) - timedelta(days=5), "new")
    held = json.loads(looks.path.read_text())
    held["sources"]["a"]["looked"]["top=5"] = "9999-12-31T00:00:00Z"
    looks.path.write_text(json.dumps(held))
    assert [row["numbers"]["source"] for row in watch(store, [rule]).alerts] == ["a"]


def test_an_empty_store_that_was_asked_about_says_that_nothing_is_held(store):
    Looks(store).note("a", "", datetime.now(UTC), "nothing-new")
    (note,) = watch(store, RULES).notes
    assert "no reading is held yet" in note
    assert "never" not in note

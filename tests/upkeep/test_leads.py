"""A lead is told when it changes outside its bounds, in whichever period, and not while the unknown could turn it."""

from __future__ import annotations

import pytest

from weighbridge.errors import UsageError
from weighbridge.upkeep.alerts import Rule
from weighbridge.upkeep.alerts.lead import Led, turns
from weighbridge.upkeep.ruling import made
from weighbridge.upkeep.watching import watch

OF = {"by": "country", "groups": ["CN", "US"], "question": {"definition": "raw"}}
NOW = Rule("now", "They change places", "lead", hub="huggingface", of=OF)
MONTHS = Rule("months", "They change places", "lead", of=OF | {"over": "month"})


def hub(us: int, cn: int, nobody: int = 0):
    """A hub in which the United States, China and somebody unregistered have so many downloads."""
    counts = {"google/a": us, "Qwen/b": cn, "nobody-looked-here/c": nobody}
    return [{"id": name, "downloads": count} for name, count in counts.items()]


@pytest.fixture
def read(read_hub):
    """Reads the hub of each day in turn, and says what the rule then tells."""

    def readings(store, rule, *days):
        told = []
        for at, *counts in days:
            read_hub(hub(*counts), at)
            told.append([row["detail"] for row in watch(store, [rule]).alerts])
        return told

    return readings


def test_a_lead_that_changes_is_told_with_its_shares_and_bounds(store, read):
    _, told = read(store, NOW, ("2024-07-11", 60, 40, 0), ("2024-08-10", 30, 60, 10))
    assert len(told) == 1
    assert "CN leads by country outside the bounds" in told[0]
    assert "US did" in told[0]
    assert "CN 60.00% (60.00% to 70.00%)" in told[0]


def test_a_lead_that_stays_is_not_told(store, read):
    assert read(store, NOW, ("2024-07-11", 60, 40), ("2024-08-10", 90, 10)) == [[], []]


def test_a_lead_within_the_bounds_is_not_told(store, read):
    assert read(store, NOW, ("2024-07-11", 60, 40), ("2024-08-10", 40, 50, 20)) == [[], []]


def test_a_lead_that_was_open_in_between_is_told_when_it_is_sure(store, read):
    days = ("2024-07-11", 60, 40), ("2024-08-10", 40, 50, 20), ("2024-09-09", 30, 60, 5)
    assert [len(told) for told in read(store, NOW, *days)] == [0, 0, 1]


def test_a_lead_that_was_open_and_comes_back_is_not_told(store, read):
    days = ("2024-07-11", 60, 40), ("2024-08-10", 40, 50, 20), ("2024-09-09", 60, 30, 5)
    assert [len(told) for told in read(store, NOW, *days)] == [0, 0, 0]


def daily(read_hub, by_month):
    """A cumulative counter read at the beginning of each month: US and CN grow by these."""
    us = cn = 0
    for month, (more_us, more_cn) in by_month.items():
        rows = []
        for name, total in (("google/a", us), ("Qwen/b", cn)):
            rows.append({"id": name, "downloads_all_time": total})
        read_hub(rows, f"{month}-01")
        us, cn = us + more_us, cn + more_cn


def test_months_are_told_in_which_the_lead_changed(store, read_hub):
    daily(read_hub, {"2024-01": (60, 40), "2024-02": (60, 40)})
    watch(store, [MONTHS])
    read_hub([{"id": "google/a", "downloads_all_time": 120}, {"id": "Qwen/b", "downloads_all_time": 80}], "2024-03-01")
    assert watch(store, [MONTHS]).alerts == ()
    read_hub([{"id": "google/a", "downloads_all_time": 130}, {"id": "Qwen/b", "downloads_all_time": 180}], "2024-04-01")
    found = watch(store, [MONTHS]).alerts
    assert [(row["day"], row["numbers"]["leader"]) for row in found] == [("2024-03-01", "CN")]
    assert watch(store, [MONTHS]).alerts == ()


def test_what_cannot_be_asked_of_a_hub_is_a_note_and_no_error(store, read_hub):
    read_hub([{"id": "google/a", "downloads_all_time": 1}], "2024-01-01")
    watch(store, [NOW])
    read_hub([{"id": "google/a", "downloads_all_time": 1}], "2024-01-01", selection=True)
    found = watch(store, [NOW])
    assert found.alerts == ()
    assert any("cannot be asked" in note for note in found.notes)


@pytest.mark.parametrize(
    "question", [{"definition": "nothing-such"}, {"max_age": "old"}, {"trailing": 7}, {"clean": [3]}]
)
def test_a_rule_that_asks_what_is_no_question_is_refused_with_its_name_before_anything_is_watched(question):
    document = {"id": "wrong", "title": "Wrong", "kind": "lead", "of": OF | {"question": question}}
    with pytest.raises(UsageError, match="the rule wrong"):
        made(document, "rules.toml")


def test_groups_that_have_no_weight_in_a_hub_are_a_note_and_stop_no_other_rule(store, read_hub):
    nobody = Rule("nobody", "Nobody", "lead", of=OF | {"groups": ["FR", "DE"]})
    strange = Rule("strange", "Strange", "lead", of=OF | {"by": "family", "groups": ["Never", "Heard"]})
    read_hub(hub(60, 40), "2024-07-11")
    watch(store, [nobody, strange, NOW])
    read_hub(hub(40, 60), "2024-08-10")
    found = watch(store, [nobody, strange, NOW])
    assert [row["rule"] for row in found.alerts] == ["now"]
    assert any("nobody: huggingface cannot be asked: FR and DE have no weight" in note for note in found.notes)
    assert any(note.startswith("strange: huggingface cannot be asked") for note in found.notes)


def test_turns_are_between_neighbours_that_differ():
    series = [Led(str(n), n, n + 1, leader, {}, {}, ()) for n, leader in enumerate("AABBA")]
    assert [turn.key for turn in turns(series)] == [("2", "A", "B"), ("4", "B", "A")]
    assert turns(series[:2]) == turns([]) == []

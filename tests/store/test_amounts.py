"""Amounts of periods: of a source's readings of one period the one known last counts, whole."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import making
from weighbridge.records.clock import day_text
from weighbridge.sources import source
from weighbridge.store.amounts import AMOUNTS, citations, read_amounts, with_amounts
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

FIRST = making.moment("2026-08-01")


def answer(days):
    rows = [
        {"date": day, "model_permaslug": name, "total_tokens": str(count)}
        for day, models in days.items()
        for name, count in models.items()
    ]
    meta = {"as_of": "2026-08-22T12:00:00Z", "start_date": "2026-08-01", "end_date": "2026-08-21", "version": "v1"}
    return json.dumps({"data": rows, "meta": meta})


@pytest.fixture
def bring(store, tmp_path):
    """Reads days of tokens into the store, each reading known an hour after the one before unless told."""
    count = 0

    def reading(days, into=store, **choices):
        nonlocal count
        count += 1
        file = tmp_path / f"rankings{count}.json"
        file.write_text(answer(days))
        known = choices.pop("known", FIRST + timedelta(hours=count))
        return ingest(into, source("openrouter-rankings"), file, at=None, known=known, **choices).vintage

    return reading


def told(table):
    return [(day_text(row["start"]), row["level"], row["name"], row["amount"]) for row in table.to_pylist()]


def test_days_of_several_readings_are_one_table(store, bring):
    bring({"2026-08-01": {"a/x": 5, "other": 1}})
    bring({"2026-08-02": {"b/y": 7}})
    assert told(read_amounts(store.vintages())) == [
        ("2026-08-01", "model", "a/x", 5),
        ("2026-08-01", "rest", "other", 1),
        ("2026-08-02", "model", "b/y", 7),
    ]


def test_a_restated_day_is_replaced_whole_so_that_nothing_counts_twice(store, bring):
    bring({"2026-08-01": {"a/x": 5, "b/y": 4, "other": 1}, "2026-08-02": {"a/x": 9}})
    later = bring({"2026-08-01": {"c/z": 6, "a/x": 5, "other": 5}})
    table = read_amounts(store.vintages())
    assert told(table) == [
        ("2026-08-01", "model", "a/x", 5),
        ("2026-08-01", "model", "c/z", 6),
        ("2026-08-01", "rest", "other", 5),
        ("2026-08-02", "model", "a/x", 9),
    ]
    assert set(table["vintage"].to_pylist()[:3]) == {later.id}


def test_what_was_known_then_is_asked_by_the_vintages_given(store, bring):
    bring({"2026-08-01": {"a/x": 5}}, known=making.moment("2026-08-02"))
    bring({"2026-08-01": {"a/x": 6}}, known=making.moment("2026-08-09"))
    assert told(read_amounts(store.vintages(making.moment("2026-08-05"))))[0][3] == 5
    assert told(read_amounts(store.vintages()))[0][3] == 6


def test_two_sources_of_one_hub_stand_beside_each_other(store, bring, tmp_path):
    bring({"2026-08-03": {"a/x": 5}})
    weekly = tmp_path / "weekly.csv"
    weekly.write_text("date,author,tokens_week,share_pct\n2026-08-09,a,5,100\n")
    ingest(store, source("openrouter-weekly"), weekly, at=None, known=FIRST)
    table = read_amounts(store.vintages())
    assert sorted(set(table["source"].to_pylist())) == ["openrouter-rankings", "openrouter-weekly"]
    assert table.num_rows == 3


def test_a_store_without_amounts_has_an_empty_table_of_the_same_columns(store, read_hub):
    read_hub([{"id": "a/b", "downloads": 1}])
    assert with_amounts(store.vintages()) == []
    assert read_amounts([]).schema == AMOUNTS


def test_a_source_is_cited_as_its_latest_answer_asks(store, bring):
    bring({"2026-08-01": {"a/x": 5}}, origin={"citation": "as of 1"})
    bring({"2026-08-02": {"a/x": 5}}, origin={"citation": "as of 2"})
    bring({"2026-08-03": {"a/x": 5}})
    assert citations(store.vintages()) == ["as of 2"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["2026-08-01", "2026-08-02", "2026-08-03"]),
            st.dictionaries(st.sampled_from(["a/x", "b/y", "other"]), st.integers(0, 9), min_size=1),
            min_size=1,
        ),
        min_size=1,
        max_size=3,
    ),
    st.randoms(),
)
def test_every_day_is_that_of_the_reading_known_last_whatever_the_order(bring, tmp_path_factory, readings, shuffled):
    held = Store(tmp_path_factory.mktemp("amounts") / "store")
    expected = {}
    for days in readings:
        bring(days, into=held)
        expected |= days
    vintages = held.vintages()
    shuffled.shuffle(vintages)
    table = read_amounts(vintages)
    found: dict[str, dict[str, int]] = {}
    for day, _, name, amount in told(table):
        found.setdefault(day, {})[name] = amount
    assert found == expected

"""The ledgers of real readings, against what is known of these."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from readings import days

import making
from weighbridge.quality import Event
from weighbridge.quality.held import Held
from weighbridge.quality.ledger import found, ledger
from weighbridge.sources import source
from weighbridge.store.writing import ingest


@pytest.fixture(scope="module")
def of_census(census) -> tuple[Event, ...]:
    return ledger(census).events


@pytest.fixture(scope="module")
def of_series(census) -> tuple[Event, ...]:
    [selection] = [v for v in census.vintages() if v.population == "selection"]
    return ledger(census, vintage=selection.id).events


@pytest.fixture(scope="module")
def of_ollama(census) -> tuple[Event, ...]:
    return ledger(census, hub="ollama").events


def some(events: tuple[Event, ...], kind: str) -> list[Event]:
    return [event for event in events if event.kind == kind]


def test_393_references_of_the_census_name_no_model(of_census):
    assert sum(int(event.numbers["references"]) for event in some(of_census, "dangling-base")) == 393


def test_few_of_the_censuss_models_look_like_impostors(of_census):
    found = some(of_census, "impostor")
    assert 0 < len(found) < 20
    assert sum(event.share or 0 for event in found) < 0.001


def test_one_census_has_no_events_of_a_series(of_census):
    assert not {"gap", "fall", "restatement", "spike", "vanished"} & {event.kind for event in of_census}


def test_a_census_of_760000_models_takes_seconds_and_a_second_time_none(census):
    vintages = [v for v in census.vintages(hub="huggingface") if v.population == "census"]
    started = time.monotonic()
    found(Held(census, vintages))
    assert time.monotonic() - started < 10
    ledger(census)
    started = time.monotonic()
    ledger(census)
    assert time.monotonic() - started < 1


def test_the_daily_series_lacks_eight_single_days(of_series):
    gaps = [event for event in some(of_series, "gap") if event.model is None]
    assert [event.numbers["days"] for event in gaps] == [1] * 8


def test_many_counters_of_the_daily_series_were_restated_in_may_2025(of_series):
    assert sorted(days(event)[0] for event in some(of_series, "restatement")) == [
        "2025-05-20",
        "2025-05-21",
        "2025-05-22",
    ]


def test_the_largest_spike_of_the_daily_series_is_one_models_twelve_million(of_series):
    largest = some(of_series, "spike")[:2]
    assert {event.model for event in largest} == {"Xenova/paraphrase-multilingual-MiniLM-L12-v2"}
    assert 12_000_000 < sum(event.weight or 0 for event in largest) < 12_200_000


def test_one_counter_of_ollama_fell_and_stayed_down(of_ollama):
    [event] = some(of_ollama, "restatement")
    assert (event.model, days(event)[0], event.weight) == ("lfm2", "2026-03-02", 792_400)
    assert some(of_ollama, "fall") == []


def test_five_models_of_ollama_vanished(of_ollama):
    assert Counter(days(event)[0] for event in some(of_ollama, "vanished")) == {"2026-02-10": 1, "2026-06-16": 4}


def test_a_choice_with_removal_flags_tells_removed_from_missing(real_data, store):
    path = real_data / "hub-radar-2026-08" / "observations.parquet"
    known = making.moment("2026-08-23")
    reading = ingest(store, source("hub-dump"), path, at=None, known=known, selection=True)
    gone = some(ledger(store, vintage=reading.vintage.id).events, "vanished")
    assert len(gone) == 752
    assert all(event.numbers["flagged"] for event in gone)

"""Falls of cumulative counters are made good or stay, just as the flows take them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from readings import day_of, days, series

import making
from weighbridge.quality.falls import falls
from weighbridge.store.flows import steps_of

ALL = "downloads_all_time"


def test_a_fall_that_is_made_good_within_thirty_days_is_a_fall(read_hub, events):
    read_hub(series({"a/a": [100, 110, 40, 50, 120, 130]}, ALL), at=None)
    [fall] = events("fall")
    assert days(fall) == (day_of(2), day_of(4))
    assert fall.weight == 70
    assert events("restatement") == []


def test_a_fall_that_stays_is_a_restatement_of_what_was_taken_back(read_hub, events):
    read_hub(series({"a/a": [1000, 1100, 400, 410, 420]}, ALL), at=None)
    [event] = events("restatement")
    assert (event.model, event.weight, days(event)) == ("a/a", 700, (day_of(2), day_of(3)))
    assert events("fall") == []


def test_a_fall_made_good_after_a_month_has_stayed(read_hub, events):
    read_hub(series({"a/a": [1000, 400, *range(401, 431), 1100]}, ALL), at=None)
    assert len(events("restatement")) == 1
    assert events("fall") == []


def test_a_fall_of_a_30_day_counter_is_no_event(read_hub, events):
    read_hub(series({"a/a": [1000, 900, 800, 700]}), at=None)
    assert events("fall") == []
    assert events("restatement") == []


@given(st.lists(st.integers(0, 50), min_size=2, max_size=60), st.lists(st.integers(0, 50), min_size=2, max_size=60))
def test_falls_that_stay_are_those_that_the_flows_do_not_know(one: list[int], other: list[int]):
    counters = making.counters({0: dict(enumerate(one)), 1: dict(enumerate(other))})
    steps = steps_of(counters)
    stay = sorted((fall.start, fall.value - fall.lowest) for fall in falls(counters) if fall.end is None)
    assert stay == sorted(zip(steps.fall_day.tolist(), steps.fall_excess.tolist(), strict=True))


@given(st.lists(st.integers(0, 50), min_size=2, max_size=60))
def test_a_fall_that_was_made_good_is_below_both_its_ends(values: list[int]):
    for fall in falls(making.counters({0: dict(enumerate(values))})):
        if fall.end is not None:
            assert fall.lowest < fall.value <= values[fall.end]
            assert fall.end - fall.before <= 30

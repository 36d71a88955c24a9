"""30-day counters are flows of their own windows; longer spans are tiled by them and never cut into days."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import making
from weighbridge.errors import DataMissing, UsageError
from weighbridge.records.clock import Period, period_holding
from weighbridge.store.flows import WINDOW_DAYS, tiled_flows, windowed_flows


def daily(value, first=0, last=200):
    """One model observed every day."""
    return making.counters({0: {day: value(day) for day in range(first, last)}})


def test_the_counter_of_a_day_is_the_flow_of_its_own_thirty_days():
    flows = windowed_flows(daily(lambda day: 1000 + day), 60)
    assert (flows.value[0], flows.lo[0], flows.hi[0]) == (1060, 1060, 1060)


def test_a_month_of_thirty_days_is_its_last_counter():
    flows = tiled_flows(daily(lambda day: 1000 + day), Period(30, 60, ""))
    assert (flows.value[0], flows.lo[0], flows.hi[0]) == (1060, 1060 - 29, 1060)


@pytest.mark.parametrize("days", [28, 29, 31])
def test_a_month_is_scaled_by_its_days(days):
    flows = tiled_flows(daily(lambda day: 3000), Period(60, 60 + days, ""))
    assert (flows.value[0], flows.lo[0], flows.hi[0]) == (100 * days, 100 * days, 100 * days)


@pytest.mark.parametrize("days", [28, 29])
def test_what_came_just_before_a_february_need_not_belong_to_it(days):
    counters = daily(lambda day: 3000 if 59 <= day < 89 else 0)  # all on day 58, two days before the period
    flows = tiled_flows(counters, Period(60, 60 + days, ""))
    assert flows.lo[0] == 0


def test_a_quarter_is_tiled_by_three_windows():
    counters = making.counters({0: {30: 10, 60: 200, 90: 3000}})
    flows = tiled_flows(counters, Period(0, 90, ""))
    assert flows.value[0] == 3210
    assert tiled_flows(counters, Period(0, 92, "")).value[0] == round(3210 * 92 / 90)


def test_limits_are_those_of_all_tilings_that_were_observed():
    counters = making.counters({0: {55: 500, 58: 900, 60: 600}})
    flows = tiled_flows(counters, Period(30, 60, ""))
    assert (flows.value[0], flows.lo[0], flows.hi[0]) == (600, 500, 900)


def test_the_tiling_nearest_before_the_end_gives_the_value():
    counters = making.counters({0: {40: 500, 55: 700}})
    assert tiled_flows(counters, Period(30, 60, "")).value[0] == 700


@pytest.mark.parametrize("observed", [{95: 5}, {30: 5}, {}])
def test_a_span_that_no_window_tiles_has_no_flow(observed):
    assert tiled_flows(making.counters({0: {**observed, 500: 1}}), Period(30, 60, "")) is None


def test_all_windows_of_a_tiling_must_be_observed():
    assert tiled_flows(making.counters({0: {90: 5, 30: 5}}), Period(0, 90, "")) is None


def test_an_age_limit_looks_at_each_windows_own_end():
    counters = making.counters({0: {30: 10, 60: 10}, 1: {30: 100, 60: 100}})
    flows = tiled_flows(counters, Period(0, 60, ""), np.array([0, 25]), 40)
    assert dict(zip(flows.model.tolist(), flows.value.tolist(), strict=True)) == {0: 10, 1: 200}


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.integers(0, 130), st.integers(0, 10**6), min_size=1, max_size=60),
    st.integers(28, 100),
)
def test_the_value_lies_between_its_limits(observed, length):
    flows = tiled_flows(making.counters({0: observed}), Period(130 - length, 130, ""))
    if flows is not None and len(flows.model):
        assert 0 <= flows.lo[0] <= flows.value[0] <= flows.hi[0]


MONTHS = [
    {"id": "a/b", "downloads": 310, "date": "2024-01-31"},
    {"id": "a/b", "downloads": 600, "date": "2024-03-01"},
    {"id": "a/b", "downloads": 900, "date": "2024-03-31"},
]


def test_windows_are_never_turned_into_weeks(store, read_hub):
    read_hub(MONTHS, at=None)
    with pytest.raises(UsageError, match="never turned into days or weeks") as caught:
        making.share(store, "country", making.register({}), over="week")
    assert "month" in caught.value.hint


@pytest.mark.parametrize("span", [{"start": "2024-02-01", "end": "2024-02-15"}, {"trailing_days": 27}])
def test_windows_do_not_answer_spans_shorter_than_a_month(store, read_hub, span):
    read_hub(MONTHS, at=None)
    with pytest.raises(UsageError):
        making.share(store, "country", making.register({}), **span)


def test_a_month_of_windows_says_that_it_is_windowed(store, read_hub):
    read_hub(MONTHS, at=None)
    answer = making.share(store, "namespace", making.register({}), start="2024-03-01", end="2024-03-31")
    (row,) = answer.rows
    assert (answer.total, row.kind, answer.window["kind"]) == (900, "windowed", "windowed")


def test_a_day_without_observation_names_the_nearest(store, read_hub):
    read_hub(MONTHS, at=None)
    with pytest.raises(DataMissing) as caught:
        making.share(store, "country", making.register({}), at="2024-02-20")
    assert "2024-01-31 and 2024-03-01" in caught.value.hint


def test_a_window_has_thirty_days():
    assert WINDOW_DAYS == 30
    assert period_holding(making.day("2024-02-10"), "month").days == 29

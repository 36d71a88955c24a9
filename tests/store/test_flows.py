"""From cumulative counters to flows: what is measured, what is only known between limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import making
from weighbridge.records.clock import Period
from weighbridge.store.catalogue import read_counters
from weighbridge.store.flows import (
    FIRST_SEEN,
    FIRST_SIGHT_DAYS,
    INTERPOLATED,
    KINDS,
    MEASURED,
    RECOVERY_DAYS,
    UNKNOWN,
    cumulative_flows,
    steps_of,
)


def flow(counters, start, end, model=0, last_day=None):
    """`(value, lo, hi, kinds)` of a model in a window."""
    flows = cumulative_flows(steps_of(counters), counters, Period(start, end, ""), last_day)
    at = np.flatnonzero(flows.model == model)
    if not len(at):
        return 0, 0, 0, {}
    kinds = {KINDS[k]: int(v) for k, v in enumerate(flows.by_kind[at[0]]) if v}
    return int(flows.value[at[0]]), int(flows.lo[at[0]]), int(flows.hi[at[0]]), kinds


def falls(counters):
    """Days and downloads of falls that stayed."""
    steps = steps_of(counters)
    return list(zip(steps.fall_day.tolist(), steps.fall_excess.tolist(), strict=True))


def test_the_difference_of_two_days_is_measured_and_exact():
    counters = making.counters({0: {100: 50, 101: 57, 102: 60}})
    assert flow(counters, 100, 102) == (10, 10, 10, {"measured": 10})
    assert flow(counters, 101, 102) == (3, 3, 3, {"measured": 3})


def test_a_day_observed_is_the_start_of_that_day():
    counters = making.counters({0: {100: 50, 101: 57, 102: 60}})
    assert flow(counters, 99, 101)[0] == 7
    assert flow(counters, 102, 105)[0] == 0


def test_a_gap_is_spread_evenly_over_its_days():
    counters = making.counters({0: {100: 0, 110: 100}})
    parts = [flow(counters, day, day + 1) for day in range(100, 110)]
    assert [value for value, *_ in parts] == [10] * 10
    assert {tuple(kinds) for *_, kinds in parts} == {("interpolated",)}
    assert {(lo, hi) for _, lo, hi, _ in parts} == {(0, 100)}


def test_a_gap_that_does_not_divide_evenly_loses_no_download():
    counters = making.counters({0: {100: 0, 107: 100}})
    parts = [flow(counters, day, day + 1)[0] for day in range(100, 107)]
    assert sum(parts) == 100
    assert max(parts) - min(parts) <= 1


def test_a_window_that_holds_the_whole_gap_is_exact_again():
    counters = making.counters({0: {100: 0, 110: 100, 111: 103}})
    assert flow(counters, 100, 111) == (103, 103, 103, {"measured": 103})


def test_a_fall_that_recovers_is_a_missing_stretch_between_its_ends():
    counters = making.counters({0: {100: 1000, 101: 400, 102: 450, 103: 1030, 104: 1040}})
    assert falls(counters) == []
    assert flow(counters, 100, 104) == (40, 40, 40, {"measured": 40})
    assert [flow(counters, day, day + 1)[0] for day in (100, 101, 102)] == [10, 10, 10]


@pytest.mark.parametrize(("days", "restated"), [(RECOVERY_DAYS, 0), (RECOVERY_DAYS + 1, 1)])
def test_a_fall_has_thirty_days_to_recover(days, restated):
    counters = making.counters({0: {100: 1000, 101: 400, 100 + days: 1000}})
    assert len(falls(counters)) == restated


def test_a_fall_that_stays_is_a_restatement_of_unknown_flow():
    counters = making.counters({0: {98: 980, 99: 990, 100: 1000, 101: 400, 102: 410, 103: 420}})
    assert falls(counters) == [(101, 600)]
    value, lo, hi, kinds = flow(counters, 100, 101)
    assert (value, lo, kinds) == (0, 0, {})
    assert hi >= 10
    assert flow(counters, 98, 103)[:2] == (40, 40)


def test_two_falls_are_two_restatements():
    counters = making.counters({0: {100: 1000, 101: 400, 102: 410, 103: 100}})
    assert falls(counters) == [(101, 600), (103, 310)]


def test_a_model_first_seen_by_a_census_that_had_just_looked_brings_its_whole_counter():
    counters = making.counters({0: {100: 5, 105: 9}, 1: {105: 70, 106: 71}})
    assert flow(counters, 100, 105, model=1) == (70, 0, 70, {"first_seen": 70})
    assert flow(counters, 105, 106, model=1) == (1, 1, 1, {"measured": 1})


@pytest.mark.parametrize(("gap", "whole"), [(FIRST_SIGHT_DAYS, 70), (FIRST_SIGHT_DAYS + 1, 0)])
def test_a_census_must_have_looked_within_a_week(gap, whole):
    counters = making.counters({0: {100: 5, 100 + gap: 9}, 1: {100 + gap: 70, 101 + gap: 70}})
    assert flow(counters, 100, 100 + gap, model=1)[0] == whole


def test_a_first_sight_in_a_selection_is_only_a_starting_point():
    counters = making.counters({0: {100: 5, 101: 9}, 1: {101: 70, 102: 72}}, census=False)
    assert flow(counters, 100, 101, model=1) == (0, 0, 0, {})
    assert flow(counters, 100, 102, model=1)[0] == 2


def test_the_first_day_of_all_is_only_a_starting_point():
    counters = making.counters({0: {100: 5000, 101: 5001}})
    assert flow(counters, 90, 101)[0] == 1


def test_the_flow_of_a_vanished_model_is_unknown_and_not_zero():
    counters = making.counters({0: {100: 0, 101: 10, 102: 20}, 1: {d: d for d in range(100, 106)}})
    assert flow(counters, 100, 102) == (20, 20, 20, {"measured": 20})
    value, lo, hi, _ = flow(counters, 102, 105)
    assert (value, lo) == (0, 0)
    assert hi == 30


def test_null_counters_leave_a_gap(store, read_hub):
    rows = [
        {"id": "a/b", "downloads_all_time": value, "date": f"2024-01-0{day}"}
        for day, value in ((1, 10), (2, None), (3, 30))
    ]
    reading = read_hub(rows, at=None)
    assert reading.null_counters == 1
    counters = read_counters(store.vintages(), "downloads_all")
    first = making.day("2024-01-01")
    assert flow(counters, first, first + 1) == (10, 0, 20, {"interpolated": 10})


def test_rounding_widens_the_ends_only_and_not_each_day():
    step = 100_000
    series = {day: 5_000_000 + 300_000 * (day - 100) for day in range(100, 131)}
    counters = making.counters({0: series}, step=step)
    value, lo, hi, _ = flow(counters, 100, 130)
    assert (value, lo, hi) == (9_000_000, 9_000_000 - 2 * step, 9_000_000 + 2 * step)
    assert flow(counters, 110, 111)[1:3] == (300_000 - 2 * step, 300_000 + 2 * step)


def test_an_age_limit_ends_a_models_flow():
    counters = making.counters({0: {100: 0, 101: 1, 102: 3, 103: 7}})
    assert flow(counters, 100, 103, last_day=np.array([102]))[0] == 3
    assert flow(counters, 100, 103, last_day=np.array([90]))[0] == 0


def test_a_rounded_counter_that_stands_still_may_have_moved():
    counters = making.counters({0: {100: 118_700_000, 101: 118_700_000}}, step=100_000)
    assert flow(counters, 100, 101) == (0, 0, 200_000, {})


@st.composite
def histories(draw):
    """Some models' counters over 60 days, with gaps, falls and late starts."""
    series = {}
    for model in range(draw(st.integers(1, 3))):
        days = sorted(draw(st.sets(st.integers(100, 160), min_size=2, max_size=12)))
        value, observed = draw(st.integers(0, 1000)), {}
        for day in days:
            value = max(value + draw(st.integers(-300, 900)), 0)
            observed[day] = value
        series[model] = observed
    return making.counters(series, step=draw(st.sampled_from([0, 0, 10])), census=draw(st.booleans()))


@settings(max_examples=150, deadline=None)
@given(histories(), st.lists(st.integers(95, 165), min_size=3, max_size=3, unique=True).map(sorted))
def test_flows_of_adjoining_windows_add_up_to_the_flow_of_the_whole(counters, cuts):
    first, middle, last = cuts
    steps = steps_of(counters)

    def values(start, end):
        flows = cumulative_flows(steps, counters, Period(start, end, ""))
        return {int(m): int(v) for m, v in zip(flows.model, flows.value, strict=True) if v}

    left, right, whole = values(first, middle), values(middle, last), values(first, last)
    assert {m: left.get(m, 0) + right.get(m, 0) for m in left | right} == whole


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(95, 160), st.integers(1, 40))
def test_a_flow_lies_between_its_limits_and_its_kinds_sum_to_it(counters, start, length):
    flows = cumulative_flows(steps_of(counters), counters, Period(start, start + length, ""))
    assert (flows.lo >= 0).all()
    assert (flows.lo <= flows.value).all()
    assert (flows.value <= flows.hi).all()
    assert (flows.by_kind.sum(axis=1) == flows.value).all()
    assert not flows.by_kind[:, UNKNOWN].any()
    assert (np.diff(flows.model) > 0).all()


@settings(max_examples=100, deadline=None)
@given(histories())
def test_pieces_of_a_model_never_overlap(counters):
    steps = steps_of(counters)
    order = np.lexsort((steps.start, steps.model))
    model, start, end = steps.model[order], steps.start[order], steps.end[order]
    assert (start < end).all()
    same = model[1:] == model[:-1]
    assert (end[:-1][same] <= start[1:][same]).all()
    assert set(np.unique(steps.kind)) <= {MEASURED, INTERPOLATED, FIRST_SEEN, UNKNOWN}

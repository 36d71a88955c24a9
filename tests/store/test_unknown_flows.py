"""The most of a flow that nobody measured: the usual pace around it, or the counter of a late first sight."""

from __future__ import annotations

import numpy as np
import pytest

import making
from weighbridge.records.clock import Period
from weighbridge.store.flows import FIRST_SIGHT_DAYS, cumulative_flows, steps_of

WEEKDAYS = (10, 10, 10, 10, 10, 2, 2)


def limits(counters, start, end, model=0):
    """`(value, lo, hi)` of a model in a window."""
    flows = cumulative_flows(steps_of(counters), counters, Period(start, end, ""))
    at = np.flatnonzero(flows.model == model)
    return (int(flows.value[at[0]]), int(flows.lo[at[0]]), int(flows.hi[at[0]])) if len(at) else (0, 0, 0)


def counted(flows, start=100, before=1000):
    """`{day: counter}` of daily flows."""
    return {start + day: before + sum(flows[:day]) for day in range(len(flows) + 1)}


def test_a_fall_may_hide_the_fastest_day_of_the_month_around_it():
    series = counted([WEEKDAYS[day % 7] for day in range(60)])
    fallen = {day: value - 900 * (day >= 131) for day, value in series.items()}
    assert limits(making.counters({0: fallen}), 130, 131) == (0, 0, 10)


def test_days_further_off_than_a_month_do_not_count():
    series = counted([500 if day < 20 else 10 for day in range(90)])
    fallen = {day: value - 9000 * (day >= 160) for day, value in series.items()}
    assert limits(making.counters({0: fallen}), 159, 160)[2] == 10


def test_a_fall_that_grows_back_may_have_brought_what_it_took_back():
    series = counted([10] * 60)
    fallen = {day: value - 45 * (day >= 130) for day, value in series.items()}
    value, lo, hi = limits(making.counters({0: fallen}), 100, 160)
    assert (value, lo) == (600 - 45, 600 - 45)
    assert hi == 600


def test_a_fall_that_is_put_right_has_its_flow_and_the_usual_pace_is_no_more():
    series = counted([10] * 60)
    fallen = {day: value - 800 * (130 <= day < 135) for day, value in series.items()}
    assert limits(making.counters({0: fallen}), 100, 160) == (600, 600, 600)


@pytest.mark.parametrize("window", [(100, 120), (105, 110)])
def test_a_model_first_seen_after_a_long_time_may_have_had_its_whole_counter_at_any_time_of_it(window):
    late = 101 + FIRST_SIGHT_DAYS + 5
    counters = making.counters({0: {100: 5, 101: 6, late: 9, 120: 12}, 1: {late: 70, 120: 70}})
    assert limits(counters, *window, model=1) == (0, 0, 70)


def test_a_first_sight_before_which_nobody_looked_has_no_flow():
    counters = making.counters({0: {100: 5, 120: 9}})
    assert limits(counters, 60, 100) == (0, 0, 0)


def test_a_vanished_model_goes_on_at_the_pace_of_its_last_month():
    gone = counted([30] * 10 + [10] * 30, start=100)
    there = dict.fromkeys(range(100, 181), 0)
    value, lo, hi = limits(making.counters({0: gone, 1: there}), 140, 180)
    assert (value, lo, hi) == (0, 0, 400)
    assert limits(making.counters({0: gone, 1: there}), 150, 157) == (0, 0, 70)

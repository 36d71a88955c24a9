"""Days without a reading are events; days outside a series are not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from readings import FIRST, day_of, days, series


def at(*offsets: int) -> list[dict[str, object]]:
    """One model read on some days."""
    return [{"id": "a/a", "date": (FIRST + timedelta(days=i)).isoformat(), "downloads": 300} for i in offsets]


def test_a_day_that_a_daily_series_lacks_is_a_gap_of_the_hub(read_hub, events):
    read_hub(at(0, 1, 2, 4, 5), at=None)
    [gap] = events("gap")
    assert gap.model is None
    assert days(gap) == (day_of(3), day_of(4))
    assert gap.weight == 10  # a thirtieth of what the hub weighs in thirty days
    assert gap.share == pytest.approx(1 / 30)


@pytest.mark.parametrize(
    "offsets",
    [(0, 7, 14, 21), (0, 31, 59, 90, 120), (0, 5), (0,), (0, 7, 15, 21)],
    ids=["weekly", "monthly", "two readings", "one reading", "a day late"],
)
def test_readings_at_their_usual_distance_leave_no_gap(read_hub, events, offsets):
    read_hub(at(*offsets), at=None)
    assert events("gap") == []


def test_a_month_that_monthly_readings_lack_is_a_gap(read_hub, events):
    read_hub(at(0, 31, 59, 120), at=None)
    [gap] = events("gap")
    assert gap.numbers == {"days": 60, "usual_distance": 31}


def test_a_model_that_readings_between_two_of_its_own_lack_has_a_gap(read_hub, events):
    read_hub(series({"a/a": [30] * 6, "a/b": [60, None, None, 120, 120, 120]}), at=None)
    [gap] = events("gap")
    assert (gap.model, days(gap)) == ("a/b", (day_of(1), day_of(3)))
    assert gap.weight == 6  # two thirtieths of the mean of 60 and 120
    assert gap.numbers["readings"] == 2


def test_a_model_that_comes_late_or_ends_early_has_no_gap(read_hub, events):
    read_hub(series({"a/a": [30] * 6, "a/b": [None, None, 60, 60, None, None]}), at=None, selection=True)
    assert events("gap") == []


def test_a_gap_of_the_hub_is_no_gap_of_each_model(read_hub, events):
    read_hub(series({"a/a": [30, 30, None, 30], "a/b": [60, 60, None, 60]}), at=None)
    assert [gap.model for gap in events("gap")] == [None]


def test_a_cumulative_counter_loses_the_missing_part_of_its_growth(read_hub, events):
    read_hub(series({"a/a": [0, 10, 20, 30], "a/b": [0, None, None, 90]}, "downloads_all_time"), at=None)
    [gap] = events("gap")
    assert (gap.model, gap.weight) == ("a/b", 60)

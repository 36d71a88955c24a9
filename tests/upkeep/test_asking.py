"""What is written on the command line becomes what is asked, or is refused with what is valid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import making
from weighbridge.errors import UsageError
from weighbridge.records.source import Asked
from weighbridge.upkeep.asking import aim, asked_for, span


def test_nothing_asked_is_the_newest_state():
    asked = asked_for()
    assert (asked.since, asked.revision, asked.days, asked.top) == (None, None, None, None)
    assert aim(asked) == ""


def test_days_are_half_open_and_one_day_is_itself():
    assert asked_for(start="2024-07-01", end="2024-07-08").days == (
        making.day("2024-07-01"),
        making.day("2024-07-08"),
    )
    at = making.day("2024-07-11")
    assert asked_for(at="2024-07-11").days == (at, at + 1)


def test_days_without_an_end_go_on_until_today():
    first, last = asked_for(start="2024-07-01").days
    assert first == making.day("2024-07-01")
    assert last > making.day("2026-01-01")


@pytest.mark.parametrize(
    "options",
    [
        {"at": "2024-07-11", "start": "2024-07-01"},
        {"end": "2024-07-11"},
        {"start": "2024-07-11", "end": "2024-07-11"},
        {"start": "2999-01-01"},
        {"at": "yesterday"},
        {"since": "lately"},
        {"revision": ""},
        {"revision": "main", "at": "2024-07-11"},
    ],
)
def test_what_contradicts_itself_is_refused(options):
    with pytest.raises(UsageError) as caught:
        asked_for(**options)
    assert caught.value.hint


@given(st.integers(1, 99_999), st.sampled_from(["h", "d", "w"]))
def test_a_span_is_so_many_hours_days_or_weeks(number, unit):
    hours = {"h": 1, "d": 24, "w": 168}[unit]
    assert span(f"{number}{unit}") == timedelta(hours=number * hours)


@given(st.text(max_size=8).filter(lambda text: text.strip()[-1:] not in ("h", "d", "w")))
def test_other_text_is_no_span(text):
    with pytest.raises(UsageError):
        span(text)


@pytest.mark.parametrize("text", ["0d", "-1d", "1.5d", "٣d", "1 d", "d", "100001d"])
def test_odd_numbers_are_no_span(text):
    with pytest.raises(UsageError):
        span(text)


def test_a_moment_leaves_no_trace_in_what_looks_are_kept_by():
    one, other = (Asked(since=making.moment(day)) for day in ("2024-07-01", "2024-07-02"))
    assert aim(one) == aim(other) == "since"
    assert aim(Asked(top=5)) != aim(Asked(top=6))

"""When a figure is reproduced, when it differs, and when what is unknown decides."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from weighbridge.claims.verdicts import (
    COMPARISONS,
    DIFFERS,
    NOT_TESTABLE,
    REPRODUCED,
    Reading,
    agrees,
    number,
    sure,
    verdict,
)

figures = st.floats(0, 1e9, allow_nan=False)
tolerances = st.floats(0, 1e3, allow_nan=False)


@st.composite
def readings(draw):
    least, value, most = sorted(draw(st.tuples(figures, figures, figures)))
    return Reading(value, least, most)


def test_a_value_within_the_tolerance_is_reproduced():
    assert verdict(17.1, "equal", 0.05, Reading(17.14)) == REPRODUCED


def test_a_value_on_the_edge_of_the_tolerance_is_reproduced():
    assert verdict(17.1, "equal", 0.05, Reading(17.15)) == REPRODUCED
    assert verdict(0.3, "equal", 0.0, Reading(0.1 + 0.2)) == REPRODUCED


def test_an_exact_value_outside_the_tolerance_differs():
    assert verdict(17.1, "equal", 0.05, Reading(17.2)) == DIFFERS


def test_what_is_unknown_may_reach_the_published_value_and_then_nothing_is_shown():
    assert verdict(17.1, "equal", 0.05, Reading(12.0, 12.0, 19.0)) == NOT_TESTABLE


def test_limits_that_end_below_the_published_value_differ():
    assert verdict(17.1, "equal", 0.05, Reading(12.0, 12.0, 17.0)) == DIFFERS
    assert verdict(17.1, "equal", 0.05, Reading(12.0, 12.0, 17.05)) == NOT_TESTABLE


def test_wide_limits_do_not_undo_an_agreeing_value_but_it_is_not_sure():
    ours = Reading(17.1, 2.0, 60.0)
    assert verdict(17.1, "equal", 0.05, ours) == REPRODUCED
    assert not sure(17.1, "equal", 0.05, ours)
    assert sure(17.1, "equal", 0.05, Reading(17.1, 17.08, 17.12))


@pytest.mark.parametrize(
    ("comparison", "agreeing", "reaching", "differing"),
    [
        ("over", Reading(41, 40, 42), Reading(39, 30, 45), Reading(38, 30, 40)),
        ("at-least", Reading(40, 30, 42), Reading(39, 30, 40), Reading(38, 30, 39)),
        ("at-most", Reading(40, 30, 42), Reading(41, 40, 45), Reading(45, 41, 50)),
    ],
)
def test_a_limit_is_kept_may_be_kept_or_is_broken(comparison, agreeing, reaching, differing):
    assert verdict(40, comparison, 0, agreeing) == REPRODUCED
    assert verdict(40, comparison, 0, reaching) == NOT_TESTABLE
    assert verdict(40, comparison, 0, differing) == DIFFERS


def test_over_a_limit_is_not_on_it():
    assert verdict(40, "over", 0, Reading(40.0)) == DIFFERS
    assert verdict(40, "at-least", 0, Reading(40.0)) == REPRODUCED


def test_an_order_goes_by_the_sign_of_the_difference():
    assert verdict(0, "order", 0, Reading(1.3, 0.2, 2.0)) == REPRODUCED
    assert verdict(0, "order", 0, Reading(-1.3, -5.0, 2.0)) == NOT_TESTABLE
    assert verdict(0, "order", 0, Reading(-1.3, -5.0, -0.1)) == DIFFERS
    assert verdict(0, "order", 0, Reading(0.0)) == DIFFERS


def test_months_are_compared_as_months():
    assert number("2025-01") - number("2024-12") == 1
    assert verdict(number("2025-07"), "month", 0, Reading(number("2025-07"))) == REPRODUCED
    assert verdict(number("2025-07"), "month", 0, Reading(number("2025-08"))) == DIFFERS
    assert verdict(number("2025-07"), "month", 1, Reading(number("2025-08"))) == REPRODUCED


@pytest.mark.parametrize("text", ["never", "2025", "July-2025"])
def test_a_text_that_is_no_month_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - any fault of the text
        number(text)


@given(figures, st.sampled_from(COMPARISONS), tolerances, readings())
def test_what_differs_agrees_nowhere_within_the_limits(published, comparison, tolerance, ours):
    assume(verdict(published, comparison, tolerance, ours) == DIFFERS)
    inside = (ours.least, ours.value, ours.most, (ours.least + ours.most) / 2)
    assert not any(agrees(value, published, comparison, tolerance) for value in inside)
    assert not ours.least <= published <= ours.most or comparison in ("over", "order")


@given(figures, st.sampled_from(COMPARISONS), tolerances, figures)
def test_an_exact_figure_is_never_undecided(published, comparison, tolerance, value):
    assert verdict(published, comparison, tolerance, Reading(value)) in (REPRODUCED, DIFFERS)


@given(figures, st.sampled_from(COMPARISONS), tolerances, readings(), st.floats(0, 1e6))
def test_wider_limits_never_make_a_difference(published, comparison, tolerance, ours, more):
    wider = Reading(ours.value, ours.least - more, ours.most + more)
    if verdict(published, comparison, tolerance, ours) != DIFFERS:
        assert verdict(published, comparison, tolerance, wider) == verdict(published, comparison, tolerance, ours)


@given(figures, st.sampled_from(COMPARISONS), tolerances, readings())
def test_what_is_sure_is_reproduced(published, comparison, tolerance, ours):
    if sure(published, comparison, tolerance, ours):
        assert verdict(published, comparison, tolerance, ours) == REPRODUCED

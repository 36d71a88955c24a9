"""When one series passes another, against a reading of the definition word by word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.measures.crossings import (
    ALWAYS,
    AT_FIRST,
    CROSSED,
    EARLY,
    NEVER,
    PASSED_BACK,
    crossing,
    first_crossings,
)


def series(text):
    return np.array([letter == "A" for letter in text], bool)


@pytest.mark.parametrize(
    ("ahead", "at", "state", "passed"),
    [
        ("....", None, NEVER, ()),
        ("AAAA", None, ALWAYS, ()),
        ("A...", None, AT_FIRST, ()),
        ("AA..", None, AT_FIRST, ()),
        (".AAA", 1, CROSSED, (1,)),
        ("..AA", None, EARLY, (2,)),
        ("...A", None, EARLY, (3,)),
        (".AA.", None, PASSED_BACK, (1,)),
        ("A.A.", None, PASSED_BACK, (2,)),
        (".A.AAA", 3, CROSSED, (1, 3)),
        (".AAA.AAA", 1, CROSSED, (1, 5)),
        ("AAA.AAA", 4, CROSSED, (4,)),
        (".AA.AA", None, EARLY, (1, 4)),
        ("A", None, ALWAYS, ()),
        (".", None, NEVER, ()),
    ],
)
def test_states_of_short_series(ahead, at, state, passed):
    found = crossing(series(ahead), 3)
    assert (found.at, found.state, found.passed) == (at, state, passed)


def test_staying_for_one_period_is_passing():
    assert crossing(series("..A."), 1).at == 2


@settings(max_examples=300, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(1, 5))
def test_the_first_crossing_is_the_first_period_that_fits_the_definition(ahead, stays):
    expected = next(
        (
            t
            for t in range(1, len(ahead))
            if not ahead[t - 1] and len(ahead[t : t + stays]) == stays and all(ahead[t : t + stays])
        ),
        -1,
    )
    found = crossing(np.array(ahead), stays)
    assert first_crossings(np.array([ahead, ahead]), stays).tolist() == [expected, expected]
    assert found.at == (None if expected < 0 else expected)
    assert (found.state == CROSSED) == (expected >= 0)
    assert (found.state in (ALWAYS, AT_FIRST, NEVER)) == (not found.passed)

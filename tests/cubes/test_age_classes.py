"""A class of age says which limits a model is within, and of which nobody knows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.cubes.ages import Ages
from weighbridge.cubes.frame import FLAT_DAY, UNKNOWN_DAY

DAYS = st.one_of(st.integers(FLAT_DAY - 500, FLAT_DAY + 2000), st.sampled_from([FLAT_DAY, UNKNOWN_DAY]))
LIMITS = st.lists(st.integers(0, 900), max_size=3, unique=True).map(lambda limits: tuple(sorted(limits)))


def classes_of(created, limits, week):
    ages = Ages(np.array(created, np.int32), limits)
    return ages, ages.at(np.arange(len(created), dtype=np.int32), week)


@given(st.lists(DAYS, min_size=1, max_size=20), LIMITS, st.integers(FLAT_DAY - 100, FLAT_DAY + 2000))
def test_what_is_moved_on_from_week_to_week_is_what_is_looked_up(created, limits, week):
    ages, wanted = classes_of(created, limits, week)
    moved = ages.first()
    for track in ages.tracks:
        passed = track.week <= week
        moved[track.model[passed]] += track.add[passed]
    np.testing.assert_array_equal(moved, wanted)
    assert wanted.max() < ages.classes == len(ages.names())


@pytest.mark.parametrize(
    ("created", "week", "within", "unknown"),
    [
        (0, 365, True, False),
        (0, 366, False, False),
        (400, 365, True, False),  # created later in the week, or after it
        (UNKNOWN_DAY, 10**5, False, True),
        (FLAT_DAY, FLAT_DAY + 365, False, True),  # created then or before
        (FLAT_DAY, FLAT_DAY + 366, False, False),
    ],
)
def test_a_limit_includes_its_last_day(created, week, within, unknown):
    ages, (found,) = classes_of([created], (365, 730), week)
    assert (ages.within(365)[found], ages.unknown(365)[found]) == (within, unknown)


def test_a_flat_first_date_may_be_past_more_limits_than_it_says():
    ages, (found,) = classes_of([FLAT_DAY], (365, 730), FLAT_DAY + 500)
    assert not ages.within(365)[found]
    assert not ages.unknown(365)[found]
    assert ages.unknown(730)[found]
    assert ages.names()[found] == ">365 d, perhaps more"

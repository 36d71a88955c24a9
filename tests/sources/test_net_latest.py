"""What a listing must have to be a census, by the latest reading; whatever an origin holds is no fault."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.sources.net.latest import is_short, models_before, moment_before, size

JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner), max_leaves=3
)


@pytest.mark.parametrize(("listed", "short"), [(89, True), (90, False), (100, False), (500, False), (0, True)])
def test_under_nine_tenths_of_the_last_census_is_no_census(listed, short):
    assert is_short(listed, {"listed": 100}) is short


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_what_a_short_listing_is_short_of_is_never_forgotten_until_a_listing_is_whole(first, later):
    held: dict[str, Any] = size(first, None, census=True)
    whole = first
    for listed in later:
        census = not is_short(listed, held)
        held = size(listed, held, census)
        whole = listed if census else max(whole, listed)
        assert models_before(held) == whole
        assert ("short_of" in held) == (not census and whole > listed)


@given(st.none() | st.dictionaries(st.sampled_from(["listed", "short_of", "observed"]), JSON))
def test_whatever_an_origin_holds_is_a_number_and_a_moment_or_none(held):
    assert isinstance(models_before(held), int)
    moment = moment_before(held)
    assert moment is None or moment.tzinfo is not None

"""Bounds are what is unknown, placed wholly outside a group and wholly inside it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.cubes.weigh import Groups
from weighbridge.measures.bounds import share_bounds


def groups(names, dark=(), buckets=None):
    return Groups(np.zeros(0, np.int32), list(names), frozenset(dark), buckets or {})


def limits(value, lo=None, hi=None, **more):
    made = groups("ABCDEFGH"[: len(value)], **more)
    columns = [np.array(column, np.int64) for column in (value, lo or value, hi or value)]
    zeros = np.zeros(len(value), np.int64)
    return share_bounds(*columns, made, zeros, zeros)


def test_exact_flows_without_unknowns_have_no_width():
    low, high = limits([1, 2, 7])
    assert low.tolist() == high.tolist() == [0.1, 0.2, 0.7]


def test_inexact_flows_of_others_widen_a_group_that_is_exact():
    low, high = limits([100, 100], lo=[100, 0], hi=[100, 300])
    assert (low[0], high[0]) == (100 / 400, 1.0)


def test_a_group_at_its_least_stands_against_the_others_at_their_most():
    low, high = limits([100, 100], lo=[50, 80], hi=[150, 120])
    assert low.tolist() == [50 / 170, 80 / 230]
    assert high.tolist() == [150 / 230, 120 / 170]


def test_a_dark_group_at_its_most_may_belong_to_any_other():
    low, high = limits([60, 40], lo=[60, 30], hi=[60, 80], dark="B")
    assert (low[0], high[0]) == (60 / 140, 1.0)
    assert (low[1], high[1]) == (0, 0.4)


@st.composite
def cases(draw):
    count = draw(st.integers(1, 6))
    lo = draw(st.lists(st.integers(0, 1000), min_size=count, max_size=count))
    up = draw(st.lists(st.integers(0, 1000), min_size=count, max_size=count))
    most = draw(st.lists(st.integers(0, 1000), min_size=count, max_size=count))
    lo[0] += 1
    value = [a + b for a, b in zip(lo, up, strict=True)]
    dark = draw(st.sets(st.sampled_from("ABCDEF"[:count])))
    return np.array(value), np.array(lo), np.array(value) + np.array(most), dark


@settings(max_examples=200, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_every_way_the_truth_may_lie_is_within_the_bounds(case, random):
    value, lo, hi, dark = case
    names = "ABCDEF"[: len(value)]
    zeros = np.zeros(len(value), np.int64)
    low, high = share_bounds(value, lo, hi, groups(names, dark), zeros, zeros)
    share = value / value.sum()
    assert ((low >= 0) & (low <= share) & (share <= high) & (high <= 1)).all()
    truth = np.array([random.randint(int(a), int(b)) for a, b in zip(lo, hi, strict=True)], float)
    known = [i for i, name in enumerate(names) if name not in dark]
    for i in range(len(names)):
        if i not in known and known:
            truth[random.choice(known)] += truth[i]
            truth[i] = 0
    for i in known:
        assert low[i] - 1e-12 <= truth[i] / truth.sum() <= high[i] + 1e-12


@settings(max_examples=100, deadline=None)
@given(cases())
def test_more_unknown_weight_never_narrows_a_bound(case):
    value, lo, hi, _ = case
    names = "ABCDEF"[: len(value)]
    zeros = np.zeros(len(value), np.int64)
    narrow = share_bounds(value, lo, hi, groups(names), zeros, zeros)
    wide = share_bounds(value, lo, hi, groups(names, dark=names[-1]), zeros, zeros)
    assert (wide[0] <= narrow[0] + 1e-12)[:-1].all()
    assert (wide[1] >= narrow[1] - 1e-12)[:-1].all()

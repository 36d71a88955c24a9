"""Organisations drawn from a law: the true shares are those of the law, and intervals hold them as often as said."""

from __future__ import annotations

import numpy as np
import pytest
from bench.synthetic.superpopulation import Superpopulation, bootstrap, coverage


@pytest.mark.parametrize("tail", [2.5, 4.0, 8.0])
def test_shares_of_a_very_large_draw_are_those_of_the_law(tail):
    law = Superpopulation(tail)
    drawn = law.draw(400_000, seed=1)
    got = np.bincount(drawn.country, drawn.sizes) / drawn.sizes.sum()
    assert got == pytest.approx(law.shares, abs=0.01)


def test_a_law_without_a_mean_has_no_shares():
    with pytest.raises(ValueError, match="no mean"):
        Superpopulation(1.0)


def test_the_heavier_the_tail_the_larger_the_largest():
    largest = [np.median([Superpopulation(tail).draw(300, seed).largest for seed in range(30)]) for tail in (4, 2, 1.2)]
    assert largest == sorted(largest)


def test_a_draw_is_the_same_for_the_same_seed():
    one, two = (Superpopulation(2.0).draw(50, seed=9) for _ in range(2))
    assert np.array_equal(one.downloads, two.downloads)


def test_an_interval_that_is_everything_always_holds_and_one_that_is_nothing_never():
    law = Superpopulation(2.0)
    whole = coverage(law, lambda drawn, n, seed: (np.zeros(n), np.ones(n)), organisations=20, draws=5)
    empty = coverage(law, lambda drawn, n, seed: (np.ones(n), np.zeros(n)), organisations=20, draws=5)
    assert whole.tolist() == [1.0] * 3
    assert empty.tolist() == [0.0] * 3


@pytest.mark.parametrize(("tail", "least"), [(8.0, 0.92), (3.0, 0.9), (1.5, 0.75)])
def test_resampled_organisations_hold_the_truth_nearly_as_often_as_said(tail, least):
    held = coverage(Superpopulation(tail), bootstrap, organisations=300, draws=150)
    assert least <= held.mean() < 0.98


def test_a_heavy_tail_costs_coverage():
    light, heavy = (coverage(Superpopulation(t), bootstrap, organisations=100, draws=150).mean() for t in (8.0, 1.2))
    assert heavy < light - 0.05

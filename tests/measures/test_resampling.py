"""The bootstrap over clusters: exact where it sums, right in distribution, and its intervals' coverage is measured."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.measures.resampling import interval, kinds_of, resampled

RUNS, RESAMPLES, ORGANISATIONS = 600, 400, 300
COUNTRIES = (0.5, 0.3, 0.2)


def gathered(cluster, column, value, columns):
    return kinds_of(np.array(cluster), np.array(column), np.array(value, float), columns)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2), st.integers(0, 4)), max_size=40))
def test_kinds_hold_every_cluster_with_its_sums(values):
    cluster, column, value = np.array(values, np.int64).reshape(-1, 3).T
    dense = np.zeros((9, 3))
    np.add.at(dense, (cluster, column), value)
    expected = sorted(map(tuple, dense[dense.any(axis=1)]))
    kinds = gathered(cluster, column, value, 3)
    assert sorted(map(tuple, np.repeat(kinds.rows, kinds.count, axis=0))) == expected
    assert kinds.clusters == len(expected)


def test_clusters_alike_are_drawn_together():
    kinds = gathered([0, 1, 2, 3, 3, 4, 4], [0, 0, 1, 0, 1, 0, 1], [5, 5, 5, 2, 3, 2, 3], 2)
    assert sorted(zip(kinds.count.tolist(), kinds.rows.tolist(), strict=True)) == [
        (1, [0, 5]),
        (2, [2, 3]),
        (2, [5, 0]),
    ]


def test_drawing_clusters_alike_together_changes_no_distribution():
    sizes = np.repeat([1.0, 2, 7, 20], [400, 60, 12, 3])
    country = np.arange(len(sizes)) % 2
    together = resampled(gathered(np.arange(len(sizes)), country, sizes, 2), 20_000, 3)
    weight = np.random.default_rng(4).standard_exponential((20_000, len(sizes)))
    apart = np.stack([(weight * sizes) @ (country == c) for c in (0, 1)], axis=1)
    apart *= len(sizes) / weight.sum(axis=1, keepdims=True)
    levels = (0.025, 0.25, 0.5, 0.75, 0.975)
    for figure in (lambda s: s[:, 0] / s.sum(axis=1), lambda s: s[:, 0], lambda s: s.sum(axis=1)):
        one, other = figure(together), figure(apart)
        wide = other.std()
        assert np.abs(np.quantile(one, levels) - np.quantile(other, levels)).max() < 0.06 * wide
        assert one.mean() == pytest.approx(other.mean(), abs=0.03 * wide)
        assert one.std() == pytest.approx(wide, rel=0.03)


def test_the_weights_of_a_resample_sum_to_the_number_of_clusters():
    kinds = gathered([0, 1, 2, 3], [0, 0, 0, 0], [1, 1, 1, 1], 1)
    assert resampled(kinds, 50, 1)[:, 0].tolist() == pytest.approx([4.0] * 50)


def test_mean_and_variance_are_those_of_dirichlet_weights():
    sizes = np.array([1.0, 4, 9, 30])
    drawn = resampled(gathered(range(4), [0] * 4, sizes, 1), 60_000, 2)[:, 0]
    assert drawn.mean() == pytest.approx(sizes.sum(), rel=0.01)
    variance = 16 * ((sizes**2).mean() - sizes.mean() ** 2) / 5  # n² · population variance / (n + 1)
    assert drawn.var() == pytest.approx(variance, rel=0.04)


def test_resamples_repeat_with_their_seed_and_do_not_depend_on_how_many_there_are(monkeypatch):
    kinds = gathered(range(50), [0, 1] * 25, range(1, 51), 2)
    some = resampled(kinds, 40, 9)
    assert (resampled(kinds, 40, 9) == some).all()
    assert (resampled(kinds, 70, 9)[:40] == some).all()
    assert (resampled(kinds, 40, 10) != some).any()
    monkeypatch.setattr("weighbridge.measures.resampling.CHUNK", 150)
    assert resampled(kinds, 40, 9) == pytest.approx(some)


def test_an_interval_has_its_level_within():
    low, high = interval(np.arange(1001.0), 0.95)
    assert (low, high) == pytest.approx((25, 975))


def covered(draw_sizes, runs=RUNS):
    """Of hubs drawn from one superpopulation, the part whose interval holds the true share of the first country.

    Size and country are independent, so the true share is the chance of the country.
    """
    draw, held = np.random.default_rng(7), 0
    for run in range(runs):
        country = draw.choice(len(COUNTRIES), ORGANISATIONS, p=COUNTRIES)
        kinds = kinds_of(np.arange(ORGANISATIONS), country, draw_sizes(draw), len(COUNTRIES))
        sums = resampled(kinds, RESAMPLES, run)
        low, high = interval(sums[:, 0] / sums.sum(axis=1), 0.95)
        held += low <= COUNTRIES[0] <= high
    return held / runs


def test_intervals_cover_the_truth_where_no_organisation_is_large():
    assert 0.90 <= covered(lambda draw: draw.lognormal(0, 1, ORGANISATIONS)) <= 0.98


def test_intervals_cover_too_seldom_where_few_organisations_hold_the_most():
    """Heavy tails: why no coverage is claimed where one cluster holds over a fifth."""
    assert covered(lambda draw: 1 + draw.pareto(1.1, ORGANISATIONS)) < 0.90

"""The large synthetic hub: the same for the same seed, and like the published figures."""

from __future__ import annotations

import numpy as np
import pytest
from bench.synthetic import population, weekly_flows
from bench.synthetic.activity import expected
from bench.synthetic.figures import figures, tally
from bench.synthetic.growth import TOTALS

from weighbridge.records.clock import day_number

MODELS, WEEKS = 20_000, 300


@pytest.fixture(scope="module")
def hub():
    return population(MODELS, WEEKS, seed=3)


def test_the_same_seed_gives_the_same_hub_and_another_seed_another(hub):
    again, other = population(MODELS, WEEKS, seed=3), population(MODELS, WEEKS, seed=4)
    assert np.array_equal(hub.scale, again.scale)
    assert np.array_equal(hub.descent.parent, again.descent.parent)
    assert not np.array_equal(hub.scale, other.scale)


def test_weeks_can_be_made_in_any_order(hub):
    forward = {week: weekly_flows(hub, week) for week in (10, 200, 299)}
    for week in (299, 10, 200):
        model, downloads = weekly_flows(hub, week)
        assert np.array_equal(model, forward[week][0])
        assert np.array_equal(downloads, forward[week][1])


@pytest.mark.parametrize("week", [0, 150, 299])
def test_only_models_that_are_born_have_downloads_and_each_is_named_once(hub, week):
    model, downloads = weekly_flows(hub, week)
    assert (np.diff(model) > 0).all()
    assert (downloads > 0).all()
    assert (hub.born[model] <= week).all()
    assert (hub.scale[model] > 0).all()


@pytest.mark.parametrize("week", [-1, WEEKS])
def test_there_are_no_other_weeks(hub, week):
    with pytest.raises(IndexError, match=f"week {week} of {WEEKS}"):
        weekly_flows(hub, week)


def test_downloads_are_around_what_is_expected(hub):
    here = slice(0, int(np.searchsorted(hub.born, 299, side="right")))
    usual = expected(hub, 299, here).astype(float)
    model, downloads = weekly_flows(hub, 299)
    light = usual < np.quantile(usual, 0.99)  # the few heaviest models have most of the noise
    got = np.zeros(len(usual))
    got[model] = downloads
    assert got[light].sum() == pytest.approx(usual[light].sum(), rel=0.15)


def test_models_rise_and_decay(hub):
    old = slice(0, int(np.searchsorted(hub.born, 0, side="right")))
    counted = hub.scale[old] > 0
    young = slice(int(np.searchsorted(hub.born, 100)), int(np.searchsorted(hub.born, 100, side="right")))
    pace = np.stack([expected(hub, week, young) for week in range(100, 300)])[:, hub.scale[young] > 0]
    peak = pace.argmax(axis=0)
    assert np.median(peak) > 0
    assert (pace[-1] < pace.max(axis=0)).all()
    assert (expected(hub, 299, old)[counted] < expected(hub, 20, old)[counted]).mean() > 0.9


def test_models_grow_as_the_hub_did(hub):
    for day, total in TOTALS:
        there = (hub.created <= day_number(day)).mean()
        assert there == pytest.approx(total / TOTALS[-1][1], abs=0.005)


def test_a_level_hub_has_over_150_million_rows_at_scale_1():
    hub = population(25_000, WEEKS, seed=0, growth="level")
    rows = sum(len(weekly_flows(hub, week)[0]) for week in range(0, WEEKS, 10)) * 10
    assert rows * 100 > 150e6


def test_a_hub_is_like_the_published_figures_that_it_imitates(hub):
    for figure in figures(hub, tally(hub)):
        assert figure.here is not None, figure.name
        scaled = figure.name.startswith(("largest 200", "largest 50"))  # a handful of models, of organisations
        assert figure.here == pytest.approx(figure.published, rel=0.5 if scaled else 0.15), figure.name


def test_parents_are_older_but_for_few_cycles_and_some_are_nobody(hub):
    child, parent = hub.descent.child, hub.descent.parent
    named = parent >= 0
    assert 0.01 < (~named).mean() < 0.04
    assert 0 < (parent[named] >= child[named]).sum() <= 10
    assert not (parent == child).any()
    assert np.bincount(child).max() > 1
    copies = np.sort(np.bincount(parent[named], minlength=hub.models))[::-1]
    assert copies[: hub.models // 1000].sum() > 0.3 * copies.sum()  # what has copies gets more of them


def test_families_are_inherited_from_the_furthest_parent(hub):
    assert np.array_equal(hub.family, hub.family[hub.descent.origin])


def test_few_namespaces_are_registered_but_they_have_most_of_the_weight(hub):
    assert hub.holders.registered.mean() < 0.05
    assert (hub.scale * hub.registered).sum() > 0.8 * hub.scale.sum()

"""A jump of one model is a spike; a jump that many models share is the hub's restatement."""

from __future__ import annotations

import pytest

import making
from weighbridge.store.jumps import LEAST_CHANGE, SHARED_BY, SPIKE_LEAST, find_jumps


def series(models, jump_on=50, jump=500_000, usual=1_000, days=90):
    """Cumulative counters of models, the first `models` of six with a jump on one day."""
    made = {}
    for model in range(6):
        total, observed = 10_000, {}
        for day in range(days):
            observed[day] = total
            total += usual + model + (jump if day == jump_on and model < models else 0)
        made[model] = observed
    return making.counters(made)


def test_a_lone_jump_is_a_spike_of_the_day_on_which_it_was_observed():
    """Of the 501,000 of that day the usual 1,000 are no jump."""
    found = find_jumps(series(1), cumulative=True)
    assert (found.model.tolist(), found.day.tolist(), found.amount.tolist()) == ([0], [51], [500_000])
    assert found.spike.tolist() == [True]
    assert found.shared.tolist() == [False]


@pytest.mark.parametrize(("models", "shared"), [(SHARED_BY - 1, False), (SHARED_BY, True)])
def test_a_jump_that_five_models_share_is_no_spike(models, shared):
    found = find_jumps(series(models), cumulative=True)
    assert len(found.model) == models
    assert set(found.shared.tolist()) == {shared}
    assert set(found.spike.tolist()) == {not shared}


def test_a_jump_below_the_least_of_a_spike_is_told_and_is_no_spike():
    found = find_jumps(series(1, jump=SPIKE_LEAST - 5_000), cumulative=True)
    assert found.spike.tolist() == [False]


def test_steady_growth_has_no_jumps():
    assert len(find_jumps(series(0), cumulative=True).model) == 0


def test_small_counters_do_not_jump():
    assert len(find_jumps(series(1, jump=LEAST_CHANGE - 10, usual=1), cumulative=True).model) == 0


def test_a_lasting_rise_is_no_spike():
    total, observed = 0, {}
    for day in range(90):
        observed[day] = total
        total += 1_000 if day < 50 else 500_000
    found = find_jumps(making.counters({0: observed}), cumulative=True)
    assert not found.spike.any()


def test_a_change_over_a_gap_is_not_judged():
    observed = {day: 1_000 * day for day in range(90) if day != 50}
    observed |= {day: value + 500_000 for day, value in observed.items() if day > 50}
    assert len(find_jumps(making.counters({0: observed}), cumulative=True).model) == 0


def test_a_30_day_counter_that_halves_for_many_models_at_once_is_a_restatement():
    made = {m: {d: 1_000_000 + 10 * d if d < 50 else 400_000 + 10 * d for d in range(90)} for m in range(6)}
    found = find_jumps(making.counters(made), cumulative=False)
    assert set(found.day.tolist()) == {50}
    assert found.shared.all()
    assert (found.amount < 0).all()


def test_a_change_of_a_few_rounding_steps_is_rounding():
    observed = {day: 100_000_000 + (400_000 if day >= 50 else 0) for day in range(90)}
    assert len(find_jumps(making.counters({0: observed}, step=100_000), cumulative=True).model) == 0

"""Whether a known truth, shown through the faults of real hubs, lies within the bounds as often as promised.

Over 200 small hubs, each read from files by the package's own sources and weighed by week, month and span.
`python -m bench.recovery` prints the rates of more runs.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest
from bench.recovery import Trial, run, settings
from bench.synthetic.observed import FAULTS, TOGETHER, show
from bench.synthetic.truth import COUNTRIES

SETTINGS = settings()
ALWAYS = [name for name, setting in SETTINGS.items() if setting.promise == "always"]
EXACT = ("clean", "births", "spikes", "renamed with ids", "renamed with links")
RUNS_ALONE, RUNS_TOGETHER = 8, 14


@functools.cache
def statements(name: str, runs: int) -> list[Trial]:
    """All statements of some hubs under a setting."""
    return [trial for seed in range(runs) for trial in run(seed, SETTINGS[name])]


def runs_of(name: str) -> int:
    return RUNS_TOGETHER if name in TOGETHER else RUNS_ALONE


@pytest.mark.parametrize("name", ALWAYS)
def test_the_truth_lies_within_worst_case_bounds_always(name):
    found = statements(name, runs_of(name))
    assert {trial.group for trial in found} >= {"total", *COUNTRIES[:3]}
    assert [trial for trial in found if not trial.held] == []


@pytest.mark.parametrize("name", EXACT)
def test_what_is_measured_day_by_day_is_exact(name):
    shares = [trial for trial in statements(name, RUNS_ALONE) if trial.group != "total"]
    assert max(abs(trial.value - trial.truth) for trial in shares) < 1e-12
    if name != "births":  # a first counter may be older than its model's first sight
        assert all(trial.lo == trial.value == trial.hi for trial in shares)


@pytest.mark.parametrize(
    ("name", "least"), [("falls", 0.97), ("shallow falls", 0.97), ("30-day counters by month", 0.97)]
)
def test_where_the_most_is_an_assumption_it_nearly_always_holds(name, least):
    found = statements(name, RUNS_ALONE)
    assert np.mean([trial.held for trial in found]) >= least


def test_all_faults_at_once_leave_most_truths_within_the_bounds():
    found = statements("all that is assumed", RUNS_TOGETHER)
    assert np.mean([trial.held for trial in found]) >= 0.9


@pytest.mark.parametrize("name", ["overcounted", "raised", "traceless", "overlooked", "evening"])
def test_what_the_methods_say_is_in_no_bound_is_in_none(name):
    found = statements(name, 1)
    assert not all(trial.held for trial in found)


def test_removed_models_take_the_downloads_of_their_last_month_along():
    found = statements("30-day counters of a day, removals", 2)
    totals = [trial for trial in found if trial.group == "total"]
    assert all(trial.value <= trial.truth for trial in totals)
    assert any(trial.value < trial.truth for trial in totals)


def test_the_spike_rule_brings_the_share_nearer_to_that_of_people():
    raw, cleaned = (statements(f"people alone, {how}", 4) for how in ("nothing cleaned", "rule spike"))
    away = [np.mean([abs(trial.value - trial.truth) for trial in found if trial.group != "total"])
            for found in (raw, cleaned)]  # fmt: skip
    assert away[0] > 0.005
    assert away[1] < away[0] / 20


def test_bots_are_within_the_bounds_where_nothing_is_cleaned():
    bots = sum(int(show(seed, ("spikes",)).truth.bots.sum()) for seed in range(RUNS_ALONE))
    assert bots > 0
    assert all(trial.held for trial in statements("spikes", RUNS_ALONE))


def test_every_fault_changes_what_is_shown():
    clean = show(1, ("clean",))
    for name, fault in FAULTS.items():
        shown = show(1, (name,))
        same = (
            np.array_equal(shown.counters, clean.counters)
            and np.array_equal(shown.seen, clean.seen)
            and shown.names == clean.names
            and not shown.dark.any()
            and not shown.rounding
        )
        assert same == (name == "clean"), fault.words

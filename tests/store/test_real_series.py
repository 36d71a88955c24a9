"""Real series have jumps; the hub's own restatements are told from spikes."""

from __future__ import annotations

import numpy as np
import pytest

from weighbridge.records.clock import day_text
from weighbridge.store.catalogue import read_counters, read_models
from weighbridge.store.flows import steps_of
from weighbridge.store.jumps import find_jumps


@pytest.fixture(scope="module")
def daily(census):
    (vintage,) = [v for v in census.vintages() if v.population == "selection"]
    return find_jumps(read_counters([vintage], "downloads_30d"), cumulative=False)


@pytest.fixture(scope="module")
def pulls(census):
    (vintage,) = census.vintages(hub="ollama")
    return vintage, read_counters([vintage], "downloads_all")


def test_the_days_of_may_2025_on_which_many_models_jumped_are_a_restatement(daily):
    days = {day_text(int(day)) for day in np.unique(daily.day[daily.shared])}
    assert days == {"2025-05-20", "2025-05-21", "2025-05-22"}
    assert not any(daily.spike[np.isin(daily.day, daily.day[daily.shared])])


def test_the_one_fall_of_the_ollama_library_is_lfm2s(pulls):
    vintage, counters = pulls
    names = read_models([vintage], ["name"])["name"].to_pylist()
    falls = np.flatnonzero((np.diff(counters.value) < 0) & (np.diff(counters.model) == 0))
    found = {(names[counters.model[at]], day_text(int(counters.day[at + 1]))) for at in falls}
    assert found == {("lfm2", "2026-03-02")}
    assert [day_text(int(day)) for day in steps_of(counters).fall_day] in ([], ["2026-03-02"])


def test_the_ollama_library_is_a_census_of_models_with_pulls(pulls):
    vintage, counters = pulls
    assert (vintage.models, len(np.unique(counters.model)), len(counters.days)) == (239, 235, 339)
    assert (counters.step >= 0).all()
    assert (counters.step[counters.value > 1_000_000] >= 100_000).all()

"""Flows of all weeks at once are those of the weeks one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.records.clock import Period
from weighbridge.store.catalogue import Counters
from weighbridge.store.flows import FIRST_SEEN, INTERPOLATED, cumulative_flows, steps_of
from weighbridge.store.weekflows import DAYS, week_of, week_rows

FIRST_DAY = 19_000


@st.composite
def hubs(draw: st.DrawFn) -> Counters:
    """Counters of a few models with gaps, falls, restatements, first sights, vanished models and rounding."""
    days = sorted(draw(st.sets(st.integers(0, 140), min_size=1, max_size=25)))
    rounded = draw(st.booleans())
    rows = []
    for model in range(draw(st.integers(1, 5))):
        value = draw(st.integers(0, 300))
        born, gone = sorted(draw(st.tuples(st.integers(0, len(days)), st.integers(0, len(days)))))
        for day in days[born:gone]:
            value = max(value + draw(st.sampled_from((0, 0, 1, 7, 60, 900, -1, -50, -2000))), 0)
            if draw(st.integers(0, 5)):
                rows.append((model, FIRST_DAY + day, value, draw(st.sampled_from((0, 10, 100))) if rounded else 0))
    model, day, value, step = np.array(rows, np.int64).reshape(-1, 4).T
    return Counters(model, day, value, step, FIRST_DAY + np.array(days), draw(st.booleans()))


@settings(max_examples=400, deadline=None)
@given(hubs())
def test_all_weeks_at_once_are_the_weeks_one_by_one(counters):
    found = week_rows(counters)
    steps, at = steps_of(counters), 0
    for week in range(int(week_of(counters.days[0])), int(counters.days[-1]) + DAYS, DAYS):
        flows = cumulative_flows(steps, counters, Period(week, week + DAYS, ""))
        some = np.flatnonzero(flows.hi > 0)
        here = np.flatnonzero(found.week == week)
        kinds = flows.by_kind[some]
        expected = (flows.value, flows.lo, flows.hi)
        assert found.model[here].tolist() == flows.model[some].tolist()
        for column, wanted in zip(
            found.values, (*(e[some] for e in expected), kinds[:, INTERPOLATED], kinds[:, FIRST_SEEN]), strict=True
        ):
            assert column[here].tolist() == wanted.tolist()
        at += len(here)
    assert at == len(found.week)
    assert found.week.tolist() == sorted(found.week.tolist())


@settings(max_examples=100, deadline=None)
@given(hubs(), st.integers(0, 20))
def test_weeks_from_one_on_are_those_of_all(counters, weeks):
    first = int(week_of(counters.days[0])) + DAYS * weeks
    everything, late = week_rows(counters), week_rows(counters, first)
    kept = everything.week >= first
    assert late.week.tolist() == everything.week[kept].tolist()
    assert late.model.tolist() == everything.model[kept].tolist()
    for column, whole in zip(late.values, everything.values, strict=True):
        assert column.tolist() == whole[kept].tolist()

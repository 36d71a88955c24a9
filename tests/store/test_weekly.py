"""Weekly flows beside the vintages are those of all readings at once, however the readings came."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.errors import DataMissing, StoreDamaged
from weighbridge.records.clock import Period
from weighbridge.records.vintage import Vintage
from weighbridge.store import following
from weighbridge.store.catalogue import joined, read_counters
from weighbridge.store.flows import FIRST_SEEN, INTERPOLATED, cumulative_flows, steps_of
from weighbridge.store.home import Store
from weighbridge.store.weekfiles import Reader
from weighbridge.store.weekflows import DAYS, week_of
from weighbridge.store.weekly import Weekly

FIRST_DAY = 19_000
LINKS = {"m1": "m2"}


def reading(folder: Path, number: int, observed: dict[str, dict[int, int]], step: int = 0, keys=()) -> Vintage:
    """A census with the counters of some models by day, as the store writes it."""
    folder = folder / "vintages" / f"v{number}"
    folder.mkdir(parents=True)
    names = sorted(observed)
    held = pa.array([f"key {name}" if name in keys else None for name in names], pa.string())
    pq.write_table(pa.table({"hub_key": held, "name": pa.array(names, pa.string())}), folder / "models.parquet")
    rows = sorted((day, names.index(n), value) for n, seen in observed.items() for day, value in seen.items())
    day, model, value = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    counters = {
        "model": pa.array(model.astype(np.int32)), "day": pa.array(day.astype(np.int32)),
        "downloads_all": pa.array(value), "step": pa.array(np.full(len(day), step)),
    }  # fmt: skip
    pq.write_table(pa.table(counters), folder / "counters.parquet", row_group_size=7)
    known = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
    return Vintage(
        f"v{number}", "s", "t", "h", "downloads", "census", known, None, "", len(names), len(day), (),
        tuple(sorted(set(day.tolist()))), None, False, folder,
    )  # fmt: skip


def rows_at_once(vintages):
    """`{(week, catalogue row): counts}`, each week from all readings in memory."""
    counters = read_counters(vintages, "downloads_all", None, LINKS.get)
    steps, found = steps_of(counters), {}
    for week in range(int(week_of(counters.days[0])), int(counters.days[-1]), DAYS):
        flows = cumulative_flows(steps, counters, Period(week, week + DAYS, ""))
        kinds = flows.by_kind[:, [INTERPOLATED, FIRST_SEEN]]
        for model, value, lo, hi, kind in zip(flows.model, flows.value, flows.lo, flows.hi, kinds, strict=True):
            if hi:
                found[(week, int(model))] = tuple(map(int, (value, lo, hi, *kind)))
    return found


def rows_held(weekly, vintages):
    """The same from what is held, in the numbers of the catalogue."""
    state = weekly.state()
    tables = [pq.read_table(v.folder / "models.parquet") for v in vintages]
    codes = joined(tables, LINKS.get)[0] if len(vintages) > 1 else [np.arange(len(tables[0]))]
    numbering = weekly.numbering(state)
    place = {}
    for vintage, code in zip(vintages, codes, strict=True):
        place.update(zip(numbering.rows(vintage).number.tolist(), code.tolist(), strict=True))
    flows = weekly.flows(state)
    reader, found = Reader(flows), {}
    assert list(state.weeks) == sorted(state.weeks) == list(flows.weeks())
    for piece in flows.pieces():
        week = reader.read(piece)
        for model, *counts in zip(week.key.tolist(), *(column.tolist() for column in week.values), strict=True):
            found[(week.week, place[model])] = tuple(counts)
    assert state.rows == len(found)
    return found


@st.composite
def histories(draw: st.DrawFn):
    """Readings of a hub, and after which of them it is weighed: a long weekly history with all that goes wrong."""
    weeks = draw(st.integers(3, 70)) if draw(st.booleans()) else draw(st.integers(45, 70))
    pace = draw(st.sampled_from((7, 7, 7, 5, 12)))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    wild, step = draw(st.sampled_from((0.0, 0.02, 0.1))), draw(st.sampled_from((0, 0, 0, 0, 0, 10)))
    odd = draw(st.sampled_from((0.0, 0.02, 0.3)))
    days = np.cumsum(np.where(random.random(weeks) < odd, random.choice((1, 3 * pace), weeks), pace)) + FIRST_DAY
    observed: list[dict[str, dict[int, int]]] = [{} for _ in days]
    for number in range(draw(st.integers(2, 12))):
        born = int(random.integers(0, weeks)) if random.random() < 0.5 else 0
        gone = int(random.integers(born, weeks + 1)) if random.random() < 0.4 else weeks
        away = range(*sorted(random.integers(born, weeks + 1, 2).tolist())) if random.random() < 0.3 else range(0)
        value = int(random.integers(0, 5000))
        for at in range(born, gone):
            value += int(random.integers(0, 200))
            if random.random() < wild:
                value = int(value * random.choice((0.2, 0.9, 0.99)))
            shown = value // 2 if random.random() < wild else value
            if at not in away and random.random() > wild:
                observed[at][f"m{number}"] = {int(days[at]): shown}
    vintages = [o for o in observed if o]
    cuts = sorted(
        set(draw(st.lists(st.integers(len(vintages) // 2 + 1, max(len(vintages), 1)), max_size=4))) | {len(vintages)}
    )
    keyed = draw(st.sampled_from(((), ("m0", "m1"), tuple(f"m{n}" for n in range(12)))))
    return vintages, cuts, step, keyed


@settings(max_examples=30, deadline=None)
@given(histories(), st.sampled_from((1, 40, 10**6)))
def test_flows_kept_week_by_week_are_those_of_all_readings_at_once(made, most):
    readings, cuts, step, keyed = made
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(following, "FEW", 0)  # however many models were away, the others are followed
        store = Store(Path(name) / "store")
        vintages = [reading(Path(name), n, observed, step, keyed) for n, observed in enumerate(readings)]
        weekly = Weekly(store, "h")
        for cut in cuts:
            some = vintages[:cut]
            if len({day for v in some for day in v.days_all}) < 2:
                with pytest.raises(DataMissing):
                    weekly.update(some, LINKS.get, "links", most)
                continue
            weekly.update(some, LINKS.get, "links", most)
            assert rows_held(weekly, some) == rows_at_once(some)


def course(seed: int, weeks: int = 45) -> list[dict[str, dict[int, int]]]:
    """Weekly readings of a few models, some of them left out now and then."""
    random = np.random.default_rng(seed)
    value = np.cumsum(random.integers(0, 300, (weeks, 6)), axis=0)
    there = random.random((weeks, 6)) > 0.1
    there[:, 0] = True
    return [
        {f"m{n}": {FIRST_DAY + 7 * week: int(value[week, n])} for n in np.flatnonzero(there[week])}
        for week in range(weeks)
    ]  # fmt: skip


@pytest.mark.parametrize("order", ["known before", "days before", "the same day again", "gone"])
def test_readings_that_are_not_the_next_ones_are_taken_in_too(tmp_path, order):
    readings = course(3)
    if order == "days before":
        readings = [*readings[5:], *readings[:5]]
    if order == "the same day again":
        readings.append({name: {day: count + 5 for day, count in seen.items()} for name, seen in readings[20].items()})
    vintages = [reading(tmp_path, number, observed) for number, observed in enumerate(readings)]
    weekly = Weekly(Store(tmp_path / "store"), "h")
    first = vintages[1:] if order == "known before" else vintages[:-1]
    weekly.update(first, LINKS.get, "links")
    some = vintages[:-2] if order == "gone" else vintages
    weekly.update(some, LINKS.get, "links")
    assert rows_held(weekly, some) == rows_at_once(some)


def test_the_next_reading_leaves_settled_weeks_and_their_files_alone(tmp_path):
    regular = [
        {name: {FIRST_DAY + 7 * week: 10 * week * (n + 1)} for n, name in enumerate("abc")} for week in range(60)
    ]  # fmt: skip
    vintages = [reading(tmp_path, number, observed) for number, observed in enumerate(regular)]
    weekly = Weekly(Store(tmp_path / "store"), "h")
    before, _ = weekly.update(vintages[:-1], LINKS.get, "links")
    files = {path.name: path.stat().st_ino for path in weekly.flows(before).folder.iterdir()}
    after, brought = weekly.update(vintages, LINKS.get, "links")
    assert (brought.added, brought.rewritten, brought.vintages) == (1, 1, 1)  # the last week went on
    kept = {path.name: path.stat().st_ino for path in weekly.flows(after).folder.iterdir()}
    assert len(files.items() & kept.items()) >= len(files) - 2
    changed = {week for week, number in after.weeks.items() if number == after.number}
    assert changed == set(sorted(after.weeks)[-2:])


def test_damage_is_told_with_what_to_do(tmp_path):
    vintages = [reading(tmp_path, number, observed) for number, observed in enumerate(course(1, 5))]
    weekly = Weekly(Store(tmp_path / "store"), "h")
    weekly.update(vintages, LINKS.get, "links")
    (weekly.folder / "state.json").write_text("{")
    with pytest.raises(StoreDamaged) as caught:
        weekly.update(vintages, LINKS.get, "links")
    assert "delete" in caught.value.hint


@pytest.mark.parametrize("hub", ["../outside", "a/b", "", "A B", "x" * 300])
def test_no_name_of_a_hub_leads_out_of_the_store(tmp_path, hub):
    folder = Weekly(Store(tmp_path / "store"), hub).folder
    assert folder.parent == tmp_path / "store" / "flows"
    assert len(folder.name) < 100

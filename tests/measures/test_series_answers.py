"""Answers over series: what a spike added, what rounding hides, what periods add up to, and what may be missing."""

from __future__ import annotations

import numpy as np
import pytest

import making
from weighbridge.errors import DataMissing
from weighbridge.measures import measures
from weighbridge.measures.asking import StoreBacking
from weighbridge.measures.explaining import explain
from weighbridge.records.clock import Period
from weighbridge.sources import source
from weighbridge.store.flows import cumulative_flows, steps_of
from weighbridge.store.writing import ingest

REGISTER = making.register({"us": ("Alpha", "US"), "cn": ("Beta", "CN"), "fr": ("Gamma", "FR")})
QUARTER = {"start": "2024-01-01", "end": "2024-04-01"}  # thirteen weeks, three months
DAILY = {"us/m": 1_000, "cn/m": 2_000}
SPIKE, SPIKE_DAY = 500_000, 45
INDICES = {"hhi", "gini", "top_1", "top_10", "top_100", "top_1pct", "effective_number"}


def series(daily, days=91, spike=None, **more):
    """Cumulative counters from 2024-01-01 on, of models that are downloaded at a steady pace."""
    rows = []
    for name, pace in daily.items():
        for number in range(days + 1):
            added = SPIKE if name == spike and number > SPIKE_DAY else 0
            day = str(np.datetime64("2024-01-01") + number)
            rows.append({"id": name, "downloads_all_time": 10_000 + pace * number + added, "date": day} | more)
    return rows


@pytest.fixture
def spiked(store, read_hub):
    """A quarter of two models, one of which jumped by half a million on one day."""
    made = {"created_at": "2023-12-01", "pipeline_tag": "text-generation"}
    read_hub(series(DAILY, spike="us/m", **made), at=None)
    return store


@pytest.mark.parametrize("grain", [None, "week", "month", "quarter"])
@pytest.mark.parametrize("name", ["raw", "house"])
def test_what_a_spike_added_is_left_out_and_nothing_else_whatever_the_grain(spiked, grain, name):
    options = {"clean": ("spike",)} if name == "raw" else {}
    answer = making.share(spiked, "model", REGISTER, name, over=grain, **QUARTER, **options)
    (removal,) = [r for r in answer.removed if r["rule"] == "spike"]
    assert (removal["downloads"], removal["models"]) == (SPIKE, 1)
    assert answer.total == 91 * 3_000
    by_model = {name: sum(r.downloads for r in answer.rows if r.group == name) for name in DAILY}
    assert by_model == {name: 91 * pace for name, pace in DAILY.items()}


def test_without_the_rule_a_spike_counts(spiked):
    assert making.share(spiked, "model", REGISTER, **QUARTER).total == 91 * 3_000 + SPIKE


def test_a_period_without_a_spike_is_the_same_with_the_rule_and_without(spiked):
    def january(clean):
        answer = making.share(spiked, "model", REGISTER, over="month", clean=clean, **QUARTER)
        return [(r.group, r.value, r.lo, r.hi) for r in answer.rows if r.period == "2024-01"]

    assert january(("spike",)) == january(())


@pytest.mark.parametrize("days", [(100, 101), (100, 101, 102), (100, 102)])
def test_a_rounded_counter_that_stands_still_may_have_moved_by_its_steps(days):
    counters = making.counters({0: dict.fromkeys(days, 118_700_000)}, step=100_000)
    flows = cumulative_flows(steps_of(counters), counters, Period(days[0], days[-1], ""))
    assert (flows.value.sum(), flows.lo.sum(), flows.hi.sum()) == (0, 0, 200_000)


def test_an_exact_counter_that_stands_still_did_not_move():
    counters = making.counters({0: {100: 118_700_000, 101: 118_700_000}})
    assert cumulative_flows(steps_of(counters), counters, Period(100, 101, "")).hi.sum() == 0


def test_a_rounded_counter_that_stands_still_lowers_what_another_surely_has(store, tmp_path):
    rows = [
        {"model": name, "date": day, "pull_count_text": text}
        for name, texts in (("llama3", ("1.0M", "3.0M")), ("qwen3", ("118.7M", "118.7M")))
        for day, text in zip(("2025-09-01", "2025-09-02"), texts, strict=True)
    ]
    path = making.csv_file(tmp_path / "pulls.csv", rows)
    ingest(store, source("ollama-pulls"), path, at=None, known=making.moment("2026-01-01"))
    (row,) = making.share(store, "model", REGISTER, hub="ollama", start="2025-09-01", end="2025-09-02").rows
    least, still = 1_800_000, 200_000
    assert (row.group, row.downloads, row.value, row.hi) == ("llama3", 2_000_000, 1, 1)
    assert row.lo == pytest.approx(least / (least + still))


@pytest.mark.parametrize("what", ["models", "organisations", "countries"])
def test_concentration_over_periods_gives_one_set_of_indices_a_period(store, read_hub, what):
    rows = series({"us/m": 1_000, "cn/m": 1_000}, days=60)
    late = [r | {"id": "fr/m"} for r in series({"x": 1_000}, days=60) if r["date"] >= "2024-02-02"]
    read_hub(rows + late, at=None)
    weighed = making.weighed(store, REGISTER, over="month", start="2024-01-01", end="2024-03-01")
    answer = measures()["concentration"].of(weighed, {"of": what})
    assert len(answer.rows) == 2 * len(INDICES)
    sets = {p: {r.group: r.value for r in answer.rows if r.period == p} for p in ("2024-01", "2024-02")}
    assert set(sets["2024-01"]) == set(sets["2024-02"]) == INDICES
    assert sets["2024-01"]["hhi"] == pytest.approx(1 / 2)
    assert sets["2024-02"]["hhi"] < 1 / 2


def test_the_credit_of_a_model_over_months_is_what_is_kept_of_its_downloads(store, read_hub):
    rows = series({"us/base": 100, "cn/base": 100}) + [
        r | {"base_model": ["us/base", "cn/base"]} for r in series({"fr/merge": 1_001}, spike="fr/merge")
    ]
    read_hub(rows, at=None)
    question = making.asked("raw", over="month", attribution="base", clean=("spike",), **QUARTER)
    document = explain(StoreBacking(store), "fr/merge", question)
    assert document["downloads"] == 91 * 1_001 + SPIKE
    assert {c["model"] for c in document["credited"]} == {"us/base", "cn/base"}
    assert sum(c["downloads"] for c in document["credited"]) == document["downloads"]
    assert sum(c["counted"] for c in document["credited"]) == 91 * 1_001


JUNE = {"start": "2024-06-01", "end": "2024-07-01", "over": "month"}


@pytest.mark.parametrize(("day", "off"), [("2024-06-16", 15), ("2024-06-30", 1), ("2024-07-16", 15)])
def test_a_window_that_ends_at_most_15_days_off_answers_a_month_and_a_note_says_so(store, read_hub, day, off):
    read_hub([{"id": "us/m", "downloads": 60}], at=day)
    answer = making.share(store, "country", REGISTER, **JUNE)
    assert (answer.total, [p["period"] for p in answer.periods]) == (60, ["2024-06"])
    assert any(f"up to {off} days off" in note for note in answer.notes)


def test_a_window_that_ends_with_its_month_needs_no_note(store, read_hub):
    read_hub([{"id": "us/m", "downloads": 60}], at="2024-07-01")
    assert not any("days off" in note for note in making.share(store, "country", REGISTER, **JUNE).notes)


@pytest.mark.parametrize("day", ["2024-06-15", "2024-07-17"])
def test_a_window_that_ends_farther_off_does_not_answer_a_month(store, read_hub, day):
    read_hub([{"id": "us/m", "downloads": 60}], at=day)
    with pytest.raises(DataMissing) as caught:
        making.share(store, "country", REGISTER, **JUNE)
    assert day in caught.value.hint


def liked(count=600):
    """A census in which downloads follow likes, but for some noise."""
    random = np.random.default_rng(3)
    likes = (10 ** random.uniform(1, 3.5, count)).astype(int)
    noise = 10 ** random.normal(1.5, 0.3, count)
    return [
        {"id": f"us/m{i}", "downloads": int(n * k), "likes": int(n), "created_at": "2023-09-01"}
        for i, (n, k) in enumerate(zip(likes, noise, strict=True))
    ]


@pytest.mark.parametrize(("likes", "removed"), [(20, 1), (None, 0)])
def test_a_model_of_unknown_likes_is_no_outlier_and_one_of_few_likes_is(store, read_hub, likes, removed):
    rows = liked()
    huge = {"id": "cn/huge", "downloads": 100 * sum(r["downloads"] for r in rows), "likes": likes}
    read_hub([*rows, huge | {"created_at": "2023-09-01"}])
    answer = making.share(store, "country", REGISTER, clean=("material-outlier",))
    assert "because" not in answer.removed[0]
    assert answer.removed[0]["models"] == removed
    assert ("CN" in making.downloads(answer)) is not removed


DISPUTED = making.register(
    {
        "us": ("Alpha", "US"),
        "cn": ("Delta", "CN"),
        "fr": ("Gamma", "FR"),
        "x": making.party("Beta", "US", alternatives=((("country", "CN"),),)),
    }
)
FLAT = ("2024-01-01", 0), ("2024-01-11", 1_000), ("2024-01-12", 1_000)
RISING = ("2024-01-01", 0), ("2024-01-11", 100), ("2024-01-12", 110)
SINGLE = ("2024-01-01", 0), ("2024-01-11", 100)
STEEP = ("2024-01-01", 0), ("2024-01-11", 1_000)


@pytest.mark.parametrize("by", ["country", "organisation", "region"])
@pytest.mark.parametrize(
    "course", [{"x/m": FLAT, "us/m": RISING}, {"x/m": STEEP, "us/m": SINGLE, "fr/m": SINGLE}], ids=["two", "three"]
)
@pytest.mark.parametrize("top", [None, 1])
def test_the_widest_bounds_of_a_disputed_series_hold_its_value(store, read_hub, by, course, top):
    rows = [{"id": m, "downloads_all_time": v, "date": d} for m, seen in course.items() for d, v in seen]
    read_hub(rows, at=None)
    options = {"start": "2024-01-01", "end": "2024-01-06", "contested": "widest"}
    answer = making.share(store, by, DISPUTED, top=top, **options)
    assert answer.total > 0
    for row in answer.rows:
        assert 0 <= row.lo <= row.value <= row.hi <= 1


def test_the_rest_takes_part_in_what_is_disputed(store, read_hub):
    counts = {"us/m": 50, "x/m": 30, "cn/m": 10, "fr/m": 10}
    read_hub([{"id": name, "downloads": count} for name, count in counts.items()])
    limits = {}
    for contested in ("main", "widest"):
        rows = making.share(store, "country", DISPUTED, top=1, contested=contested).rows
        limits[contested] = {row.group: (row.lo, row.value, row.hi) for row in rows}
    assert limits["main"]["(other)"] == pytest.approx((0.2, 0.2, 0.2))
    assert limits["widest"]["(other)"] == pytest.approx((0.2, 0.2, 0.5))
    assert limits["widest"]["US"] == pytest.approx((0.5, 0.8, 0.8))


def test_a_disputed_part_of_the_rest_may_leave_it(store, read_hub):
    counts = {"us/m": 50, "x/m": 30, "fr/m": 20}
    read_hub([{"id": name, "downloads": count} for name, count in counts.items()])
    swapped = making.register(
        {
            "us": ("Alpha", "US"),
            "fr": ("Gamma", "FR"),
            "x": making.party("Beta", "CN", alternatives=((("country", "US"),),)),
        }
    )
    rows = making.share(store, "country", swapped, top=1, contested="widest").rows
    limits = {row.group: (row.lo, row.value, row.hi) for row in rows}
    assert limits["(other)"] == pytest.approx((0.2, 0.5, 0.5))
    assert limits["US"] == pytest.approx((0.5, 0.5, 0.8))


def test_a_merge_among_the_rest_is_one_repository(store, read_hub):
    read_hub(
        [
            {"id": "us/a", "downloads": 100},
            {"id": "cn/x", "downloads": 1},
            {"id": "fr/y", "downloads": 1},
            {"id": "us/m", "downloads": 10, "base_model": ["cn/x", "fr/y"]},
        ]
    )
    rest = making.share(store, "model", REGISTER, top=1, attribution="base").rows[-1]
    assert (rest.group, rest.models, rest.downloads) == ("(other)", 3, 12)


def test_families_can_be_weighed_where_no_model_is_of_several(store, read_hub):
    read_hub([{"id": "us/Qwen2-7B", "downloads": 3}])
    assert making.downloads(making.share(store, "family", REGISTER)) == {"Qwen": 3}


def test_roots_of_a_series_keep_its_totals(store, read_hub):
    rows = series({"us/base": 100, "cn/base": 50}, days=31)
    rows += [r | {"base_model": ["us/base", "cn/base"]} for r in series({"fr/merge": 333}, days=31)]
    read_hub(rows, at=None)
    options = {"start": "2024-01-01", "end": "2024-02-01", "over": "week"}
    totals = {
        attribution: making.share(store, "country", REGISTER, attribution=attribution, **options).periods
        for attribution in ("uploader", "base")
    }
    assert totals["base"] == totals["uploader"]
    assert sum(period["total"] for period in totals["base"]) == 31 * 483

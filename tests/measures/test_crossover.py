"""When one group passes another in a series, for the asked definition and for every other."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

import making
import tiny_hubs
from tiny_hubs import Model, Part, plain
from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import Asking, StoreBacking, ask
from weighbridge.measures.crossings import CROSSED, NEVER
from weighbridge.measures.crossover import passing, whole_windows
from weighbridge.measures.table import GroupTable
from weighbridge.records.cells import Window
from weighbridge.sources import source
from weighbridge.store.writing import ingest

MONTHS = ("2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06")


@pytest.fixture
def read_pulls(store, tmp_path):
    """A function that reads daily cumulative pulls, given the thousand pulls a day of each entry by month of 2025."""

    def read(rates):
        total, rows, day = dict.fromkeys(rates, 1_000), [], date(2025, 1, 1)
        while day <= date(2025, 7, 1):
            rows += [{"date": day.isoformat(), "model": name, "pull_count_text": f"{n}K"} for name, n in total.items()]
            for name, rate in rates.items():
                total[name] += rate[min(day.month, 6) - 1]
            day += timedelta(days=1)
        path = making.csv_file(tmp_path / "pulls.csv", rows)
        ingest(store, source("ollama-pulls"), path, at=None, known=making.moment("2025-07-02"))
        return StoreBacking(store)

    return read


RISE = {"qwen3": (10, 20, 50, 60, 70, 80), "gemma3": (40, 40, 40, 40, 40, 40)}


def crossover(backing, groups="CN,US", **options):
    own = {"groups": groups} | {key: options.pop(key) for key in ("by", "stays", "of") if key in options}
    return ask(backing, "crossover", making.asked(options.pop("name", "house"), hub="ollama", **options), own).to_dict()


def test_the_month_in_which_one_passes_the_other(read_pulls):
    found = crossover(read_pulls(RISE), over="month")
    assert (found["crossed"], found["state"], found["passed"]) == ("2025-03", CROSSED, ["2025-03"])
    assert (found["periods"], found["outside_bounds"]) == (6, True)
    assert (found["last_period"], found["values"]) == ("2025-06", pytest.approx({"CN": 2 / 3, "US": 1 / 3}, abs=0.01))
    assert "CN passes US in 2025-03 and stays ahead for 3 periods, outside the bounds." in found["notes"]


def test_sums_pass_later_than_the_periods_that_make_them(read_pulls):
    found = crossover(read_pulls(RISE), over="month", stays=2, of="sums")
    days = (31, 28, 31, 30, 31, 30)
    china, states = (
        [sum(rate * d for rate, d in zip(RISE[name][:n], days, strict=False)) for n in range(1, 7)] for name in RISE
    )
    first = next(month for month, a, b in zip(MONTHS, china, states, strict=True) if a > b)
    assert (found["crossed"], found["of"], found["outside_bounds"]) == (first, "sums", True)
    assert first == "2025-05"
    total = china[-1] + states[-1]
    assert found["values"] == pytest.approx({"CN": china[-1] / total, "US": states[-1] / total}, abs=0.01)


def test_limits_of_sums_are_the_sums_of_the_limits(read_pulls):
    asking = Asking(read_pulls(RISE), making.asked("house", hub="ollama", over="month"))
    groups = asking.weighed.groups("country")
    plain, summed = (GroupTable(asking.weighed, groups) for _ in range(2))
    summed.accumulate([1, 3, 4])
    for name in ("value", "lo", "hi"):
        before, after = getattr(plain, name), getattr(summed, name)
        assert (after[3] == before[1] + before[3]).all()
        assert (after[4] == before[[1, 3, 4]].sum(axis=0)).all()
        assert (after[2] == before[2]).all()


def test_the_other_way_round_it_is_never_passed(read_pulls):
    found = crossover(read_pulls(RISE), "US,CN", over="month")
    assert (found["crossed"], found["outside_bounds"]) == (None, False)
    assert found["state"] == "ahead at first, behind or level from then on"


def test_months_are_the_grain_where_none_is_asked(read_pulls):
    assert crossover(read_pulls(RISE))["crossed"] == "2025-03"


def test_staying_ahead_for_longer_than_there_is_leaves_it_open(read_pulls):
    found = crossover(read_pulls(RISE), over="month", stays=5)
    assert (found["crossed"], found["state"]) == (None, "passed, too few periods since to say whether it stays")


def test_every_definition_of_the_grid_has_a_row_that_is_the_series_asked_alone(read_pulls):
    backing = read_pulls(RISE)
    found = crossover(backing, over="month", scope="everything")
    assert found["rows"]
    assert found["summary"] == dict(Counter(row["crossed"] or row["state"] for row in found["rows"]))
    for row in found["rows"]:
        clean = ("material-outlier", "spike") if row["clean"] == "house" else ("none",)
        options = {key: row[key] for key in ("attribution", "scope", "contested")}
        if row["max_age_days"] is not None:
            options["max_age_days"] = row["max_age_days"]
        question = making.asked("raw", hub="ollama", over="month", clean=clean, **options)
        shares = {(r.period, r.group): r.value for r in ask(backing, "share", question, {}).rows}
        ahead = [shares.get((month, "CN"), 0) > shares.get((month, "US"), 0) for month in MONTHS]
        first = next(n for n in range(1, 4) if not ahead[n - 1] and all(ahead[n : n + 3]))
        assert row["crossed"] == MONTHS[first]


def test_what_is_never_ahead_is_so_under_every_definition(read_pulls):
    found = crossover(read_pulls({"qwen3": (10,) * 6, "gemma3": (40,) * 6}), over="month", stays=1)
    assert (found["state"], found["summary"]) == (NEVER, {NEVER: len(found["rows"])})


def windows_of(*weights, unknown=()):
    models = [
        plain(h, v, window=n) for n, pair in enumerate(weights) for h, v in zip(("us-a", "cn-a"), pair, strict=True)
    ]
    models += [plain("new-a", v, window=n) for n, v in enumerate(unknown)]
    return tiny_hubs.weighed(tiny_hubs.hub(models, tiny_hubs.windows(len(weights))))


def test_it_is_outside_the_bounds_only_if_it_is_in_every_period_of_staying():
    rising = ((1, 5), (9, 5), (9, 5), (9, 5))
    assert passing(windows_of(*rising, unknown=(9, 3, 3, 3)), "country", ("US", "CN"), 3)["outside_bounds"]
    assert not passing(windows_of(*rising, unknown=(0, 0, 0, 4)), "country", ("US", "CN"), 3)["outside_bounds"]


def test_level_is_not_ahead():
    assert passing(windows_of((1, 5), (5, 5), (5, 5)), "country", ("US", "CN"), 2)["state"] == NEVER
    assert passing(windows_of((5, 5), (6, 5), (6, 5)), "country", ("US", "CN"), 2)["crossed"] == "P01"


def test_a_group_without_any_weight_is_passed_at_once():
    found = passing(windows_of((0, 1), (2, 1), (3, 1)), "country", ("US", "KE"), 2)
    assert (found["crossed"], found["values"]["KE"]) == ("P01", 0)


def test_periods_that_were_seen_in_part_do_not_count():
    spans = [Window(0, 30, "measured", "a", False), Window(30, 60, "measured", "b"), Window(60, 90, "measured", "c")]
    assert whole_windows(spans) == [1, 2]
    models = [plain("us-a", 9), plain("cn-a", 1), *(plain(h, 5, window=n) for n in (1, 2) for h in ("us-a", "cn-a"))]
    found = passing(tiny_hubs.weighed(tiny_hubs.hub(models, tuple(spans))), "country", ("US", "CN"), 1)
    assert (found["periods"], found["state"]) == (2, NEVER)


@pytest.mark.parametrize(("complete", "word"), [((), "none"), ((0,), "one")])
def test_two_whole_periods_are_the_least(complete, word):
    spans = [Window(30 * n, 30 * n + 30, "measured", f"P{n}", n in complete) for n in range(2)]
    with pytest.raises(DataMissing, match=f"there is {word}"):
        whole_windows(spans)


def test_merges_count_by_their_parts_in_each_period():
    merge = [
        Model((Part("us-a", a, a, a), Part("cn-a", b, b, b)), window=n) for n, (a, b) in enumerate([(1, 2), (3, 2)])
    ]
    weighed = tiny_hubs.weighed(tiny_hubs.hub(merge, tiny_hubs.windows(2)))
    assert passing(weighed, "country", ("US", "CN"), 1)["crossed"] == "P01"


@pytest.mark.parametrize("groups", ["CN", "CN,CN", ",", "CN,US,FR", "CN,Atlantis"])
def test_it_is_of_two_groups_that_there_are(read_pulls, groups):
    with pytest.raises(UsageError) as caught:
        crossover(read_pulls(RISE), groups)
    assert caught.value.hint


def test_one_day_is_no_series(store, read_hub):
    read_hub([{"id": "google/a", "downloads": 1}])
    with pytest.raises(UsageError, match="series"):
        ask(StoreBacking(store), "crossover", making.asked("house", at="2024-07-11"), {})


def test_a_single_census_is_missing_data(store, read_hub):
    read_hub([{"id": "google/a", "downloads": 1}, {"id": "Qwen/b", "downloads": 1}])
    with pytest.raises(DataMissing):
        ask(StoreBacking(store), "crossover", making.asked("house"), {})


def test_the_sample_answers_for_the_library_of_ollama():
    cube = CubeFile(sample_path())
    found = crossover(cube, over="month")
    series = ask(cube, "share", making.asked("house", hub="ollama", over="month"), {})
    shares = {row.group: row.value for row in series.rows if row.period == found["last_period"]}
    assert found["values"] == {group: pytest.approx(shares[group]) for group in ("CN", "US")}
    assert {row["max_age_days"] for row in found["rows"]} == {None}
    assert any("365 days" in skipped["choice"] for skipped in found["skipped"])

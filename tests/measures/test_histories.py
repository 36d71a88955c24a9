"""A weighed history gives what the readings themselves give, week by week and to the last download."""

from __future__ import annotations

import numpy as np
import pytest

import making
from weighbridge.cubes.weekly import weigh_history
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import measures
from weighbridge.measures.history import GROUPINGS, Asked, history
from weighbridge.records.clock import day_text, period_holding
from weighbridge.register import parties
from weighbridge.store.home import Store

FIRST = making.day("2024-01-03")
NAMES = ("meta-llama/Llama-3-8B", "Qwen/Qwen2-7B", "nobody/thing-GGUF", "google/gemma-2b", "nobody/merge", "x/late")
BASES = {"nobody/merge": ["meta-llama/Llama-3-8B", "Qwen/Qwen2-7B"], "nobody/thing-GGUF": ["Qwen/Qwen2-7B"]}


def daily(days: range, seed: int = 1, step: int = 1) -> list[dict]:
    """A hub's cumulative counters by day, with gaps, a fall, a restatement, a late and a vanished model."""
    random = np.random.default_rng(seed)
    rows = []
    for number, name in enumerate(NAMES):
        value = 1000 * (number + 1)
        for day in range(0, 120, step):
            value += int(random.integers(0, 5000))
            if (name == "google/gemma-2b" and day == 40) or (name == "x/late" and day == 80):
                value //= 2
            shown = value // 2 if name == "Qwen/Qwen2-7B" and 50 <= day < 58 else value
            there = (name != "x/late" or day >= 35) and (name != "nobody/thing-GGUF" or day < 60)
            if there and random.random() > 0.1 and day in days:
                row = {"id": name, "downloads_all_time": shown, "date": day_text(FIRST + day)}
                born = day_text(FIRST - 300 * number)
                rows.append(
                    row | {"base_model": BASES.get(name), "created_at": born, "pipeline_tag": "text-generation"}
                )
    return rows


def share(store: Store, hub: str, by: str, attribution: str, scope: str | None = None):
    options = {"hub": hub, "over": "week", "attribution": attribution} | ({"scope": scope} if scope else {})
    weighed = making.weighed(store, parties.house(), **options)
    return measures()["share"].of(weighed, {"by": by, "top": None})


def assert_agree(
    store: Store, hub: str, by: str, attribution: str, scope: str | None = None, exact: bool = True
) -> None:
    answer = share(store, hub, by, attribution, scope)
    found = history(store, hub, Asked(by=by, attribution=attribution, scope=scope))
    expected = {(row.period, row.group): row for row in answer.rows}
    rows = {(row["period"], row["group"]): row for row in found["rows"]}
    assert rows.keys() == expected.keys()
    assert {key: row["downloads"] for key, row in rows.items()} == {k: r.downloads for k, r in expected.items()}
    for key, row in rows.items():
        assert row["value"] == expected[key].value
        for limit in ("lo", "hi"):
            assert row[limit] == pytest.approx(getattr(expected[key], limit), abs=0 if exact else 1e-3)
    for part in ("registered_share", "located_share"):
        assert found["coverage"][part] == pytest.approx(answer.coverage[part])
    assert [p["complete"] for p in found["periods"]] == [p["complete"] for p in answer.periods or ()]
    assert found["total"] == answer.total


@pytest.fixture
def weighed(store, read_hub):
    """Four readings of a hub, the last two of which bring new models and days."""
    for days in (range(20), range(15, 50), range(50, 90), range(85, 120)):
        read_hub(daily(days), at=None)
    weigh_history(store, "huggingface")
    return store


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("attribution", ["uploader", "base"])
def test_a_weighed_history_agrees_with_the_share_by_week(weighed, by, attribution):
    # Under attribution to bases least and most of a merge are divided each for itself, so they may be one off.
    assert_agree(weighed, "huggingface", by, attribution, exact=attribution == "uploader")


def test_a_scope_chooses_the_same_models(weighed):
    assert_agree(weighed, "huggingface", "country", "uploader", "without-quantised")


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("attribution", ["uploader", "base"])
def test_the_real_pulls_weighed_agree_with_the_share_by_week(census, by, attribution):
    weigh_history(census, "ollama")
    assert_agree(census, "ollama", by, attribution)


def test_readings_that_come_one_by_one_give_what_they_give_at_once(store, read_hub, tmp_path):
    for days in (range(20), range(15, 50), range(50, 90), range(85, 120)):
        read_hub(daily(days), at=None)
        weigh_history(store, "huggingface")
    for attribution in ("uploader", "base"):
        assert_agree(store, "huggingface", "country", attribution, exact=attribution == "uploader")


def test_a_second_weighing_does_nothing(weighed):
    done = weigh_history(weighed, "huggingface").to_dict()
    assert (done["weeks_added"], done["weeks_rewritten"], done["rows_written"], done["vintages_added"]) == (0, 0, 0, 0)
    assert all(cube == {"anew": False, "weeks": 0} for cube in done["cubes"].values())


def test_filters_and_longer_periods_sum_the_same_weeks(weighed):
    weeks = history(weighed, "huggingface", Asked(where={"quantised": ["no"]}))
    months = history(weighed, "huggingface", Asked(where={"quantised": ["no"]}, over="month"))
    sums = {}
    for row in weeks["rows"]:
        monday = next(p["from"] for p in weeks["periods"] if p["period"] == row["period"])
        key = period_holding(making.day(monday) + 3, "month").name, row["group"]
        sums[key] = sums.get(key, 0) + row["downloads"]
    assert {(row["period"], row["group"]): row["downloads"] for row in months["rows"]} == sums
    assert weeks["total"] < history(weighed, "huggingface", Asked())["total"]


def test_a_span_takes_whole_weeks_only(weighed):
    found = history(weighed, "huggingface", Asked(start=making.day("2024-02-01"), end=making.day("2024-03-01")))
    assert (found["window"]["from"], found["window"]["to"]) == ("2024-02-05", "2024-02-26")


def test_an_age_limit_leaves_older_models_out(weighed):
    young = history(weighed, "huggingface", Asked(by="family", max_age_days=365))
    assert 0 < young["total"] < history(weighed, "huggingface", Asked(by="family"))["total"]
    assert any("first day" in note for note in young["notes"])


def test_an_answer_says_that_no_rule_ran_and_what_it_rests_on(weighed):
    found = history(weighed, "huggingface", Asked())
    assert found["definition"]["clean"] == []
    assert any("Not cleaned" in note for note in found["notes"])
    assert found["vintages"] == [v.id for v in weighed.vintages()]


def test_a_history_that_was_not_weighed_is_missing_and_says_what_to_do(store, read_hub):
    read_hub(daily(range(20)), at=None)
    with pytest.raises(DataMissing) as caught:
        history(store, "huggingface", Asked())
    assert "weighbridge weigh" in caught.value.hint


@pytest.mark.parametrize(
    "asked", [Asked(by="licence"), Asked(where={"size": ["huge"]}), Asked(over="day"), Asked(max_age_days=30)]
)
def test_what_a_cube_does_not_know_is_refused(weighed, asked):
    with pytest.raises(UsageError):
        history(weighed, "huggingface", asked)


def test_a_reading_of_one_day_makes_no_flow(store, read_hub):
    read_hub(daily(range(1)), at=None)
    with pytest.raises(DataMissing):
        weigh_history(store, "huggingface")

"""What changed since the reading before: shares by their rows, models by the difference of the two readings."""

from __future__ import annotations

import json

import pytest

import making
from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.errors import DataMissing
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.measures.changes import BY, changes

THEN = [
    {"id": "google/gemma-2b", "downloads": 600}, {"id": "Qwen/Qwen2-7B", "downloads": 300},
    {"id": "nobody/gone", "downloads": 100},
]  # fmt: skip
NOW = [
    {"id": "google/gemma-2b", "downloads": 400}, {"id": "Qwen/Qwen2-7B", "downloads": 500},
    {"id": "Qwen/Qwen3", "downloads": 100},
]  # fmt: skip


@pytest.fixture
def twice(store, read_hub):
    read_hub(THEN, at="2024-07-11")
    read_hub(NOW, at="2024-08-11")
    return StoreBacking(store)


def test_shares_moved_from_one_census_to_the_next(twice):
    told = changes(twice, making.asked("raw"))
    json.dumps(told, allow_nan=False)
    assert (told["from"]["day"], told["to"]["day"]) == ("2024-07-11", "2024-08-11")
    assert (told["from"]["total"], told["to"]["total"]) == (1000, 1000)
    assert told["because"] is None
    moved = {row["group"]: row for row in told["groups"]["country"]}
    assert moved["CN"]["moved"] == pytest.approx(0.3)
    assert moved["US"]["moved"] == pytest.approx(-0.2)
    assert moved["CN"]["now"]["downloads"] == 600
    assert moved["CN"]["sure"]
    assert moved["US"]["sure"]
    assert not moved["unregistered"]["sure"]


def test_each_side_is_the_share_as_it_was_known(twice):
    told = changes(twice, making.asked("house"))
    for side, as_of in (("then", making.moment(told["from"]["known"].removesuffix("Z"))), ("now", None)):
        for by in BY:
            rows = ask(twice, "share", making.asked("house", as_of=as_of), {"by": by}).rows
            expected = {row.group: (row.value, row.lo, row.hi, row.downloads) for row in rows}
            for row in told["groups"][by]:
                value = row[side]
                if row["group"] in expected:
                    assert tuple(value.values()) == expected[row["group"]]
                else:
                    assert (value["value"], value["lo"], value["downloads"]) == (0.0, 0.0, 0)


def test_groups_that_moved_furthest_come_first(twice):
    for rows in changes(twice, making.asked("raw"))["groups"].values():
        distances = [abs(row["moved"]) for row in rows]
        assert distances == sorted(distances, reverse=True)
        assert all(distances)


def test_new_models_and_removed_ones_are_named(twice):
    told = changes(twice, making.asked("raw"))["models"]
    assert (told["then"], told["now"]) == (3, 3)
    assert told["appeared"] == {
        "models": 1, "weight": 100, "rows": [{"model": "Qwen/Qwen3", "weight": 100, "day": "2024-08-11"}],
    }  # fmt: skip
    assert [row["model"] for row in told["vanished"]["rows"]] == ["nobody/gone"]


def test_one_reading_says_that_there_is_no_other_and_what_to_do(store, read_hub):
    read_hub(THEN)
    told = changes(StoreBacking(store), making.asked("raw"))
    assert told["from"] is None
    assert told["groups"] is None
    assert "only one census" in told["because"]
    assert "weighbridge" in told["because"]
    assert told["to"]["total"] == 1000


def test_a_second_reading_of_the_same_day_restates_it(store, read_hub):
    read_hub(THEN)
    read_hub(NOW)
    told = changes(StoreBacking(store), making.asked("raw"))
    assert told["from"]["day"] == told["to"]["day"]
    assert told["from"]["known"] < told["to"]["known"]
    assert {row["group"] for row in told["groups"]["country"]} >= {"CN", "US"}


def test_parts_of_one_census_are_not_set_against_each_other(store, read_hub):
    read_hub(THEN, at="2024-07-11")
    read_hub(NOW[:2], at="2024-08-11")
    read_hub([{"id": f"other/{n}", "downloads": 10} for n in range(4)], at="2024-08-11")
    told = changes(StoreBacking(store), making.asked("raw"))
    assert told["from"]["day"] == "2024-07-11"
    assert len(told["to"]["vintages"]) == 2
    assert told["models"] is None
    assert "several readings" in told["missing"]["models"]


def test_what_was_not_yet_known_has_not_changed_anything(twice):
    first = min(v.known for v in twice.store.vintages())
    told = changes(twice, making.asked("raw", as_of=first))
    assert told["from"] is None
    assert told["to"]["day"] == "2024-07-11"


def test_recent_events_come_first(twice):
    days = [event["from"] for event in changes(twice, making.asked("raw"))["events"]]
    assert days
    assert days == sorted(days, reverse=True)


def test_a_cube_file_holds_one_reading():
    told = changes(CubeFile(sample_path()), making.asked("house", hub="ollama"))
    assert told["from"] is None
    assert "cube file" in told["because"]


def test_an_empty_store_has_nothing_to_compare(store):
    with pytest.raises(DataMissing):
        changes(StoreBacking(store), making.asked("raw"))

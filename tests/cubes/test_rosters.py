"""Single models with their weight: rows of the frame, labels of one's own, and models counted one each."""

from __future__ import annotations

import numpy as np
import pytest

import making
from weighbridge.cubes.cubefile import sample_path
from weighbridge.cubes.frame import FLAT_DAY, UNKNOWN_DAY
from weighbridge.cubes.uploads import FLAT_NAME, periods_of
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import Asking, StoreBacking, open_backing
from weighbridge.measures.classified import Classes, heaviest, rows_by
from weighbridge.measures.counting import whole
from weighbridge.measures.table import GroupTable
from weighbridge.records.cells import Window

ROWS = [
    {"id": "a/base", "downloads": 60, "likes": 1, "tags": ["en"], "gated": True, "created_at": "2024-01-05"},
    {"id": "b/base", "downloads": 30, "likes": 1, "created_at": "2024-02-05"},
    {"id": "c/mix", "downloads": 9, "likes": 1, "base_model": ["a/base", "b/base"], "created_at": "2024-03-05"},
    {"id": "d/idle", "downloads": 0, "likes": 1, "pipeline_tag": "text-generation", "created_at": "2024-03-06"},
]


def asking(store, name="raw", **options):
    return Asking(StoreBacking(store), making.asked(name, at="2024-07-11", **options))


def by_name(roster, values):
    return dict(zip(roster.frame.names.to_pylist(), values, strict=True))


def test_the_weight_of_single_models_is_what_was_downloaded(store, read_hub):
    read_hub(ROWS)
    roster = asking(store).models()
    assert by_name(roster, roster.weight.tolist()) == {"a/base": 60, "b/base": 30, "c/mix": 9, "d/idle": 0}
    assert roster.weight_in(0).tolist() == roster.weight.tolist()
    assert roster.kept.all()


def test_models_out_of_scope_or_too_old_weigh_nothing_and_are_not_kept(store, read_hub):
    read_hub([*ROWS, {"id": "e/text", "downloads": 5, "likes": 1, "pipeline_tag": "text-generation"}])
    scoped = asking(store, scope="language").models()
    assert by_name(scoped, scoped.weight.tolist())["a/base"] == 0
    kept = by_name(scoped, scoped.kept.tolist())
    assert [name for name, there in kept.items() if there] == ["d/idle", "e/text"]
    young = asking(store, max_age_days=160).models()
    assert [name for name, there in by_name(young, young.kept.tolist()).items() if there] == [
        "b/base",
        "c/mix",
        "d/idle",
    ]


def test_cleaning_leaves_its_models_without_weight(store, read_hub):
    read_hub([*ROWS, {"id": "e/dependency", "downloads": 200_000, "likes": 0, "created_at": "2024-01-01"}])
    roster = asking(store, clean=["low-likes"]).models()
    assert by_name(roster, roster.weight.tolist())["e/dependency"] == 0
    assert not by_name(roster, roster.kept.tolist())["e/dependency"]


def test_attributes_stand_in_the_order_of_the_names(store, read_hub):
    read_hub(ROWS[::-1])
    roster = asking(store).models()
    columns = roster.attributes("name", "gated", "licence")
    assert columns["name"].to_pylist() == roster.frame.names.to_pylist()
    assert by_name(roster, columns["gated"].to_pylist())["a/base"] is True
    assert columns["licence"].null_count == len(roster) == 4
    with pytest.raises(UsageError, match="no attribute 'colour'"):
        roster.attributes("colour")


def test_attributes_of_several_readings_stand_in_the_order_of_the_names(store, read_hub):
    read_hub(ROWS, at="2024-06-11")
    read_hub([*ROWS[2:], {"id": "0/first", "downloads": 4, "likes": 1, "gated": True}], at="2024-07-11")
    question = making.asked("raw", start="2024-05-15", end="2024-07-11")
    roster = Asking(StoreBacking(store), question).models()
    assert roster.attributes("name")["name"].to_pylist() == roster.frame.names.to_pylist()
    assert by_name(roster, roster.attributes("gated")["gated"].to_pylist())["0/first"] is True


def test_labels_of_ones_own_follow_the_credit_of_a_merge(store, read_hub):
    read_hub(ROWS)
    roster = asking(store, attribution="base").models()
    merged = by_name(roster, np.arange(len(roster)).tolist())["c/mix"]
    labels = np.where(np.arange(len(roster)) == merged, 0, 1)
    classes = roster.labelled(labels, ["merged", "unknown"], dark=("unknown",))
    rows = GroupTable(roster.weighed, classes).rows(0, np.arange(2))
    assert {row.group: row.downloads for row in rows} == {"merged": 9, "unknown": 90}
    assert {row.group: (row.lo, row.hi) for row in rows} == {
        "merged": (pytest.approx(9 / 99), 1.0),
        "unknown": (0.0, pytest.approx(90 / 99)),
    }
    of_models = Classes(("merged", "unknown"), labels.astype(np.int64), np.eye(2, dtype=bool)[labels])
    along = roster.weighed.groups("namespace")
    within = rows_by(roster, along, of_models, "kind", heaviest(roster, along))
    assert [(row["group"], row["kind"], row["downloads"]) for row in within] == [
        ("a", "merged", 5),
        ("a", "unknown", 60),
        ("b", "merged", 4),
        ("b", "unknown", 30),
    ]
    assert {row["group"]: row["part"] for row in within} == {"a": 65 / 99, "b": 34 / 99}


def test_a_narrowed_roster_speaks_of_its_models_alone(store, read_hub):
    read_hub(ROWS)
    roster = asking(store).models()
    some = roster.narrowed(roster.weight < 50)
    assert by_name(some, some.weight.tolist()) == {"a/base": 0, "b/base": 30, "c/mix": 9, "d/idle": 0}
    assert some.weighed.entries.value.sum() == 39


def test_counted_models_weigh_one_each_in_the_period_of_their_creation(store, read_hub):
    read_hub(ROWS)
    question = making.asked("raw", over="month")
    roster = Asking(StoreBacking(store), question).created()
    assert roster.weight.tolist() == [1, 1, 1, 1]
    names = [window.name for window in roster.weighed.slice.windows]
    assert {name: int(roster.weight_in(k).sum()) for k, name in enumerate(names)} | {"2024-07": 0} == {
        "2024-01": 1, "2024-02": 1, "2024-03": 2, "2024-04": 0, "2024-05": 0, "2024-06": 0, "2024-07": 0,
    }  # fmt: skip


def test_only_some_models_may_be_in_question(store, read_hub):
    read_hub(ROWS)
    ask = Asking(StoreBacking(store), making.asked("raw"))
    roster = ask.created(ask.uploads.frame.declared)
    assert by_name(roster, roster.weight.tolist()) == {"a/base": 0, "b/base": 0, "c/mix": 1, "d/idle": 0}
    with pytest.raises(DataMissing, match="no model was created"):
        ask.created(np.zeros(len(roster), bool))


def test_a_cube_file_holds_no_single_models():
    sample = Asking(open_backing(sample_path()), making.asked("raw"))
    for wanted in (sample.models, sample.created):
        with pytest.raises(DataMissing, match="cube file") as refused:
            wanted()
        assert refused.value.hint == "ask a store"


def test_the_flat_date_takes_its_day_from_the_period_around_it():
    flat = Window(FLAT_DAY, FLAT_DAY + 1, "created", FLAT_NAME)
    march = Window(FLAT_DAY - 1, FLAT_DAY + 30, "created", "2022-03")
    days = np.array([FLAT_DAY - 2, FLAT_DAY - 1, FLAT_DAY, FLAT_DAY + 1, FLAT_DAY + 30, UNKNOWN_DAY], np.int32)
    assert periods_of(days, (flat, march)).tolist() == [-1, 1, 0, 1, -1, -1]
    assert periods_of(days, (march,)).tolist() == [-1, 0, 0, 0, -1, -1]


def test_whole_numbers_keep_the_sum_and_round_the_largest_remainders_up():
    assert whole(np.array([15, 15, 10]), 10).tolist() == [2, 1, 1]
    assert whole(np.array([], np.int64), 10).tolist() == []

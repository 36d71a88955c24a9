"""The cube of a whole history holds what adding up model by model gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from histories import MONDAY, cells, make, one_by_one
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.cubes import reduction
from weighbridge.cubes.ages import Ages
from weighbridge.cubes.engines import engine
from weighbridge.cubes.reduction import weigh_weeks
from weighbridge.cubes.weekcube import series_from_flows
from weighbridge.errors import DataMissing, UsageError
from weighbridge.store.weekfiles import Reader, WeekFiles


def weighed(made, labelling):
    return engine("embedded").weigh(made.flows, labelling, made.ages)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_the_cube_is_the_sum_of_its_models(tmp_path_factory, seed, base):
    made = make(tmp_path_factory.mktemp("flows"), seed)
    cube = weighed(made, made.base() if base else made.uploader())
    assert cells(cube) == one_by_one(made, base)


def test_counts_too_large_to_share_an_integer_are_exact_too(tmp_path):
    made = make(tmp_path, 3, models=12, weeks=12, scale=2**55)
    for base in (False, True):
        assert cells(weighed(made, made.base() if base else made.uploader())) == one_by_one(made, base)


def test_credit_makes_and_loses_no_download(tmp_path):
    made = make(tmp_path, 5)
    by_uploader, by_base = (weighed(made, labelling) for labelling in (made.uploader(), made.base()))
    size = by_uploader.series("size").values["downloads"]
    assert (size == by_base.series("size").values["downloads"]).all()


@pytest.mark.parametrize("base", [False, True])
def test_limits_are_summed_and_divided_as_counts_are(tmp_path, base):
    made = make(tmp_path / "all", 6, columns=3)
    cube = weighed(made, made.base() if base else made.uploader())
    reader = Reader(made.flows)
    weeks = [reader.read(piece) for piece in made.flows.pieces()]
    for place, column in enumerate(made.flows.values):
        alone = WeekFiles(tmp_path / column)
        for week in weeks:
            alone.append(week.week, week.key, week.values[place])
        assert cells(cube, column) == one_by_one(replace(made, flows=alone), base)
    assert 0 in cube.values["downloads"]  # where only the most is above zero, there is a cell


def test_models_are_counted_once_a_cell(tmp_path):
    made = make(tmp_path, 7)
    cube = weighed(made, made.uploader())
    rows = [piece.rows for piece in made.flows.pieces()]
    assert cube.series("country", columns=["models"]).values["models"].sum(axis=1).tolist() == rows


def test_several_labellings_in_one_pass_give_what_each_gives_alone(tmp_path):
    made = make(tmp_path, 11)
    labellings = [made.uploader(), made.base()]
    together = list(weigh_weeks(made.flows, labellings, made.ages))
    for place, labelling in enumerate(labellings):
        alone = [sums for (sums,) in weigh_weeks(made.flows, [labelling], made.ages)]
        for one, week in zip(alone, together, strict=True):
            assert one.week == week[place].week
            np.testing.assert_array_equal(one.cell, week[place].cell)
            np.testing.assert_array_equal(one.values[0], week[place].values[0])
            np.testing.assert_array_equal(one.models, week[place].models)


@pytest.mark.parametrize("rows", [1, 40, 10**9])
@pytest.mark.parametrize("processors", [1, 3])
def test_threads_and_blocks_leave_no_trace(tmp_path, monkeypatch, rows, processors):
    made = make(tmp_path, 13)
    wanted = one_by_one(made, base=True)
    monkeypatch.setattr(reduction, "BLOCK_ROWS", rows)
    monkeypatch.setattr(reduction, "cores", lambda: processors)
    assert cells(weighed(made, made.base())) == wanted


def test_some_weeks_are_weighed_as_they_are_within_all(tmp_path):
    made = make(tmp_path, 17)
    everything = {sums.week: sums for (sums,) in weigh_weeks(made.flows, [made.base()], made.ages)}
    for piece in made.flows.pieces([MONDAY + 7 * 20, MONDAY + 7 * 3]):
        ((alone,),) = weigh_weeks(made.flows, [made.base()], made.ages, [piece])
        np.testing.assert_array_equal(alone.cell, everything[piece.week].cell)
        np.testing.assert_array_equal(alone.values[0], everything[piece.week].values[0])


@pytest.mark.parametrize("base", [False, True])
@pytest.mark.parametrize("limit", [None, 365, 730])
def test_a_series_straight_from_the_flows_is_that_of_the_cube(tmp_path, base, limit):
    made = make(tmp_path, 19)
    labelling = made.base() if base else made.uploader()
    where = {"size": ["1-9"], "family": ["Qwen", "(none)"]}
    ready = weighed(made, labelling).series("country", where, limit)
    straight = series_from_flows(made.flows, labelling, made.ages, "country", where, limit)
    assert ready.groups == straight.groups
    np.testing.assert_array_equal(ready.weeks, straight.weeks)
    np.testing.assert_array_equal(ready.values["downloads"], straight.values["downloads"])
    assert ready.values["downloads"].any()


def test_filters_and_their_complement_make_the_whole(tmp_path):
    made = make(tmp_path, 23)
    cube = weighed(made, made.base())
    parts = [cube.series("country", {"size": [name]}).values["downloads"] for name in ("1-9", "unknown")]
    assert (sum(parts) == cube.series("country").values["downloads"]).all()


def test_flows_of_a_model_without_labels_are_refused(tmp_path):
    made = make(tmp_path, 29)
    labelling = made.uploader()
    fewer = type(labelling)(labelling.code[:30], labelling.coding)
    with pytest.raises(DataMissing, match="only 30 models have labels"):
        engine("embedded").weigh(made.flows, fewer, Ages(made.ages.created[:30]))


def test_what_a_cube_does_not_know_it_refuses(tmp_path):
    made = make(tmp_path, 31, weeks=2)
    cube = weighed(made, made.uploader())
    for arguments, words in (
        (("colour",), "no dimension 'colour'"),
        (("country", {"size": ["huge"]}), "no size is called 'huge'"),
        (("country", {}, 90), "within 90 days"),
        (("country", {}, None, ["likes"]), "no 'likes'"),
    ):
        with pytest.raises(UsageError, match=words):
            cube.series(*arguments)


def test_a_history_without_flows_is_an_empty_cube(tmp_path):
    made = make(tmp_path, 37, weeks=0)
    assert weighed(made, made.base()).series("country").values["downloads"].shape == (0, 3)

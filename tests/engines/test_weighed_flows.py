"""Spark weighs the weekly flows of a history into the same cube, wherever it reads them."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from tests.cubes.histories import make

from weighbridge.cubes.engines import engine
from weighbridge.errors import DataMissing, SourceFailed


def assert_same(one, other):
    for name in ("weeks", "start", "cell"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert list(one.values) == list(other.values)
    for name in one.values:
        np.testing.assert_array_equal(one.values[name], other.values[name])


@pytest.mark.parametrize(("seed", "columns", "attribution"), [(1, 1, "uploader"), (2, 3, "base")])
def test_spark_makes_the_cube_that_numpy_makes(tmp_path, spark, seed, columns, attribution):
    made = make(tmp_path, seed, weeks=15, columns=columns)
    labelling = made.base() if attribution == "base" else made.uploader()
    wanted = engine("embedded").weigh(made.flows, labelling, made.ages)
    assert len(wanted.cell) > 100
    assert_same(spark.weigh(made.flows, labelling, made.ages), wanted)


def test_flows_are_read_where_spark_has_them(tmp_path, spark):
    made = make(tmp_path / "here", 4, weeks=8)
    wanted = engine("embedded").weigh(made.flows, made.uploader(), made.ages)
    shutil.copytree(tmp_path / "here", tmp_path / "bucket with a space" / "flows")
    url = f"file://{tmp_path}/bucket with a space/flows"
    for there in (url, f"{url}/"):
        assert_same(replace(spark, flows_at=there).weigh(made.flows, made.uploader(), made.ages), wanted)


def test_flows_elsewhere_that_are_not_those_here_are_refused(tmp_path, spark):
    one, other = (make(tmp_path / str(seed), seed, weeks=8) for seed in (5, 6))
    moved = replace(spark, flows_at=(tmp_path / "6").as_uri())
    with pytest.raises(SourceFailed, match=r"rows of flows at file:.*are here"):
        moved.weigh(one.flows, one.uploader(), one.ages)
    assert one.flows.weeks() == other.flows.weeks()


def test_flows_that_are_not_there_are_named(tmp_path, spark):
    made = make(tmp_path, 5, weeks=8)
    with pytest.raises(SourceFailed, match=r"failed: .*nowhere"):
        replace(spark, flows_at=f"{tmp_path.as_uri()}/nowhere").weigh(made.flows, made.uploader(), made.ages)


def test_a_week_without_rows_is_a_week(tmp_path, spark):
    made = make(tmp_path, 7, weeks=3)
    made.flows.append(made.flows.weeks()[-1] + 7, np.zeros(0, np.int32), np.zeros(0, np.int64))
    cube = spark.weigh(made.flows, made.uploader(), made.ages)
    assert len(cube.weeks) == 4
    assert cube.start[-1] == cube.start[-2]


def test_models_without_labels_are_refused_before_spark_is_asked(tmp_path):
    made, fewer = make(tmp_path / "a", 8), make(tmp_path / "b", 8, models=30)
    with pytest.raises(DataMissing, match="no labels"):
        engine("spark").weigh(made.flows, fewer.uploader(), fewer.ages)

"""Whatever makes the sums, they are the same whole numbers."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from types import ModuleType

import duckdb
import narwhals
import numpy as np
import pytest
from histories import cells, make
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.cubes import dataframes
from weighbridge.cubes.engines import engine, engines
from weighbridge.errors import UsageError

ROWS = st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 3), st.integers(0, 2**40)), max_size=40)


@given(ROWS)
def test_sums_are_those_of_adding_up_row_by_row(rows):
    columns = [np.array([row[place] for row in rows], np.int64) for place in range(3)]
    sums = engine("embedded").sums({"a": columns[0], "b": columns[1]}, {"v": columns[2]})
    wanted = {key: [0, 0] for key in sorted({row[:2] for row in rows})}
    for *key, value in rows:
        wanted[tuple(key)][0] += value
        wanted[tuple(key)][1] += 1
    found = zip(*(column.tolist() for column in (*sums.keys.values(), sums.values["v"], sums.rows)), strict=True)
    assert [(tuple(key), [value, count]) for *key, value, count in found] == list(wanted.items())


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.integers(1, 3))
def test_data_frames_give_the_cube_that_numpy_gives(tmp_path_factory, seed, base, columns):
    made = make(tmp_path_factory.mktemp("flows"), seed, weeks=12, columns=columns)
    labelling = made.base() if base else made.uploader()
    wanted = engine("embedded").weigh(made.flows, labelling, made.ages)
    tables = dataframes.tables(labelling, made.ages)
    with duckdb.connect() as connection:
        flows = connection.read_parquet(f"{made.flows.folder}/*.parquet")
        frames = [narwhals.from_native(f) for f in (flows, *map(connection.from_arrow, (tables.models, tables.parts)))]
        weighed = dataframes.weigh(*frames, tables.codes, made.ages.limits, made.flows.values)
        found = weighed.to_native().order("week, cell").fetchnumpy()
    np.testing.assert_array_equal(found["cell"], wanted.cell)
    for name in made.flows.values:
        np.testing.assert_array_equal(found[name], wanted.values[name])
    np.testing.assert_array_equal(found["rows"], wanted.values["models"])


def test_where_ci_has_java_spark_is_there_to_be_tested():
    if not os.environ.get("CI") or shutil.which("java") is None:
        pytest.skip("this is not CI, or it has no Java")
    assert importlib.util.find_spec("pyspark") is not None


def test_without_spark_the_answer_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(UsageError) as caught:
        engine("spark").sums({"a": np.zeros(1, np.int64)}, {"v": np.ones(1, np.int64)})
    assert "weighbridge[spark]" in caught.value.hint


def test_a_merge_too_fine_for_spark_is_refused_before_it_is_asked(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))  # there, and empty: nothing of it may be used
    made = make(tmp_path, 1, scale=2**55)
    with pytest.raises(UsageError, match="finer"):
        engine("spark").weigh(made.flows, made.base(), made.ages)


def test_engines_are_found_and_have_words():
    assert set(engines()) == {"embedded", "spark"}
    assert all(len(each.title) > 10 for each in engines().values())


def test_an_engine_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(UsageError, match="no engine 'flink'") as caught:
        engine("flink")
    assert "embedded" in caught.value.hint


def test_the_embedded_engine_runs_here_only():
    with pytest.raises(UsageError, match="sc://host"):
        engine("embedded", "sc://host")


def test_looking_for_engines_imports_none_of_their_packages():
    code = "import sys; from weighbridge.cubes.engines import engines; engines(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name.split(".")[0] for name in done.stdout.split()} & {"narwhals", "pyspark", "pandas"}


def test_cells_of_the_made_histories_are_many(tmp_path):
    made = make(tmp_path, 1)
    assert len(cells(engine("embedded").weigh(made.flows, made.base(), made.ages))) > 500
    assert len(made.roots.whole) > 5

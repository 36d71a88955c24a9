"""Tables as people really write them: a value of the wrong kind costs its own row or cell, and nothing else."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from weighbridge.errors import SourceFailed
from weighbridge.records.shown import plain


def objects(form, *rows):
    """Rows as a JSON list, or as JSON Lines."""
    return json.dumps(rows) if form == "list" else "\n".join(map(json.dumps, rows)) + "\n"


def named(taken):
    """Names of the rows that were taken."""
    return [row["name"] for row in taken.rows]


BEFORE, AFTER = {"id": "a/b", "downloads": 5}, {"id": "a/d", "downloads": 6}


@pytest.mark.parametrize("form", ["list", "lines"])
@pytest.mark.parametrize(
    "odd", [{"id": "a/c", "downloads": [1]}, {"id": ["a/c"], "downloads": 1}], ids=["a counter", "a name"]
)
def test_a_list_where_one_value_belongs_leaves_out_its_row_alone(read, form, odd):
    taken = read(objects(form, BEFORE, odd, AFTER))
    assert named(taken) == ["a/b", "a/d"]
    assert [reject.row for reject in taken.rejects] == [2]


@pytest.mark.parametrize("form", ["list", "lines"])
def test_a_list_for_a_creation_date_costs_no_counter(read, form):
    dated = BEFORE | {"created_at": "2024-01-01"}
    taken = read(objects(form, dated, {"id": "a/c", "downloads": 1, "created_at": ["x", "y"]}, AFTER))
    assert [row["downloads_30d"] for row in taken.rows] == [5, 1, 6]
    assert [row["created"] is None for row in taken.rows] == [False, True, True]
    assert [(doubt.row, doubt.column) for doubt in taken.doubts] == [(2, "created")]


def test_a_list_for_the_number_of_parameters_costs_no_counter(read):
    taken = read(json.dumps([{"id": "a/b", "downloads": 1, "safetensors": {"total": [1]}}]))
    assert (taken.of("a/b")["downloads_30d"], taken.of("a/b")["parameters"]) == (1, None)


def test_a_column_that_first_appears_after_fifty_thousand_rows_is_read(read):
    early = "".join(f'{{"id": "a/m{i}", "downloads": 1}}\n' for i in range(50_000))
    taken = read(early + '{"id": "a/late", "downloads": 3, "license": "mit"}\n')
    assert len(taken.rows) == 50_001
    assert taken.of("a/late")["licence"] == "mit"
    assert taken.of("a/m0")["licence"] is None


@pytest.mark.parametrize("text", [objects("list", BEFORE), objects("lines", BEFORE), "id,downloads\na/b,5\n"])
def test_a_byte_order_mark_is_no_part_of_a_table(read, text):
    assert read("\ufeff" + text).of("a/b")["downloads_30d"] == 5


def test_a_lone_surrogate_in_a_column_name_can_be_shown(read):
    with pytest.raises(SourceFailed) as caught:
        read('[{"\\ud800": 1}]')
    assert caught.value.message.encode("utf-8") == plain(caught.value.message).encode("utf-8")


@pytest.mark.parametrize("form", ["list", "lines"])
def test_of_several_licences_the_first_is_taken(read, form):
    taken = read(objects(form, BEFORE | {"license": ["mit", "apache-2.0"]}, AFTER | {"license": []}))
    assert [row["licence"] for row in taken.rows] == ["mit", None]
    assert taken.doubts == []


def test_a_short_first_row_of_a_csv_is_one_reject(read):
    taken = read("id,downloads\na/c\na/b,1\na/d,4\n")
    assert named(taken) == ["a/b", "a/d"]
    assert [reject.reason for reject in taken.rejects] == ["1 fields where the header has 2"]


def test_a_long_first_line_is_a_line_like_others(read):
    taken = read(f"id,downloads,tags\na/b,1,{'x' * 2_000_000}\na/c,2,t\n")
    assert named(taken) == ["a/b", "a/c"]


@pytest.mark.parametrize("name", ["null", "NA", "nan", "None"])
def test_a_model_may_be_called_what_others_write_for_nothing(read, name):
    assert read(f"id,downloads\n{name},7\n").of(name)["downloads_30d"] == 7


@pytest.mark.parametrize("word", ["NaN", "nan", "None", "null", ""])
def test_a_word_for_no_counter_is_no_counter_and_no_fault(read, word):
    taken = read(f"id,downloads\na/b,{word}\na/c,2\n")
    assert [row["downloads_30d"] for row in taken.rows] == [None, 2]
    assert taken.rejects == []


def test_a_creation_date_before_the_first_moment_is_doubtful(read):
    taken = read("id,downloads,created_at\na/b,1,0001-01-01T00:00:00+05:00\n")
    assert (taken.of("a/b")["downloads_30d"], taken.of("a/b")["created"]) == (1, None)
    assert [doubt.column for doubt in taken.doubts] == ["created"]


def broken_text():
    """Two texts, `a/b` and one that is not UTF-8."""
    offsets = pa.py_buffer(np.array([0, 3, 6], np.int32).tobytes())
    return pa.StringArray.from_buffers(2, offsets, pa.py_buffer(b"a/ba/\xff"))


def test_parquet_names_that_are_not_utf_8_are_refused(read):
    with pytest.raises(SourceFailed) as caught:
        read(pa.table({"id": broken_text(), "downloads": [1, 2]}))
    assert "name" in caught.value.message


DOUBTFUL = {
    "a licence that is not UTF-8": ("licence", lambda: {"license": broken_text()}),
    "tags that are not UTF-8": ("tags", lambda: {"tags": pa.ListArray.from_arrays([0, 1, 2], broken_text())}),
    "tags that are structs": ("tags", lambda: {"tags": pa.array([[{"x": 1}], [{"x": 2}]])}),
}


@pytest.mark.parametrize("what", DOUBTFUL)
def test_a_parquet_column_that_cannot_be_used_is_doubtful_and_costs_no_counter(read, what):
    ours, column = DOUBTFUL[what]
    taken = read(pa.table({"id": ["a/b", "a/c"], "downloads": [1, 2], **column()}))
    assert [(row["downloads_30d"], row[ours]) for row in taken.rows] == [(1, None), (2, None)]
    assert {doubt.column for doubt in taken.doubts} == {ours}
    assert taken.rejects == []


def in_no_zone(*seconds):
    """Timestamps in a zone that no one knows."""
    return pa.array(seconds, pa.timestamp("s", tz="Nowhere/None"))


def test_timestamps_in_an_unknown_zone_are_the_moments_that_they_count(read):
    seconds = 1_720_656_000
    when = in_no_zone(seconds)
    (row,) = read(pa.table({"id": ["a/b"], "downloads": [1], "date": when, "created_at": when}), at=None).rows
    assert [int(row[name].timestamp()) for name in ("observed", "created")] == [seconds, seconds]


def test_an_impossible_creation_in_an_unknown_zone_is_doubtful(read):
    taken = read(pa.table({"id": ["a/b"], "downloads": [1], "created_at": in_no_zone(-1)}))
    assert [(row["downloads_30d"], row["created"]) for row in taken.rows] == [(1, None)]
    assert [doubt.column for doubt in taken.doubts] == ["created"]


def test_an_impossible_observation_in_an_unknown_zone_leaves_its_row_out(read):
    table = pa.table({"id": ["a/b", "a/c"], "downloads": [1, 2], "date": in_no_zone(-1, 1_720_656_000)})
    taken = read(table, at=None)
    assert named(taken) == ["a/c"]
    assert [(reject.row, reject.column) for reject in taken.rejects] == [(1, "observed")]

"""Bad rows are named and left out, bad files are refused, and nothing passes unseen."""

from __future__ import annotations

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from weighbridge.errors import SourceFailed
from weighbridge.records.shown import plain
from weighbridge.sources.checks import LARGEST_COUNT


def parquet_bytes() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": [f"a/m{i}" for i in range(5000)], "downloads": list(range(5000))}), sink)
    return sink.getvalue()


BAD_FILES = {
    "truncated Parquet": parquet_bytes()[:-100],
    "Parquet cut after its first bytes": parquet_bytes()[:20],
    "an empty file": b"",
    "blanks only": b" \n\n \n",
    "other columns": b"x,y\n1,2\n",
    "a listing without counters": b"id,likes\na/b,2\n",
    "a listing without names": b"downloads,likes\n3,2\n",
    "binary": bytes(range(256)) * 50,
    "half a JSON object": b'{"id": ',
    "half a JSON list": b'[{"id": "a/b", "downloads": 1}, {"id"',
    "a JSON list of numbers": b"[1, 2, 3]",
    "one JSON object over several lines": b'{\n"id": "a/b",\n"downloads": 1\n}',
    "gzip": gzip.compress(b"id,downloads\na/b,1\n"),
    "UTF-16": "id,downloads\na/b,1\n".encode("utf-16"),
    "Latin-1": "id,downloads,license\na/b,1,caf\u00e9\n".encode("latin-1"),
    "JSON nested 100,000 deep": b'[{"id": "a/b", "downloads": 1, "tags": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
    "a column named twice": b"id,downloads,downloads\na/b,1,2\n",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_with_what_to_do(read, name):
    with pytest.raises(SourceFailed) as caught:
        read(BAD_FILES[name])
    assert caught.value.hint
    assert caught.value.message == plain(caught.value.message)


def test_a_packed_file_is_named_as_packed(read):
    with pytest.raises(SourceFailed, match="is gzip, not a table"):
        read(BAD_FILES["gzip"])


def test_a_file_that_lacks_a_column_is_told_which_names_would_do(read):
    with pytest.raises(SourceFailed) as caught:
        read("x,y\n1,2\n")
    assert "x, y" in caught.value.message
    assert "modelId" in caught.value.hint


BAD_COUNTS = ["-5", "many", "1e30", "2.5", "1,000", "0x10", "99999999999999999999", "Infinity", "true"]


@pytest.mark.parametrize("value", BAD_COUNTS)
def test_an_impossible_counter_leaves_its_row_out_and_no_other(read, value):
    taken = read(f'id,downloads\na/before,1\na/bad,"{value}"\na/after,3\n')
    assert [row["name"] for row in taken.rows] == ["a/before", "a/after"]
    (reject,) = taken.rejects
    assert (reject.row, reject.column) == (2, "downloads_30d")
    assert value in reject.reason


@pytest.mark.parametrize("value", [-1.0, 1e30, 2.5, float("inf"), float("-inf")])
def test_an_impossible_number_in_parquet_leaves_its_row_out(read, value):
    taken = read(pa.table({"id": ["a/b", "a/c"], "downloads": [1.0, value]}))
    assert [row["name"] for row in taken.rows] == ["a/b"]
    assert taken.rejects[0].row == 2


def test_the_largest_count_is_taken_and_the_next_is_not(read):
    taken = read(f"id,downloads\na/b,{LARGEST_COUNT}\na/c,{LARGEST_COUNT + 1}\n")
    assert [row["downloads_30d"] for row in taken.rows] == [LARGEST_COUNT]


@pytest.mark.parametrize(("form", "rows"), [("csv", 1), ("parquet", 1)])
def test_a_counter_that_is_not_a_number_is_not_given_rather_than_zero(read, form, rows):
    table = pa.table({"id": ["a/b"], "downloads": [float("nan")]})
    taken = read("id,downloads\na/b,NaN\n" if form == "csv" else table)
    assert [row["downloads_30d"] for row in taken.rows] == [None] * rows


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_json_words_for_no_number_are_no_counters(read, word):
    taken = read(f'[{{"id": "a/b", "downloads": {word}}}, {{"id": "a/c", "downloads": 2}}]')
    assert [row["name"] for row in taken.rows if row["downloads_30d"] is not None] == ["a/c"]


BAD_NAMES = {
    "a path upwards": "../../etc/passwd",
    "a name of dots": "org/..",
    "a path from the root": "/etc/passwd",
    "markup": "<script>alert(1)</script>/x",
    "three parts": "a/b/c",
    "a control character": "org/na\x07me",
    "an escape sequence": "org/\x1b[31mred",
    "a right-to-left override": "org/\u202egpj.exe",
    "a zero-width space": "org/na\u200bme",
    "a letter that only looks like one": "org/n\u0430me",
    "a space": "org/my model",
    "nothing": "",
    "too long": "org/" + "x" * 97,
    "a backslash": "org\\name",
    "a quote": "org/'or'1",
    "a null character": "org/a\x00b",
}


@pytest.mark.parametrize("what", BAD_NAMES)
def test_what_is_no_repository_name_is_left_out_and_shown_harmlessly(read, what):
    taken = read(json.dumps([{"id": "good/one", "downloads": 1}, {"id": BAD_NAMES[what], "downloads": 5}]))
    assert [row["name"] for row in taken.rows] == ["good/one"]
    (reject,) = taken.rejects
    assert (reject.row, reject.column) == (2, "name")
    assert reject.reason == plain(reject.reason)


def test_a_lone_surrogate_cannot_be_a_name_and_stops_nothing(read):
    text = '[{"id": "org/\\ud800", "downloads": 1}, {"id": "org/b", "downloads": 2, "license": "x\\ud800"}]'
    taken = read(text)
    assert [row["name"] for row in taken.rows] == ["org/b"]
    assert taken.rows[0]["licence"].encode("utf-8")
    assert [reject.row for reject in taken.rejects] == [1]


def test_a_line_that_is_no_json_is_reported_by_its_number(read):
    deep = '{"id": "a/deep", "downloads": 1, "tags": ' + "[" * 100_000 + "]" * 100_000 + "}"
    taken = read('{"id": "a/b", "downloads": 1}\n{nonsense\n' + deep + '\n[1]\n{"id": "a/c", "downloads": 2}\n')
    assert [row["name"] for row in taken.rows] == ["a/b", "a/c"]
    assert sorted(reject.row for reject in taken.rejects) == [2, 3, 4]


def test_a_line_of_ten_megabytes_costs_only_itself(read):
    rows = "".join(f"a/m{i},{i}\n" for i in range(200_000))
    taken = read(f"id,downloads\n{rows}a/{'x' * 10_000_000},1\na/last,7\n")
    assert taken.of("a/last")["downloads_30d"] == 7
    assert [reject.row for reject in taken.rejects] == [200_001]
    assert len(taken.rejects[0].reason) < 200


def test_a_json_line_of_ten_megabytes_costs_only_itself(read):
    long = json.dumps({"id": "a/" + "x" * 10_000_000, "downloads": 1})
    taken = read('{"id": "a/b", "downloads": 1}\n' + long + '\n{"id": "a/c", "downloads": 2}\n')
    assert [row["name"] for row in taken.rows] == ["a/b", "a/c"]
    assert [reject.row for reject in taken.rejects] == [2]


def test_a_bad_value_that_is_no_counter_becomes_null_and_is_reported(read):
    taken = read("id,downloads,likes,created_at,gated\na/b,1,-3,yesterday,perhaps\n")
    (row,) = taken.rows
    assert row["downloads_30d"] == 1
    assert row["likes"] is row["created"] is row["gated"] is None
    assert {doubt.column for doubt in taken.doubts} == {"likes", "created", "gated"}
    assert taken.rejects == []


@pytest.mark.parametrize("written", ["1970-01-01", "2150-01-01", "0000-00-00", "2024-13-01", "11.07.2024"])
def test_a_time_that_cannot_be_is_no_time(read, written):
    taken = read(f"id,downloads,date\na/b,1,{written}\na/c,1,2024-07-11\n", at=None)
    assert [row["name"] for row in taken.rows] == ["a/c"]
    assert taken.rejects[0].column == "observed"


def test_a_row_without_its_time_is_left_out(read):
    taken = read("id,downloads,date\na/b,1,\na/c,1,2024-07-11\n", at=None)
    assert [row["name"] for row in taken.rows] == ["a/c"]
    assert [(reject.row, reject.column) for reject in taken.rejects] == [(1, "observed")]


def test_long_words_and_words_with_control_characters_are_dropped(read):
    taken = read(json.dumps([{"id": "a/b", "downloads": 1, "license": "x" * 301, "pipeline_tag": "a\x1b[2Jb"}]))
    assert taken.rows[0]["licence"] is taken.rows[0]["task"] is None
    assert {doubt.column for doubt in taken.doubts} == {"licence", "task"}

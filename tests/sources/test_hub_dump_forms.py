"""A listing says the same in every form of file, under every usual name of a column."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from weighbridge.errors import UsageError

ROWS = [
    {
        "_id": "64a1",
        "id": "org/one",
        "author": "org",
        "created_at": "2024-01-02T03:04:05Z",
        "downloads": 70,
        "downloads_all_time": 900,
        "likes": 3,
        "pipeline_tag": "text-generation",
        "library_name": "transformers",
        "license": "mit",
        "base_model": ["org/base"],
        "tags": ["gguf", "region:us"],
        "parameters": 7_000_000_000,
        "gated": False,
        "removed": False,
        "last_modified": "2024-02-02T00:00:00Z",
        "observed_at": "2024-07-11T12:00:00Z",
    },
    {
        "_id": "64a2",
        "id": "two",
        "author": None,
        "created_at": None,
        "downloads": 0,
        "downloads_all_time": None,
        "likes": None,
        "pipeline_tag": None,
        "library_name": None,
        "license": None,
        "base_model": None,
        "tags": None,
        "parameters": None,
        "gated": True,
        "removed": False,
        "last_modified": None,
        "observed_at": "2024-07-11T12:00:00Z",
    },
]


def as_csv(rows: list[dict[str, Any]]) -> str:
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(["" if v is None else json.dumps(v) if isinstance(v, list) else v for v in row.values()])
    return sink.getvalue()


FORMS = {
    "csv": as_csv,
    "parquet": pa.Table.from_pylist,
    "json": json.dumps,
    "json lines": lambda rows: "\n".join(json.dumps(row) for row in rows),
    "json lines with blank lines": lambda rows: "\n\n".join(json.dumps(row) for row in rows) + "\n\n",
    "csv with a byte order mark": lambda rows: "\ufeff" + as_csv(rows),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_file_gives_the_same_rows(read, form):
    taken = read(FORMS[form](ROWS), at=None)
    assert taken.rejects == taken.doubts == []
    one = taken.of("org/one")
    assert one["hub_key"] == "64a1"
    assert one["created"] == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert one["observed"] == datetime(2024, 7, 11, 12, tzinfo=UTC)
    assert (one["downloads_30d"], one["downloads_all"], one["likes"]) == (70, 900, 3)
    assert (one["task"], one["library"], one["licence"]) == ("text-generation", "transformers", "mit")
    assert one["base_models"] == ["org/base"]
    assert one["tags"] == ["gguf", "region:us"]
    assert one["parameters"] == 7_000_000_000
    assert one["gated"] is False
    assert one["modified"] == datetime(2024, 2, 2, tzinfo=UTC)
    two = taken.of("two")
    assert two["downloads_30d"] == 0
    assert [key for key, value in two.items() if value is not None] == [
        "row", "hub_key", "name", "observed", "downloads_30d", "gated", "removed",
    ]  # fmt: skip


SYNONYMS = {
    "name": ("id", "modelId", "model_id", "model"),
    "created": ("created_at", "createdAt"),
    "downloads_30d": ("downloads", "downloads_30d"),
    "downloads_all": ("downloads_all_time", "downloadsAllTime"),
    "library": ("library_name", "library"),
    "modified": ("last_modified", "lastModified", "updated_at"),
    "observed": ("observed_at", "observed_on", "snapshot_at", "date"),
}
PLAIN = {
    "name": "org/one",
    "created": "2024-01-01",
    "downloads_30d": 7,
    "downloads_all": 90,
    "library": "peft",
    "modified": "2024-02-01",
    "observed": "2024-07-11",
}


@pytest.mark.parametrize(("ours", "theirs"), [(o, t) for o, names in SYNONYMS.items() for t in names])
def test_every_usual_name_of_a_column_is_understood(read, ours, theirs):
    names = {column: usual[0] for column, usual in SYNONYMS.items()} | {ours: theirs}
    row = {names[column]: value for column, value in PLAIN.items()}
    taken = read(json.dumps([row]), at=None).of("org/one")
    expected = PLAIN[ours]
    if ours in ("created", "modified", "observed"):
        expected = datetime.fromisoformat(str(expected)).replace(tzinfo=UTC)
    assert taken[ours] == expected


def test_a_file_without_observation_times_needs_the_day(read):
    with pytest.raises(UsageError, match="does not say when"):
        read("id,downloads\na/b,1\n", at=None)


def test_the_day_given_is_the_observation_time_of_every_row(read):
    assert read("id,downloads\na/b,1\n", at="2024-07-11").rows[0]["observed"] == datetime(2024, 7, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-07-11T01:30:00+05:30", datetime(2024, 7, 10, 20, tzinfo=UTC)),
        ("2024-07-11T22:00:00-04:00", datetime(2024, 7, 12, 2, tzinfo=UTC)),
        ("2024-07-11T22:00:00", datetime(2024, 7, 11, 22, tzinfo=UTC)),
        ("2024-07-11 22:00:00Z", datetime(2024, 7, 11, 22, tzinfo=UTC)),
        ("2024-07-11T22:00:00.123456Z", datetime(2024, 7, 11, 22, tzinfo=UTC)),
        ("2024-07-11", datetime(2024, 7, 11, tzinfo=UTC)),
    ],
)
def test_times_with_offsets_become_utc_and_those_without_are_utc(read, written, meant):
    assert read(f"id,downloads,date\na/b,1,{written}\n", at=None).rows[0]["observed"] == meant


def test_parquet_times_with_a_zone_become_utc(read):
    local = pa.array([datetime(2024, 7, 11, 1, tzinfo=UTC)]).cast(pa.timestamp("us", "Asia/Tokyo"))
    naive = pa.array([datetime(2024, 7, 11, 1, tzinfo=UTC).replace(tzinfo=None)], pa.timestamp("ns"))
    taken = read(pa.table({"id": ["a/b"], "downloads": [1], "observed_at": local, "created_at": naive}), at=None)
    assert taken.rows[0]["observed"] == taken.rows[0]["created"] == datetime(2024, 7, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())], ids=str
)
def test_the_kinds_of_text_that_data_frame_libraries_write_are_read(read, kind):
    names = pa.array(["a/b", "c/d"]).cast(kind)
    assert [row["name"] for row in read(pa.table({"id": names, "downloads": [1, 2]})).rows] == ["a/b", "c/d"]


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint64(), pa.float64(), pa.decimal128(24, 2), pa.string()], ids=str)
def test_counters_of_any_number_type_are_whole_numbers(read, kind):
    values = pa.array(["7", "0"]).cast(kind) if kind == pa.string() else pa.array([7, 0]).cast(kind)
    taken = read(pa.table({"id": ["a/b", "c/d"], "downloads": values}))
    assert [row["downloads_30d"] for row in taken.rows] == [7, 0]


def test_lists_may_be_lists_or_json_or_what_python_prints_or_one_name(read):
    text = 'id,downloads,base_model\na/a,1,"[""x/y"", ""z/w""]"\na/b,1,"[\'x/y\', \'z/w\']"\na/c,1,x/y\na/d,1,\n'
    assert [row["base_models"] for row in read(text).rows] == [["x/y", "z/w"], ["x/y", "z/w"], ["x/y"], None]


def test_the_number_of_parameters_may_stand_in_the_safetensors_object(read):
    row = {"id": "a/b", "downloads": 1, "safetensors": {"parameters": {"F16": 5}, "total": 5}}
    assert read(json.dumps([row])).rows[0]["parameters"] == 5


@pytest.mark.parametrize(("written", "gated"), [("auto", True), ("manual", True), (True, True), (False, False)])
def test_both_kinds_of_gating_are_gated(read, written, gated):
    assert read(json.dumps([{"id": "a/b", "downloads": 1, "gated": written}])).rows[0]["gated"] is gated

"""Rows and values that a reading did not take are all kept, and each is an event of its own kind."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from readings import days

from weighbridge.errors import StoreDamaged
from weighbridge.quality.rejects import rejects_of
from weighbridge.records.observations import REJECTS, Reject
from weighbridge.sources import checks
from weighbridge.store.package import PACKAGE, damage

GOOD = {"id": "a/a", "downloads": 70}


def test_the_row_that_another_replaces_is_a_duplicate(read_hub, events):
    read_hub([GOOD, {"id": "a/b", "downloads": 20}, {"id": "a/b", "downloads": 30}])
    [event] = events("duplicate-key")
    assert (event.model, event.weight, event.share) == ("a/b", 20, 0.2)
    assert days(event) == ("2024-07-11", "2024-07-12")
    assert events("impossible-value") == []


def test_two_moments_of_one_day_are_no_duplicates(read_hub, events):
    rows = [{"id": "a/a", "date": f"2025-01-01T{hour:02}:00:00Z", "downloads": 5} for hour in (6, 12)]
    read_hub(rows, at=None)
    assert events("duplicate-key") == []


def test_a_value_set_to_null_is_an_event_of_its_model(read_hub, events):
    read_hub([GOOD, {"id": "a/b", "downloads": 30, "created_at": "2031-01-01"}])
    [event] = events("impossible-value")
    assert (event.model, event.weight, event.share) == ("a/b", 30, 0.3)
    assert "created" in event.detail


def test_a_value_that_is_not_given_is_no_event(read_hub, events):
    read_hub([GOOD, {"id": "a/b", "downloads": None, "created_at": None, "likes": None}])
    assert events("impossible-value") == []


def test_rows_without_a_name_are_one_event_a_column(read_hub, events):
    read_hub([GOOD, *({"id": f"../{i}/..", "downloads": 5} for i in range(30))])
    [event] = events("impossible-value")
    assert event.model is None
    assert event.numbers["rows"] == 30


def test_all_rejected_rows_are_kept_and_the_first_twenty_are_shown(read_hub):
    reading = read_hub([GOOD, *({"id": f"a/{i}", "downloads": -1} for i in range(50))])
    table, lost = rejects_of(reading.vintage)
    assert table.schema == REJECTS
    assert (table.num_rows, lost) == (50, 0)
    assert table["row"].to_pylist() == list(range(2, 52))
    assert len(reading.rejects) == 20
    assert set(reading.rejects[0]) == {"row", "column", "reason"}
    assert damage(reading.vintage.folder) == []


def test_a_reading_without_rejects_has_no_file_of_them(read_hub):
    reading = read_hub([GOOD])
    assert not (reading.vintage.folder / "rejects.parquet").exists()
    assert rejects_of(reading.vintage)[0].num_rows == 0


def test_a_vintage_of_an_older_version_gives_what_it_kept(read_hub, events):
    reading = read_hub([GOOD, *({"id": f"a/{i}", "downloads": -1} for i in range(50))])
    folder = reading.vintage.folder
    (folder / "rejects.parquet").unlink()
    document = json.loads((folder / PACKAGE).read_text())
    document["resources"] = [entry for entry in document["resources"] if entry["name"] != "rejects"]
    (folder / PACKAGE).write_text(json.dumps(document))
    table, lost = rejects_of(reading.vintage)
    assert (table.num_rows, lost) == (20, 30)
    assert [event.numbers["rows"] for event in events("impossible-value")] == [20]


def test_a_damaged_file_of_rejects_is_damage_of_the_store(read_hub):
    reading = read_hub([GOOD, {"id": "a/b", "downloads": -1}])
    path = reading.vintage.folder / "rejects.parquet"
    path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(StoreDamaged, match=r"rejects\.parquet"):
        rejects_of(reading.vintage)


def test_a_rejected_row_keeps_its_name_and_counter_where_these_are_valid():
    columns = {
        "row": pa.array([1, 2, 3]),
        "name": pa.array(["a/a", "../b", "a/c"]),
        "downloads_30d": pa.array([5, 6, None], pa.int64()),
        "observed": pa.array([86_400 * 3] * 3, pa.timestamp("s", tz="UTC")),
    }
    given = [Reject(1, "x", "y"), Reject(2, "name", "y"), Reject(3, "x", "y"), Reject(9, "x", "y")]
    found = checks.identified(given, columns)
    assert [(r.name, r.downloads, r.day) for r in found] == [
        ("a/a", 5, 3), (None, 6, 3), ("a/c", None, 3), (None, None, None),
    ]  # fmt: skip
    assert [(r.row, r.column, r.reason) for r in found] == [(r.row, r.column, r.reason) for r in given]


def test_a_written_table_of_rejects_says_its_columns(read_hub):
    reading = read_hub(
        [GOOD, {"id": "a/b", "downloads": 3, "created_at": "2031-01-01"}, {"id": "a/c", "downloads": -1}]
    )
    document = json.loads((reading.vintage.folder / PACKAGE).read_text())
    [entry] = [entry for entry in document["resources"] if entry["name"] == "rejects"]
    assert [field["name"] for field in entry["schema"]["fields"]] == REJECTS.names
    assert pq.read_table(reading.vintage.folder / entry["path"])["kind"].to_pylist() == ["doubt", "reject"]

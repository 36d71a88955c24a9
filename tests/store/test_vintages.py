"""A vintage is one reading, known at one moment, and is never changed."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import making
from weighbridge.errors import DataMissing, SourceFailed, StoreDamaged, UsageError
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.package import damage
from weighbridge.store.writing import ingest

HUB = source("hub-dump")
ONE = [{"id": "a/b", "downloads": 10}]
TWO = [{"id": "a/b", "downloads": 20}]


def digests(folder: Path) -> dict[str, str]:
    """Digest of every file of the vintages."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "vintages").rglob("*"))
        if path.is_file()
    }


def test_later_readings_change_nothing_of_earlier_ones(store, read_hub):
    read_hub(ONE, at="2024-01-01")
    before = digests(store.path)
    read_hub(TWO, at="2024-01-01")
    read_hub(TWO, at="2024-02-01", selection=True)
    after = digests(store.path)
    assert len(after) == 3 * len(before)
    assert {name: after[name] for name in before} == before


def test_the_datapackage_tells_the_truth_about_its_files(read_hub):
    vintage = read_hub([*ONE, {"id": "c/d", "downloads": 5}], at="2024-01-01").vintage
    document = json.loads((vintage.folder / "datapackage.json").read_text())
    assert {entry["name"] for entry in document["resources"]} == {"models", "counters"}
    for entry in document["resources"]:
        file = vintage.folder / entry["path"]
        table = pq.read_table(file)
        assert entry["bytes"] == file.stat().st_size
        assert entry["hash"] == "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()
        assert entry["rows"] == table.num_rows == 2
        assert [field["name"] for field in entry["schema"]["fields"]] == table.column_names


def test_the_datapackage_names_source_terms_and_what_was_read(tmp_path, store):
    path = making.csv_file(tmp_path / "given.csv", ONE)
    at, known = making.moment("2024-01-01"), making.moment("2024-01-05T06:07:08")
    vintage = ingest(store, HUB, path, at=at, known=known).vintage
    document = json.loads((vintage.folder / "datapackage.json").read_text())
    ours = document["weighbridge"]
    assert document["licenses"][0]["title"] == HUB.descriptor.licence
    assert "given.csv" in document["sources"][0]["title"]
    assert ours["sha256"] == vintage.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (ours["known"], ours["at"]) == ("2024-01-05T06:07:08Z", "2024-01-01T00:00:00Z")
    assert (ours["source"], ours["hub"], ours["unit"]) == ("hub-dump", "huggingface", "downloads")
    assert (ours["population"], ours["simulated"]) == ("census", False)
    assert (ours["models"], ours["counters"], ours["days_30d"], ours["days_all"]) == (1, 1, ["2024-01-01"], [])
    assert store.vintages() == [vintage]


def test_the_same_bytes_and_day_again_are_the_same_vintage(store, read_hub):
    first = read_hub(ONE, at="2024-01-01")
    before = digests(store.path)
    again = read_hub(ONE, at="2024-01-01")
    assert (first.new, again.new) == (True, False)
    assert again.vintage == first.vintage
    assert again.to_dict() == first.to_dict() | {"new": False}
    assert digests(store.path) == before


def test_the_same_bytes_at_another_day_are_a_new_vintage(store, read_hub):
    read_hub(ONE, at="2024-01-01")
    assert read_hub(ONE, at="2024-01-02").new
    assert len(store.vintages()) == 2


def test_the_same_bytes_as_a_selection_are_a_new_vintage(store, read_hub):
    read_hub(ONE)
    assert read_hub(ONE, selection=True).new
    assert [vintage.population for vintage in store.vintages()] == ["census", "selection"]


def test_going_back_to_older_bytes_is_a_new_vintage(store, read_hub):
    first = read_hub(ONE)
    read_hub(TWO)
    back = read_hub(ONE)
    assert back.new
    assert back.vintage.id != first.vintage.id
    assert back.vintage.sha256 == first.vintage.sha256
    assert len(store.vintages()) == 3


def test_two_readings_of_different_bytes_known_at_one_moment_are_kept_apart(store, read_hub):
    known = making.moment("2024-05-05")
    assert read_hub(ONE, known=known).vintage.id != read_hub(TWO, known=known).vintage.id
    assert len(store.vintages()) == 2


def test_what_was_known_then_leaves_out_what_came_later(store, read_hub):
    early = read_hub(ONE, known=making.moment("2024-01-05T12:00")).vintage
    late = read_hub(TWO, known=making.moment("2024-03-01")).vintage
    assert store.vintages(making.moment("2024-01-05T11:59:59")) == []
    assert store.vintages(making.moment("2024-01-05T12:00")) == [early]
    assert store.vintages(making.moment("2024-02-28")) == [early]
    assert store.vintages() == [early, late]


def test_a_reading_known_earlier_takes_its_place_in_time_whenever_it_is_read(store, read_hub):
    late = read_hub(TWO, known=making.moment("2024-03-01")).vintage
    early = read_hub(ONE, known=making.moment("2024-01-01")).vintage
    assert store.vintages() == [early, late]


def test_the_last_observation_of_a_utc_day_counts(store, read_hub):
    rows = [
        {"id": "a/b", "downloads": 1, "observed_at": "2024-01-01T23:00:00Z"},
        {"id": "a/b", "downloads": 2, "observed_at": "2024-01-01T08:00:00Z"},
        {"id": "a/b", "downloads": 3, "observed_at": "2024-01-02T01:00:00+05:00"},
        {"id": "a/b", "downloads": 4, "observed_at": "2024-01-02T00:00:00Z"},
    ]
    reading = read_hub(rows, at=None)
    table = pq.read_table(reading.vintage.folder / "counters.parquet")
    assert table.select(["day", "downloads_30d"]).to_pylist() == [
        {"day": making.day("2024-01-01"), "downloads_30d": 1},
        {"day": making.day("2024-01-02"), "downloads_30d": 4},
    ]
    assert (reading.vintage.models, reading.rejected) == (1, 0)


def test_a_removed_row_is_no_zero(read_hub):
    rows = [{"id": "a/b", "downloads": 5, "removed": "false"}, {"id": "c/d", "downloads": 0, "removed": "true"}]
    reading = read_hub(rows)
    assert (reading.vintage.models, reading.vintage.counters, reading.null_counters) == (2, 1, 0)


def test_null_counters_are_skipped_and_reported(read_hub):
    reading = read_hub([*ONE, {"id": "c/d", "downloads": None}, {"id": "e/f", "downloads": 0}])
    assert (reading.vintage.models, reading.vintage.counters, reading.null_counters) == (3, 2, 1)


def test_a_duplicate_key_is_reported_and_the_later_row_counts(read_hub):
    reading = read_hub([{"id": "a/b", "downloads": 1}, {"id": "c/d", "downloads": 7}, {"id": "a/b", "downloads": 3}])
    assert reading.rejected == 1
    assert reading.rejects[0]["row"] == 1
    assert "duplicate key" in reading.rejects[0]["reason"]
    table = pq.read_table(reading.vintage.folder / "counters.parquet")
    assert sorted(table["downloads_30d"].to_pylist()) == [3, 7]


def test_the_hubs_immutable_id_is_the_key_where_there_is_one(read_hub):
    rows = [
        {"_id": "k1", "id": "old/name", "downloads": 1, "date": "2024-01-01"},
        {"_id": "k1", "id": "new/name", "downloads": 2, "date": "2024-01-02"},
        {"_id": "k2", "id": "old/name", "downloads": 3, "date": "2024-01-02"},
    ]
    reading = read_hub(rows, at=None)
    models = pq.read_table(reading.vintage.folder / "models.parquet", columns=["hub_key", "name"]).to_pylist()
    assert models == [{"hub_key": "k1", "name": "new/name"}, {"hub_key": "k2", "name": "old/name"}]
    assert (reading.vintage.counters, reading.rejected) == (3, 0)


def test_only_twenty_rejects_are_shown_and_all_are_counted(read_hub):
    rows = [{"id": f"a/m{i}", "downloads": -1} for i in range(30)]
    reading = read_hub([*rows, *ONE])
    assert (reading.rejected, len(reading.rejects)) == (30, 20)
    assert [reject["row"] for reject in reading.rejects] == list(range(1, 21))


def test_the_order_of_rows_leaves_no_trace_in_the_tables(tmp_path):
    rows = [{"id": f"a/m{i}", "downloads": i, "likes": i} for i in range(50)]
    tables = []
    for name, listed in (("up", rows), ("down", rows[::-1])):
        path = making.csv_file(tmp_path / f"{name}.csv", listed)
        moment = making.moment("2024-01-01")
        folder = ingest(Store(tmp_path / name), HUB, path, at=moment, known=moment).vintage.folder
        tables.append([pq.read_table(folder / f"{part}.parquet") for part in ("models", "counters")])
    assert tables[0] == tables[1]


@pytest.mark.parametrize("name", ["models.parquet", "counters.parquet"])
def test_a_truncated_file_of_a_vintage_is_damage(store, read_hub, name):
    file = read_hub(ONE).vintage.folder / name
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(StoreDamaged, match="bytes, not"):
        store.vintages()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"weighbridge": {}}'])
def test_a_datapackage_that_cannot_be_read_is_damage(store, read_hub, text):
    (read_hub(ONE).vintage.folder / "datapackage.json").write_text(text)
    with pytest.raises(StoreDamaged):
        store.vintages()


def test_a_missing_file_of_a_vintage_is_damage(store, read_hub):
    (read_hub(ONE).vintage.folder / "counters.parquet").unlink()
    with pytest.raises(StoreDamaged):
        store.vintages()


def test_changed_bytes_of_the_same_length_are_found_by_their_digest(read_hub):
    vintage = read_hub(ONE).vintage
    assert damage(vintage.folder) == []
    file = vintage.folder / "counters.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    assert damage(vintage.folder) == [f"{file} is not the file that was written"]


def test_a_store_of_another_format_is_not_touched(tmp_path):
    (tmp_path / "store.json").write_text('{"format": 99}')
    with pytest.raises(StoreDamaged, match="format 99"):
        Store(tmp_path)


def test_a_folder_of_other_things_is_no_store(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="other things"):
        Store(tmp_path)
    with pytest.raises(UsageError, match="is a file"):
        Store(tmp_path / "thesis.txt")


def test_an_unknown_vintage_is_answered_with_those_there_are(store, read_hub):
    held = read_hub(ONE).vintage
    with pytest.raises(DataMissing) as caught:
        store.vintage("nothing")
    assert held.id in caught.value.hint


def test_a_file_without_a_valid_row_leaves_no_vintage(store, read_hub):
    with pytest.raises(SourceFailed, match="no valid row"):
        read_hub([{"id": "a/b", "downloads": -1}])
    with pytest.raises(SourceFailed, match="no valid row"):
        read_hub([{"id": "../x", "downloads": 1}])
    assert store.vintages() == []


def test_a_missing_file_is_the_sources_failure(store, tmp_path):
    with pytest.raises(SourceFailed, match="does not exist"):
        ingest(store, HUB, tmp_path / "nowhere.csv", at=None, known=datetime.now(UTC))

"""`ingest` and `vintages`: what a reading says of itself, and what it leaves behind where it fails."""

from __future__ import annotations

import gzip
import hashlib

import pytest

KEYS = {
    "source": str, "vintage": str, "population": str, "models": int, "counters": int, "rejected": int, "rejects": list,
    "sha256": str,
}  # fmt: skip
DAY = ("--at", "2024-07-11")


def vintages(command, store, *arguments):
    return command("vintages", "list", *arguments, "--store", store, "--json").document["rows"]


def test_a_reading_tells_what_it_took(command, no_store, hub_file):
    ran = command("ingest", "hub-dump", hub_file, *DAY, "--store", no_store, "--json")
    assert (ran.status, ran.err) == (0, "")
    document = ran.document
    for key, kind in KEYS.items():
        assert isinstance(document[key], kind), key
    assert document["source"] == "hub-dump"
    assert document["population"] == "census"
    assert document["sha256"] == hashlib.sha256(hub_file.read_bytes()).hexdigest()
    assert document["rejected"] == 0
    assert document["models"] == document["counters"] == len(hub_file.read_text().splitlines()) - 1
    row = vintages(command, no_store)[0]
    assert row["id"] == document["vintage"]
    assert row["observed_from"] == row["observed_to"] == "2024-07-11"


def test_a_missing_observation_time_is_wrong_usage_and_leaves_no_vintage(command, no_store, hub_file):
    ran = command("ingest", "hub-dump", hub_file, "--store", no_store, "--json")
    assert ran.status == 2
    assert ran.document["error"]["kind"] == "usage"
    assert "--at" in ran.document["error"]["hint"]
    assert vintages(command, no_store) == []


def test_reading_again_gives_the_same_vintage(command, no_store, hub_file):
    first, second = (
        command("ingest", "hub-dump", hub_file, *DAY, "--store", no_store, "--json").document for _ in range(2)
    )
    assert first["vintage"] == second["vintage"]
    assert {key: first[key] for key in KEYS} == {key: second[key] for key in KEYS}
    assert len(vintages(command, no_store)) == 1


def test_another_day_or_other_bytes_are_another_vintage(command, no_store, hub_file, csv_file, tmp_path):
    other = csv_file(tmp_path / "other.csv", [{"id": "a/b", "downloads": 1}])
    runs = [("hub-dump", hub_file, *DAY), ("hub-dump", hub_file, "--at", "2024-07-12"), ("hub-dump", other, *DAY)]
    ids = [command("ingest", *run, "--store", no_store, "--json").document["vintage"] for run in runs]
    assert len(set(ids)) == 3
    assert {row["id"] for row in vintages(command, no_store)} == set(ids)


def test_only_the_latest_vintage_makes_a_reading_a_no_op(command, no_store, hub_file):
    def read(day, known):
        asked = ("--at", day, "--known", known, "--store", no_store, "--json")
        return command("ingest", "hub-dump", hub_file, *asked).document["vintage"]

    first = read("2024-07-11", "2024-07-12")
    between = read("2024-08-11", "2024-08-12")
    again = read("2024-07-11", "2024-09-01")
    assert len({first, between, again}) == 3


def test_known_is_what_as_of_filters_on(command, no_store, hub_file):
    known = ("--known", "2024-07-12T10:00:00+02:00")
    assert command("ingest", "hub-dump", hub_file, *DAY, *known, "--store", no_store).status == 0
    assert vintages(command, no_store)[0]["known"] == "2024-07-12T08:00:00Z"
    assert len(vintages(command, no_store, "--as-of", "2024-07-12")) == 1
    assert len(vintages(command, no_store, "--as-of", "2024-07-12T08:00:00Z")) == 1
    assert vintages(command, no_store, "--as-of", "2024-07-12T07:59:59Z") == []
    assert vintages(command, no_store, "--as-of", "2024-07-11") == []


@pytest.mark.parametrize("option", ["--at", "--known"])
def test_a_time_that_is_none_is_wrong_usage(command, no_store, hub_file, option):
    ran = command("ingest", "hub-dump", hub_file, *DAY, option, "last week", "--store", no_store, "--json")
    assert ran.status == 2
    assert "last week" in ran.document["error"]["message"]
    assert vintages(command, no_store) == []


def test_a_selection_is_marked_as_one(command, no_store, hub_file):
    document = command("ingest", "hub-dump", hub_file, *DAY, "--selection", "--store", no_store, "--json").document
    assert document["population"] == "selection"
    assert vintages(command, no_store)[0]["population"] == "selection"


def test_the_same_file_as_census_and_as_selection_are_two_vintages(command, no_store, hub_file):
    census = command("ingest", "hub-dump", hub_file, *DAY, "--store", no_store, "--json").document
    chosen = command("ingest", "hub-dump", hub_file, *DAY, "--selection", "--store", no_store, "--json").document
    assert census["vintage"] != chosen["vintage"]


def bad_files(hub_file):
    content = hub_file.read_bytes()
    return {
        "empty": b"",
        "blank": b"\n \n",
        "packed": gzip.compress(content),
        "zip": b"PK\x03\x04" + b"\0" * 60,
        "no name": b"title,downloads\nx,1\n",
        "no counter": b"id,likes\na/b,1\n",
        "broken parquet": b"PAR1" + b"\0" * 100,
        "broken list": b'[{"id": "a/b", "downloads": 1}, ',
        "list of numbers": b"[1, 2, 3]",
        "no line of json": b"{not json\n{nor this\n",
        "no valid row": b"id,downloads\n../../etc/passwd,1\na/b,-5\nc/d,many\n",
        "header alone": b"id,downloads\n",
        "bytes": bytes(range(256)) * 8,
    }


@pytest.mark.parametrize("kind", [
    "empty", "blank", "packed", "zip", "no name", "no counter", "broken parquet", "broken list", "list of numbers",
    "no line of json", "no valid row", "header alone", "bytes", "missing", "a folder",
])  # fmt: skip
def test_an_unreadable_file_is_status_4_and_leaves_no_vintage(command, no_store, hub_file, kind, tmp_path):
    held = command("ingest", "hub-dump", hub_file, *DAY, "--store", no_store, "--json").document["vintage"]
    path = tmp_path / "bad.csv"
    if kind == "a folder":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes(bad_files(hub_file)[kind])
    ran = command("ingest", "hub-dump", path, "--at", "2024-08-10", "--store", no_store, "--json")
    assert ran.status == 4, ran.out
    assert ran.document["error"]["kind"] == "source-failed"
    assert "bad.csv" in ran.document["error"]["message"]
    assert [row["id"] for row in vintages(command, no_store)] == [held]
    assert [path.name for path in (no_store / "vintages").iterdir()] == [held]
    assert not (no_store / "scratch").exists()


def test_bad_rows_are_left_out_counted_and_the_first_twenty_named(command, no_store, csv_file, tmp_path):
    rows = [{"id": f"a/b{number}", "downloads": 5} for number in range(10)]
    rows += [{"id": f"a/c{number}", "downloads": "-5"} for number in range(30)]
    path = csv_file(tmp_path / "mixed.csv", rows)
    ran = command("ingest", "hub-dump", path, *DAY, "--store", no_store, "--json")
    assert ran.status == 0
    document = ran.document
    assert (document["models"], document["counters"], document["rejected"]) == (10, 10, 30)
    assert len(document["rejects"]) == 20
    assert document["rejects"][0] == {"row": 11, "column": "downloads_30d", "reason": "'-5' is not valid here"}
    assert all(set(reject) == {"row", "column", "reason"} for reject in document["rejects"])
    total = command("share", "--definition", "raw", "--store", no_store, "--json").document["total"]
    assert total == 50


def test_the_text_of_a_reading_names_the_vintage_and_what_was_rejected(command, no_store, csv_file, tmp_path):
    path = csv_file(tmp_path / "mixed.csv", [{"id": "a/b", "downloads": 5}, {"id": "a/c", "downloads": "x"}])
    ran = command("ingest", "hub-dump", path, *DAY, "--store", no_store)
    assert vintages(command, no_store)[0]["id"] in ran.out
    assert "1 rejected" in ran.out
    assert ran.err == ""


def test_vintages_stand_in_the_order_in_which_they_became_known(command, hub_store):
    known = [row["known"] for row in vintages(command, hub_store)]
    assert known == sorted(known)
    assert len(known) == 4


def test_a_store_that_holds_nothing_lists_nothing(command, no_store):
    assert vintages(command, no_store) == []

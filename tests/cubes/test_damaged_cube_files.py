"""A cube file that is not as it was written is refused as such; a place that takes no cube file is left alone."""

from __future__ import annotations

import io
import json
import os
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import making
from weighbridge.cubes.cubefile import CubeFile
from weighbridge.cubes.exporting import export_cube
from weighbridge.errors import StoreDamaged, UsageError
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

REFUSED = (UsageError, StoreDamaged)
CELLS, ENTRIES = ("huggingface-newest-uploader-cells.parquet", "huggingface-newest-uploader-entries.parquet")
ROWS = [{"id": "a/b", "downloads": 5}, {"id": "c/d", "downloads": 7}, {"id": "c/tiny-random-e", "downloads": 2}]


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """What a whole cube file holds, by name, and its bytes."""
    folder = tmp_path_factory.mktemp("whole")
    store, moment = Store(folder / "store"), making.moment("2024-07-11")
    ingest(store, source("hub-dump"), making.csv_file(folder / "hub.csv", ROWS), at=moment, known=moment)
    export_cube(store, folder / "whole.cube", "a test")
    with zipfile.ZipFile(folder / "whole.cube") as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    return held, (folder / "whole.cube").read_bytes()


@pytest.fixture
def written(parts, tmp_path):
    """A function that writes a cube file with some parts changed, or left out where null."""

    def write(**changed):
        path = tmp_path / "changed.cube"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in ({**parts[0], **changed}).items():
                if content is not None:
                    archive.writestr(name, content)
        return path

    return write


def answered(path):
    return ask(CubeFile(path), "share", making.asked("raw", clean=("test-stubs",)), {"by": "country"})


def test_a_cube_file_written_again_as_it_was_answers(written):
    assert answered(written()).total == 12


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_cube_file_that_was_cut_off_is_refused(parts, tmp_path, part):
    path = tmp_path / "cut.cube"
    path.write_bytes(parts[1][: int(part * len(parts[1]))])
    with pytest.raises(REFUSED):
        answered(path)


def test_a_cube_file_with_bytes_overwritten_in_its_tables_is_refused(parts, tmp_path):
    content, path = bytearray(parts[1]), tmp_path / "overwritten.cube"
    start = parts[1].index(parts[0][CELLS])
    content[start : start + 200] = b"\xff" * 200
    path.write_bytes(content)
    with pytest.raises(StoreDamaged):
        answered(path)


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"5", b'"cube"', b"{}", b"\xff\xfe", b"[" * 100_000])
def test_a_cube_file_whose_description_is_none_is_refused(written, content):
    with pytest.raises(UsageError):
        CubeFile(written(**{"cube.json": content}))


@pytest.mark.parametrize("missing", ["cube.json", CELLS, ENTRIES])
def test_a_cube_file_that_lacks_a_part_is_refused(written, missing):
    with pytest.raises(REFUSED):
        answered(written(**{missing: None}))


WRONG_WHOLE = {"format": ["1", None, [], 1e99], "parts": [None, 5, "x", [1], [None], [[]], {"a": 1}],
               "vintages": [None, 5, "x", [1], [{}], [{"id": 5}]]}  # fmt: skip


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG_WHOLE.items() for value in values])
def test_a_description_with_a_value_of_the_wrong_kind_is_refused(parts, written, key, value):
    document = json.loads(parts[0]["cube.json"])
    document[key] = value
    with pytest.raises(REFUSED):
        answered(written(**{"cube.json": json.dumps(document)}))


WRONG_PART = {"windows": [None, 5, "x", [], [1], [{}], [{"start": "x"}]], "bits": [None, 5, [], {"a": 1}],
              "scopes": [None, 5], "rules": [None, 5], "silent": [None, 5], "vintages": [None, 5],
              "notes": [None, 5], "hub": [None, 5]}  # fmt: skip


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG_PART.items() for value in values])
def test_a_part_described_by_a_value_of_the_wrong_kind_is_refused(parts, written, key, value):
    document = json.loads(parts[0]["cube.json"])
    for part in document["parts"]:
        part[key] = value
    with pytest.raises(REFUSED):
        answered(written(**{"cube.json": json.dumps(document)}))


def table_with(content, column, values):
    """The bytes of a table with one column's values replaced, or the column left out where null."""
    table = pq.read_table(io.BytesIO(content))
    place = table.column_names.index(column)
    table = table.remove_column(place)
    if values is not None:
        table = table.add_column(place, column, pa.array([values] * len(table)))
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "column"), [(ENTRIES, "cell"), (ENTRIES, "value"), (ENTRIES, "holder"), (CELLS, "window"), (CELLS, "bits"),
                         (CELLS, "value"), (CELLS, "size")]
)  # fmt: skip
def test_a_table_that_lacks_a_column_is_refused(parts, written, name, column):
    with pytest.raises(StoreDamaged):
        answered(written(**{name: table_with(parts[0][name], column, None)}))


OUTSIDE = [*((ENTRIES, "cell", place) for place in (-1, 1_000_000, 2**62, "0", 0.5)),
           *((CELLS, "window", place) for place in (-1, 1, 1_000_000))]  # fmt: skip


@pytest.mark.parametrize(("name", "column", "place"), OUTSIDE)
def test_rows_that_point_outside_are_refused(parts, written, name, column, place):
    with pytest.raises(StoreDamaged, match="that is not there"):
        answered(written(**{name: table_with(parts[0][name], column, place)}))


def test_a_file_that_unpacks_to_more_than_any_cube_is_refused(parts, tmp_path):
    path = tmp_path / "bomb.cube"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cube.json", parts[0]["cube.json"])
        with archive.open("more", "w") as sink:
            for _ in range(513):
                sink.write(bytes(2**20))
    with pytest.raises(UsageError, match="unpacks to over"):
        CubeFile(path)


def test_a_file_counts_the_models_that_a_rule_left_out_as_its_store_does(store, read_hub, tmp_path):
    read_hub([*ROWS, {"id": "c/tiny-random-f", "downloads": 0}])
    export_cube(store, tmp_path / "one.cube", "a test")
    question = making.asked("raw", clean=("test-stubs",))
    backings = (StoreBacking(store), CubeFile(tmp_path / "one.cube"))
    found = [ask(backing, "share", question, {"by": "country"}).removed[0]["models"] for backing in backings]
    assert found == [1, 1]


def refused_target(store, path):
    before = sorted(path.parent.iterdir()) if path.parent.is_dir() else None
    with pytest.raises(UsageError):
        export_cube(store, path, "a test")
    assert (sorted(path.parent.iterdir()) if path.parent.is_dir() else None) == before


@pytest.mark.parametrize("where", ["a folder", "a pipe", "the store", "a folder of the store", "a folder that is none"])
def test_a_cube_file_goes_to_no_place_but_an_ordinary_file_outside_the_store(store, read_hub, tmp_path, where):
    read_hub(ROWS)
    targets = {
        "a folder": tmp_path / "folder",
        "a pipe": tmp_path / "pipe",
        "the store": store.path / "store.json",
        "a folder of the store": store.path / "vintages" / "x.cube",
        "a folder that is none": tmp_path / "none" / "x.cube",
    }
    targets["a folder"].mkdir()
    if where == "a pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("this system has no named pipes")
        os.mkfifo(targets[where])
    refused_target(store, targets[where])
    assert StoreBacking(Store(store.path)).hubs() == ["huggingface"]


def test_an_export_that_fails_leaves_the_old_file_and_no_draft(store, read_hub, tmp_path, monkeypatch):
    read_hub(ROWS)
    path = tmp_path / "out" / "one.cube"
    path.parent.mkdir()
    path.write_text("older")

    def full(*anything, **more):
        raise OSError("no space left")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(OSError, match="no space left"):
        export_cube(store, path, "a test")
    assert [file.name for file in path.parent.iterdir()] == ["one.cube"]
    assert path.read_text() == "older"

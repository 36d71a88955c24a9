"""The sample that travels with the package: small, and what its own description says."""

from __future__ import annotations

import hashlib
import json
import zipfile

import pytest

from weighbridge.cubes.cubefile import sample_path

LARGEST = 2 * 2**20


@pytest.fixture(scope="module")
def origin():
    return json.loads(sample_path().with_name("origin.json").read_text(encoding="utf-8"))


def test_the_sample_is_small():
    assert sample_path().stat().st_size <= LARGEST


def test_the_origin_describes_this_very_file(origin):
    content = sample_path().read_bytes()
    assert origin["file"] == sample_path().name
    assert origin["bytes"] == len(content)
    assert origin["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_origin_names_producer_licence_command_and_vintages(origin):
    with zipfile.ZipFile(sample_path()) as archive:
        document = json.loads(archive.read("cube.json"))
    assert origin["made"] == document["made"]
    assert origin["vintages"] == document["vintages"]
    for word in ("Hugging Face Hub", "Ollama", "GPL-3.0", "github.com/"):
        assert word in origin["origin"]
    assert origin["command"]
    for vintage in origin["vintages"]:
        assert len(vintage["sha256"]) == 64
        assert vintage["producer"]
        assert vintage["licence"]


def test_nothing_in_the_sample_is_a_row_of_a_single_small_model():
    import io

    import pyarrow.parquet as pq

    with zipfile.ZipFile(sample_path()) as archive:
        cells = [name for name in archive.namelist() if name.endswith("-cells.parquet")]
        assert cells
        for name in cells:
            table = pq.read_table(io.BytesIO(archive.read(name)), columns=["model"])
            assert len(set(table["model"].to_pylist())) < 1000, name

"""The ATOM list: names, sizes, corrected dates, and a register of regions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import making
from weighbridge.errors import SourceFailed, UsageError
from weighbridge.register.parties import read_in
from weighbridge.sources import source
from weighbridge.store.writing import ingest

ATOM = source("atom-tracked-models")
AT = making.moment("2026-08-17")
FILES = {
    "models.csv": "org,model,modelId\ndeepx,R1,deepx/R1\nmeta-x,L3,meta-x/L3\nbad,bad,../x\n",
    "extra_models.csv": "org,model,modelId\ndeepx,R1,deepx/R1\nmist-x,Small,mist-x/Small\n",
    "metadata/model_parameters.csv": "model_id,total_params_b,active_params_b\nDeepX/r1,671,37\nmeta-x/L3,8,\n",
    "metadata/release_date_corrections.csv": (
        "# what the Hub says can differ\n"
        "model_id,hf_created_at,actual_release_date,notes\nmeta-x/L3,2024-04-17,2024-04-18,late\n"
    ),
    "metadata/organization_regions.csv": (
        "hf_org,region,notes\ndeepx,china,\nmeta-x,us,\nmist-x,eu,Paris\nother-x,other,\nnobody-x,unknown,\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "atom" / "metadata").mkdir(parents=True)
    for name, text in FILES.items():
        (tmp_path / "atom" / name).write_text(text)
    return tmp_path / "atom"


def test_both_lists_are_one_list_without_doubles(folder):
    (batch,) = ATOM.read(folder, AT)
    assert batch.rows["name"].to_pylist() == ["deepx/R1", "meta-x/L3", "mist-x/Small"]
    assert [reject.row for reject in batch.rejects] == [3]
    assert batch.rows["downloads_30d"].null_count == batch.rows["downloads_all"].null_count == 3


def test_sizes_and_corrected_dates_are_found_in_any_letter_case(folder):
    (batch,) = ATOM.read(folder, AT)
    first, second, third = batch.rows.to_pylist()
    assert (first["parameters"], first["active_parameters"]) == (671_000_000_000, 37_000_000_000)
    assert (second["parameters"], second["active_parameters"]) == (8_000_000_000, None)
    assert second["created"] == datetime(2024, 4, 18, tzinfo=UTC)
    assert third["parameters"] is third["created"] is None


def test_regions_are_countries_only_where_they_are_one(folder):
    (batch,) = ATOM.read(folder, AT)
    rows = batch.parts["places"]
    assert dict(zip(rows["namespace"].to_pylist(), rows["place"].to_pylist(), strict=True)) == {
        "deepx": "CN", "meta-x": "US", "mist-x": "(europe)", "other-x": "(elsewhere)", "nobody-x": "unknown",
    }  # fmt: skip


def test_the_register_of_a_reading_can_be_asked(folder, store):
    vintage = ingest(store, ATOM, folder, at=AT, known=AT).vintage
    register = read_in(vintage)
    assert register.name == "atom"
    assert register.party("huggingface", "Mist-X", 0).country == "(europe)"
    assert register.party("huggingface", "never-listed", 0).country == "unregistered"
    assert (vintage.population, vintage.counters) == ("selection", 0)


def test_the_list_needs_its_day(folder):
    with pytest.raises(UsageError):
        list(ATOM.read(folder, None))


@pytest.mark.parametrize(
    "missing", ["models.csv", "metadata/model_parameters.csv", "metadata/organization_regions.csv"]
)
def test_a_folder_that_lacks_a_file_is_refused(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(SourceFailed):
        list(ATOM.read(folder, AT))


def test_a_region_that_nobody_knows_is_refused(folder):
    (folder / "metadata/organization_regions.csv").write_text("hf_org,region,notes\na,atlantis,\n")
    with pytest.raises(SourceFailed, match="atlantis"):
        list(ATOM.read(folder, AT))


def test_a_file_is_not_the_folder(folder):
    with pytest.raises(SourceFailed):
        list(ATOM.read(folder / "models.csv", AT))

"""The Model Openness Framework and the Transparency Index as ratings."""

from __future__ import annotations

from pathlib import Path

import pytest

from weighbridge.errors import SourceFailed
from weighbridge.sources import source

FRAMEWORK = source("model-openness-framework")
TRANSPARENCY = source("transparency-index")
MODEL = """
framework:
  name: 'Model Openness Framework'
release:
  name: Lama
  producer: Alp
  huggingface: %s
  license:
    distribution:
      name: %s
  components:
    -
      name: 'Training code'
      license: MIT
    -
      name: Datasets
    -
      name: 'Model card'
      license: unlicensed
"""


def framework(folder: Path, text: str):
    (folder / "lama.yml").write_text(text)
    (batch,) = FRAMEWORK.read(folder, None)
    return batch.parts["ratings"].to_pylist(), batch.rejects


def test_each_component_is_a_rating_with_its_licence(tmp_path):
    rows, rejects = framework(tmp_path, MODEL % ("'https://huggingface.co/alp/Lama'", "Apache-2.0"))
    assert rejects == []
    assert [(row["criterion"], row["grade"]) for row in rows] == [
        ("Training code", "MIT"), ("Datasets", "Apache-2.0"), ("Model card", "unlicensed"),
    ]  # fmt: skip
    assert {(row["system"], row["organisation"], row["score"]) for row in rows} == {("Lama", "Alp", None)}


def test_a_component_is_unlicensed_where_the_release_has_no_licence(tmp_path):
    rows, _ = framework(tmp_path, MODEL % ("''", "''"))
    assert rows[1]["grade"] == "unlicensed"


@pytest.mark.parametrize(
    "written", ["alp/Lama", "'https://huggingface.co/alp/Lama'", "'https://huggingface.co/alp/Lama/tree/main'"]
)
def test_a_repository_is_an_address_or_a_name(tmp_path, written):
    assert framework(tmp_path, MODEL % (written, "MIT"))[0][0]["repositories"] == ["alp/Lama"]


def test_a_model_without_a_list_of_components_is_reported(tmp_path):
    rows, (reject,) = framework(tmp_path, "release: {name: Lama, components: none}\n")
    assert rows == []
    assert "no components" in reject.reason


def test_the_real_framework_links_more_than_half_of_its_models(real_data):
    (batch,) = FRAMEWORK.read(real_data / "openness" / "mof", None)
    rows = batch.parts["ratings"].to_pylist()
    linked = {row["system"]: bool(row["repositories"]) for row in rows}
    assert batch.rejects == []
    assert len(linked) == 270
    assert sum(linked.values()) == 159


def test_indicators_are_scores_of_firms(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text("\ufeffIndicator,Alp,Berg\nData size,1,0\nCrawling,x,1\nshort,1\n", encoding="utf-8")
    (batch,) = TRANSPARENCY.read(file, None)
    rows = batch.parts["ratings"].to_pylist()
    assert [(row["system"], row["criterion"], row["score"]) for row in rows] == [
        ("Alp", "Data size", 1.0), ("Berg", "Data size", 0.0), ("Berg", "Crawling", 1.0),
    ]  # fmt: skip
    assert [(reject.row, reject.column) for reject in batch.rejects] == [(2, "Alp"), (3, "")]


@pytest.mark.parametrize("content", ["", "Name,Alp\nx,1\n", "Indicator\nx\n", 'Indicator,Alp\n"x,1\n'])
def test_another_table_is_refused(tmp_path, content):
    file = tmp_path / "other.csv"
    file.write_text(content)
    with pytest.raises(SourceFailed):
        list(TRANSPARENCY.read(file, None))


def test_the_real_scores_are_of_thirteen_firms(real_data):
    (batch,) = TRANSPARENCY.read(real_data / "openness" / "fmti" / "Dec2025_scores.csv", None)
    rows = batch.parts["ratings"].to_pylist()
    assert len({row["system"] for row in rows}) == 13
    assert len({row["criterion"] for row in rows}) == 100
    assert batch.rejects == []

"""The European index as ratings: grades, links, and files that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

import making
from weighbridge.errors import SourceFailed
from weighbridge.sources import source
from weighbridge.store.parts import read_part
from weighbridge.store.writing import ingest

INDEX = source("openness-index")
SYSTEM = """---
# a comment
system:
    name: Lama
    link: https://huggingface.co/alp/Lama-7B
    endmodellicense: Apache-2.0
org:
    name: Alp
datasources_basemodel:
    class: open
    link: ["https://huggingface.co/datasets/alp/wool"]
    notes: Published
      in two parts.
datasources_endmodel:
    class: partial
weights_endmodel:
    class: open
    link: https://huggingface.co/alp/Lama-7B-Chat/tree/main
trainingcode:
    class: closed
    link:
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "index"
    made.mkdir()
    (made / "lama.yaml").write_text(SYSTEM, encoding="utf-8")
    return made


def ratings(folder):
    (batch,) = INDEX.read(folder, None)
    assert batch.rows.num_rows == 0
    return batch.parts["ratings"].to_pylist(), batch.rejects


def test_each_dimension_is_a_rating_with_its_score(folder):
    rows, rejects = ratings(folder)
    assert rejects == []
    assert {row["criterion"]: (row["grade"], row["score"]) for row in rows} == {
        "datasources_basemodel": ("open", 1.0),
        "datasources_endmodel": ("partial", 0.5),
        "weights_endmodel": ("open", 1.0),
        "trainingcode": ("closed", 0.0),
        "endmodellicense": ("Apache-2.0", None),
    }
    assert {(row["system"], row["organisation"]) for row in rows} == {("Lama", "Alp")}
    assert rows[0]["note"] == "Published in two parts."


def test_the_repository_of_the_weights_comes_first_and_data_sets_are_none(folder):
    rows, _ = ratings(folder)
    assert rows[0]["repositories"] == ["alp/Lama-7B-Chat", "alp/Lama-7B"]


def test_a_base_model_is_linked_only_where_no_end_model_is(folder):
    text = SYSTEM.replace("https://huggingface.co/alp/Lama-7B-Chat/tree/main", "").replace(
        "    link: https://huggingface.co/alp/Lama-7B\n", "    link: https://alp.example/lama\n"
    )
    base = "weights_basemodel:\n    class: open\n    link: https://huggingface.co/alp/Lama-base\n"
    (folder / "lama.yaml").write_text(text + base, encoding="utf-8")
    assert ratings(folder)[0][0]["repositories"] == ["alp/Lama-base"]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://huggingface.co/alp", []),
        ("https://huggingface.co/spaces/alp/demo", []),
        ("https://huggingface.co/collections/alp/lama-66f", []),
        ("https://github.com/alp/lama", []),
        ("https://huggingface.co/alp/Lama-7B?tab=files", ["alp/Lama-7B"]),
        ("https://huggingface.co/../etc/passwd", []),
        ("javascript:alert(1)/x", []),
    ],
)
def test_only_links_to_repositories_of_models_are_taken(folder, link, expected):
    text = SYSTEM.replace("https://huggingface.co/alp/Lama-7B-Chat/tree/main", link)
    (folder / "lama.yaml").write_text(text.replace("    link: https://huggingface.co/alp/Lama-7B\n", ""))
    assert ratings(folder)[0][0]["repositories"] == expected


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nsystem: {name: *b}\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB, "refers to other parts"),
        ("system: " + "[" * 40 + "]" * 40, "nested"),
        ("- a\n- list\n", "no mapping"),
        ("system: [unclosed", "not valid YAML"),
        ("system:\n  name:\n", "names no system"),
        ("x" * (2**20 + 1), "bytes"),
        ("a: " + "[" + "x," * 60_000 + "]", "filled"),
    ],
)
def test_a_file_that_is_none_is_reported_and_the_others_are_read(folder, content, reason):
    (folder / "bad.yaml").write_text(content)
    rows, (reject,) = ratings(folder)
    assert {row["system"] for row in rows} == {"Lama"}
    assert reason in reject.reason
    assert reject.reason.startswith("bad.yaml")


def test_tags_of_other_types_are_text_and_nothing_is_run(folder):
    (folder / "evil.yaml").write_text("system: {name: !!python/object/apply:os.getcwd []}\n")
    (folder / "date.yaml").write_text("system: {name: 2025-01-01}\nweights_endmodel: {class: open}\n")
    rows, (reject,) = ratings(folder)
    assert "2025-01-01" in {row["system"] for row in rows}
    assert "names no system" in reject.reason


def test_a_grade_that_nobody_knows_is_reported(folder):
    (folder / "lama.yaml").write_text(SYSTEM.replace("class: partial", "class: ajar"))
    rows, (reject,) = ratings(folder)
    assert "datasources_endmodel" not in {row["criterion"] for row in rows}
    assert reject.column == "datasources_endmodel"


def test_a_folder_without_systems_is_refused(tmp_path):
    with pytest.raises(SourceFailed, match="holds 0 files"):
        list(INDEX.read(tmp_path, None))
    with pytest.raises(SourceFailed, match="not a folder"):
        list(INDEX.read(tmp_path / "none", None))


def test_a_reading_is_a_vintage_that_counts_nothing(folder, store):
    vintage = ingest(store, INDEX, folder, at=None, known=making.moment("2026-06-12")).vintage
    assert (vintage.models, vintage.counters, vintage.population) == (0, 0, "selection")
    assert read_part(vintage, "ratings").num_rows == 5


def test_the_real_index_names_two_hundred_systems(real_data):
    rows, rejects = ratings(real_data / "openness" / "osai")
    assert len({row["system"] for row in rows}) == 193
    assert [reject.reason for reject in rejects] == ["a_submission_template.yaml: names no system"]
    graded = {row["criterion"] for row in rows if row["score"] is not None}
    assert len(graded) == 12

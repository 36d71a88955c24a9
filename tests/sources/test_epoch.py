"""Reading Epoch's tables: sizes, the active part from the notes, links; and which repositories the rows surely are."""

from __future__ import annotations

import pyarrow as pa
import pytest

import making
from weighbridge.errors import SourceFailed
from weighbridge.lineage.listed_sizes import plain_name, sure
from weighbridge.sources import source
from weighbridge.sources.epoch import active_of, linked
from weighbridge.store.parts import read_part
from weighbridge.store.writing import ingest

ROW = {
    "Model": "Ling-1T",
    "Organization": "Ant Group",
    "Parameters": "1000000000000.0",
    "Parameters notes": "1 trillion total parameters with 50 billion activated parameters",
    "Link": "https://huggingface.co/inclusionAI/Ling-1T\n\nhttps://arxiv.org/pdf/2510.22115",
    "Publication date": "2025-10-25",
    "Model accessibility": "Open weights (unrestricted)",
}


def written(folder, notable, large=()):
    folder.mkdir(exist_ok=True)
    making.csv_file(folder / "notable_ai_models_2026-01.csv", [ROW | row for row in notable])
    if large:
        making.csv_file(folder / "large_scale_ai_models_2026-01.csv", [ROW | row for row in large])
    return folder


def read(folder):
    (batch,) = source("epoch").read(folder, None)
    return batch.parts["sizes"].to_pylist(), batch.rejects


def test_a_row_tells_size_active_part_repository_and_day(tmp_path):
    (row,), rejects = read(written(tmp_path / "epoch", [{}]))
    assert rejects == []
    assert (row["name"], row["organisation"], row["repositories"]) == ("Ling-1T", "Ant Group", ["inclusionAI/Ling-1T"])
    assert (row["parameters"], row["active_parameters"]) == (10**12, 50 * 10**9)
    assert f"{row['released']:%Y-%m-%d}" == "2025-10-25"


def test_a_model_of_both_tables_is_one_and_one_without_a_size_is_none(tmp_path):
    rows, _ = read(written(tmp_path / "epoch", [{}, {"Model": "Sizeless", "Parameters": ""}], [{}, {"Model": "Other"}]))
    assert sorted(row["name"] for row in rows) == ["Ling-1T", "Other"]


@pytest.mark.parametrize("size", ["many", "-3", "0", "nan", "inf", "1e30"])
def test_a_size_that_is_no_count_is_refused_with_its_row(tmp_path, size):
    rows, rejects = read(written(tmp_path / "epoch", [{"Parameters": size}]))
    assert rows == []
    assert [(reject.row, reject.column) for reject in rejects] == [(1, "parameters")]


def test_a_folder_without_the_tables_is_refused(tmp_path):
    with pytest.raises(SourceFailed, match="notable_ai_models"):
        list(source("epoch").read(tmp_path, None))


def test_a_reading_keeps_the_sizes_beside_no_observations(store, tmp_path):
    folder = written(tmp_path / "epoch", [{}])
    reading = ingest(store, source("epoch"), folder, at=None, known=making.moment("2026-01-02"))
    assert (reading.vintage.models, reading.vintage.counters) == (0, 0)
    assert read_part(reading.vintage, "sizes").num_rows == 1


@pytest.mark.parametrize(
    ("words", "billions"),
    [
        ("21B active params, 236B total", 21),
        ("671B total 37B activated https://example.org", 37),
        ("Total Parameters: 456B\nActivated Parameters per Token: 45.9B", 45.9),
        ("MoE: total parameters - 424B active parameters - 47B", 47),
        ("Mixture of experts model. 21B parameters activated per token.", 21),
        ('"maintaining activations around 10B" safetensors: 229B params', 10),
        ("102B, of which 12B active", 12),
        ("17 billion active parameters, 16 experts, and 109 billion total parameters", 17),
    ],
)
def test_notes_tell_the_active_part_in_many_ways(words, billions):
    assert active_of(words) == pytest.approx(billions * 1e9)


@pytest.mark.parametrize(
    "words", ["236B", "active parameters around 10B-30B", "densely activated, Transformer", "3B active or 5B active"]
)
def test_notes_that_do_not_tell_one_active_part_tell_none(words):
    assert active_of(words) is None


def test_only_models_on_the_hub_are_links():
    assert linked("https://arxiv.org/abs/1, www.huggingface.co/adept/fuyu-8b") == ["adept/fuyu-8b"]
    assert (
        linked("https://huggingface.co/blog/falcon3 https://huggingface.co/spaces/a/b https://huggingface.co/skt") == []
    )


def row(name, billions, organisation="", *repositories):
    return {
        "name": name,
        "organisation": organisation,
        "repositories": list(repositories),
        "parameters": int(billions * 1e9),
    }


def found(names, rows, organisation="Meta"):
    matched = sure(pa.array(names), rows, lambda at: organisation)
    return {names[at]: told["parameters"] / 1e9 for at, told in matched.items()}


def test_a_linked_repository_is_sure_if_it_bears_the_name_or_the_size():
    rows = [
        row("Ling-1T", 1000, "", "inclusionAI/Ling-1T"),
        row("Granite 3.1 2B", 2.4, "", "ibm/granite-3.1-2b-base"),
        row("Wu Dao Aquila-33B", 33, "", "BAAI/Aquila-7B"),
        row("CoEdiT-xxl", 11, "", "grammarly/coedit-large"),
    ]
    names = ["inclusionAI/Ling-1T", "ibm/granite-3.1-2b-base", "BAAI/Aquila-7B", "grammarly/coedit-large"]
    assert found(names, rows, "") == {"inclusionAI/Ling-1T": 1000, "ibm/granite-3.1-2b-base": 2.4}


def test_a_namesake_is_sure_within_the_organisation_alone():
    rows = [row("Llama 2 13B", 13, "Meta,Stanford University")]
    assert found(["meta-llama/Llama-2-13b", "x/llama-2-13b-chat"], rows) == {"meta-llama/Llama-2-13b": 13}
    assert found(["unsloth/llama-2-13b"], rows, "Unsloth AI") == {}


def test_a_point_between_figures_tells_sizes_apart():
    assert plain_name("facebook/opt-1.3b") != plain_name("OPT-13B") == plain_name("facebook/opt_13b")
    assert found(["facebook/opt-1.3b", "facebook/opt-13b"], [row("OPT-13B", 13, "Meta")]) == {"facebook/opt-13b": 13}


def test_two_sizes_for_one_repository_are_none():
    rows = [row("Big", 5, "Meta"), row("big", 6, "Meta")]
    assert found(["a/big"], rows) == {}
    assert found(["a/big"], rows[:1]) == {"a/big": 5}


def test_the_real_tables_tell_hundreds_of_sizes_and_dozens_of_active_parts(real_data):
    rows, rejects = read(real_data / "epoch")
    assert rejects == []
    assert len(rows) > 800
    active = {told["name"]: told["active_parameters"] / 1e9 for told in rows if told["active_parameters"]}
    assert len(active) > 50
    assert (active["DeepSeek-V3"], active["Mixtral 8x22B"], active["Llama 4 Maverick"]) == (37, 39, 17)
    assert all(told["active_parameters"] is None or told["active_parameters"] < told["parameters"] for told in rows)

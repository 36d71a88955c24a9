"""What a model card writes as its base is found where it means a model, and reported where it does not."""

from __future__ import annotations

import pyarrow as pa
import pytest

from weighbridge.lineage.references import resolve

NAMES = ["google-bert/bert-base-uncased", "meta-llama/Llama-2-7b-hf", "me/child", "x/Twin", "x/twin"]


def edges(*references, names=NAMES, child=2):
    """Edges where only one model declares anything."""
    declared = [list(references) if row == child else None for row in range(len(names))]
    return resolve("huggingface", pa.array(names), pa.array(declared, pa.list_(pa.string())))


def parents(found, names=NAMES):
    everyone = [*names, *found.outside]
    return [everyone[parent] for parent in found.parent.tolist()]


@pytest.mark.parametrize(
    "written",
    [
        "meta-llama/Llama-2-7b-hf",
        "https://huggingface.co/meta-llama/Llama-2-7b-hf",
        "https://huggingface.co/meta-llama/Llama-2-7b-hf/tree/main",
        "http://huggingface.co/meta-llama/Llama-2-7b-hf/",
        "huggingface.co/meta-llama/Llama-2-7b-hf",
        "https://hf.co/meta-llama/Llama-2-7b-hf",
        "HTTPS://HuggingFace.co/meta-llama/Llama-2-7b-hf",
        " 'meta-llama/Llama-2-7b-hf' ",
        "meta-llama/Llama-2-7b-hf/",
    ],
)
def test_addresses_and_stray_marks_do_not_hide_a_model(written):
    found = edges(written)
    assert parents(found) == ["meta-llama/Llama-2-7b-hf"]
    assert (found.outside, found.dangling, found.by_alias) == ([], {}, 0)


def test_an_old_canonical_name_is_todays_model():
    found = edges("bert-base-uncased")
    assert parents(found) == ["google-bert/bert-base-uncased"]
    assert found.by_alias == 1


def test_an_address_of_an_old_canonical_name_is_todays_model():
    assert parents(edges("https://huggingface.co/bert-base-uncased")) == ["google-bert/bert-base-uncased"]


def test_an_old_canonical_model_that_the_catalogue_lacks_is_outside_under_todays_name():
    found = edges("bert-base-uncased", names=["me/child"], child=0)
    assert found.outside == ["google-bert/bert-base-uncased"]
    assert found.parent.tolist() == [1]


def test_another_letter_case_finds_a_model_if_only_one_can_be_meant():
    found = edges("META-LLAMA/llama-2-7B-HF")
    assert parents(found) == ["meta-llama/Llama-2-7b-hf"]
    assert found.by_alias == 1


def test_letter_case_that_could_mean_two_models_means_neither():
    found = edges("X/TWIN")
    assert parents(found) == ["X/TWIN"]
    assert found.outside == ["X/TWIN"]


def test_the_exact_name_goes_before_another_letter_case():
    assert parents(edges("x/twin")) == ["x/twin"]


def test_a_model_of_another_time_is_an_outside_parent_once():
    names = ["a/one", "a/two"]
    declared = pa.array([["gone/base"], ["gone/base"]], pa.list_(pa.string()))
    found = resolve("huggingface", pa.array(names), declared)
    assert found.outside == ["gone/base"]
    assert found.parent.tolist() == [2, 2]


@pytest.mark.parametrize(
    "written", ["", "None", "./output/checkpoint-500", "/home/me/models/x", "models/llama", "llama", "a/b/c", "a b/c"]
)
def test_what_names_no_model_dangles_and_is_counted(written):
    found = edges(written, written + "")
    assert len(found.parent) == 0
    assert found.dangling == {written: 2}


def test_a_reference_to_itself_is_no_edge():
    found = edges("me/child", "ME/Child", "meta-llama/Llama-2-7b-hf")
    assert parents(found) == ["meta-llama/Llama-2-7b-hf"]
    assert found.selfs == 2


def test_a_parent_named_twice_is_one_edge():
    found = edges("meta-llama/Llama-2-7b-hf", "https://huggingface.co/meta-llama/Llama-2-7b-hf")
    assert parents(found) == ["meta-llama/Llama-2-7b-hf"]


def test_nothing_declared_is_no_edge():
    found = resolve("huggingface", pa.array(NAMES), pa.nulls(len(NAMES), pa.list_(pa.string())))
    assert len(found.child) == len(found.parent) == 0

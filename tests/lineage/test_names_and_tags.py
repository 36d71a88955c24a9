"""What names and tags tell of quantisation, relation and size, and where they are not asked."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from weighbridge.lineage.by_name import infer_parents
from weighbridge.lineage.relations import RELATIONS, quantised, relations
from weighbridge.lineage.sizes import SIZES, named_active, named_experts, parameters, size_class


def is_quantised(name="a/plain", tags=(), relation=None):
    columns = pa.array([name]), pa.array([list(tags)], pa.list_(pa.string())), pa.array([relation], pa.string())
    return bool(quantised(*columns)[0])


@pytest.mark.parametrize(
    "name",
    ["x/Foo-7B-GGUF", "x/foo.gptq", "x/Foo-AWQ", "x/foo-4bit", "x/foo-8-bit", "x/Foo-exl2-4.0bpw", "x/foo-q4_K_M"],
)
def test_a_name_can_say_that_weights_are_quantised(name):
    assert is_quantised(name)


@pytest.mark.parametrize("name", ["x/Foo-7B", "x/ggufy", "x/hawq", "x/int", "x/unquantized"])
def test_a_name_that_only_resembles_a_mark_says_nothing(name):
    assert not is_quantised(name)


def test_a_declared_or_tagged_copy_is_quantised():
    assert is_quantised(relation="quantized")
    assert is_quantised(tags=["gptq"])
    assert is_quantised(tags=["gguf"])
    assert not is_quantised(relation="finetune")


def test_a_gguf_file_beside_full_weights_makes_no_copy():
    assert not is_quantised(tags=["gguf", "safetensors"])


def relation_of(declared=None, library=None, parents=1, copy=False):
    code, inferred = relations(
        pa.array([declared], pa.string()), pa.array([library], pa.string()), np.array([parents]), np.array([copy])
    )
    return RELATIONS[code[0]], bool(inferred[0])


def test_a_declared_relation_is_taken_as_it_is():
    assert relation_of("adapter") == ("adapter", False)
    assert relation_of("merge", parents=1, copy=True) == ("merge", False)


def test_an_undeclared_relation_is_inferred_and_marked():
    assert relation_of(library="peft") == ("adapter", True)
    assert relation_of(copy=True) == ("quantized", True)
    assert relation_of(parents=2) == ("merge", True)
    assert relation_of() == ("finetune", True)


def test_without_a_parent_there_is_no_relation():
    assert relation_of("quantized", parents=0) == ("none", False)
    assert relation_of(library="peft", parents=0) == ("none", False)


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("x/Foo-7B", 7), ("x/foo-7b-instruct", 7), ("x/Foo-0.5B", 0.5), ("x/Mix-8x7B", 56), ("x/foo-350m", 0.35),
        ("x/foo.70b.gguf", 70), ("x/foo-1.1b", 1.1), ("x/foo-7b-125m", 7), ("x/foo-350m-pt-base-15b", 0.35),
        ("x/foo-0-6b", 0.6), ("x/foo2-7b", 7), ("x/v0.1-7b", 7), ("x/foo-33.89m", 0.03389), ("x/foo-30b-a3b", 30),
    ],
)  # fmt: skip
def test_a_name_states_a_size(name, billions):
    assert parameters(pa.array([None], pa.int64()), pa.array([name]))[0] == pytest.approx(billions * 1e9)


@pytest.mark.parametrize("name", [
    "x/foo", "x/foo7b1", "7b/foo", "x/turbo", "x/foo-4bit", "x/5m-steps", "x/q1.7b", "x/laion2b-39b-b160k", "x/foo-a3b",
])  # fmt: skip
def test_a_name_without_a_size_states_none(name):
    assert np.isnan(parameters(pa.array([None], pa.int64()), pa.array([name]))[0])


def test_a_name_can_state_the_part_that_is_used_for_a_token():
    names = pa.array(["x/Foo-30B-A3B", "x/foo-a1.5b-it", "x/foo-8x7b", "x/alpha3b"])
    assert named_active(names).tolist()[:2] == [3e9, 1.5e9]
    assert np.isnan(named_active(names)[2:]).all()


def test_a_name_can_tell_of_a_mixture_of_experts():
    assert named_experts(pa.array(["x/8x7b", "x/foo-30b-a3b", "x/tiny-MoE", "x/moebius", "x/7b"])).tolist() == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_given_parameters_go_before_the_name():
    assert parameters(pa.array([123]), pa.array(["x/Foo-7B"]))[0] == 123
    assert parameters(pa.array([0]), pa.array(["x/Foo-7B"]))[0] == 7e9


@pytest.mark.parametrize(
    ("billions", "size"),
    [(0.05, "<0.1"), (0.1, "0.1-1"), (0.99, "0.1-1"), (1, "1-9"), (8.9, "1-9"), (9, "9-30"), (30, "30-100"),
     (99.9, "30-100"), (100, ">100"), (671, ">100"), (np.nan, "unknown")],
)  # fmt: skip
def test_a_size_on_a_limit_belongs_to_the_class_above(billions, size):
    assert SIZES[size_class(np.array([billions * 1e9]))[0]] == size


def inferred(names, copies, has_parent=None):
    has_parent = has_parent or [False] * len(names)
    child, parent = infer_parents(pa.array(names), np.array(copies), np.array(has_parent))
    return [(names[c], names[p]) for c, p in zip(child, parent, strict=True)]


def test_a_copy_is_traced_to_the_one_model_that_bears_the_rest_of_its_name():
    assert inferred(["org/Foo-7B", "me/foo-7b-GGUF"], [False, True]) == [("me/foo-7b-GGUF", "org/Foo-7B")]
    assert inferred(["org/Foo-7B", "me/Foo-7B-4bit-GPTQ"], [False, True]) == [("me/Foo-7B-4bit-GPTQ", "org/Foo-7B")]


def test_a_copy_whose_name_could_mean_two_models_is_traced_to_neither():
    assert inferred(["a/Foo-7B", "b/Foo-7B", "me/Foo-7B-GGUF"], [False, False, True]) == []


def test_a_declared_base_is_not_overruled_by_a_name():
    assert inferred(["a/Foo-7B", "me/Foo-7B-GGUF"], [False, True], [False, True]) == []

"""What is no release of one's own, as data: the form of the rules, and what names, tags and libraries they hold for."""

from __future__ import annotations

import jsonschema
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.definitions import releases
from weighbridge.lineage.relations import RELATIONS
from weighbridge.records.cells import Coded


def reason(name, relation="none", quantised=False, library="(none)", tags=(), elsewhere=False):
    """Id of the rule that leaves a model out, or null."""
    signs = releases.Signs(
        names=pa.array([f"org/{name}"]),
        relation=np.array([RELATIONS.index(relation)]),
        quantised=np.array([quantised]),
        library=Coded(np.array([0], np.int32), pa.array([library])),
        tags=pa.array([list(tags)], pa.list_(pa.string())),
        elsewhere=np.array([elsewhere]),
    )
    number = int(releases.reasons(signs)[0])
    return None if number < 0 else list(releases.rules())[number]


def stem(name):
    return releases.stems(pa.array([name]))[0].as_py()


def test_the_file_has_the_form_of_its_schema():
    jsonschema.Draft202012Validator(releases.schema()).validate(releases.document())


def test_no_rule_stands_twice():
    assert len(releases.rules()) == len(releases.document()["rule"])


def test_a_rule_without_a_criterion_has_not_the_form():
    bad = {**releases.document(), "rule": [{"id": "empty", "words": "It would hold for nothing at all."}]}
    assert not jsonschema.Draft202012Validator(releases.schema()).is_valid(bad)


@pytest.mark.parametrize(
    "name",
    [
        "Qwen2-7B-Instruct", "Llama-3-8B", "gemma-7b-it", "bert-base-uncased", "opt-125m", "whisper-large-v3",
        "contest-7b", "latest-model", "stepfun-1", "MiniCPM-Llama3-V-2_5", "t5-v1_1-base", "Phi-3-mini-4k-instruct",
        "evaluator-7b", "codebert-cpp", "datasetgpt", "ds-1000-coder", "tiny-llama", "seed-oss-36b",
    ],
)  # fmt: skip
def test_an_ordinary_release_is_kept(name):
    assert reason(name) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("model-checkpoint-500", "checkpoint"), ("pythia-1b-step1000", "checkpoint"), ("run-ckpt", "checkpoint"),
        ("olmo-step-2000", "checkpoint"), ("bert-epoch3", "checkpoint"), ("multiberts-seed_4", "checkpoint"),
        ("x-20000steps", "checkpoint"), ("amber-intermediate", "checkpoint"), ("base-300B-tokens", "checkpoint"),
        ("tiny-random-bert", "test"), ("model-test", "test"), ("dummy-gpt2", "test"), ("upload_debug", "test"),
        ("my-awesome-model", "test"), ("llama-demo", "test"),
        ("bloom-logs", "dataset-dump"), ("llama-7b-tokenizer", "dataset-dump"), ("open-llm-eval", "dataset-dump"),
        ("web-corpus", "dataset-dump"), ("run-1-results", "dataset-dump"),
        ("gemma-2b-lora", "adapter"), ("model-onnx", "converted-copy"), ("faster-whisper-small", "converted-copy"),
        ("Phi-3-mlx", "converted-copy"), ("gemma-2b-it-keras", "converted-copy"),
    ],
)  # fmt: skip
def test_a_name_tells_why_a_repository_is_no_release(name, why):
    assert reason(name) == why


@pytest.mark.parametrize(
    ("signs", "why"),
    [
        ({"elsewhere": True}, "derived-elsewhere"),
        ({"relation": "adapter"}, "adapter"),
        ({"library": "peft"}, "adapter"),
        ({"relation": "quantized"}, "quantised-copy"),
        ({"quantised": True}, "quantised-copy"),
        ({"library": "transformers.js"}, "converted-copy"),
        ({"tags": ["onnx"]}, "converted-copy"),
        ({"tags": ["onnx", "safetensors"]}, None),
        ({"relation": "finetune"}, None),
        ({"relation": "merge"}, None),
    ],
)
def test_lineage_library_and_tags_tell_too(signs, why):
    assert reason("model-7b", **signs) == why


def test_the_first_rule_names_the_reason():
    assert reason("tiny-random-lora", elsewhere=True, quantised=True) == "derived-elsewhere"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("org/Foo-7B-Instruct", "foo"), ("org/Foo-70B", "foo"), ("org/Foo2-1.5B", "foo2"), ("org/foo-v2", "foo"),
        ("org/foo_bar-base", "foo_bar"), ("org/foo-small-en", "foo"), ("org/foo", "foo"), ("org/7B-foo", "7b-foo"),
        ("org/bazel-net", "bazel-net"),
    ],
)  # fmt: skip
def test_variants_of_one_line_share_the_beginning_of_their_names(name, line):
    assert stem(name) == line


@given(name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True))
def test_every_name_has_a_line_with_which_it_begins(name):
    found = stem(f"org/{name}")
    assert found
    assert name.lower().startswith(found)

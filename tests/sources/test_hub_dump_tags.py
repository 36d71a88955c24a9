"""Tags tell bases, relations and licences where no column does."""

from __future__ import annotations

import json

import pytest


def one(read, **row):
    return read(json.dumps([{"id": "a/b", "downloads": 1, **row}])).rows[0]


@pytest.mark.parametrize("relation", ["finetune", "adapter", "quantized", "merge"])
def test_a_tag_tells_the_relation_and_the_base(read, relation):
    row = one(read, tags=["gguf", "base_model:org/name", f"base_model:{relation}:org/name"])
    assert row["relation"] == relation
    assert row["base_models"] == ["org/name"]


def test_several_base_tags_are_several_parents(read):
    row = one(read, tags=["base_model:merge:x/a", "base_model:merge:x/b", "base_model:x/a", "base_model:x/b"])
    assert row["base_models"] == ["x/a", "x/b"]
    assert row["relation"] == "merge"


def test_a_base_tag_without_relation_declares_a_base_only(read):
    row = one(read, tags=["base_model:org/name"])
    assert (row["base_models"], row["relation"]) == (["org/name"], None)


def test_the_column_of_bases_goes_before_the_tags(read):
    row = one(read, base_model=["org/real"], tags=["base_model:quantized:org/other"])
    assert row["base_models"] == ["org/real"]
    assert row["relation"] == "quantized"


def test_a_licence_tag_counts_where_no_column_has_one(read):
    assert one(read, tags=["license:apache-2.0"])["licence"] == "apache-2.0"
    assert one(read, license="mit", tags=["license:apache-2.0"])["licence"] == "mit"


def test_tags_of_one_row_do_not_reach_another(read):
    rows = [
        {"id": "a/a", "downloads": 1, "tags": []},
        {"id": "a/b", "downloads": 1, "tags": ["base_model:adapter:x/y", "license:mit"]},
        {"id": "a/c", "downloads": 1, "tags": None},
        {"id": "a/d", "downloads": 1, "tags": ["other"]},
    ]
    taken = read(json.dumps(rows))
    told = [(row["base_models"], row["relation"], row["licence"]) for row in taken.rows]
    assert told == [(None, None, None), (["x/y"], "adapter", "mit"), (None, None, None), (None, None, None)]

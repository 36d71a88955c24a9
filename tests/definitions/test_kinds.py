"""The signs of kinds as data."""

from __future__ import annotations

import re

import jsonschema
import pyarrow.parquet as pq

from weighbridge.definitions import kinds

UNCLEAR = {None, "graph-ml", "other", "reinforcement-learning", "robotics"}


def test_the_data_has_the_form_of_the_schema():
    jsonschema.Draft202012Validator(kinds.schema()).validate(kinds.rows())
    assert set(kinds.rows()) == set(kinds.KINDS)


def test_the_pattern_of_tags_finds_the_word_and_no_part_of_another():
    pattern = re.compile(kinds.rows()["mixture-of-experts"]["pattern"])
    assert all(pattern.search(tag) for tag in ("moe", "qwen3_5_moe_text", "sparse-moe", "mixture of experts"))
    assert not any(pattern.search(tag) for tag in ("moebius", "some", "gemmoer"))


def test_lists_stand_in_order():
    rows = kinds.rows()
    assert list(rows["multimodal"]["tasks"]) == sorted(rows["multimodal"]["tasks"])
    for name, key in (("mixture-of-experts", "tags"), ("adapter", "tags"), ("adapter", "libraries")):
        assert rows[name][key] == sorted(rows[name][key])


def test_every_task_of_the_census_and_the_radar_is_listed_or_does_not_tell(real_data):
    for file in ("hub-census-2024-07", "hub-radar-2026-08"):
        table = pq.read_table(real_data / file / "models.parquet", columns=["pipeline_tag"])
        held = set(table["pipeline_tag"].unique().to_pylist())
        assert held - UNCLEAR <= set(kinds.rows()["multimodal"]["tasks"])

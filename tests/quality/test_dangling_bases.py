"""References that name nothing are events; parents elsewhere are not."""

from __future__ import annotations

import pytest


def test_a_reference_that_is_no_name_of_a_model_dangles(read_hub, events):
    read_hub([{"id": "a/a", "downloads": 70}, {"id": "a/b", "downloads": 30, "base_model": ["/home/me/llama"]}])
    [event] = events("dangling-base")
    assert (event.model, event.weight, event.share) == ("a/b", 30, 0.3)
    assert "/home/me/llama" in event.detail


def test_two_such_references_of_a_model_are_one_event(read_hub, events):
    read_hub([{"id": "a/b", "downloads": 30, "base_model": ["llama", "a/b/c/d", "a/a"]}])
    [event] = events("dangling-base")
    assert event.numbers["references"] == 2


@pytest.mark.parametrize(
    "base",
    [["a/a"], ["A/A"], ["elsewhere/model"], ["https://huggingface.co/a/a"], [], None],
    ids=["held", "another letter case", "outside", "an address", "none", "not declared"],
)
def test_a_parent_that_is_held_or_well_formed_does_not_dangle(read_hub, events, base):
    read_hub([{"id": "a/a", "downloads": 70}, {"id": "a/b", "downloads": 30, "base_model": base}])
    assert events("dangling-base") == []


def test_the_event_of_a_model_keeps_its_name_when_its_weight_changes(read_hub, events):
    read_hub([{"id": "a/b", "downloads": 30, "base_model": ["llama"]}], at="2024-07-01")
    [before] = events("dangling-base")
    read_hub([{"id": "a/b", "downloads": 90, "base_model": ["llama"]}], at="2024-08-01")
    [after] = events("dangling-base")
    assert (before.id, before.weight, after.weight) == (after.id, 30, 90)

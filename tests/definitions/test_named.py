"""Definitions by name, with single choices changed."""

from __future__ import annotations

import pytest

from weighbridge.definitions.named import define, definitions
from weighbridge.errors import UsageError


def test_the_house_counts_everything_for_the_uploader_and_cleans():
    house = define()
    assert (house.scope, house.attribution, house.max_age_days) == ("everything", "uploader", None)
    assert house.clean == ("material-outlier", "spike")


def test_raw_removes_nothing():
    assert define("raw").clean == ()


def test_a_definition_may_choose_otherwise_for_a_hub():
    assert define("house", "ollama").scope == "open-weights"
    assert define("house", "huggingface").scope == "everything"


def test_what_was_changed_is_named_and_nothing_else():
    changed = define("house", attribution="base", max_age_days=365, scope="everything", clean=("spike",))
    assert changed.changed == ("attribution", "max_age_days", "clean")
    assert changed.name == "house"
    assert changed.to_dict()["changed"] == ["attribution", "max_age_days", "clean"]


def test_a_change_to_the_same_is_none():
    assert define("house", attribution="uploader", clean=("material-outlier", "spike")) == define("house")


def test_none_alone_means_no_rule():
    assert define("house", clean=("none",)).clean == ()
    with pytest.raises(UsageError, match="goes with no other rule"):
        define("house", clean=("none", "spike"))


def test_a_rule_named_twice_runs_once():
    assert define("raw", clean=("spike", "spike", "test-stubs")).clean == ("spike", "test-stubs")


@pytest.mark.parametrize(
    "wrong",
    [{"attribution": "nobody"}, {"scope": "all"}, {"clean": ("soap",)}, {"contested": "wide"}, {"evidence": "sure"},
     {"bounds": "tight"}, {"max_age_days": 0}, {"max_age_days": -1}, {"max_age_days": 40_000}],
    ids=str,
)  # fmt: skip
def test_an_unknown_choice_is_answered_with_the_known_ones(wrong):
    with pytest.raises(UsageError) as caught:
        define("house", **wrong)
    assert "one of" in caught.value.hint or "36500" in caught.value.hint


def test_an_unknown_definition_is_answered_with_the_known_ones():
    with pytest.raises(UsageError) as caught:
        define("hause")
    assert all(name in caught.value.hint for name in definitions())

"""Rules are data: those of the package are valid, and one's own are checked before anything is watched."""

from __future__ import annotations

import os
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.upkeep.alerts import kinds
from weighbridge.upkeep.ruling import packaged, rule_schema, rules_for

OWN = """
id = "families"
title = "Two families change places"
kind = "lead"
[of]
by = "family"
groups = ["Qwen", "Llama"]
over = "quarter"
question = { definition = "raw", attribution = "base" }
"""


@pytest.fixture
def file(tmp_path):
    def write(text: str):
        path = tmp_path / "rules.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_each_rule_of_the_package_is_a_file_of_its_name():
    folder = resources.files("weighbridge.upkeep") / "rules"
    names = {entry.name.removesuffix(".toml") for entry in folder.iterdir()}
    assert names == set(packaged())
    for name in names:
        assert tomllib.loads((folder / f"{name}.toml").read_text())["id"] == name


def test_the_rules_of_the_package_are_about_all_that_can_be_watched():
    assert {rule.kind for rule in packaged().values()} == set(kinds())
    events = {rule.of["event"] for rule in packaged().values() if rule.kind == "event"}
    assert events == {"vanished", "impostor", "restatement"}
    assert {change for rule in packaged().values() for change in rule.of.get("changes", ())} == {"licence", "gated"}


@pytest.mark.parametrize("name", sorted(kinds()))
def test_a_kind_of_rule_has_words_and_a_valid_schema(name):
    kind = kinds()[name]
    assert len(kind.words) > len(kind.title) > 10
    Draft202012Validator.check_schema(kind.schema)
    Draft202012Validator.check_schema(rule_schema())


def test_ones_own_rules_join_those_of_the_package(file):
    rules = {rule.id: rule for rule in rules_for([file(OWN)])}
    assert set(rules) == {*packaged(), "families"}
    assert rules["families"].of["question"] == {"definition": "raw", "attribution": "base"}


def test_a_rule_of_ones_own_stands_in_the_place_of_the_packages(file):
    own = 'id = "stale"\ntitle = "Later"\nkind = "stale"\n[of]\ndays = 30\n'
    rules = {rule.id: rule for rule in rules_for([file(own)])}
    assert set(rules) == set(packaged())
    assert rules["stale"].of["days"] == 30


def test_several_rules_stand_in_one_file(file):
    two = "".join(f'[[rule]]\nid = "s{n}"\ntitle = "Later"\nkind = "stale"\nof = {{ days = {n} }}\n' for n in (1, 2))
    assert {"s1", "s2"} <= {rule.id for rule in rules_for([file(two)])}
    with pytest.raises(UsageError, match="there twice"):
        rules_for([file(two.replace('"s2"', '"s1"'))])


def test_only_the_rules_asked_for_are_followed():
    assert [rule.id for rule in rules_for(only=["stale"])] == ["stale"]
    with pytest.raises(UsageError, match="there is no rule 'stael'"):
        rules_for(only=["stael"])


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('kind = "lead"', 'kind = "led"'),
        ('by = "family"', 'by = "colour"'),
        ('groups = ["Qwen", "Llama"]', 'groups = ["Qwen"]'),
        ('groups = ["Qwen", "Llama"]', 'groups = ["Qwen", "Qwen"]'),
        ('over = "quarter"', 'over = "fortnight"'),
        ('definition = "raw"', 'at = "2024-07-11"'),
        ('definition = "raw"', 'colour = "red"'),
        ('id = "families"', 'id = "../families"'),
        ('id = "families"', ""),
        ("[of]", "least = -1\n[of]"),
        ("[of]", "colour = 3\n[of]"),
    ],
)
def test_a_rule_that_is_none_is_refused_with_its_place(file, was, now):
    assert was in OWN
    with pytest.raises(UsageError) as caught:
        rules_for([file(OWN.replace(was, now))])
    assert "rules.toml" in caught.value.message


@pytest.mark.parametrize("text", ["", "[[rule]]", "rule = 3", "a = 1", "id ="])
def test_a_file_without_a_rule_is_refused(file, text):
    with pytest.raises((UsageError, SourceFailed)):
        rules_for([file(text)])


@pytest.mark.parametrize("text", [f"least = {'9' * 5000}", f"x = {'[' * 100_000}"], ids=["long-number", "deep"])
def test_a_file_that_no_parser_takes_is_refused(file, text):
    with pytest.raises(SourceFailed, match="is no TOML"):
        rules_for([file(text)])


def test_only_what_vanishes_can_make_a_census_smaller(file):
    own = 'id = "s"\ntitle = "Later"\nkind = "event"\nof = {{ event = "{}", shrunk = 0.2 }}\n'
    assert rules_for([file(own.format("vanished"))], ["s"])[0].of["shrunk"] == 0.2
    with pytest.raises(UsageError, match="shrunk goes with vanished alone"):
        rules_for([file(own.format("impostor"))])


@pytest.mark.parametrize("days", ["inf", "1e300", "0", "-1"])
def test_a_number_of_days_that_is_none_is_refused(file, days):
    with pytest.raises(UsageError):
        rules_for([file(f'id = "s"\ntitle = "Later"\nkind = "stale"\nof = {{ days = {days} }}\n')])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_rules_are_read_from_no_pipe_and_no_device(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(SourceFailed, match="no regular file"):
            rules_for([path])


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe")
    for name in ("x.toml", "nothing.toml"):
        with pytest.raises(SourceFailed):
            rules_for([tmp_path / name])

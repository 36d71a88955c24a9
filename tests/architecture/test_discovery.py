"""What is registered is found by itself, and each registered thing has its words."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace

import pytest

from weighbridge.definitions.named import define, definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.errors import UsageError
from weighbridge.measures import measures
from weighbridge.records import discovery
from weighbridge.sources import source, sources
from weighbridge.surfaces.cli import commands


def test_the_three_first_sources_are_found():
    assert {"hub-dump", "ollama-pulls", "atom-tracked-models"} <= set(sources())


@pytest.mark.parametrize("name", sorted(sources()))
def test_a_source_says_whose_the_data_is_and_under_which_terms(name: str):
    descriptor = sources()[name].descriptor
    assert descriptor.id == name
    assert all(str(value).strip() for key, value in descriptor.to_dict().items() if key != "register")
    assert descriptor.population in ("census", "selection")
    assert descriptor.unit in ("downloads", "pulls", "tokens")


def test_an_unknown_source_is_answered_with_those_there_are():
    with pytest.raises(UsageError) as caught:
        source("hub-dmup")
    assert all(name in caught.value.hint for name in sources())


def test_scopes_rules_definitions_and_measures_are_found():
    assert {"everything", "language", "without-quantised", "open-weights"} <= set(scopes())
    assert {"material-outlier", "spike"} <= set(rules())
    assert {"house", "raw", "base-credit", "young-models"} <= set(definitions())
    assert {"share", "top", "concentration"} <= set(measures())


@pytest.mark.parametrize("name", sorted(scopes()))
def test_a_scope_has_a_title(name: str):
    assert len(scopes()[name].title) > 10


@pytest.mark.parametrize("name", sorted(rules()))
def test_a_rule_has_a_version_and_words(name: str):
    rule = rules()[name]
    assert rule.version >= 1
    assert len(rule.title) > 10
    assert len(rule.words) > len(rule.title)


@pytest.mark.parametrize("name", sorted(measures()))
def test_a_measure_has_words_a_formula_and_its_source(name: str):
    measure = measures()[name]
    for text in (measure.title, measure.words, measure.formula, measure.source):
        assert len(text) >= 10


@pytest.mark.parametrize("name", sorted(definitions()))
def test_a_definition_is_made_of_what_is_registered(name: str):
    for hub in ("huggingface", "ollama"):
        definition = define(name, hub)
        assert definition.scope in scopes()
        assert set(definition.clean) <= set(rules())
        assert definition.changed == ()
        assert len(definition.words) > len(definition.title) > 10


@pytest.mark.parametrize("name", commands.names())
def test_a_command_has_help_and_a_line_for_the_list(name: str):
    command = commands.load(name)
    assert command is not None
    assert command.name == name
    assert command.help
    assert command.get_short_help_str(100)


def test_the_commands_of_the_first_stage_are_there():
    assert {"ingest", "vintages", "sources", "measures", "definitions", "share", "top"} <= set(commands.names())


def test_an_id_registered_twice_is_refused(monkeypatch: pytest.MonkeyPatch):
    package = ModuleType("package")
    package.__path__ = []
    modules = {
        "package.a": SimpleNamespace(X=SimpleNamespace(id="one")),
        "package.b": SimpleNamespace(X=SimpleNamespace(id="one")),
    }
    found = [SimpleNamespace(name="a"), SimpleNamespace(name="b")]
    monkeypatch.setattr(discovery.pkgutil, "iter_modules", lambda path: found)
    monkeypatch.setattr(discovery.importlib, "import_module", modules.__getitem__)
    with pytest.raises(ValueError, match="registered twice"):
        discovery.registered(package, "X")

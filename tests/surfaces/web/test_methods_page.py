"""The page on methods is made from what is registered, so nothing that moves a figure is missing from it."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema
import pytest

import made_pages
from weighbridge import __version__
from weighbridge.definitions.named import definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.measures import measures
from weighbridge.quality import detectors
from weighbridge.records.definition import BOUNDS, CONTESTED, EVIDENCE
from weighbridge.store.flows import KINDS
from weighbridge.surfaces.python import open_observatory
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.pages import methods


@pytest.fixture(scope="module")
def page() -> made_pages.Reading:
    return made_pages.kept(made_pages.html(Shelf(open_observatory()), "methods"))


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_sections_are_valid_data():
    text = resources.files("weighbridge.surfaces.web").joinpath("data/methods.schema.json").read_text(encoding="utf-8")
    jsonschema.validate(methods.document(), json.loads(text))
    ids = [section["id"] for section in methods.sections()]
    assert len(ids) == len(set(ids))


def test_sections_name_measures_that_there_are_and_leave_out_none():
    named = {name for section in methods.sections() for name in section["measures"]}
    assert named == set(measures())


def test_all_that_is_registered_is_shown_once_by_some_section():
    assert {section.get("shows") for section in methods.sections()} - {None} == set(methods.SHOWS)


def test_every_kind_of_flow_is_explained():
    assert set(methods.document()["kinds"]) == set(KINDS)


@pytest.mark.parametrize("name", sorted(measures()))
def test_a_measure_has_its_words_formula_and_source(page: made_pages.Reading, name: str):
    measure = measures()[name]
    assert f"measure-{name}" in page.ids()
    for text in (measure.title, measure.formula, measure.source, *measure.words.split("\n\n")):
        assert words(text) in page.text


def test_rules_scopes_definitions_and_events_stand_in_their_words(page: made_pages.Reading):
    for rule in rules().values():
        assert f"{rule.id} v{rule.version}" in page.text
        assert words(rule.words) in page.text
    for found in definitions().values():
        assert words(str(found["words"])) in page.text
    for title in (*(s.title for s in scopes().values()), *(d.title for d in detectors().values())):
        assert words(title) in page.text


def test_grades_of_evidence_and_kinds_of_bounds_are_all_explained(page: made_pages.Reading):
    terms = [text for tag, text in page.texts if tag in ("dt", "span")]
    assert set(EVIDENCE) <= set(terms)
    assert {f"bounds {name}" for name in BOUNDS} | {f"contested {name}" for name in CONTESTED} <= set(terms)


def test_the_version_of_the_methods_names_all_that_moves_a_figure(page: made_pages.Reading):
    assert f"Weighbridge {__version__}; definitions " in page.text
    assert all(f"{name} v{found['version']}" in methods.version() for name, found in definitions().items())
    assert all(f"{rule.id} v{rule.version}" in methods.version() for rule in rules().values())

"""The page on data says whose every figure is, under which terms, where its files are and how to cite it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import made_pages
from weighbridge import __version__
from weighbridge.definitions.named import definitions
from weighbridge.sources import sources
from weighbridge.store.home import Store
from weighbridge.surfaces import citing
from weighbridge.surfaces.python import open_observatory
from weighbridge.surfaces.views import dataset
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Shelf

ROWS = [{"id": "google/one", "downloads": 900, "license": "mit", "created_at": "2024-01-01", "likes": 5}]


@pytest.fixture(scope="module")
def sample() -> Shelf:
    """What the bundled sample answers."""
    return Shelf(open_observatory())


@pytest.fixture(scope="module")
def page(sample: Shelf) -> made_pages.Reading:
    return made_pages.kept(made_pages.html(sample, "data"))


@pytest.fixture
def shelf(store: Store, read_hub: Callable[..., Any]) -> Shelf:
    """A store of one reading."""
    read_hub(ROWS)
    return Shelf(open_observatory(store.path))


@pytest.mark.parametrize("name", sorted(sources()))
def test_every_source_stands_with_its_producer_licence_and_terms(page: made_pages.Reading, name: str):
    told = sources()[name].descriptor
    assert f"source-{name}" in page.ids()
    for words in (told.title, told.producer, told.licence, told.terms, told.gives):
        assert " ".join(words.split()) in page.text


def test_every_reading_stands_with_its_digest_and_moment(shelf: Shelf, store: Store):
    page = made_pages.kept(made_pages.html(shelf, "data"))
    (held,) = store.vintages()
    assert held.id in page.text
    assert held.sha256 in {a.get("title") for a in page.all("code")}
    assert "11 Jul 2024" in page.text
    assert "1 reading of 1 source is held" in page.text


def test_what_can_be_answered_and_every_definition_stand_there(page: made_pages.Reading):
    assert "ollama" in page.text
    assert "stale" in page.text
    assert all(str(found["title"]) in page.text for found in definitions().values())


def test_the_files_of_the_figures_are_links(page: made_pages.Reading):
    endings = {a.get("data-ending") for a in page.all("a") if "download" in a}
    assert {"csv", "json", "metadata.json", "svg"} <= endings


def test_a_server_leads_to_its_interface_and_a_folder_says_that_it_has_none(page: made_pages.Reading, sample: Shelf):
    assert "../api/v1/" in {a.get("href") for a in page.all("a")}
    published = made_pages.kept(made_pages.html(sample, "data", published=True))
    assert not [a for a in published.all("a") if "api/" in str(a.get("href"))]
    assert "weighbridge serve" in published.text


def test_the_description_for_search_engines_is_data_with_every_licence(page: made_pages.Reading, sample: Shelf):
    (found,) = page.data("application/ld+json")
    assert isinstance(found, dict)
    assert found["@type"] == "Dataset"
    assert found["url"] == f"{made_pages.BASE}data/"
    assert found["version"] == __version__
    held = dataset.readings(sample)
    assert {part["license"]["name"] for part in found["isBasedOn"]} == {row["licence"] for row in held}
    assert all(file["contentUrl"].startswith(made_pages.BASE) for file in found["distribution"])
    assert {file["encodingFormat"] for file in found["distribution"]} >= {"text/csv", "application/json"}
    first, last = found["temporalCoverage"].split("/")
    assert first < last < sample.document(Asked())["window"]["to"]


def test_data_cannot_end_the_element_that_it_stands_in():
    hostile = {"name": f"</script>{made_pages.MARKUP}<!--&", "of": ["\u2028"]}
    text = dataset.as_json(hostile)
    assert not set("<>&") & set(text)
    assert json.loads(text) == hostile


@pytest.mark.parametrize("style", citing.STYLES)
def test_a_citation_of_all_names_version_vintages_and_moment(shelf: Shelf, store: Store, style: str):
    (held,) = store.vintages()
    text = dataset.cited(shelf, style, made_pages.BASE).replace("\\_", "_")
    assert held.id in text
    assert __version__ in text
    assert "2026-01-01" in text
    assert made_pages.BASE in text
    assert text in made_pages.kept(made_pages.html(shelf, "data")).text or style == "bibtex"


def test_a_citation_names_the_newest_of_many_vintages():
    text = citing.instrument("line", [f"v{n}" for n in range(20)], "2026-01-01T00:00:00Z")
    assert "v19" in text
    assert "v13" not in text
    assert "and 14 before them" in text


def test_an_address_that_is_not_public_is_not_cited(shelf: Shelf):
    assert "127.0.0.1" not in dataset.cited(shelf, "apa", "http://127.0.0.1:8000/")

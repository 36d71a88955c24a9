"""The page of the quality ledger explains every kind of event, also where nothing was found or can be known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import made_pages
from weighbridge.errors import UsageError
from weighbridge.quality import detectors
from weighbridge.store.home import Store
from weighbridge.surfaces.python import Observatory, open_observatory
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web import pages

ROW = {"license": "mit", "created_at": "2024-01-01", "likes": 5}
DANGLING = [
    {"id": "a/one", "downloads": 900, "base_model": "", **ROW},
    {"id": "b/two", "downloads": 90, "base_model": "./local/path", **ROW},
]


@pytest.fixture
def shelf(store: Store, read_hub: Callable[..., Any]) -> Shelf:
    """A hub with one model whose base is a path."""
    read_hub(DANGLING)
    return Shelf(open_observatory(store.path))


def ledger_of(shelf: Shelf, **more: Any) -> Shelf:
    """The same with other events in its first row."""
    document = shelf.observatory.quality()
    rows = [{**document["rows"][0], **more}]
    observatory = Observatory(shelf.observatory.backing)
    observatory.quality = lambda *a, **k: document | {"rows": rows}  # type: ignore[method-assign]
    return Shelf(observatory)


def test_an_event_says_what_where_when_and_how_much(shelf: Shelf):
    page = made_pages.kept(made_pages.html(shelf, "quality"))
    assert "b/two" in page.text
    assert "declares the base './local/path', which names no model" in page.text
    assert "11 Jul 2024" in page.text
    assert "9.1 %" in page.text
    assert "huggingface, a census; vintage hub-dump-" in page.text


def test_every_kind_of_event_is_explained_found_or_not(shelf: Shelf):
    page = made_pages.kept(made_pages.html(shelf, "quality"))
    for kind in detectors().values():
        assert " ".join(kind.words.split()) in page.text
    assert page.text.count("(none found)") == len(detectors()) - 1


def test_an_empty_ledger_says_what_was_looked_for(store: Store, read_hub: Callable[..., Any]):
    read_hub(DANGLING[:1])
    page = made_pages.kept(made_pages.html(Shelf(open_observatory(store.path)), "quality"))
    assert f"{len(detectors())} kinds of event were looked for" in page.text
    assert page.text.count("(none found)") == len(detectors())


def test_what_keeps_no_readings_says_so_and_what_would():
    page = made_pages.kept(made_pages.html(Shelf(open_observatory()), "quality"))
    assert "a cube file holds sums and no single readings" in page.text.lower()
    assert "weighbridge ingest" in page.text
    assert all(kind.title in page.text for kind in detectors().values())


def test_the_address_chooses_a_kind_of_event(shelf: Shelf):
    page = made_pages.kept(made_pages.html(shelf, "quality", (("event", "fall"),)))
    assert "b/two" not in page.text
    assert "None was found" in page.text


@pytest.mark.parametrize("given", [("event", "earthquake"), ("hub", "nowhere")])
def test_what_cannot_be_chosen_is_answered_with_what_can(shelf: Shelf, given: tuple[str, str]):
    with pytest.raises(UsageError) as caught:
        made_pages.html(shelf, "quality", (given,))
    assert "fall" in caught.value.hint or "huggingface" in caught.value.hint


def test_names_and_details_are_text(shelf: Shelf):
    name = f"evil/{made_pages.MARKUP}{made_pages.OVERRIDE}{made_pages.LONG}"
    text = made_pages.html(ledger_of(shelf, model=name, detail=f"bears {made_pages.MARKUP}"), "quality")
    page = made_pages.kept(text)
    assert made_pages.MARKUP not in text
    assert f"bears {made_pages.MARKUP}" in page.text
    assert "\u202e" not in text
    assert "bdi" in {tag for tag, _ in page.elements}


def test_a_model_without_a_page_is_a_name_alone(shelf: Shelf):
    page = made_pages.kept(made_pages.html(shelf, "quality", without=("b/two",)))
    assert "b/two" in page.text
    assert not [a for a in page.all("a") if "b/two" in str(a.get("href"))]


def test_a_published_folder_has_a_page_for_each_kind_that_was_found(shelf: Shelf):
    assert pages()["quality"].published(shelf) == [(None, ()), (None, (("event", "dangling-base"),))]

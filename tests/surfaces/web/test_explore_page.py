"""Explore shows any answer with all that it rests on, and keeps its form where there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import made_pages
from weighbridge import charts
from weighbridge.errors import UsageError, WeighbridgeError
from weighbridge.measures import measures
from weighbridge.surfaces.python import open_observatory
from weighbridge.surfaces.views.asked import Asked, options_of
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web import pages
from weighbridge.surfaces.web.page import Given, View
from weighbridge.surfaces.web.parts import grid
from weighbridge.surfaces.web.parts.ways import explored


@pytest.fixture(scope="module")
def sample() -> Shelf:
    """What the bundled sample answers."""
    return Shelf(open_observatory())


def page_of(shelf: Shelf, *given: tuple[str, str], **more: Any) -> made_pages.Reading:
    return made_pages.kept(made_pages.html(shelf, "explore", given, **more))


def reason(shelf: Shelf, asked: Asked) -> str:
    """Why a question has no answer; empty where it has one."""
    try:
        shelf.document(asked)
    except WeighbridgeError as error:
        return " ".join(error.message.split())
    return ""


def canonical(shelf: Shelf, *given: tuple[str, str]) -> Given:
    return pages()["explore"].make(View(shelf, made_pages.Addresses(), given)).canonical


@pytest.mark.parametrize("measure", list(measures()))
def test_every_measure_has_its_page_with_an_answer_or_the_reason_for_none(measure: str, sample: Shelf):
    page = page_of(sample, ("measure", measure))
    names = {attributes.get("name") for tag in ("input", "select") for attributes in page.all(tag)}
    assert set(options_of(measure)) <= names
    missing = reason(sample, Asked.of(measure))
    assert missing in page.text
    assert len(page.all("figure")) == (0 if missing else 1)


def test_a_figure_says_what_it_is_of_and_where_it_is_from(sample: Shelf):
    page = page_of(sample)
    for said in (
        "Definition house v1", "11 Jun 2024 to 10 Jul 2024", "Hugging Face", "a census", "Vintage hub-dump-", "As of",
        "Source: A listing of Hugging Face Hub models", "licence:", "of the weight registered", "between its bounds",
        "at least", "at most",
    ):  # fmt: skip
        assert said in page.text, said


def test_every_control_has_a_label_and_says_what_it_is_for(sample: Shelf):
    page = page_of(sample, ("measure", "size"))
    labelled = {attributes["for"] for attributes in page.all("label")}
    for tag in ("select", "input"):
        for attributes in page.all(tag):
            if attributes.get("type") != "hidden":
                assert attributes["id"] in labelled
                assert attributes.get("aria-describedby", "x") in {*page.ids(), "x"}


def test_the_address_leaves_defaults_out_and_orders_the_rest(sample: Shelf):
    asked = (
        ("was", "share"),
        ("hub", ""),
        ("definition", "house"),
        ("clean", ""),
        ("by", "family"),
        ("measure", "share"),
    )
    assert canonical(sample, *asked) == (("by", "family"),)
    assert canonical(sample, ("chart", "share-bars")) == ()
    assert canonical(sample, ("chart", "table"), ("by", "country")) == (("chart", "table"),)
    assert canonical(sample, ("measure", "matrix")) == (("measure", "matrix"),)


def test_a_form_made_for_one_measure_asks_another_without_what_that_one_has_not(sample: Shelf):
    asked = (("was", "share"), ("measure", "concentration"), ("by", "model"), ("definition", "raw"))
    assert canonical(sample, *asked) == (("measure", "concentration"), ("definition", "raw"))
    with pytest.raises(UsageError, match="has no option 'by'"):
        canonical(sample, *asked[1:])


def test_what_cannot_be_answered_is_said_within_the_page_and_the_form_stays(sample: Shelf):
    page = page_of(sample, ("over", "week"))
    assert [attributes for attributes in page.all("div") if attributes.get("role") == "alert"]
    assert page.all("figure") == []
    chosen = [attributes["value"] for attributes in page.all("option") if "selected" in attributes]
    assert "week" in chosen


def test_the_table_can_stand_in_place_of_the_picture(sample: Shelf):
    page = page_of(sample, ("chart", "table"))
    assert page.all("svg") == [a for a in page.all("svg") if "strip" in str(a["class"])]
    assert len(page.all("table")) == 1
    assert "data-spec" not in page.all("figure")[0]


def test_a_chart_that_does_not_show_the_answer_is_refused_with_those_that_do(sample: Shelf):
    page = page_of(sample, ("chart", "lineage-tree"))
    assert "there is no chart 'lineage-tree'" in page.text
    offered = [chart.id for chart in charts.fitting(sample.document(Asked()))]
    assert offered[0] in page.text


def test_a_changed_choice_is_marked_among_those_of_the_definition(sample: Shelf):
    page = page_of(sample, ("max-age", "365"))
    assert len(page.all("mark")) == 1
    assert "the first 365 days of each model" in page.text
    assert page_of(sample).all("mark") == []


def test_what_was_removed_stands_with_what_that_moved(sample: Shelf):
    page = page_of(sample)
    assert "MIT/ast-finetuned-audioset-10-10-0.4593" in page.text
    assert "moved US -19.01 points" in page.text


def test_published_views_can_all_be_answered_and_are_listed_for_the_script(sample: Shelf):
    given = grid.given(sample)
    assert () in given
    assert 40 <= len(given) <= 120
    assert len(given) == len(set(given))
    page = page_of(sample, published=True)
    (views,) = page.data("application/json")
    assert isinstance(views, dict)
    assert len(views) == len(given)
    assert views[""] == "../explore/"
    for pairs in given:
        assert canonical(sample, *pairs) == pairs


def test_in_a_published_folder_what_no_page_answers_is_closed_with_a_reason(sample: Shelf):
    class Folder(made_pages.Addresses):
        def page(self, page: str, given: Given = ()) -> str | None:
            return super().page(page, given) if page != "explore" or given in grid.given(sample) else None

    made = pages()["explore"].make(View(sample, Folder(), (), None, True))
    page = made_pages.Reading(f"<div>{made.body and ''.join(map(str, made.body))}</div>")  # type: ignore[arg-type]
    closed = {a["name"] for tag in ("input", "select") for a in page.all(tag) if "disabled" in a}
    assert {"from", "to", "trailing", "max-age", "top"} <= closed
    assert "by" not in closed
    assert "weighbridge serve" in page.text


def test_hostile_names_are_text(sample: Shelf, monkeypatch: pytest.MonkeyPatch):
    told = sample.told(Asked.of("share", [("by", "model")]))
    names = [made_pages.MARKUP, f"google/{made_pages.OVERRIDE}", made_pages.LONG, '"><img src=x onerror=alert(1)>']
    rows = [dict(row) | {"group": name} for row, name in zip(told.document["rows"], names, strict=False)]
    hostile = dict(told.document) | {"rows": rows, "notes": names}
    monkeypatch.setattr(Shelf, "told", lambda self, asked: replace(told, document=hostile))
    for chart in ("", "table"):
        text = made_pages.html(sample, "explore", (("by", "model"), ("chart", chart)))
        page = made_pages.kept(text)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "\u202e" not in text
        assert page.text.count(made_pages.LONG) >= 1
        assert len(page.all("bdi")) >= len(names)


def test_the_page_of_an_answer_leads_to_itself(sample: Shelf):
    asked = Asked.of("share", [("by", "family"), ("definition", "raw")])
    assert explored(asked) == asked.options
    text = made_pages.html(sample, "explore", asked.options)
    assert f'<link rel="canonical" href="{made_pages.BASE}explore/?by=family&amp;definition=raw">' in text

"""Definitions and Compare set answers side by side: all definitions of the matrix, up to six groups; Search finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

import made_pages
from weighbridge.charts.text import percent
from weighbridge.definitions.named import definitions
from weighbridge.definitions.scopes import scopes
from weighbridge.errors import UsageError
from weighbridge.store.home import Store
from weighbridge.surfaces.python import open_observatory
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web import pages
from weighbridge.surfaces.web.parts.heat import under


@pytest.fixture(scope="module")
def sample() -> Shelf:
    """What the bundled sample answers."""
    return Shelf(open_observatory())


@pytest.fixture(scope="module")
def matrix(sample: Shelf) -> made_pages.Reading:
    return made_pages.kept(made_pages.html(sample, "definitions"))


def page_of(shelf: Shelf, page: str, *given: tuple[str, str]) -> made_pages.Reading:
    return made_pages.kept(made_pages.html(shelf, page, given))


def test_a_citation_on_a_page_says_the_days_in_words_and_where_the_answer_stands(sample: Shelf):
    page = page_of(sample, "compare")
    told = " ".join(text for _, text in page.texts)
    assert "Hugging Face, by country, 11 Jun 2024 to 10 Jul 2024 (Version" in told
    assert f"{made_pages.BASE}explore/?measure=compare" in told
    assert "url = {" in told


def test_every_definition_of_the_matrix_has_its_cell_with_who_leads(matrix: made_pages.Reading, sample: Shelf):
    document = sample.document(Asked.of("matrix"))
    cells = [attributes for attributes in matrix.all("td") if "data-row" in attributes]
    places = {(attributes["data-row"], attributes["data-col"]) for attributes in cells}
    assert len(places) == len(cells) == len(document["rows"])
    told = [attributes for attributes in matrix.all("a") if "leads, " in str(attributes.get("title"))]
    assert len(told) == len(document["rows"])
    sure = sum(row["outside_bounds"] for row in document["rows"])
    assert sum("leads, outside the bounds" in str(attributes["title"]) for attributes in told) == sure
    assert matrix.text.count("United States leads, ") == len(told)


def test_each_cell_leads_to_the_answer_under_its_definition(matrix: made_pages.Reading, sample: Shelf):
    document = sample.document(Asked.of("matrix"))
    links = {str(attributes.get("href")) for attributes in matrix.all("a")}
    for row in document["rows"][::11]:
        asked = under(document, row)
        assert f"../explore/{'?' if asked.query else ''}{asked.query}" in links
        found = {line["group"]: line["value"] for line in sample.document(asked)["rows"]}
        assert found["US"] == pytest.approx(row["values"]["US"])


def test_cells_without_a_page_of_their_own_lead_to_their_figures_and_command(sample: Shelf):
    text = made_pages.html(sample, "definitions", published=True, without=("explore",))
    page, document = made_pages.kept(text), sample.document(Asked.of("matrix"))
    links = [
        str(attributes["href"]) for attributes in page.all("a") if str(attributes.get("href")).startswith("#cell-")
    ]
    assert len(set(links)) == len(document["rows"])
    for row in document["rows"][::11]:
        assert under(document, row).command in page.text
        assert percent(row["values"]["CN"]) in " ".join(told for _, told in page.texts)


def test_heads_of_the_heat_map_stand_over_and_beside_all_its_cells(matrix: made_pages.Reading, sample: Shelf):
    rows = sample.document(Asked.of("matrix"))["rows"]
    lines = {(row["scope"], row["clean"], row["register"], row["contested"]) for row in rows}
    heads = [attributes for attributes in matrix.all("th") if attributes.get("scope") == "rowgroup"]
    assert sum(int(str(attributes.get("rowspan", 1))) for attributes in heads) >= len(lines)
    assert {"row", "rowgroup", "col", "colgroup"} <= {str(attributes.get("scope")) for attributes in matrix.all("th")}


def test_all_named_definitions_and_scopes_are_explained(matrix: made_pages.Reading):
    for name, found in definitions().items():
        assert name in matrix.text
        assert " ".join(str(found["words"]).split()) in matrix.text
    assert all(scope.title in matrix.text for scope in scopes().values())


def test_another_pair_is_compared_where_the_address_says_so(sample: Shelf):
    page = page_of(sample, "definitions", ("groups", "FR,DE"))
    document = sample.document(Asked.of("matrix", [("groups", "FR,DE")]))
    assert set(document["leaders"]) == {"FR", "DE"}
    for group, name in (("FR", "France"), ("DE", "Germany")):
        assert f"{name} leads in {document['leaders'][group]}" in page.text


def test_a_pair_that_is_not_there_is_said_within_the_page(sample: Shelf):
    page = page_of(sample, "definitions", ("groups", "Atlantis,US"))
    assert "Atlantis" in page.text
    assert [attributes for attributes in page.all("form") if attributes.get("method") == "get"]


def test_each_compared_group_has_share_and_bounds_under_each_named_definition(sample: Shelf):
    page = page_of(sample, "compare", ("groups", "US,CN,FR"))
    document = sample.document(Asked.of("compare", [("groups", "US,CN,FR")]))
    assert {row["definition"] for row in document["rows"]} == set(definitions())
    for row in document["rows"]:
        assert percent(row["value"]) in " ".join(text for _, text in page.texts)
        assert f"{percent(row['lo'])} to {percent(row['hi'])}" in " ".join(text for _, text in page.texts)


def test_ranks_say_who_is_first_among_those_compared(sample: Shelf):
    document = sample.document(Asked.of("compare", [("groups", "CN,US")]))
    page = page_of(sample, "compare", ("groups", "CN,US"))
    assert page.text.count("no. 1") == page.text.count("no. 2") == len(document["rows"]) // 2


def test_more_than_six_groups_are_refused_within_the_page(sample: Shelf):
    page = page_of(sample, "compare", ("groups", "US,CN,FR,DE,GB,CA,JP"))
    assert "7 groups are given" in page.text
    assert "give at most 6" in page.text
    assert page.all("figure") == []


@pytest.mark.parametrize("by", ["country", "organisation", "family", "model"])
def test_groups_of_each_kind_are_compared_and_lead_to_their_pages(by: str, store: Store, read_hub: Callable[..., Any]):
    read_hub([
        {"id": "google/gemma-2b", "downloads": 5000, "likes": 90, "created_at": "2024-02-01"},
        {"id": "Qwen/Qwen2-7B", "downloads": 2500, "likes": 80, "created_at": "2024-06-01"},
    ])  # fmt: skip
    page = page_of(Shelf(open_observatory(store.path)), "compare", ("by", by))
    links = [str(attributes.get("href")) for attributes in page.all("a")]
    assert any(f"../{by}/" in link for link in links) == (by != "country")
    assert page.all("figure")


def test_search_finds_models_organisations_and_families_as_links(sample: Shelf):
    page = page_of(sample, "search", ("q", "qwen"))
    links = [str(attributes.get("href")) for attributes in page.all("a")]
    assert any("/family/" in link for link in links)
    assert any("/organisation/" in link for link in links)
    assert any("/model/" in link for link in links)
    only = page_of(sample, "search", ("q", "qwen"), ("kind", "model"))
    assert not [link for link in map(str, (a.get("href") for a in only.all("a"))) if "/family/" in link]


def test_a_search_for_markup_finds_nothing_and_shows_it_as_text(sample: Shelf):
    text = made_pages.html(sample, "search", (("q", made_pages.MARKUP),))
    assert "<script>alert" not in text
    assert "Nothing is called so" in made_pages.kept(text).text


def test_a_search_without_a_text_says_what_to_write(sample: Shelf):
    assert "Write a part of a name" in page_of(sample, "search").text
    with pytest.raises(UsageError, match="there is no kind"):
        page_of(sample, "search", ("q", "x"), ("kind", "country"))
    with pytest.raises(UsageError, match="characters"):
        page_of(sample, "search", ("q", "x" * 500))


@pytest.mark.parametrize("page", ["definitions", "compare"])
def test_a_published_page_that_compares_lists_the_pages_that_answer_other_options(sample: Shelf, page: str):
    (views,) = made_pages.kept(made_pages.html(sample, page, published=True)).data("application/json")
    offered = [given for _, given in pages()[page].published(sample)]
    assert views == {urlencode(given): f"../{page}/{'?' if given else ''}{urlencode(given)}" for given in offered}
    assert {"", "by=organisation"} <= set(views)
    assert not made_pages.kept(made_pages.html(sample, page)).data("application/json"), "a server reads the query"

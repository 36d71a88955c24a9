"""Pages of a model, an organisation and a family: facts with their evidence, shares with bounds, lineage, and names as
text; and the ranked lists that lead to them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

import made_pages
from weighbridge.definitions.named import definitions
from weighbridge.errors import DataMissing, UsageError
from weighbridge.store.home import Store
from weighbridge.surfaces.python import open_observatory
from weighbridge.surfaces.views import profiles
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web import pages
from weighbridge.surfaces.web.parts.drawn import drawn

KINDS = ("model", "organisation", "family")
SUBJECTS = {"model": "Qwen/Qwen2-7B", "organisation": "Alibaba", "family": "Qwen"}
HEADS = ("id", "downloads", "likes", "created_at", "pipeline_tag", "license", "base_model")
HUB = [
    ("google/gemma-2b", 5000, 90, "2024-02-01", "text-generation", "gemma", ""),
    ("Qwen/Qwen2-7B", 2500, 80, "2024-06-01", "text-generation", "apache-2.0", ""),
    ("Qwen/Qwen2-7B-GGUF", 700, 8, "2024-06-02", "text-generation", "apache-2.0", "Qwen/Qwen2-7B"),
    ("nobody-looked-here/my-tune", 333, 3, "2024-06-09", "text-generation", "mit", "Qwen/Qwen2-7B"),
]


@pytest.fixture
def shelf(store: Store, read_hub: Callable[..., Any]) -> Shelf:
    """A hub of four models; one of them descends from Alibaba's in an account that nobody has looked at."""
    read_hub([dict(zip(HEADS, row, strict=True)) for row in HUB])
    return Shelf(open_observatory(store.path))


@pytest.fixture(scope="module")
def sample() -> Shelf:
    """What the bundled sample answers."""
    return Shelf(open_observatory())


def page_of(shelf: Shelf, kind: str, **more: Any) -> made_pages.Reading:
    return made_pages.kept(made_pages.html(shelf, kind, subject=SUBJECTS[kind], **more))


def changed(monkeypatch: pytest.MonkeyPatch, shelf: Shelf, kind: str, change: Callable[[Any], Any]) -> str:
    """The page of a document in which every text was changed, but for what is no free text."""
    document = copy.deepcopy(dict(profiles.profile(shelf, kind, SUBJECTS[kind])))
    for name in ("definitions", "coverage", "window", "definition", "as_of", "subject", "created", "sources"):
        document[f"kept {name}"] = document.pop(name, None)
    document = {name: part if name.startswith("kept ") else change(part) for name, part in document.items()}
    for name in [name for name in document if name.startswith("kept ")]:
        document[name.removeprefix("kept ")] = document.pop(name)
    monkeypatch.setitem(profiles.KINDS, kind, lambda *_: document)  # type: ignore[arg-type]
    return made_pages.html(shelf, kind, subject="changed")


def with_markup(value: Any) -> Any:
    """The same with markup and a direction character in each text."""
    if isinstance(value, str):
        return f"{made_pages.MARKUP}{made_pages.OVERRIDE}{value}{made_pages.LONG}"
    if isinstance(value, list):
        return [with_markup(part) for part in value]
    if isinstance(value, dict):
        return {key: with_markup(part) for key, part in value.items()}
    return value


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_says_its_share_with_bounds_rank_definition_window_and_moment(shelf: Shelf, kind: str):
    text = page_of(shelf, kind).text
    assert "number 2 of" in text or "number 1 of" in text
    assert "Definition house v1" in text
    assert "11 Jun 2024 to 10 Jul 2024" in text
    assert "As of " in text
    assert "Vintage hub-dump-" in text
    assert "whoever listed the Hub" in text or "licence" in text


@pytest.mark.parametrize("kind", ["organisation", "family"])
def test_the_share_stands_under_every_named_definition(shelf: Shelf, kind: str):
    page = page_of(shelf, kind)
    shown = [text for tag, text in page.texts if tag == "code"]
    assert set(definitions()) <= set(shown)


def test_an_organisation_says_who_it_is_by_which_evidence(shelf: Shelf):
    page = page_of(shelf, "organisation")
    assert "China" in page.text
    assert any("badge" in str(a.get("class")) for a in page.all("span"))
    assert "../../model/Qwen/Qwen2-7B/" in {a.get("href") for a in page.all("a")}


def test_a_model_says_whose_it_is_why_and_what_came_of_it(shelf: Shelf):
    page = page_of(shelf, "model")
    hrefs = {str(a.get("href")) for a in page.all("a")}
    assert {"../../../organisation/Alibaba/", "../../../family/Qwen/"} <= hrefs
    assert "nobody-looked-here/my-tune" in page.text
    assert "base of 2 models" in page.text
    assert "It declares no base." in page.text
    assert "apache-2.0" in page.text


def test_a_copy_names_its_parent_and_its_root(shelf: Shelf):
    page = made_pages.kept(made_pages.html(shelf, "model", subject="Qwen/Qwen2-7B-GGUF"))
    assert "Descends in the end from" in page.text
    assert "quantized" in page.text


def test_lineage_is_drawn_for_each_width_and_theme_and_listed_with_links(shelf: Shelf):
    page = page_of(shelf, "model")
    pictures = {str(a.get("class")) for a in page.all("div") if "drawn" in str(a.get("class"))}
    assert pictures == {f"drawn {width} {theme}" for width in ("wide", "narrow") for theme in ("light", "dark")}
    assert "../../../model/Qwen/Qwen2-7B-GGUF/" in {a.get("href") for a in page.all("a")}


def test_what_no_chart_shows_is_not_drawn():
    assert drawn(None, "nothing") is None
    assert drawn({"measure": "lineage", "rows": []}, "nothing") is None


@pytest.mark.parametrize("kind", KINDS)
def test_two_readings_are_drawn_as_a_series_with_bounds_for_each_width(
    store: Store, read_hub: Callable[..., Any], kind: str
):
    for at in ("2024-07-01", "2024-08-01"):
        read_hub([dict(zip(HEADS, row, strict=True)) for row in HUB], at=at)
    shelf = Shelf(open_observatory(store.path))
    document = profiles.profile(shelf, kind, SUBJECTS[kind])
    series = profiles.series(document)
    assert series is not None
    assert [period["period"] for period in series["periods"]] == ["2024-06", "2024-07"]
    assert all(row["lo"] <= row["value"] <= row["hi"] for row in series["rows"])
    assert len(series["vintages"]) == 2 != len(document["vintages"])
    page = made_pages.html(shelf, kind, subject=SUBJECTS[kind])
    drawn_series = page[page.index('id="figure-series"') :]
    for width in ("wide", "narrow"):
        assert f"drawn {width} light" in drawn_series[: drawn_series.index("</figure>")]
    made_pages.kept(page)


def test_no_file_is_offered_of_a_picture_that_has_no_address(shelf: Shelf):
    page = made_pages.html(shelf, "model", subject="Qwen/Qwen2-7B-GGUF")
    lineage = page[page.index('id="figure-lineage"') :]
    assert "Qwen/Qwen2-7B-GGUF is built on Qwen/Qwen2-7B" in lineage
    figure = lineage[: lineage.index("</figure>")]
    assert "<a " not in figure
    assert "data-spec" not in figure
    assert "charts/lineage" not in page


@pytest.mark.parametrize("kind", ["organisation", "family"])
def test_a_subject_says_its_share_on_other_hubs_and_leads_there(sample: Shelf, kind: str):
    name = {"organisation": "Meta", "family": "Llama"}[kind]
    plain, there = (made_pages.kept(made_pages.html(sample, kind, given, name)) for given in ((), (("hub", "ollama"),)))
    links, links_there = ([str(a.get("href")) for a in page.all("a")] for page in (plain, there))
    assert f"../../{kind}/{name}/?hub=ollama" in links
    assert "of all pulls" in plain.text
    assert f"../../{kind}/{name}/?hub=huggingface" in links_there
    assert any(link.startswith("../../model/") for link in links_there)
    assert all(link.endswith("?hub=ollama") for link in links_there if link.startswith("../../model/"))
    published = made_pages.kept(made_pages.html(sample, kind, subject=name, published=True))
    assert not [a for a in published.all("a") if "hub=" in str(a.get("href"))]
    assert "of all pulls" in published.text


def test_a_family_says_its_developer_and_who_publishes_it(shelf: Shelf):
    page = page_of(shelf, "family")
    assert "Alibaba" in page.text
    assert "Publishers of its models" in page.text


@pytest.mark.parametrize("kind", KINDS)
def test_one_reading_makes_no_series_and_the_page_says_why(shelf: Shelf, kind: str):
    page = page_of(shelf, kind)
    assert "what is held answers one period" in page.text.lower()


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_no_page_is_a_name_alone(shelf: Shelf, kind: str):
    without = ("Qwen/Qwen2-7B", "Qwen/Qwen2-7B-GGUF", "Alibaba", "Qwen", "nobody-looked-here/my-tune")
    page = page_of(shelf, kind, without=without)
    assert not [a for a in page.all("a") if "wen" in str(a.get("href")) or "libaba" in str(a.get("href"))]


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_a_profile_becomes_markup(monkeypatch: pytest.MonkeyPatch, shelf: Shelf, kind: str):
    text = changed(monkeypatch, shelf, kind, with_markup)
    page = made_pages.kept(text)
    assert made_pages.MARKUP not in text
    assert made_pages.MARKUP in page.text
    assert "\u202e" not in text
    assert "bdi" in {tag for tag, _ in page.elements}


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_is_not_held_is_missing_and_not_an_empty_page(shelf: Shelf, kind: str):
    with pytest.raises(DataMissing):
        made_pages.html(shelf, kind, subject="no-such/thing-at-all")


@pytest.mark.parametrize(("kind", "name"), [("organisation", "Google"), ("family", "BERT")])
def test_a_cube_file_says_what_it_cannot_tell(sample: Shelf, kind: str, name: str):
    page = made_pages.kept(made_pages.html(sample, kind, subject=name))
    assert "What cannot be told here" in page.text
    assert "a cube file" in page.text.lower()


def test_the_model_of_a_cube_file_has_no_lineage_and_says_so(sample: Shelf):
    page = made_pages.kept(made_pages.html(sample, "model", subject="google-bert/bert-base-uncased"))
    assert "lineage" in page.text
    assert "a cube file" in page.text.lower()


@pytest.mark.parametrize("kind", KINDS)
def test_the_list_ranks_and_leads_to_the_pages(sample: Shelf, kind: str):
    page = made_pages.kept(made_pages.html(sample, kind))
    links = [a for a in page.all("a") if str(a.get("href")).startswith(f"../{kind}/")]
    assert len(links) >= 50
    assert "Definition house v1" in page.text
    rows = [a for a in page.all("th") if a.get("scope") == "row"]
    assert len(rows) <= 110


@pytest.mark.parametrize(("kind", "most"), [("organisation", 150), ("family", 100), ("model", 300)])
def test_published_are_the_list_and_the_heaviest_that_are_somebody(sample: Shelf, kind: str, most: int):
    found = pages()[kind].published(sample)
    assert found[0] == (None, ())
    names = [name for name, _ in found[1:]]
    assert len(names) == len(set(names))
    assert 50 <= len(names) <= most or kind == "organisation"
    assert not {"(individuals)", "(none)", "(several)", "(other)", "unregistered", "unknown"} & set(names)
    for name in names[:3]:
        assert name is not None
        made_pages.kept(made_pages.html(sample, kind, subject=name, published=True))


def test_a_profile_is_made_once(shelf: Shelf):
    assert profiles.profile(shelf, "family", "Qwen") is profiles.profile(shelf, "family", "Qwen")
    with pytest.raises(UsageError, match="no kind of subject"):
        profiles.profile(shelf, "country", "CN")


def test_the_hub_can_be_chosen_and_stays_in_the_address(sample: Shelf):
    view = made_pages.View(sample, made_pages.Addresses(2), (("hub", "ollama"), ("strange", "x")), "Meta")
    made = pages()["organisation"].make(view)
    assert made.canonical == (("hub", "ollama"),)
    assert "pulls" in made.summary

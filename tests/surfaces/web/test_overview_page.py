"""The overview answers its question, says under which definitions that holds, and what carries and what is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import made_pages
from weighbridge.charts.text import percent, points
from weighbridge.store.home import Store
from weighbridge.surfaces.python import open_observatory
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Shelf

HUB = [
    {"id": "google/gemma-2b", "downloads": 5000, "likes": 90, "created_at": "2024-02-01"},
    {"id": "Qwen/Qwen2-7B", "downloads": 2500, "likes": 80, "created_at": "2024-06-01"},
    {"id": "nobody-looked-here/my-tune", "downloads": 300, "likes": 3, "created_at": "2024-06-09"},
]


@pytest.fixture(scope="module")
def sample() -> Shelf:
    """What the bundled sample answers."""
    return Shelf(open_observatory())


@pytest.fixture(scope="module")
def page(sample: Shelf) -> made_pages.Reading:
    return made_pages.kept(made_pages.html(sample, "overview"))


def test_the_question_is_answered_with_a_share_and_its_bounds_in_a_window(page: made_pages.Reading, sample: Shelf):
    rows = sample.document(Asked())["rows"]
    first = rows[0]
    assert "Whose open models does the world take?" in page.text
    assert "From 2024-06-11 to 2024-07-11, models from United States took" in page.text
    text = page.text.replace("\N{NO-BREAK SPACE}", " ")
    for part in (first["value"], first["lo"], first["hi"]):
        assert percent(part).replace("\N{NO-BREAK SPACE}", " ") in text


def test_the_unregistered_are_spoken_of_before_the_first_chart(sample: Shelf):
    before, _, _ = made_pages.html(sample, "overview").partition("<svg")
    assert "unregistered: nobody has looked" in before


def test_the_answer_is_beside_its_range_over_all_definitions(page: made_pages.Reading, sample: Shelf):
    document = sample.document(Asked.of("matrix"))
    sure = sum(row["outside_bounds"] for row in document["rows"])
    assert document["leaders"] == {"US": len(document["rows"])}
    assert f"under all {len(document['rows'])} defensible definitions, and under {sure} of them outside" in page.text
    for end in ("least", "most"):
        assert points(abs(document["summary"][end])).removeprefix("+") in page.text
    assert "how old the models may be" in page.text


def test_what_carries_the_lead_is_named_with_how_few_turn_it(page: made_pages.Reading, sample: Shelf):
    document = sample.document(Asked.of("influence"))
    few = {kind: count for kind, count in document["breakdown"].items() if count}
    assert few
    assert all(f"{count:,} {kind}" in page.text for kind, count in few.items())
    ahead = [row for row in document["models"] if row["group"] == document["leader"]]
    assert all(row["model"] in page.text for row in ahead[:3])


def test_the_first_picture_is_part_of_the_page_and_the_others_come_when_they_are_near(page: made_pages.Reading):
    inside = [attributes for attributes in page.all("div") if "drawn" in str(attributes.get("class"))]
    assert sorted(str(attributes["class"]) for attributes in inside) == [
        "drawn narrow dark", "drawn narrow light", "drawn wide dark", "drawn wide light",
    ]  # fmt: skip
    assert len(page.all("img")) == 2
    assert all(picture["loading"] == "lazy" and picture["alt"] and picture["width"] for picture in page.all("img"))


def test_a_single_reading_says_that_nothing_can_be_compared(page: made_pages.Reading):
    assert "Nothing can be said: a cube file holds one reading" in page.text


def test_two_readings_say_what_moved_and_which_models_came(store: Store, read_hub: Callable[..., Any]):
    read_hub(HUB, at="2024-06-11")
    more = {"id": "Qwen/Qwen2-72B", "downloads": 9000, "likes": 70, "created_at": "2024-06-20"}
    read_hub([*HUB, more], at="2024-07-11")
    page = made_pages.kept(made_pages.html(Shelf(open_observatory(store.path)), "overview"))
    assert "1 model appeared" in page.text
    assert "Qwen/Qwen2-72B" in page.text
    assert "By country, in points" in page.text


def test_a_hub_with_one_country_still_has_an_overview(store: Store, read_hub: Callable[..., Any]):
    read_hub(HUB[:1])
    page = made_pages.kept(made_pages.html(Shelf(open_observatory(store.path)), "overview"))
    assert "models from United States took" in page.text


def test_a_hub_of_which_nobody_is_registered_names_no_leader(store: Store, read_hub: Callable[..., Any]):
    read_hub(HUB[2:])
    page = made_pages.kept(made_pages.html(Shelf(open_observatory(store.path)), "overview"))
    assert "Nobody is known to have downloads" in page.text


def test_simulated_readings_are_called_so_over_everything(sample: Shelf, monkeypatch: pytest.MonkeyPatch):
    simulated = dict(sample.document(Asked())) | {"simulated": True}
    true = Shelf.document
    monkeypatch.setattr(Shelf, "document", lambda self, asked: simulated if asked == Asked() else true(self, asked))
    text = made_pages.html(sample, "overview")
    assert text.index("SIMULATED DATA") < text.index("<svg")

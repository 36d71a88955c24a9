"""The overview answers its question, says under which definitions that holds, and what carries and what is unknown."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import made_pages
import making
from weighbridge.charts.text import percent, points
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest
from weighbridge.surfaces.python import open_observatory
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.parts import effects, headline

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
    assert "From 11 Jun 2024 to 10 Jul 2024, models from the United States had" in page.text
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
    assert "models from the United States had 100" in page.text
    assert "more than any other could have" in page.text


def test_a_hub_of_which_nobody_is_registered_names_no_leader(store: Store, read_hub: Callable[..., Any]):
    read_hub(HUB[2:])
    page = made_pages.kept(made_pages.html(Shelf(open_observatory(store.path)), "overview"))
    assert "nobody is known to have downloads on Hugging Face. " in page.text
    assert "Of all that, 100 % is unregistered" in page.text
    assert "Of the rest" not in page.text


def test_one_country_beside_much_that_nobody_looked_at_is_not_more_than_any_other_could_have(
    store: Store, read_hub: Callable[..., Any]
):
    read_hub([HUB[0], HUB[2] | {"downloads": 20_000}])
    page = made_pages.kept(made_pages.html(Shelf(open_observatory(store.path)), "overview"))
    assert "models from the United States had 20" in page.text
    assert "which another could exceed" in page.text
    assert "more than any other could have" not in page.text


def test_a_hub_without_a_download_has_an_overview(store: Store, read_hub: Callable[..., Any]):
    read_hub([row | {"downloads": 0} for row in HUB])
    page = made_pages.kept(made_pages.html(Shelf(open_observatory(store.path)), "overview"))
    assert "No share of downloads can be given: nothing was downloaded" in page.text
    assert "Hugging Face: A listing of Hugging Face Hub models" in page.text


def test_which_reading_answers_is_said_before_the_first_chart_and_at_the_foot(sample: Shelf):
    note = sample.observatory.notes[0]
    first = made_pages.html(sample, "overview").partition("<figure")[0]
    assert note in unescape(first)
    assert note in made_pages.kept(made_pages.html(sample, "methods")).text


def test_a_store_of_ones_own_is_no_sample(store: Store, read_hub: Callable[..., Any]):
    read_hub(HUB)
    assert "sample" not in made_pages.html(Shelf(open_observatory(store.path)), "overview")


def test_what_a_rule_left_out_is_said_with_the_share_it_would_give(page: made_pages.Reading, sample: Shelf):
    (removal,) = [one for one in sample.document(Asked())["removed"] if one["downloads"]]
    raw = sample.document(Asked.of("share", [("clean", "none")]))["rows"][0]
    assert f"Left out by the rule {removal['rule']}: {removal['examples'][0]}, 681" in page.text
    assert f"with it the United States would have {percent(raw['value'])}." in page.text.replace(
        " %", "\N{NO-BREAK SPACE}%"
    )


def test_the_range_with_disputes_and_persons_is_said_before_the_first_chart(sample: Shelf):
    before, _, _ = made_pages.html(sample, "overview").partition("<svg")
    assert "With both: US 39.7% to 85.0%" in before


def test_a_newer_reading_of_another_hub_is_named_with_its_answer_and_the_way_there(page: made_pages.Reading):
    assert "A newer reading is held of Ollama (21 Jun 2026). From 22 May 2026 to 20 Jun 2026, models" in page.text
    assert any(str(link.get("href")).endswith("explore/?hub=ollama") for link in page.all("a"))


def test_why_these_two_are_compared_is_said(page: made_pages.Reading):
    assert "China and the United States are set against each other: the pair that the published figures" in page.text


def test_where_only_a_router_is_held_the_overview_says_so_and_leads_to_usage(store: Store, tmp_path: Path):
    file = tmp_path / "rankings.json"
    rows = [{"date": f"2026-08-{day}", "model_permaslug": name, "total_tokens": "5"}
            for day in (20, 21) for name in ("a/x", "other")]  # fmt: skip
    meta = {"as_of": "2026-08-22T12:00:00Z", "start_date": "2026-08-20", "end_date": "2026-08-21", "version": "v1"}
    file.write_text(json.dumps({"data": rows, "meta": meta}))
    ingest(store, source("openrouter-rankings"), file, at=None, known=making.moment("2026-08-22"))
    page = made_pages.kept(made_pages.html(Shelf(open_observatory(store.path)), "overview"))
    assert "No share of downloads can be given" in page.text
    assert "OpenRouter: " in page.text
    assert any("measure=usage" in str(link.get("href")) for link in page.all("a"))


def test_a_chosen_set_of_models_is_not_called_the_hub(sample: Shelf):
    document = dict(sample.document(Asked())) | {"population": "selection"}
    assert "49\N{NO-BREAK SPACE}% of downloads of a chosen set of models on Hugging Face" in headline.answer(document)


def test_pulls_are_called_pulls_where_only_they_are_held(sample: Shelf):
    document = sample.document(Asked.of("share", [("hub", "ollama")]))
    assert "of pulls on Ollama (at least" in headline.answer(document)
    assert headline.left_out(document) == ""


ROWS = [{"outside_bounds": sure, "leader": "US"} for sure in (True, True, False)]


def matrix(rows: list[dict[str, Any]], least: float, most: float, groups: tuple[str, ...] = ("US", "CN")) -> Any:
    """A made-up matrix of definitions."""
    leaders = {row["leader"]: sum(one["leader"] == row["leader"] for one in rows) for row in rows}
    summary = {"least": least, "most": most}
    return {"by": "country", "measure": "matrix", "rows": rows, "groups": groups, "leaders": leaders,
            "summary": summary}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "words", "never"),
    [
        (ROWS[2:] * 3, "but never outside the bounds: an answer to what is unknown could turn it", "no answer"),
        (ROWS, "under 2 of them outside the bounds: there no answer to what is unknown could turn it; under the other "
               "1 one could", "never"),
        (ROWS[:2], "always outside the bounds: no answer to what is unknown could turn it", "never"),
    ],
)  # fmt: skip
def test_a_verdict_says_in_how_many_definitions_what_is_unknown_could_turn_it(rows: Any, words: str, never: str):
    told = effects.verdict(matrix(rows, 0.1, 0.2))
    assert told.startswith(f"The United States is ahead of China under all {len(rows)} defensible definitions")
    assert words in told
    assert never not in told


def test_a_tie_under_every_definition_is_called_one():
    document = matrix([{"outside_bounds": False, "leader": "(tie)"}] * 3, 0.0, 0.0)
    assert effects.verdict(document) == (
        "The United States and China have the same under all 3 defensible definitions."
    )
    assert effects.reach(document) == "The United States and China have the same share."


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (1.0, 1.0, "The United States is ahead of China by 100 points."),
        (-0.2, -0.2, "China is ahead of the United States by 20 points."),
        (0.0, 0.3, "The United States is ahead of China by up to 30 points."),
        (-0.3, -0.1, "China is ahead of the United States by 10 to 30 points."),
    ],
)
def test_a_difference_is_a_span_only_where_it_has_two_ends(least: float, most: float, words: str):
    assert effects.reach(matrix(ROWS, least, most)) == words


def test_simulated_readings_are_called_so_over_everything(sample: Shelf, monkeypatch: pytest.MonkeyPatch):
    simulated = dict(sample.document(Asked())) | {"simulated": True}
    true = Shelf.document
    monkeypatch.setattr(Shelf, "document", lambda self, asked: simulated if asked == Asked() else true(self, asked))
    text = made_pages.html(sample, "overview")
    assert text.index("SIMULATED DATA") < text.index("<svg")


def test_the_window_is_told_as_files_have_it_too(sample: Shelf):
    window = sample.document(Asked())["window"]
    text = made_pages.html(sample, "overview")
    assert all(f'<time datetime="{window[end]}">{window[end]}</time>' in text for end in ("from", "to"))

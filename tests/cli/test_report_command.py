"""`weighbridge report` writes one file that stands alone, says what it is of, and shows names as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

import made_pages
from weighbridge.claims.ledger import ledger
from weighbridge.errors import UsageError
from weighbridge.store.home import Store
from weighbridge.surfaces import report as reports
from weighbridge.surfaces.python import open_observatory
from weighbridge.surfaces.views.shelf import Shelf


@pytest.fixture(scope="module")
def written(command, tmp_path_factory):
    """The report on the bundled sample, and what the command said of it."""
    folder = tmp_path_factory.mktemp("report")
    path = folder / "report.html"
    ran = command("report", "-o", path, "--store", folder / "nothing-here", "--json")
    assert ran.status == 0, ran.out
    return path.read_text(encoding="utf-8"), ran.document, path


@pytest.fixture(scope="module")
def page(written) -> made_pages.Reading:
    return made_pages.Reading(written[0])


def test_the_command_says_path_bytes_and_what_the_data_say(written, page):
    text, document, path = written
    assert set(document) == {"path", "bytes", "title"}
    assert document["path"] == str(path)
    assert document["bytes"] == len(text.encode())
    assert document["title"] in [words for tag, words in page.texts if tag == "h1"]


def test_a_report_fetches_nothing_and_runs_nothing(written, page):
    assert page.all("script") == page.all("link") == page.all("img") == page.all("iframe") == []
    (policy,) = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in str(policy)
    assert "script-src" not in str(policy)
    for tag, attributes in page.elements:
        assert not {"src", "srcset", "action", "style"} & set(attributes), tag
        assert not [name for name in attributes if name.startswith("on")]
    (style,) = re.findall(r"<style>(.*?)</style>", written[0], re.DOTALL)
    assert "@import" not in style
    assert not re.findall(r"url\((?!['\"]?data:)", style)


def test_every_anchor_leads_somewhere_and_every_id_stands_once(page):
    assert {name for name, count in page.ids().items() if count > 1} == set()
    for attributes in page.all("a"):
        href = str(attributes["href"])
        assert href.startswith("https://") or href[1:] in page.ids()


def test_it_holds_shares_definitions_reasons_claims_quality_methods_sources_and_citation(page):
    wanted = {"by-country", "by-organisation", "by-family", "definitions", "why", "claims", "quality", "methods",
              "sources", "cite", "addresses"}  # fmt: skip
    assert wanted <= set(page.ids())


def test_the_answer_and_its_picture_lead_and_the_note_on_the_sample_comes_after(written):
    text = written[0]
    at = [text.index(mark) for mark in ("<h1>", 'class="lead"', "<svg", "The bundled sample answers")]
    assert at == sorted(at)
    assert at[-2] < text.index('id="by-country"')


def test_a_folder_that_is_not_there_is_named(command, no_store, tmp_path):
    ran = command("report", "-o", tmp_path / "nodir" / "r.html", "--store", no_store, "--json")
    assert ran.status == 2
    assert "nodir does not exist" in ran.document["error"]["message"]


def test_the_path_is_shown_as_plain_text(command, no_store, tmp_path):
    ran = command("report", "-o", tmp_path / "odd\x1b[2J.html", "--store", no_store)
    assert ran.status == 0, ran.err
    assert "\x1b" not in ran.out


def test_every_picture_says_definition_window_and_as_of(page):
    text = page.text
    pictures = len([a for a in page.all("div") if "drawn" in str(a.get("class"))])
    assert pictures >= 4
    assert text.count("11 Jun 2024 to 10 Jul 2024") >= pictures
    assert text.count("As of ") >= pictures
    assert text.count("Definition house v1") >= 3


def test_every_claim_stands_with_its_verdict_and_the_number_of_its_address(page):
    claims = ledger().values()
    assert all(" ".join(claim.statement.split()) in page.text for claim in claims)
    addresses = {claim.address for claim in claims if claim.address}
    listed = [a for a in page.all("a") if str(a["href"]).startswith("https:")]
    assert {a["href"] for a in listed} == addresses
    assert all("noreferrer" in str(a["rel"]) for a in listed)


def test_what_the_sample_cannot_tell_is_said_in_its_place(page):
    assert "a cube file holds sums and no single readings" in page.text.lower()


def test_options_of_the_question_are_kept(command, no_store, tmp_path):
    path = tmp_path / "ollama.html"
    asked = ("--hub", "ollama", "--definition", "raw", "--attribution", "base")
    ran = command("report", "-o", path, *asked, "--store", no_store)
    assert ran.status == 0, ran.err
    page = made_pages.Reading(path.read_text(encoding="utf-8"))
    assert "pulls" in page.text
    assert "Definition raw v1" in page.text
    assert "weighbridge report -o report.html --hub ollama --definition raw --attribution base" in page.text


def test_only_html_is_written(command, no_store, tmp_path):
    ran = command("report", "-o", tmp_path / "report.pdf", "--store", no_store, "--json")
    assert ran.status == 2
    assert ".html" in ran.document["error"]["hint"]
    assert list(tmp_path.iterdir()) == []


def test_without_a_file_to_write_nothing_is_done(command, no_store):
    ran = command("report", "--store", no_store, "--json")
    assert ran.status == 2
    assert ran.document["error"]["kind"] == "usage"


def test_a_question_that_cannot_be_answered_writes_nothing(command, no_store, tmp_path):
    ran = command("report", "-o", tmp_path / "r.html", "--at", "2020-01-01", "--store", no_store, "--json")
    assert ran.status == 3
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_stops_half_way_leaves_the_old_one(command, no_store, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")

    def broken(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", broken)
    monkeypatch.setattr("pathlib.Path.replace", broken)
    ran = command("report", "-o", path, "--store", no_store, "--json")
    assert ran.status != 0
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_series_are_no_part_of_a_report(command, no_store, tmp_path):
    ran = command("report", "-o", tmp_path / "r.html", "--over", "month", "--store", no_store, "--json")
    assert ran.status == 2


def test_names_are_text(store: Store, read_hub: Callable[..., Any]):
    rows = [
        {"id": "google/one", "downloads": 900, "license": "mit", "created_at": "2024-01-01", "likes": 5},
        {"id": "Qwen/two", "downloads": 300, "license": "mit", "created_at": "2024-01-01", "likes": 5},
    ]
    read_hub(rows)
    shelf = Shelf(open_observatory(store.path))
    asked = reports.Asked.of("share", (("by", "organisation"), ("top", "20")))
    document = shelf.document(asked)
    document["rows"][0]["group"] = f"{made_pages.MARKUP}{made_pages.OVERRIDE}{made_pages.LONG}"  # type: ignore[index]
    made = reports.report(shelf)
    page = made_pages.Reading(made.html)
    assert made_pages.MARKUP not in made.html
    assert made_pages.MARKUP in page.text
    assert "\u202e" not in made.html


def test_an_option_that_is_not_valid_is_refused(store: Store, read_hub: Callable[..., Any]):
    read_hub([{"id": "google/one", "downloads": 900, "license": "mit", "created_at": "2024-01-01", "likes": 5}])
    with pytest.raises(UsageError):
        reports.report(Shelf(open_observatory(store.path)), (("attribution", "nobody"),))

"""`weighbridge chart`, and `.chart()` and `.cite()` in Python."""

from __future__ import annotations

import re

import pytest

import weighbridge
from weighbridge.errors import UsageError
from weighbridge.measures import measures

ASKED = {
    "crossover": ("--hub", "ollama", "--groups", "CN,US"),
    "matrix": ("--groups", "CN,US"),
    "influence": ("--groups", "CN,US"),
    "top": ("models",),
}


@pytest.mark.parametrize("name", [*sorted(measures()), "claims"])
def test_the_sample_is_drawn_for_every_measure_or_says_what_is_missing(command, no_store, tmp_path, name):
    path = tmp_path / "picture.svg"
    ran = command("chart", name, *ASKED.get(name, ()), "-o", path, "--store", no_store, "--json")
    if ran.status == 3:
        assert ran.document["error"]["kind"] == "data-missing"
        assert not path.exists()
        return
    assert ran.status == 0, ran.out
    assert ran.document["title"]
    assert ran.document["bytes"] == path.stat().st_size
    assert path.read_text(encoding="utf-8").startswith("<svg ")


def test_a_chart_takes_the_options_of_its_measure_and_of_the_question(command, no_store, tmp_path):
    path = tmp_path / "series.svg"
    asked = ("--hub", "ollama", "--by", "country", "--over", "month", "--definition", "raw", "--theme", "dark")
    ran = command("chart", "share", *asked, "--width", "375", "-o", path, "--store", no_store, "--json")
    assert ran.status == 0, ran.out
    assert ran.document["chart"] == "share-over-time"
    assert "Definition raw" in ran.document["subtitle"]
    assert 'width="375"' in path.read_text(encoding="utf-8")


def test_a_folder_that_is_not_there_is_named(command, no_store, tmp_path):
    ran = command("chart", "share", "-o", tmp_path / "nodir" / "x.svg", "--store", no_store, "--json")
    assert ran.status == 2
    assert ran.document["error"]["message"].endswith("nodir does not exist")


def test_another_chart_may_be_asked_by_name(command, no_store, tmp_path):
    ran = command("chart", "share", "--chart", "ranges", "-o", tmp_path / "a.svg", "--store", no_store, "--json")
    assert ran.document["chart"] == "ranges"
    ran = command("chart", "share", "--chart", "pie", "-o", tmp_path / "a.svg", "--store", no_store, "--json")
    assert ran.status == 2
    assert "share-bars" in ran.document["error"]["hint"]


def test_the_ledger_of_a_store_is_drawn(command, hub_store, tmp_path):
    ran = command("chart", "share", "--hub", "huggingface", "-o", tmp_path / "a.png", "--store", hub_store)
    assert ran.status == 0, ran.err
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    ran = command("chart", "quality", "--hub", "huggingface", "-o", tmp_path / "q.svg", "--store", hub_store, "--json")
    assert ran.status in (0, 3), ran.out


@pytest.mark.parametrize("name", ["share", "claims", "quality"])
def test_a_wrong_ending_is_wrong_whatever_is_held(command, no_store, tmp_path, name):
    ran = command("chart", name, "-o", tmp_path / "a.pdf", "--store", no_store, "--json")
    assert ran.status == 2
    assert ".svg" in ran.document["error"]["hint"]
    assert ran.err == ""


@pytest.fixture(scope="module")
def result(hub_store):
    return weighbridge.open(hub_store).share(hub="huggingface")


def test_an_answer_draws_itself(result, tmp_path):
    made = result.chart(theme="dark", width=375)
    assert made.spec["usermeta"]["weighbridge"]["chart"] == "share-bars"
    assert made.save(tmp_path / "a.svg").read_text(encoding="utf-8") == made.svg()
    with pytest.raises(UsageError):
        result.chart("pie")


def test_every_style_of_citing_names_definition_vintage_and_what_was_known_when(result):
    for style in ("line", "bibtex", "apa"):
        told = result.cite(style)
        assert result.vintages[0] in told.replace("\\", "")
        assert "house" in told
        assert result.as_of in told
    with pytest.raises(UsageError, match="style"):
        result.cite("chicago")


def test_a_citation_names_who_publishes_it_and_no_address_that_is_not_known(result):
    assert "[Data set]. Weighbridge. Definition house" in result.cite("apa")
    assert "publisher = {Weighbridge}" in result.cite("bibtex")
    assert "url" not in result.cite("bibtex")


def test_an_entry_for_bibtex_is_whole_and_its_key_is_the_questions(result):
    entry = result.cite("bibtex")
    assert re.fullmatch(r"@misc\{weighbridge-share-\d{4}-[0-9a-f]{8},\n(  \w+ = \{.*\},\n)+\}\n", entry)
    assert entry == result.cite("bibtex")
    unescaped = re.sub(r"\\[{}]", "", entry)
    assert unescaped.count("{") == unescaped.count("}")

"""Answers and their files, as the server sends them."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pytest

from weighbridge import __version__
from weighbridge.measures import measures
from weighbridge.surfaces.api import shapes
from weighbridge.surfaces.views import files
from weighbridge.surfaces.views.asked import PICTURED

SHARE = "/charts/share"


@pytest.mark.parametrize("measure", measures())
def test_every_measure_answers_in_its_shape_or_says_why_not(client, measure):
    answer = client.get(f"/api/v1/measures/{measure}")
    if answer.status_code == 200:
        told = shapes.Answer.model_validate(answer.json())
        assert told.measure == measure
        assert told.vintages
    else:
        assert answer.status_code in (400, 404)
        assert shapes.Problem.model_validate(answer.json()).kind in ("usage", "data-missing")


def test_most_measures_answer_from_one_small_census(client):
    found = [client.get(f"/api/v1/measures/{measure}").status_code for measure in measures()]
    assert found.count(200) > len(found) / 2


@pytest.mark.parametrize("picture", PICTURED)
def test_what_is_no_measure_has_a_list_too(client, picture):
    for place in (picture, f"measures/{picture}"):
        answer = client.get(f"/api/v1/{place}")
        assert answer.status_code == 200
        assert "rows" in answer.json()


def test_an_answer_has_the_same_bytes_at_all_its_addresses(client):
    places = ("/charts/share.json", "/api/v1/charts/share.json", "/api/v1/measures/share")
    bodies = {client.get(f"{place}?by=family&definition=raw").content for place in places}
    assert len(bodies) == 1


def test_the_order_of_options_and_named_defaults_change_nothing(client):
    first = client.get("/charts/share.json?by=family&definition=raw")
    for query in ("definition=raw&by=family", "by=family&definition=raw&top=", "definition=raw&by=family&attribution="):
        assert client.get(f"/charts/share.json?{query}").content == first.content
    plain = client.get("/charts/share.json")
    assert client.get("/charts/share.json?by=country&definition=house").content == plain.content


def test_the_rows_of_csv_are_those_of_the_document(client):
    document = client.get(f"{SHARE}.json").json()
    rows = list(csv.DictReader(io.StringIO(client.get(f"{SHARE}.csv").text)))
    assert [row["group"] for row in rows] == [row["group"] for row in document["rows"]]
    assert [float(row["value"]) for row in rows] == [row["value"] for row in document["rows"]]


def test_pictures_are_what_their_endings_say(client):
    svg = ElementTree.fromstring(client.get(f"{SHARE}.svg").text)  # noqa: S314, drawn by the package itself
    assert svg.tag.endswith("svg")
    assert client.get(f"{SHARE}.png").content.startswith(b"\x89PNG\r\n")
    assert client.get(f"{SHARE}.vl.json").json()["$schema"].startswith("https://vega.github.io/schema/vega-lite/")


def test_a_look_changes_the_picture_and_nothing_else(client):
    looks = ("", "?theme=dark", "?width=360", "?theme=dark&width=360&head=no")
    assert len({client.get(f"{SHARE}.svg{look}").content for look in looks}) == len(looks)
    assert client.get(f"{SHARE}.csv?theme=dark").status_code == 400


def test_metadata_say_how_the_answer_was_made(client):
    told = client.get(f"{SHARE}.metadata.json?by=organisation").json()
    document = client.get(f"{SHARE}.json?by=organisation").json()
    assert told["question"] == {
        "measure": "share",
        "options": {"by": "organisation"},
        "command": "weighbridge share --by organisation",
    }
    for part in ("definition", "window", "coverage", "vintages", "as_of", "population", "simulated", "unit", "hub"):
        assert told[part] == document[part]
    assert all(source["licence"] and len(source["sha256"]) == 64 for source in told["sources"])
    assert [column["name"] for column in told["columns"]] == list(document["rows"][0])
    assert told["weighbridge"] == __version__
    assert document["vintages"][0] in told["citations"]["apa"]
    assert told["citations"]["bibtex"] == client.get(f"{SHARE}.bib?by=organisation").text
    assert told["citations"]["apa"] == client.get(f"{SHARE}.apa.txt?by=organisation").text.rstrip("\n")


@pytest.mark.parametrize("measure", [*measures(), *PICTURED])
def test_every_column_says_what_it_means_and_its_unit(client, measure):
    answer = client.get(f"/charts/{measure}.metadata.json")
    for column in answer.json()["columns"] if answer.status_code == 200 else ():
        assert column["means"], column
        assert column["unit"], column


@pytest.mark.parametrize("ending", files.ENDINGS)
def test_a_file_is_named_after_its_question(client, ending):
    answer = client.get(f"{SHARE}.{ending}?by=family")
    assert answer.status_code == 200
    assert f'filename="share--by-family.{ending}"' in answer.headers["content-disposition"]
    assert answer.headers["content-type"] == files.media(ending)


def test_a_chart_alone_may_stand_in_frames_and_holds_no_script(client):
    answer = client.get(f"{SHARE}.html")
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "script" not in answer.headers["content-security-policy"]
    text = answer.text
    assert "<script" not in text
    assert "style=" not in text
    assert 'href="../assets/app.css"' in text
    assert 'src="../charts/share.svg?head=no"' in text
    assert 'href="../explore/"' in text


def test_a_chart_alone_finds_its_parts_from_the_api_too(client):
    assert 'href="../../../assets/app.css"' in client.get("/api/v1/charts/share.html").text


def test_an_option_whose_name_is_taken_by_python_reaches_its_measure(client):
    answer = client.get("/charts/derivatives.json?own=counted")
    assert answer.status_code == 200
    assert answer.json()["asked"]["own"] == "counted"


def test_an_answer_is_as_of_the_newest_reading(client):
    assert client.get("/charts/share.json").json()["as_of"] == "2026-01-01T00:00:00Z"


def test_the_sample_says_itself_and_not_where_a_store_was_looked_for(sample_client, tmp_path_factory):
    notes = json.dumps(sample_client.get("/api/v1/measures/share").json()["notes"])
    assert "bundled sample answers" in notes
    assert str(tmp_path_factory.getbasetemp()) not in notes

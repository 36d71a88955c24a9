"""Pages and their addresses, search, profiles and lists."""

from __future__ import annotations

import pytest

from weighbridge.measures import measures
from weighbridge.surfaces.api import assets, shapes
from weighbridge.surfaces.views.naming import hashed
from weighbridge.surfaces.web import pages


def place(name: str) -> str:
    return "/" if name == "overview" else f"/{name}/"


@pytest.mark.parametrize("name", pages())
def test_every_page_opens_without_options(client, name):
    answer = client.get(place(name))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!doctype html>")
    assert "weighbridge.invalid" not in answer.text


@pytest.mark.parametrize("name", [name for name in pages() if name != "overview"])
def test_an_address_without_its_last_slash_leads_to_the_one_with_it(client, name):
    answer = client.get(f"/{name}?x=1")
    assert answer.status_code == 303
    assert answer.url.join(answer.headers["location"]).path == f"/{name}/"
    assert answer.url.join(answer.headers["location"]).query == b"x=1"


def test_defaults_in_an_address_lead_to_the_address_without_them(client):
    answer = client.get("/explore/?measure=share&by=country&definition=&at=")
    assert answer.status_code == 303
    assert answer.url.join(answer.headers["location"]).path == "/explore/"
    assert client.get("/explore/").status_code == 200


def test_a_canonical_address_stays(client):
    assert client.get("/explore/?by=family").status_code == 200


def test_a_question_that_is_not_valid_gets_a_page_that_says_so(client):
    answer = client.get("/explore/?by=nothing")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "nothing" in answer.text


@pytest.mark.parametrize("hostile", [
    "/nothing/", "/../../etc/passwd", "/model/../../etc/passwd/", "/model/%2e%2e/%2e%2e/", "/model/a%00b/c/",
    "/organisation/..%2f..%2fetc/", "/model/%F0%9F%98%80/x/", "/model/a/b/c/", "/explore/more/", "/overview/",
    "/model/%3Cscript%3E/alert/", "/family/%E2%80%AE/", "/organisation/Google%20/", "/%2e%2e/%2e%2e/", "//etc/passwd",
    "/model/~0123456789/", "/assets/../application.py", "/assets/%2e%2e/page.py", "/assets/",
])  # fmt: skip
def test_an_address_that_is_of_nothing_finds_nothing(client, secret, hostile):
    answer = client.get(hostile)
    assert answer.status_code in (303, 404)
    assert str(secret) not in answer.text
    assert "<script>" not in answer.text.replace("<script type", "")


def test_profiles_have_a_page_and_a_document(client):
    for page, api, name in (
        ("/organisation/google/", "/api/v1/organisations/google", "Google"),
        ("/family/qwen/", "/api/v1/families/qwen", "Qwen"),
        ("/model/google/alpha-7b/", "/api/v1/models/google/alpha-7b", "google/alpha-7b"),
    ):
        assert client.get(page).status_code == 200
        assert client.get(api).json()["name"] == name


def test_the_case_of_an_organisations_place_does_not_matter_but_a_models_does(client):
    assert client.get("/api/v1/organisations/GOOGLE").status_code == 200
    assert client.get("/api/v1/models/nobody-here/SCRIPT").status_code == 404


def test_a_model_whose_name_no_folder_could_bear_stands_at_a_hash(client):
    row = client.get("/api/v1/search?q=con&kind=model").json()["rows"][0]
    assert row["name"] == "nobody-there-0/con"
    assert row["page"] == f"model/{hashed(row['name'])}/"
    assert client.get(f"/{row['page']}").status_code == 200
    assert client.get("/model/nobody-there-0/con/").status_code == 404


def test_search_finds_names_and_says_where_their_pages_are(client):
    found = shapes.Hits.model_validate(client.get("/api/v1/search?q=qwen").json())
    assert {hit.kind for hit in found.rows} >= {"family", "model"}
    for hit in found.rows:
        assert client.get(f"/{hit.page}").status_code == 200


def test_search_keeps_to_a_kind_and_a_limit(client):
    found = client.get("/api/v1/search?q=m&kind=model&limit=3").json()["rows"]
    assert [row["kind"] for row in found] == ["model"] * 3
    assert client.get("/api/v1/search").json()["rows"] == []


def test_the_description_lists_all_that_can_be_asked(client):
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for measure, said in measures().items():
        operation = document["paths"][f"/api/v1/measures/{measure}"]["get"]
        told = {parameter["name"]: parameter["schema"] for parameter in operation["parameters"]}
        for option in said.options:
            if option.choices and not option.many:
                assert told[option.name]["enum"] == list(option.choices)
            if option.number:
                assert told[option.name]["minimum"] == option.least
                assert told[option.name]["maximum"] > 0
        assert f"/api/v1/charts/{measure}.{{ending}}" in document["paths"]


def test_the_description_refers_to_nothing_that_is_not_in_it(client):
    document = client.get("/api/v1/openapi.json").json()

    def references(value: object) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [ref for part in value.values() for ref in references(part)]
        return [ref for part in value for ref in references(part)] if isinstance(value, list) else []

    for reference in references(document):
        at: object = document
        for part in reference.removeprefix("#/").split("/"):
            assert isinstance(at, dict)
            at = at[part]
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))


def test_the_description_hangs_on_no_store(client, sample_client):
    assert client.get("/api/v1/openapi.json").content == sample_client.get("/api/v1/openapi.json").content


@pytest.mark.parametrize(("name", "shape"), [
    ("", shapes.Index), ("measures", shapes.Measures), ("options", shapes.Options),
    ("definitions", shapes.Definitions), ("sources", shapes.Rows), ("vintages", shapes.Rows),
    ("doctor", shapes.Rows), ("problems", shapes.ProblemKinds), ("claims", shapes.Rows), ("quality", shapes.Rows),
])  # fmt: skip
def test_lists_have_the_shape_that_is_described(client, secret, name, shape):
    answer = client.get(f"/api/v1/{name}")
    shape.model_validate(answer.json())
    assert str(secret) not in answer.text


def test_the_index_leads_to_lists_that_are_there(client):
    index = client.get("/api/v1/")
    for link in index.json()["links"].values():
        if "{" not in link:
            assert client.get(str(index.url.join(link))).status_code == 200


def test_health_says_what_is_held_and_is_kept_by_nobody(client):
    answer = client.get("/healthz")
    told = shapes.Health.model_validate(answer.json())
    assert told.vintages == 1
    assert answer.headers["cache-control"] == "no-store"


def test_assets_are_those_of_the_package_alone(client):
    for name in assets.assets():
        answer = client.get(f"/assets/{name}")
        assert answer.status_code == 200
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


def test_a_page_says_its_own_address_as_whoever_asks_has_it(client):
    for host in ("one.example", "two.example:8000"):
        text = client.get("/explore/", headers={"Host": host}).text
        assert f"http://{host}/explore/" in text

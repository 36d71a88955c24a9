"""Pages and their addresses, search, profiles and lists."""

from __future__ import annotations

import asyncio
import json
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

import made_pages
from weighbridge.charts.subject import NOBODIES, OTHER
from weighbridge.errors import UsageError
from weighbridge.measures import measures
from weighbridge.measures.profiles import who
from weighbridge.records.cells import UNNAMED
from weighbridge.surfaces.api import application, assets, shapes
from weighbridge.surfaces.api import pages as served_pages
from weighbridge.surfaces.api.links import ServedLinks
from weighbridge.surfaces.api.pages import base_given, based
from weighbridge.surfaces.python import open_observatory
from weighbridge.surfaces.views import definitions, feeds
from weighbridge.surfaces.views.dataset import readings
from weighbridge.surfaces.views.naming import hashed
from weighbridge.surfaces.views.shelf import Shelf
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


def canonical(answer) -> str:
    (link,) = [a for a in made_pages.Reading(answer.text).all("link") if a.get("rel") == "canonical"]
    return str(link["href"])


def test_a_name_that_anybody_may_send_stands_in_no_page_and_is_kept_nowhere(client, monkeypatch):
    kept = []
    monkeypatch.setattr(served_pages, "based", lambda plain, base: kept.append(base) or based(plain, base))
    for name in ("explore", "overview", "data"):
        plain = client.get(place(name))
        kept.clear()
        for number in range(20):
            for host in (f"evil{number}.example", f"127.0.0.1:{5_000 + number}"):
                answer = client.get(place(name), headers={"Host": host})
                assert host not in answer.text
                assert answer.content == plain.content
        assert kept == []
        assert answer.url.join(canonical(answer)).path == place(name)
        assert "weighbridge.invalid" not in answer.text


def test_a_reader_on_this_machine_gets_its_address(small):
    app = application(small.path, ahead="nothing")
    with TestClient(app, base_url="http://127.0.0.1:8123") as client:
        for host in ("127.0.0.1:8123", "localhost:8123", "[::1]:8123"):
            assert canonical(client.get("/explore/", headers={"Host": host})) == f"http://{host}/explore/"


def test_the_address_that_is_given_is_that_of_all_links(small):
    app = application(small.path, ahead="nothing", base_url="https://weigh.example/models")
    with TestClient(app) as client:
        for host in ("evil.example", "127.0.0.1:80"):
            answer = client.get("/explore/", headers={"Host": host})
            assert canonical(answer) == "https://weigh.example/models/explore/"
            assert "https://weigh.example/models/charts/share.html" in answer.text
            assert host not in answer.text


@pytest.mark.parametrize("given", [
    "weigh.example", "//weigh.example", "ftp://weigh.example", "https://", "https://a:b", 'https://a/"><script>',
    "https://a/?x", "https://a/#x", "https://me:word@a/", "https://[a",
])  # fmt: skip
def test_what_is_no_address_of_a_site_is_refused(given):
    with pytest.raises(UsageError, match="no address of a site"):
        base_given(given)


@pytest.mark.parametrize(
    "place", ["//", "///", "//x", "//explore/", "/explore//", "//evil.example/x/", "/explore//?a=b"]
)
def test_an_empty_part_of_an_address_leads_nowhere(client, place):
    answer = client.get(f"http://testserver{place}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/a%0Ab", "/charts/share%0A.svg", "/api/v1/models/a%0A/b", "/explore/%0A"])
def test_a_path_with_a_lines_end_is_told_as_all_others(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] in ("application/problem+json", "text/html; charset=utf-8")
    if "json" in answer.headers["content-type"]:
        assert answer.json()["kind"] == "not-found"


def test_an_address_that_is_no_path_is_told_as_a_problem(client):
    sent = []

    async def ask():
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
                 "path": "http://evil.example/explore/", "raw_path": b"http://evil.example/", "query_string": b"",
                 "headers": [], "server": ("127.0.0.1", 80)}  # fmt: skip

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        await client.app(scope, receive, send)

    asyncio.run(ask())
    assert sent[0]["status"] == 404
    assert json.loads(sent[1]["body"])["kind"] == "not-found"


def test_the_api_without_its_version_leads_to_its_index(client):
    for place in ("/api", "/api/v1"):
        answer = client.get(place)
        assert answer.status_code == 303
        assert answer.url.join(answer.headers["location"]).path == "/api/v1/"


def test_health_and_the_index_say_where_the_sample_answers(client, sample_client):
    for place in ("/healthz", "/api/v1/"):
        assert "sample" in str(sample_client.get(place).json()["notes"])
        assert client.get(place).json()["notes"] == []


@pytest.mark.parametrize("name", pages())
def test_the_feed_that_a_page_names_is_there(client, name):
    answer = client.get(place(name))
    (link,) = [a for a in made_pages.Reading(answer.text).all("link") if a.get("type") == feeds.MEDIA]
    told = client.get(str(answer.url.join(str(link["href"]))))
    assert told.status_code == 200
    assert told.headers["content-type"] == feeds.MEDIA


def test_the_feed_is_the_published_one_with_this_servers_addresses(client, small):
    told = client.get("/atom.xml").content
    assert told == feeds.feed(readings(Shelf(open_observatory(small.path))), "").replace(b"data/index.html", b"data/")
    (entry,) = ElementTree.fromstring(told).iter(f"{{{feeds.ATOM}}}entry")  # noqa: S314, our own
    address = entry.find(f"{{{feeds.ATOM}}}link").get("href")
    assert client.get(address).status_code == 200
    assert f'id="{address.partition("#")[2]}"' in client.get(address).text


@pytest.mark.parametrize(("kind", "name"), [
    *(("organisation", name) for name in sorted({*who.NOBODY, *NOBODIES})),
    *(("family", name) for name in sorted({*who.NO_FAMILY, *NOBODIES})),
    ("model", UNNAMED), ("model", OTHER), ("country", "US"), ("model", ""),
])  # fmt: skip
def test_nobody_has_no_address(kind, name):
    assert ServedLinks().subject(kind, name) is None


def test_no_page_leads_to_nobody(client):
    for page in ("/organisation/", "/family/", "/explore/?by=organisation", "/explore/?by=family"):
        there = made_pages.Reading(client.get(page).text).all("a")
        found = {str(a.get("href")).partition("?")[0].rstrip("/").rpartition("/")[2] for a in there}
        assert not found & {"unregistered", "unknown", "none", "several", "individuals", "other", "unaffiliated"}


def test_every_file_that_the_data_page_offers_is_there(client):
    page = client.get("/data/")
    offered = [a for a in made_pages.Reading(page.text).all("a") if "data-ending" in a]
    assert len(offered) > 10
    for a in offered:
        assert client.get(str(page.url.join(str(a["href"])))).status_code == 200, a


def test_definitions_are_told_as_they_are_published(client):
    assert client.get("/api/v1/definitions").json() == definitions.document()

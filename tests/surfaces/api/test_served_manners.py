"""What holds for every response: tags, compression, headers, methods, limits and problems."""

from __future__ import annotations

import gzip

import pytest

from weighbridge import errors
from weighbridge.surfaces.api.problems import KINDS, Refused, problem
from weighbridge.surfaces.api.sending import Packed

EVERYTHING = (
    "/", "/explore/", "/charts/share.svg", "/charts/share.csv", "/charts/share.html", "/api/v1/",
    "/api/v1/measures/share", "/healthz", "/robots.txt", "/nothing/", "/charts/nothing.svg", "/api/v1/nothing",
)  # fmt: skip
TAGGED = ("/charts/share.svg", "/charts/share.json", "/api/v1/definitions", "/api/v1/measures/share", "/explore/")


@pytest.mark.parametrize("place", TAGGED)
def test_who_has_it_already_is_told_so(client, place):
    first = client.get(place)
    tag = first.headers["etag"]
    assert not tag.startswith("W/")
    for named in (tag, f'"other", W/{tag}', "*"):
        again = client.get(place, headers={"If-None-Match": named})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == first.headers["cache-control"]
    assert client.get(place, headers={"If-None-Match": '"other"'}).status_code == 200


def test_other_bytes_have_other_tags(client):
    tags = [client.get(f"/charts/share.json?definition={name}").headers["etag"] for name in ("raw", "house")]
    assert len(set(tags)) == 2
    assert Packed(b"a", "text/plain").tag != Packed(b"b", "text/plain").tag
    assert Packed(b"a", "text/plain", "one").tag != Packed(b"a", "text/plain", "another").tag


def test_a_compressed_body_has_a_tag_of_its_own_and_says_what_it_hangs_on(client):
    plain = client.get("/charts/share.json", headers={"Accept-Encoding": "identity"})
    packed = client.get("/charts/share.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content
    assert plain.headers["etag"] != packed.headers["etag"]
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) < len(plain.content)


@pytest.mark.parametrize(("accepted", "zipped"), [
    ("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("gzip;q=0", False), ("br", False), ("gzip;q=x", False),
    ("", False),
])  # fmt: skip
def test_gzip_is_sent_to_those_who_take_it(client, accepted, zipped):
    found = client.get("/charts/share.json", headers={"Accept-Encoding": accepted})
    assert (found.headers.get("content-encoding") == "gzip") is zipped


def test_compressing_twice_gives_the_same_bytes():
    body = b"the same words " * 200
    first, second = Packed(body, "text/plain").zipped, Packed(body, "text/plain").zipped
    assert first == second
    assert gzip.decompress(first or b"") == body
    assert Packed(body, "image/png").zipped is None
    assert Packed(b"short", "text/plain").zipped is None


@pytest.mark.parametrize("place", EVERYTHING)
def test_every_response_protects_its_reader(client, place):
    headers = client.get(place).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    framed = place.endswith(".html")
    assert ("frame-ancestors *" if framed else "frame-ancestors 'none'") in policy
    assert "server" not in headers


@pytest.mark.parametrize("place", EVERYTHING)
def test_others_pages_may_fetch_data_and_pictures_and_nothing_else(client, place):
    headers = client.get(place).headers
    shared = place.startswith(("/api/", "/charts/"))
    assert headers.get("access-control-allow-origin") == ("*" if shared else None)
    assert headers["cross-origin-resource-policy"] == ("cross-origin" if shared else "same-origin")


@pytest.mark.parametrize("place", EVERYTHING)
def test_head_says_what_get_would_and_sends_nothing(client, place):
    got, head = client.get(place), client.head(place)
    assert head.content == b""
    assert head.status_code == got.status_code
    assert head.headers["content-type"] == got.headers["content-type"]
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "ANYTHING"])
def test_nothing_can_be_changed(client, method):
    for place in ("/", "/charts/share.json", "/api/v1/measures/share"):
        answer = client.request(method, place)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"
        assert answer.json()["kind"] == "method-not-allowed"


def test_what_is_too_long_is_refused(client):
    for place, status in (
        ("/api/v1/search?q=" + "a" * 4_000, 414),
        ("/" + "a" * 1_001, 414),
        ("/model/" + "%41" * 400 + "/x/", 414),
        ("/api/v1/search?q=" + "a" * 201, 400),
        ("/charts/share.json?" + "&".join(f"x{i}=1" for i in range(300)), 400),
    ):
        answer = client.get(place)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_request_has_no_body(client):
    answer = client.request("GET", "/charts/share.json", content=b"{}")
    assert answer.status_code == 413
    assert answer.json()["kind"] == "too-large"


@pytest.mark.parametrize("host", ["evil.example/path", "a b", "<script>", "x" * 300, "a:99999999", ""])
def test_a_host_that_is_no_name_is_refused(client, host):
    assert client.get("/charts/share.json", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(("place", "kind", "status"), [
    ("/charts/share.svg?by=nothing", "usage", 400),
    ("/charts/share.svg?by=country&by=family", "usage", 400),
    ("/charts/share.svg?colour=red", "usage", 400),
    ("/charts/share.svg?width=9", "usage", 400),
    ("/charts/share.svg?width=1e3", "usage", 400),
    ("/charts/share.svg?width=901", "usage", 400),
    ("/charts/share.png?width=0900", "usage", 400),
    ("/charts/share.png?width=2000", "usage", 400),
    ("/charts/share.svg?theme=red", "usage", 400),
    ("/charts/share.svg?theme=dark&theme=dark", "usage", 400),
    ("/charts/share.svg?chart=nothing", "usage", 400),
    ("/charts/share.svg?chart=outlier-curve", "usage", 400),
    ("/charts/share.json?top=1000000", "usage", 400),
    ("/charts/share.json?top=-1", "usage", 400),
    ("/charts/share.json?from=yesterday", "usage", 400),
    ("/charts/share.json?register=/etc/passwd", "usage", 400),
    ("/charts/share.json?register=rows.csv", "usage", 400),
    ("/charts/share.json?vintage=../../x", "data-missing", 404),
    ("/charts/share.json?at=1999-01-01", "data-missing", 404),
    ("/charts/claims.bib", "data-missing", 404),
    ("/charts/nothing.svg", "not-found", 404),
    ("/charts/share.exe", "not-found", 404),
    ("/charts/share", "not-found", 404),
    ("/charts/", "not-found", 404),
    ("/charts/a/b.svg", "not-found", 404),
    ("/assets/nothing.js", "not-found", 404),
    ("/api/v2/", "not-found", 404),
    ("/api/v1/nothing", "not-found", 404),
    ("/api/v1/models/nobody/nothing", "data-missing", 404),
    ("/api/v1/organisations/nobody-at-all", "not-found", 404),
    ("/api/v1/families/nobody-at-all", "not-found", 404),
    ("/api/v1/definitions?x=1", "usage", 400),
    ("/api/v1/search?limit=0", "usage", 400),
    ("/api/v1/search?limit=x", "usage", 400),
    ("/api/v1/search?kind=country", "usage", 400),
    ("/api/v1/search?q=a&q=b", "usage", 400),
])  # fmt: skip
def test_what_is_wrong_is_told_as_a_problem(client, secret, place, kind, status):
    answer = client.get(place)
    told = answer.json()
    assert (answer.status_code, told["status"], told["kind"]) == (status, status, kind)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert told["title"] == KINDS[kind].title
    assert told["detail"]
    assert str(secret) not in answer.text
    assert "Traceback" not in answer.text


def test_the_address_of_a_problem_leads_to_the_list_of_problems(client):
    for place in ("/charts/nothing.svg", "/api/v1/nothing", "/api/v1/models/a/b/c"):
        answer = client.get(place)
        found = answer.url.join(answer.json()["type"])
        assert found.path == "/api/v1/problems"
        assert found.fragment in {row["kind"] for row in client.get(found.path).json()["rows"]}


def test_every_kind_of_error_has_a_problem():
    assert set(errors.KINDS) <= set(KINDS)


def kinds_of(error: type[errors.WeighbridgeError]) -> list[type[errors.WeighbridgeError]]:
    return [error, *(below for kind in error.__subclasses__() for below in kinds_of(kind))]


@pytest.mark.parametrize("kind", kinds_of(errors.WeighbridgeError))
def test_an_error_keeps_its_kind_and_tells_no_path_of_the_machine(kind):
    told = problem(kind("/srv/store/x.parquet is damaged", "look at /srv/store"))
    assert told.kind == kind.kind
    if told.status >= 500:
        assert "/srv" not in f"{told.detail}{told.hint}"


def test_what_was_not_expected_says_nothing_of_itself():
    told = problem(ZeroDivisionError("secret"))
    assert (told.kind, told.status) == ("internal", 500)
    assert "secret" not in str(told)


def test_a_problem_shows_no_control_characters():
    told = problem(Refused("usage", "a\u202eb\x00c", "d\u2028e"))
    assert not {"\u202e", "\x00", "\u2028"} & set(told.detail + told.hint)

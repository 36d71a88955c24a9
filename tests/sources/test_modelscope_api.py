"""ModelScope shows 3,000 models of a listing; the whole hub is read in parts, or said to be a chosen set."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import stamina

import making
import standin
from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.source import Asked, Landing
from weighbridge.register.parties import house
from weighbridge.sources import modelscope_api
from weighbridge.store.writing import ingest

SCOPE = modelscope_api.SOURCE
QWEN = {
    "id": "Qwen/Qwen3-8B",
    "downloads": 5000,
    "likes": 7,
    "license": "",
    "tasks": ["text-generation", "chat"],
    "params": 8_000_000_000,
    "tags": ["license:apache-2.0", "library:transformer", "library:safetensors", "custom_tag:llm", "model_type:qwen3"],
    "created_at": "2025-04-27T03:00:00Z",
    "gated": False,
}
SMALL = [QWEN, {"id": "ZhipuAI/GLM-5", "downloads": 3000}, {"id": "nobody/here", "downloads": 2000}]
LETTERS = "abcdefgh"


def many(count: int):
    """Models of many owners, more than one listing shows."""
    return [
        {"id": f"owner-{n % 7}/{LETTERS[n % 8]}{LETTERS[n // 8 % 8]}-{n}", "downloads": count - n} for n in range(count)
    ]


@pytest.fixture(autouse=True)
def _no_waiting():
    with stamina.set_testing(True, attempts=6):
        yield


@pytest.fixture
def short(monkeypatch):
    """A hub that shows no more than 100 models of a listing."""
    monkeypatch.setattr(modelscope_api, "FURTHEST", 100)
    monkeypatch.setattr(standin.modelscope, "FURTHEST", 100)


@pytest.fixture
def scope(monkeypatch):
    with standin.serve(standin.ModelScope(SMALL), day="2026-08-22") as hub:
        monkeypatch.setenv("MODELSCOPE_ENDPOINT", hub.url)
        monkeypatch.delenv("MODELSCOPE_API_TOKEN", raising=False)
        yield hub


def fetched(folder: Path, asked: Asked = Asked(), said: list[str] | None = None):  # noqa: B008 - frozen
    folder.mkdir(exist_ok=True)
    (reading,) = SCOPE.fetch(Landing(folder, say=(said if said is not None else []).append), asked)
    return reading


def rows(reading):
    return [row for batch in SCOPE.read(reading.path, reading.at) for row in batch.rows.to_pylist()]


def names(reading):
    return {row["name"] for row in rows(reading)}


def test_a_model_has_the_hubs_cumulative_count_and_never_one_of_thirty_days(scope, tmp_path):
    reading = fetched(tmp_path)
    row = rows(reading)[0]
    told = {key: row[key] for key in ("name", "downloads_30d", "downloads_all", "likes", "task", "library", "licence")}
    assert told == {
        "name": "Qwen/Qwen3-8B",
        "downloads_30d": None,
        "downloads_all": 5000,
        "likes": 7,
        "task": "text-generation",
        "library": "transformer",
        "licence": "apache-2.0",
    }
    assert (row["parameters"], row["parameters_from"]) == (8_000_000_000, "listed")
    assert row["tags"] == ["transformer", "safetensors", "llm"]
    assert row["observed"] == reading.at == datetime(2026, 8, 22, 12, tzinfo=UTC)


def test_a_hub_that_one_listing_shows_is_a_census_in_one_part(scope, tmp_path):
    reading = fetched(tmp_path)
    assert not reading.selection
    assert (reading.origin["listed"], reading.origin["counted"]) == (3, 3)
    assert [seen.line for seen in scope.seen] == ["GET /openapi/v1/models?sort=downloads&page_number=1&page_size=50"]


def test_a_hub_that_no_listing_shows_whole_is_read_by_owners(scope, short, tmp_path):
    scope.site.models = many(400)
    reading = fetched(tmp_path)
    assert not reading.selection
    assert names(reading) == {row["id"] for row in many(400)}
    assert scope.asked("owner=owner-1(&|$)")
    assert not scope.asked("page_number=3|search=")


def test_owners_of_whom_nothing_is_among_the_most_downloaded_are_found_by_the_beginnings_of_names(
    scope, short, tmp_path
):
    alone = [{"id": f"quiet-{n}/a{LETTERS[n % 8]}-{n}", "downloads": 0} for n in range(150)]
    scope.site.models = [*many(200), *alone]
    reading = fetched(tmp_path)
    assert not reading.selection
    assert names(reading) == {row["id"] for row in (*many(200), *alone)}
    assert scope.asked("search=a(&|$)")
    assert scope.asked("search=aa(&|$)"), "over 100 names begin with a, so that is asked for in parts"


def test_what_cannot_be_listed_whole_is_a_chosen_set_and_says_so(scope, short, tmp_path, monkeypatch):
    monkeypatch.setattr(modelscope_api, "MOST_PAGES", 4)
    scope.site.models = many(400)
    said: list[str] = []
    reading = fetched(tmp_path, said=said)
    assert reading.selection
    assert (reading.origin["listed"], reading.origin["counted"]) == (len(names(reading)), 400)
    assert any("not a census" in words for words in said)


def test_the_largest_alone_are_a_chosen_set(scope, tmp_path):
    scope.site.models = many(200)
    reading = fetched(tmp_path, Asked(top=60))
    assert reading.selection
    assert len(scope.seen) == 2
    assert min(row["downloads_all"] for row in rows(reading)) == 101


def test_a_fetch_that_was_stopped_goes_on_where_it_was(scope, tmp_path):
    scope.site.models = many(400)
    scope.harm(standin.fault("server-error-always", after=3))
    with pytest.raises(SourceFailed, match="500"):
        fetched(tmp_path)
    scope.heal()
    scope.forget()
    reading = fetched(tmp_path)
    assert not reading.selection
    assert [seen.target.split("page_number=")[1].split("&")[0] for seen in scope.seen] == ["4", "5", "6", "7", "8", "9"]
    assert len(names(reading)) == len(rows(reading)) == 400


@pytest.mark.parametrize(
    "name",
    [
        "too-many-requests",
        "server-errors",
        "cut",
        "malformed-json",
        "truncated-json",
        "nothing",
        "empty-page",
        "no-date",
    ],
)
def test_a_passing_fault_leaves_the_same_models(scope, tmp_path, name):
    scope.site.models = many(120)
    scope.harm(standin.fault(name, after=1))
    reading = fetched(tmp_path)
    assert names(reading) == {row["id"] for row in many(120)}
    assert not reading.selection


def test_a_page_that_was_given_twice_is_made_good_by_the_parts(scope, tmp_path):
    scope.site.models = many(120)
    scope.harm(standin.fault("page-repeated", after=1))
    assert names(fetched(tmp_path)) == {row["id"] for row in many(120)}


@pytest.mark.parametrize("name", ["other-shape", "counter-vanishes", "key-vanishes", "counter-changes-type"])
def test_another_form_is_refused_and_says_what_is_there(scope, tmp_path, name):
    scope.harm(standin.fault(name))
    with pytest.raises(SchemaChanged, match="it has: "):
        fetched(tmp_path)


def test_a_refusal_in_a_good_answer_is_no_listing(scope, tmp_path, monkeypatch):
    answer = ({"success": False, "code": "QuotaLimitExceed", "message": "too deep"}, None)
    monkeypatch.setattr(modelscope_api.client, "get_json", lambda *_, **__: (answer[0], ANSWER))
    with pytest.raises(SourceFailed, match="refuses: too deep"):
        fetched(tmp_path)


ANSWER = modelscope_api.client.Answer(200, {}, b"", "https://hub/openapi/v1/models?page_number=1")


def test_a_bad_row_is_left_out_and_private_models_are_no_part_of_the_hub(scope, tmp_path):
    scope.site.models = [*SMALL, {"id": "../x", "downloads": 1}, {"id": "a/b", "downloads": -1},
                         {"id": "mine/own", "downloads": 9, "private": True}]  # fmt: skip
    reading = fetched(tmp_path)
    assert names(reading) == {row["id"] for row in SMALL}
    rejects = [reject.column for batch in SCOPE.read(reading.path, reading.at) for reject in batch.rejects]
    assert sorted(rejects) == ["downloads_all", "name"]


def test_a_token_goes_to_the_hub_alone_and_is_in_no_origin(scope, tmp_path, monkeypatch):
    monkeypatch.setenv("MODELSCOPE_API_TOKEN", "ms-secret")
    reading = fetched(tmp_path)
    assert {seen.token for seen in scope.seen} == {"ms-secret"}
    assert "ms-secret" not in repr(reading)
    landed = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"ms-secret" in content for content in landed)


def test_the_endpoint_is_that_of_the_official_client(monkeypatch):
    monkeypatch.delenv("MODELSCOPE_ENDPOINT", raising=False)
    monkeypatch.delenv("MODELSCOPE_DOMAIN", raising=False)
    assert modelscope_api.endpoint() == "https://modelscope.cn"
    monkeypatch.setenv("MODELSCOPE_DOMAIN", "www.modelscope.ai")
    assert modelscope_api.endpoint() == "https://www.modelscope.ai"
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9/")
    assert modelscope_api.endpoint() == "http://127.0.0.1:9"


def counting(monkeypatch, total):
    """Make the hub say that it has `total(page)` models; null: as many as it has."""
    real = modelscope_api.client.get_json

    def get_json(*args, params, **more):
        value, answer = real(*args, params=params, **more)
        said = total(params["page_number"])
        if said is not None:
            value["data"]["total_count"] = said
        return value, answer

    monkeypatch.setattr(modelscope_api.client, "get_json", get_json)


def test_a_full_page_is_never_the_last_whatever_the_hub_says_that_it_has(scope, tmp_path, monkeypatch):
    scope.site.models = many(500)
    counting(monkeypatch, lambda page: 50 if page == 1 else None)
    reading = fetched(tmp_path)
    assert not reading.selection
    assert (reading.origin["listed"], reading.origin["counted"]) == (500, 500)


@pytest.mark.parametrize("total", [0, -5, 3, 50])
def test_a_total_that_is_less_than_what_was_seen_ends_in_no_reading(scope, tmp_path, monkeypatch, total):
    scope.site.models = many(500)
    counting(monkeypatch, lambda page: total)
    with pytest.raises(SourceFailed, match="and is beyond them"):
        fetched(tmp_path)


def test_a_total_that_is_wrong_once_is_asked_for_again(scope, tmp_path, monkeypatch):
    scope.site.models = many(120)
    wrong = [-5, 0]
    counting(monkeypatch, lambda page: wrong.pop() if wrong else None)
    reading = fetched(tmp_path)
    assert not reading.selection
    assert len(names(reading)) == 120


def test_a_hub_that_shows_far_fewer_than_before_is_no_census_however_often(scope, tmp_path):
    scope.site.models = many(120)
    whole = fetched(tmp_path / "whole")
    assert "short_of" not in whole.origin
    scope.site.models = many(40)
    said: list[str] = []
    short = fetched(tmp_path / "short", Asked(held=whole.origin), said)
    assert short.selection
    assert (short.origin["listed"], short.origin["counted"], short.origin["short_of"]) == (40, 40, 120)
    assert any("WARNING" in words for words in said)
    assert fetched(tmp_path / "again", Asked(held=short.origin)).selection
    largest = fetched(tmp_path / "top", Asked(top=20, held=short.origin))
    assert largest.origin["short_of"] == 120, "a chosen set in between changes nothing"
    scope.site.models = many(110)
    assert not fetched(tmp_path / "healed", Asked(held=largest.origin)).selection


@pytest.mark.parametrize("day", ["1970-01-01", "2099-01-01"])
def test_a_clock_that_cannot_be_right_dates_no_reading(scope, tmp_path, day):
    scope.day = day
    said: list[str] = []
    assert abs((fetched(tmp_path, said=said).at - datetime.now(UTC)).total_seconds()) < 300
    assert any(day[:4] in words for words in said)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MODELSCOPE_ENDPOINT", "http://user:hunter2@127.0.0.1:9"),
        ("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9/?key=hunter2"),
        ("MODELSCOPE_DOMAIN", "user:hunter2@127.0.0.1:9"),
        ("MODELSCOPE_API_TOKEN", "hunter2é"),
        ("MODELSCOPE_API_TOKEN", "hunter2 and more"),
    ],
)
def test_what_holds_a_secret_and_cannot_be_sent_is_refused_and_not_shown(scope, tmp_path, monkeypatch, variable, value):
    if variable == "MODELSCOPE_DOMAIN":
        monkeypatch.delenv("MODELSCOPE_ENDPOINT")
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError, match=variable) as raised:
        fetched(tmp_path)
    assert "hunter2" not in raised.value.message + raised.value.hint
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("asked", [Asked(days=(1, 2)), Asked(revision="x"), Asked(top=3001), Asked(top=0)])
def test_what_the_hub_does_not_show_cannot_be_asked_for(scope, tmp_path, asked):
    with pytest.raises(UsageError):
        fetched(tmp_path, asked)


def test_shares_by_country_stand_on_two_readings(scope, tmp_path, store):
    for day, more in (("2026-08-20", 0), ("2026-08-22", 600)):
        scope.day = day
        scope.site.models = [row | {"downloads": row["downloads"] + more} for row in SMALL]
        reading = fetched(tmp_path / day)
        ingest(store, SCOPE, reading.path, at=reading.at, known=making.moment(f"{day}T13:00"), origin=reading.origin)
    answer = making.share(store, "country", house(), hub="modelscope", start="2026-08-20", end="2026-08-22")
    assert (answer.unit, answer.total) == ("downloads", 1800)
    assert making.downloads(answer) == {"CN": 1200, "unregistered": 600}

"""Tokens a day come with their date of knowledge, are read again while they may be restated, and keep to the quota."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
import stamina

import making
import standin
from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.clock import day_text, parse_day
from weighbridge.records.source import Asked, Landing
from weighbridge.sources import openrouter_rankings
from weighbridge.sources.net import quota
from weighbridge.store.amounts import citations, read_amounts
from weighbridge.store.writing import ingest

ROUTER = openrouter_rankings.SOURCE
KEY = "sk-or-secret"


def tokens(first: str, days: int, **models: int) -> dict[str, dict[str, int]]:
    """The same tokens on every day."""
    named = models or {"openai/gpt-5:free": 70, "qwen/qwen3": 30}
    return {(date.fromisoformat(first) + timedelta(n)).isoformat(): dict(named) for n in range(days)}


@pytest.fixture(autouse=True)
def _no_waiting():
    with stamina.set_testing(True, attempts=4):
        yield


@pytest.fixture
def router(monkeypatch):
    site = standin.OpenRouter(tokens("2026-07-01", 52), keys=[KEY])
    with standin.serve(site, day="2026-08-22") as hub:
        monkeypatch.setenv("WEIGHBRIDGE_OPENROUTER_URL", hub.url)
        monkeypatch.setenv("OPENROUTER_API_KEY", KEY)
        yield hub


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "landing" / "openrouter-rankings"
    made.mkdir(parents=True)
    return made


def fetch(folder: Path, asked: Asked = Asked(), said: list[str] | None = None):  # noqa: B008 - frozen
    return list(ROUTER.fetch(Landing(folder, say=(said if said is not None else []).append), asked))


def amounts(reading) -> list[tuple[str, str, str, int]]:
    (batch,) = ROUTER.read(reading.path, None)
    table = batch.parts["amounts"].to_pylist()
    assert all(row["end"] == row["start"] + 1 and row["share"] is None for row in table)
    return [(day_text(row["start"]), row["level"], row["name"], row["amount"]) for row in table]


def test_a_day_has_its_models_and_the_rest_that_makes_it_whole(router, folder):
    many = {f"maker/model-{n:02}": 100 - n for n in range(60)}
    router.site.tokens_by_day = {"2026-08-21": many}
    (reading,) = fetch(folder, Asked(since=making.moment("2026-08-01")))
    found = amounts(reading)
    assert [row[2] for row in found[:2]] == ["maker/model-00", "maker/model-01"]
    assert found[-1] == ("2026-08-21", "rest", "other", sum(sorted(many.values())[:10]))
    assert len(found) == 51
    assert sum(row[3] for row in found) == sum(many.values())


def test_the_first_fetch_brings_all_days_there_are_in_few_requests(router, folder):
    router.site.tokens_by_day = tokens("2025-01-01", 598)
    (reading,) = fetch(folder)
    days = {row[0] for row in amounts(reading)}
    assert (min(days), max(days), len(days)) == ("2025-01-01", "2026-08-21", 598)
    assert len(router.seen) == 3


def test_a_later_fetch_reads_the_last_days_again(router, folder):
    (first,) = fetch(folder)
    assert first.origin["through"] == "2026-08-21"
    router.day = "2026-08-24"
    router.site.tokens_by_day |= tokens("2026-08-18", 6, **{"openai/gpt-5:free": 71})
    router.forget()
    (second,) = fetch(folder, Asked(held=first.origin))
    restated = [row for row in amounts(second) if row[0] >= "2026-08-15"]
    assert {row[3] for row in restated if row[0] >= "2026-08-18"} == {71}
    assert {row[0] for row in restated} == {day_text(parse_day("2026-08-15") + n) for n in range(9)}
    assert len(router.seen) == 1


def test_a_gap_longer_than_the_newest_window_is_filled(router, folder):
    (reading,) = fetch(folder, Asked(held={"through": "2026-07-10"}))
    days = {row[0] for row in amounts(reading)}
    assert (min(days), len(days)) == ("2026-07-04", 49)
    assert [seen.target.partition("?")[2] for seen in router.seen] == ["", "start_date=2026-07-04&end_date=2026-07-21"]


def test_the_same_figures_are_nothing_new(router, folder):
    (first,) = fetch(folder)
    router.day = "2026-08-22T18:00:00"
    assert fetch(folder, Asked(held=first.origin)) == []


def test_days_that_were_asked_for_are_those_that_come(router, folder):
    (reading,) = fetch(folder, Asked(days=(parse_day("2026-07-05"), parse_day("2026-07-08"))))
    assert {row[0] for row in amounts(reading)} == {"2026-07-05", "2026-07-06", "2026-07-07"}


def test_a_reading_says_how_it_must_be_cited_and_never_the_key(router, folder):
    (reading,) = fetch(folder)
    assert reading.origin["as_of"] == "2026-08-22T12:00:00Z"
    assert reading.origin["citation"] == (
        "Source: OpenRouter (openrouter.ai/rankings), as of 2026-08-22T12:00:00Z. Licensed under CC BY 4.0."
    )
    assert {seen.token for seen in router.seen} == {KEY}
    landed = [path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()]
    assert KEY not in repr(reading)
    assert not any(KEY.encode() in content for content in landed)


def test_without_a_key_nothing_is_asked_and_the_variable_is_named(router, folder, monkeypatch):
    monkeypatch.delenv("OPENROUTER_API_KEY")
    with pytest.raises(UsageError, match="OPENROUTER_API_KEY") as raised:
        fetch(folder)
    assert "openrouter.ai" in raised.value.hint
    assert not router.seen


@pytest.mark.parametrize("key", ["sk-ör-hunter2", "hunter2\u200b", "a hunter2"])
def test_a_key_that_cannot_be_one_is_refused_and_not_shown(router, folder, monkeypatch, key):
    monkeypatch.setenv("OPENROUTER_API_KEY", key)
    with pytest.raises(UsageError, match="OPENROUTER_API_KEY holds what cannot be a key") as raised:
        fetch(folder)
    assert "hunter2" not in raised.value.message + raised.value.hint
    assert not router.seen


def test_a_password_in_the_address_is_refused_and_a_mirror_is_named_as_what_it_is(router, folder, monkeypatch):
    assert fetch(folder)[0].origin["address"] == f"{router.url}/api/v1/datasets/rankings-daily"
    monkeypatch.setenv("WEIGHBRIDGE_OPENROUTER_URL", router.url.replace("://", "://user:hunter2@"))
    with pytest.raises(UsageError, match="WEIGHBRIDGE_OPENROUTER_URL") as raised:
        fetch(folder)
    assert "hunter2" not in raised.value.message + raised.value.hint


def test_a_day_that_was_still_to_come_is_rejected_and_moves_nothing(router, folder):
    real = openrouter_rankings.client.get_json

    def get_json(*args, **more):
        value, answer = real(*args, **more)
        value["data"] += [row(day="9999-12-31")] if value["data"] else []
        return value, answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openrouter_rankings.client, "get_json", get_json)
        (reading,) = fetch(folder)
    assert reading.origin["through"] == "2026-08-21"
    assert max(day for day, *_ in amounts(reading)) == "2026-08-21"
    (batch,) = ROUTER.read(reading.path, None)
    assert {reject.column for reject in batch.rejects} == {"date"}


@pytest.mark.parametrize("through", ["9999-12-31", "soon", 5, None])
def test_a_last_day_that_cannot_have_been_read_begins_anew(router, folder, through):
    (reading,) = fetch(folder, Asked(held={"through": through}))
    assert min(day for day, *_ in amounts(reading)) == "2026-07-01"


@pytest.mark.parametrize("content", ["[" * 100_000, '{"day": 1e999}', '{"day": "x", "requests": {}, "recent": 3}'])
def test_a_damaged_quota_file_is_begun_anew(router, folder, content):
    (folder.parent / "openrouter-rankings.quota.json").write_text(content)
    assert fetch(folder)


def test_a_key_that_is_not_known_is_a_refusal(router, folder, monkeypatch):
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-wrong")
    with pytest.raises(SourceFailed, match="401"):
        fetch(folder)


def test_a_restated_day_counts_as_the_later_reading_has_it_whole(router, folder, store):
    for day, figures in (("2026-08-22", {"a/old": 60, "b/x": 40}), ("2026-08-23", {"b/x": 45, "c/new": 50})):
        router.day = day
        router.site.tokens_by_day = {"2026-08-20": figures, "2026-08-21": {"b/x": 1}}
        (reading,) = fetch(folder, Asked(since=making.moment("2026-08-01")))
        ingest(store, ROUTER, reading.path, at=None, known=making.moment(f"{day}T13:00"), origin=reading.origin)
    table = read_amounts(store.vintages()).to_pylist()
    day = [(row["name"], row["amount"]) for row in table if day_text(row["start"]) == "2026-08-20"]
    assert day == [("b/x", 45), ("c/new", 50)]
    assert citations(store.vintages()) == [
        "Source: OpenRouter (openrouter.ai/rankings), as of 2026-08-23T12:00:00Z. Licensed under CC BY 4.0."
    ]


@pytest.mark.parametrize(
    "name", ["too-many-requests", "server-errors", "cut", "malformed-json", "nothing", "not-utf-8"]
)
def test_a_passing_fault_leaves_the_same_days(router, folder, name):
    whole = amounts(fetch(folder)[0])
    router.harm(standin.fault(name))
    assert amounts(fetch(folder)[0]) == whole


@pytest.mark.parametrize("after", [0, 1])
def test_an_answer_without_days_is_asked_for_again(router, folder, after):
    router.site.tokens_by_day = tokens("2025-01-01", 598)
    router.harm(standin.fault("empty-page", after=after))
    assert len({row[0] for row in amounts(fetch(folder)[0])}) == 598


def test_no_newest_days_are_a_failure_and_not_nothing_new(router, folder):
    router.site.tokens_by_day = {}
    with pytest.raises(SourceFailed, match="no figures"):
        fetch(folder)


@pytest.mark.parametrize("name", ["other-shape", "counter-vanishes", "key-vanishes", "counter-changes-type"])
def test_another_form_is_refused_and_nothing_is_read(router, folder, name):
    router.harm(standin.fault(name))
    with pytest.raises(SchemaChanged):
        fetch(folder)
    assert not (folder / "rankings.jsonl").exists()


def test_windows_that_landed_before_a_failure_are_not_asked_for_again(router, folder):
    router.site.tokens_by_day = tokens("2025-01-01", 598)
    router.harm(standin.fault("server-error-always", after=2))
    with pytest.raises(SourceFailed, match="500"):
        fetch(folder)
    router.heal()
    router.forget()
    (reading,) = fetch(folder)
    assert len({row[0] for row in amounts(reading)}) == 598
    assert len(router.seen) == 2


def answer(rows, **meta):
    about = {"as_of": "2026-08-22T12:00:00Z", "start_date": "2026-08-20", "end_date": "2026-08-21", "version": "v1"}
    return json.dumps({"data": rows, "meta": about | meta})


def row(day="2026-08-20", name="a/b", count="5"):
    return {"date": day, "model_permaslug": name, "total_tokens": count}


def test_a_saved_answer_is_read_as_it_was_given_and_a_bad_row_is_left_out(tmp_path):
    file = tmp_path / "saved.json"
    rows = [
        row(),
        row(name="<b>"),
        row(count="-1"),
        row(day="yesterday"),
        row(),
        row(name="other", count=7),
        row(count="x"),
    ]
    file.write_text(answer(rows))
    (batch,) = ROUTER.read(file, None)
    assert batch.parts["amounts"]["name"].to_pylist() == ["a/b", "other"]
    assert [(reject.row, reject.column) for reject in batch.rejects] == [
        (2, "model_permaslug"), (3, "total_tokens"), (4, "date"), (5, ""), (7, "total_tokens"),
    ]  # fmt: skip
    assert batch.rows.num_rows == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "no data and meta"),
        ("{}", "no data and meta"),
        (answer([row()], version="v2"), "version v2"),
        (answer([row()], as_of=None), "as_of"),
        (answer([row()], as_of="9999-12-31T00:00:00Z"), "as_of"),
        (answer([row()], as_of="lately"), "as_of"),
        (answer([row()], start_date="9999-12-31"), "start_date"),
        (answer([row(day="2026-08-24")]), "no row with a day"),
        (answer([{"date": "2026-08-20", "model": "a"}]), "model_permaslug"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path, text, words):
    file = tmp_path / "saved.json"
    file.write_text(text)
    with pytest.raises(SchemaChanged, match=words):
        list(ROUTER.read(file, None))


@pytest.mark.parametrize("content", [b"", b"not json", b"\xff\xfe", b'{"data": [], "meta"'])
def test_a_file_that_is_no_answer_is_refused(tmp_path, content):
    file = tmp_path / "saved.json"
    file.write_bytes(content)
    with pytest.raises(SourceFailed):
        list(ROUTER.read(file, None))


# ---- the quota


class Clock:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 1_787_400_000.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def kept(tmp_path, clock, a_minute=30, a_day=500) -> quota.Quota:
    return quota.Quota(tmp_path / "quota.json", a_minute, a_day, clock, clock.sleep)


def test_the_requests_of_a_minute_are_never_exceeded(tmp_path, clock):
    moments = []
    for _ in range(25):
        kept(tmp_path, clock).take(4)  # a new run each time
        moments += [clock.now] * 4
        clock.now += 1
    for at in moments:
        assert sum(at - 60 < other <= at for other in moments) <= 30
    assert clock.waited


def test_the_requests_of_a_day_are_never_exceeded_and_a_new_day_begins_anew(tmp_path, clock):
    for _ in range(5):
        kept(tmp_path, clock, a_day=20).take(4)
        clock.now += 60
    with pytest.raises(SourceFailed, match="20 of the 20 requests") as raised:
        kept(tmp_path, clock, a_day=20).take(1)
    assert "midnight UTC" in raised.value.hint
    clock.now += 86_400
    kept(tmp_path, clock, a_day=20).take(4)


def test_a_long_wait_is_said(tmp_path, clock):
    said: list[str] = []
    kept(tmp_path, clock).take(30, said.append)
    kept(tmp_path, clock).take(4, said.append)
    assert said == ["waiting 60 s (the source allows 30 requests a minute)"]


@pytest.mark.parametrize("content", ["", "{}", '{"day": 1, "requests": "x"}', "[]"])
def test_a_damaged_file_of_the_quota_stops_nobody(tmp_path, clock, content):
    (tmp_path / "quota.json").write_text(content)
    kept(tmp_path, clock).take(4)
    assert json.loads((tmp_path / "quota.json").read_text())["requests"] == 4


def test_a_fetch_counts_its_requests_where_the_next_one_finds_them(router, folder):
    fetch(folder)
    used = json.loads((folder.parent / "openrouter-rankings.quota.json").read_text())
    assert used["requests"] == openrouter_rankings.TRIES * len(router.seen)
    assert len(used["recent"]) == used["requests"]

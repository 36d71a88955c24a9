"""One request over HTTP: what heals, what is refused, and what is never shown."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_hub import _no_waits as _no_waits

import standin
from weighbridge.errors import SourceFailed, UsageError
from weighbridge.sources.net import retries
from weighbridge.sources.net.client import Answer, get, get_json, json_of, pause, shown

HIDDEN = {"authorization": "Bearer very-secret", "x-api-key": "another-very-secret"}
ROWS = [{"id": "a/b", "downloads": 3}]

pytestmark = pytest.mark.usefixtures("_no_waits")


def models_of(hub: standin.Running) -> str:
    return f"{hub.url}/api/models"


@pytest.mark.parametrize(
    "fault",
    ["cut", "no-answer", "server-errors", "too-many-requests", "too-many-requests-until", "too-many-requests-bare",
     "unavailable", "stalled", "slow", "redirected"],
)  # fmt: skip
def test_what_passes_is_asked_again_until_it_answers(fault: str) -> None:
    with standin.hub(ROWS, faults=[fault]) as hub:
        assert json_of(get(models_of(hub)))[0]["id"] == "a/b"
        assert any(fault in seen.faults for seen in hub.seen)


@pytest.mark.parametrize("fault", ["malformed-json", "truncated-json", "not-json", "nothing", "not-utf-8", "corrupted"])
def test_a_body_that_is_no_json_is_asked_for_again(fault: str) -> None:
    with standin.hub(ROWS, faults=[fault]) as hub:
        value, answer = get_json(models_of(hub))
    assert value[0]["downloads"] == 3
    assert answer.status == 200


def test_a_body_that_stays_no_json_fails_and_names_its_address() -> None:
    with (
        standin.hub(ROWS, faults=["not-json:times=all"]) as hub,
        pytest.raises(SourceFailed, match=r"/api/models answers with what is not JSON"),
    ):
        get_json(models_of(hub), tries=2)
    assert len(hub.seen) == 2


@pytest.mark.parametrize("text", [b"NaN", b"[Infinity]", b"[" * 100_000])
def test_json_that_no_other_program_reads_is_none(text: bytes) -> None:
    with pytest.raises(SourceFailed, match="not JSON"):
        json_of(Answer(200, {}, text, "http://hub.example/api"))


def test_a_dead_host_fails_after_so_many_tries() -> None:
    with standin.hub(ROWS, faults=["dead"]) as hub, pytest.raises(SourceFailed, match="connection failed"):
        get(models_of(hub), tries=4)
    assert len(hub.seen) == 4


def test_a_refusal_is_not_asked_again() -> None:
    with standin.hub(ROWS, faults=["forbidden"]) as hub, pytest.raises(SourceFailed, match="403") as failed:
        get(models_of(hub))
    assert len(hub.seen) == 1
    assert "token or key" in failed.value.hint


def test_a_status_that_is_allowed_is_an_answer() -> None:
    with standin.hub(ROWS) as hub:
        value, answer = get_json(f"{hub.url}/api/organizations/nobody/overview", allow=(404,))
    assert (value, answer.status) == (None, 404)


@pytest.mark.parametrize("fault", ["endless", "bomb"])
def test_a_body_larger_than_any_page_is_refused_without_being_kept(fault: str) -> None:
    with standin.hub(ROWS, faults=[fault]) as hub, pytest.raises(SourceFailed, match="sends more than 1,048,576 bytes"):
        get(models_of(hub), most=2**20)
    assert len(hub.seen) == 1


def test_waits_over_five_seconds_are_told() -> None:
    said: list[str] = []
    with standin.hub(ROWS, faults=["too-many-requests:wait=42", "unavailable:wait=2:after=2"]) as hub:
        get(models_of(hub), say=said.append)
    assert len(said) == 2  # the fault strikes twice; two seconds are not worth a word
    assert all("waiting 42 s" in words for words in said)


def test_a_wait_of_hours_ends_the_run_and_says_when_to_come_back() -> None:
    with (
        standin.hub(ROWS, faults=["too-many-requests-long"]) as hub,
        pytest.raises(SourceFailed, match="asks to wait 86,400 seconds") as failed,
    ):
        get(models_of(hub))
    assert len(hub.seen) == 1
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert f"after {tomorrow:%Y-%m-%dT}" in failed.value.hint


@pytest.mark.parametrize("date", ["Thu, 11 Jul 2024 12:00:00 GMT", "Thu, 11 Jul 2024 12:02:00 GMT"])
def test_a_moment_to_wait_for_is_read_by_the_clock_that_fits(date: str) -> None:
    by_its_own = {"retry-after": "Thu, 11 Jul 2024 12:02:30 GMT", "date": date}
    assert retries.asked_wait(by_its_own) in (30, 150)
    soon = datetime.now(UTC) + timedelta(seconds=20)
    by_ours = {"retry-after": format_datetime(soon, usegmt=True), "date": date}
    assert 15 < (retries.asked_wait(by_ours) or 0) <= 20
    assert retries.asked_wait({"retry-after": "Thu, 11 Jul 2024 11:00:00 GMT", "date": date}) == 0
    assert retries.asked_wait({"retry-after": "soon", "date": date}) is None


def test_no_number_or_moment_of_a_header_is_too_large() -> None:
    last = "Fri, 31 Dec 9999 23:59:59 -2359"
    assert retries.http_date(last) is None
    assert Answer(200, {"date": last}, b"", "http://hub.example/").date is None
    assert retries.asked_wait({"retry-after": last}) is None
    for headers in (
        {"retry-after": "9" * 5000}, {"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"},
        {"ratelimit": f'"api";r=0;t={"9" * 40}'},
    ):  # fmt: skip
        with pytest.raises(SourceFailed, match=r"asks to wait [0-9,]+ seconds") as failed:
            raise retries.passing(429, headers, "http://hub.example/")
        assert "run the same again after 20" in failed.value.hint
    pause(Answer(200, {"ratelimit": f'"api";r=0;t={"9" * 5000}'}, b"", "http://hub.example/"))


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1/x",
        "http://127.0.0.1:99999/x",
        "http://h\u00fcb..example/",
        f"http://{'a' * 70}.invalid/",
        "http://",
    ],
)
def test_an_address_that_cannot_be_asked_is_a_failure_in_words(url: str) -> None:
    with pytest.raises(SourceFailed, match=r"cannot be|connection failed"):
        get(url, tries=1)


def test_a_key_that_no_header_can_hold_is_not_quoted() -> None:
    with standin.hub(ROWS) as hub, pytest.raises(SourceFailed) as failed:
        get(models_of(hub), headers={"authorization": "Bearer s\u00e9cret-\u4e2d"})
    assert "cret" not in failed.value.message + failed.value.hint


def test_a_used_up_window_is_waited_for_before_the_next_request(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(retries, "sleep", slept.append)
    said: list[str] = []
    pause(Answer(200, {"ratelimit": '"api";r=3;t=55'}, b"", "http://hub.example/"), said.append)
    pause(Answer(200, {"ratelimit": '"api";r=0;t=55'}, b"", "http://hub.example/"), said.append)
    assert slept == [56]  # the server may have rounded down
    assert said == ["hub.example: waiting 56 s (has no requests left in this window)"]


def test_a_key_goes_to_the_first_host_alone() -> None:
    with standin.hub(ROWS) as other, standin.hub(ROWS) as hub:
        hub.harm(standin.fault("redirected-elsewhere", to=other.url))
        get(models_of(hub), headers=HIDDEN)
        assert hub.seen[0].headers["x-api-key"] == "another-very-secret"
        assert other.seen
        assert not any({"authorization", "x-api-key"} & set(seen.headers) for seen in other.seen)


def test_who_stays_is_not_led_elsewhere() -> None:
    with standin.hub(ROWS) as other, standin.hub(ROWS) as hub:
        hub.harm(standin.fault("redirected-elsewhere", to=other.url))
        with pytest.raises(SourceFailed, match="leads to"):
            get(models_of(hub), headers=HIDDEN, stay=True)
        assert not other.seen


@pytest.mark.parametrize("fault", sorted(name for name, kind in standin.FAULTS.items() if kind.then == standin.STANDS))
def test_no_failure_and_no_log_shows_a_key(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with standin.hub(ROWS, faults=[fault]) as hub:
        try:
            words = repr(get(models_of(hub), params={"key": "asked"}, headers=HIDDEN, tries=2, most=2**20))
        except SourceFailed as failure:
            words = f"{failure.message} {failure.hint} {failure!r} {failure.__cause__!r}"
    assert "key=asked" not in words
    assert "very-secret" not in words
    assert not any("very-secret" in record.getMessage() for record in caplog.records)


def test_a_header_that_cannot_be_sent_is_not_quoted() -> None:
    with standin.hub(ROWS) as hub, pytest.raises(SourceFailed) as failure:
        get(models_of(hub), headers={"authorization": "Bearer very\nsecret"})
    assert "secret" not in failure.value.message + failure.value.hint


def test_tries_leave_nothing_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with standin.hub(ROWS, faults=["server-errors"]) as hub:
        get(models_of(hub))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://hub.example/x", "hub.example/x", ""])
def test_only_the_web_is_asked(url: str) -> None:
    with pytest.raises(UsageError, match="no web address"):
        get(url)


@given(st.text(st.characters(categories=["L", "N"]), min_size=4, max_size=12), st.integers(1, 65535))
def test_an_address_is_shown_without_what_may_be_secret(secret: str, port: int) -> None:
    text = shown(f"https://{'u' + secret}:{'p' + secret}@hub.example:{port}/api?key={'q' + secret}#{'f' + secret}")
    assert text == f"https://hub.example:{port}/api"

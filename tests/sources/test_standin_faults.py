"""Every fault of the stand-ins does to a plain client what its description says, and goes as it is told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime

import httpx2
import pytest

import standin
from standin import plain

ROWS = [{"id": f"a/m{n}", "downloads": 1000 + n, "library_name": "transformers"} for n in range(40)]
LISTING = "/api/models?limit=20&expand=downloads&expand=library_name"
Judge = Callable[[standin.Running, str], None]


def get(hub: standin.Running, target: str = LISTING, timeout: float = 10.0) -> httpx2.Response:
    return plain.get(hub.url + target, timeout=timeout)


def status(wanted: int, **headers: str) -> Judge:
    def judge(hub: standin.Running, target: str) -> None:
        answer = get(hub, target)
        assert answer.status_code == wanted
        for name, value in headers.items():
            assert answer.headers[name.replace("_", "-")] == value

    return judge


def raises(error: type[Exception]) -> Judge:
    def judge(hub: standin.Running, target: str) -> None:
        with pytest.raises(error):
            get(hub, target)

    return judge


def not_json(hub: standin.Running, target: str) -> None:
    answer = get(hub, target)
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(ValueError, match=r".*"):
        answer.json()


def late(hub: standin.Running, target: str) -> None:
    began = time.monotonic()
    assert len(get(hub, target).json()) == 20
    assert time.monotonic() - began >= 0.5
    hub.harm(standin.fault(hub.plan.faults[0].kind, seconds=5.0))
    with pytest.raises(httpx2.ReadTimeout):
        get(hub, target, timeout=0.2)


def rows(expected: Callable[[list[dict], list[dict]], bool]) -> Judge:
    """Judge the rows of a page against those without a fault."""

    def judge(hub: standin.Running, target: str) -> None:
        harmed = get(hub, target).json()
        hub.heal()
        assert expected(harmed, get(hub, target).json())

    return judge


def until(hub: standin.Running, target: str) -> None:
    answer = get(hub, target)
    assert answer.status_code == 429
    left = parsedate_to_datetime(answer.headers["retry-after"]).timestamp() - time.time()
    assert 0 < left <= 2


def server_errors(hub: standin.Running, target: str) -> None:
    assert [get(hub, target).status_code for _ in range(4)] == [500, 502, 503, 200]


def same_length_other_bytes(hub: standin.Running, target: str) -> None:
    harmed = get(hub, target).content
    hub.heal()
    whole = get(hub, target).content
    assert len(harmed) == len(whole)
    assert sum(a != b for a, b in zip(harmed, whole, strict=True)) == 1


def huge(hub: standin.Running, target: str) -> None:
    hub.harm(standin.fault(hub.plan.faults[0].kind, megabytes=3))
    with plain.stream("GET", hub.url + target) as answer:
        assert "content-length" not in answer.headers or int(answer.headers["content-length"]) < 100_000
        assert sum(len(piece) for piece in answer.iter_bytes()) > 3 << 20


def empty_page(hub: standin.Running, target: str) -> None:
    answer = get(hub, target)
    assert answer.json() == []
    again = plain.get(answer.links["next"]["url"])
    assert len(again.json()) == 20, "the page it promises has what it lacked"


def repeated(hub: standin.Running, target: str) -> None:
    hub.harm(standin.fault("page-repeated", after=1))
    first = get(hub, target)
    second = plain.get(first.links["next"]["url"])
    assert second.json() == first.json()


def circle(hub: standin.Running, target: str) -> None:
    assert get(hub, target).links["next"]["url"] == hub.url + target


def redirected(hub: standin.Running, target: str) -> None:
    answer = plain.get(hub.url + target, follow_redirects=True)
    assert [one.status_code for one in answer.history] == [307]
    assert len(answer.json()) == 20


def elsewhere(hub: standin.Running, target: str) -> None:
    with standin.hub() as other:
        hub.harm(standin.fault("redirected-elsewhere", to=other.url))
        assert get(hub, target).headers["location"] == other.url + target


def for_ever(hub: standin.Running, target: str) -> None:
    with pytest.raises(httpx2.TooManyRedirects):
        plain.get(hub.url + target, follow_redirects=True)


def date(wanted: str | None) -> Judge:
    def judge(hub: standin.Running, target: str) -> None:
        assert get(hub, target).headers.get("date") == wanted

    return judge


def lacks(field: str) -> Judge:
    return rows(lambda harmed, whole: all(field not in row for row in harmed) and all(field in row for row in whole))


def appears(harmed: list[dict], whole: list[dict]) -> bool:
    return [row.keys() - plain_row.keys() for row, plain_row in zip(harmed, whole, strict=True)] == [
        {"somethingNew"}
    ] * len(whole)


def counters(change: Callable[[int], object]) -> Judge:
    return rows(lambda harmed, whole: [r["downloads"] for r in harmed] == [change(r["downloads"]) for r in whole])


JUDGES: dict[str, Judge] = {
    "too-many-requests": status(429, retry_after="1", ratelimit='"api";r=0;t=1'),
    "too-many-requests-until": until,
    "too-many-requests-bare": status(429),
    "too-many-requests-long": status(429, retry_after="86400"),
    "server-errors": server_errors,
    "server-error-always": status(500),
    "unavailable": status(503, retry_after="1"),
    "slow": late,
    "stalled": late,
    "no-answer": raises(httpx2.RemoteProtocolError),
    "dead": raises(httpx2.RemoteProtocolError),
    "cut": raises(httpx2.RemoteProtocolError),
    "not-json": not_json,
    "malformed-json": not_json,
    "truncated-json": not_json,
    "nothing": not_json,
    "not-utf-8": not_json,
    "other-shape": lambda hub, target: None if isinstance(get(hub, target).json(), dict) else pytest.fail("a list"),
    "corrupted": same_length_other_bytes,
    "endless": huge,
    "bomb": huge,
    "field-appears": rows(appears),
    "optional-field-vanishes": lacks("library_name"),
    "counter-vanishes": lacks("downloads"),
    "key-vanishes": lacks("id"),
    "counter-changes-type": counters(lambda count: f"about {count}"),
    "counters-fall": counters(lambda count: count // 10),
    "bad-rows": rows(lambda harmed, whole: 0 < sum(row["downloads"] == -1 for row in harmed) < len(whole)),
    "rows-vanish": rows(lambda harmed, whole: 0 < len(harmed) < len(whole)),
    "rows-twice": rows(lambda harmed, whole: harmed == [row for row in whole for _ in (0, 1)]),
    "empty-page": empty_page,
    "page-repeated": repeated,
    "circle": circle,
    "cursor-refused": status(400),
    "cursor-gone": status(410),
    "redirected": redirected,
    "redirected-elsewhere": elsewhere,
    "redirected-for-ever": for_ever,
    "bad-token": status(401, x_error_message="Invalid credentials in Authorization header"),
    "forbidden": status(403),
    "not-found": status(404),
    "no-date": date(None),
    "odd-date": date("yesterday evening"),
    "next-day": date("Fri, 12 Jul 2024 12:00:00 GMT"),
}


@pytest.fixture(scope="module")
def a_hub() -> Iterator[standin.Running]:
    """A hub that each test harms in its own way."""
    with standin.hub(ROWS, day="2024-07-11") as hub:
        yield hub


@pytest.mark.parametrize("name", standin.FAULTS)
def test_a_fault_does_what_it_says(a_hub: standin.Running, name: str):
    a_hub.harm(standin.fault(name))
    JUDGES[name](a_hub, LISTING)


@pytest.mark.parametrize("name", [kind.name for kind in standin.FAULTS.values() if kind.then == standin.HEALS])
def test_what_heals_is_over_after_a_few_requests(a_hub: standin.Running, name: str):
    a_hub.harm(standin.fault(name))
    for _ in range(standin.FAULTS[name].times or 0):
        try:
            get(a_hub)
        except httpx2.HTTPError:
            assert a_hub.seen[-1].faults == (name,)
    answer = get(a_hub)
    assert (answer.status_code, len(answer.json()), a_hub.seen[-1].faults) == (200, 20, ())


RANKING = "/api/v1/datasets/rankings-daily"
SITES: dict[str, tuple[Callable[[], standin.Site], str]] = {
    "modelscope": (lambda: standin.ModelScope(ROWS), "/openapi/v1/models"),
    "ollama": (lambda: standin.Ollama([{"name": row["id"], "pulls": row["downloads"]} for row in ROWS]), "/library"),
    "openrouter": (lambda: standin.OpenRouter({"2026-05-10": {row["id"]: 5 for row in ROWS}}, minute=999), RANKING),
}


@pytest.fixture(scope="module", params=SITES)
def other_hub(request: pytest.FixtureRequest) -> Iterator[tuple[standin.Running, str]]:
    """A hub that is not Hugging Face, and the way to its listing."""
    made, target = SITES[request.param]
    with standin.serve(made(), day="2026-05-11") as hub:
        yield hub, target


@pytest.mark.parametrize("name", standin.FAULTS)
def test_every_fault_can_strike_every_hub(other_hub: tuple[standin.Running, str], name: str):
    hub, target = other_hub
    quick = {"seconds": 0.05, "megabytes": 1}
    hub.harm(standin.fault(name, **{key: quick[key] for key in standin.FAULTS[name].options if key in quick}))
    hub.forget()
    try:
        plain.get(hub.url + target, headers={"Authorization": "Bearer sk-1"})
    except httpx2.HTTPError:
        assert hub.seen[0].status in (0, 200)
    assert hub.seen[0].faults == (name,)


def test_a_fault_strikes_the_requests_it_is_told_to():
    with standin.hub(ROWS, faults=["server-errors:after=1:times=2:on=/api/models/a"]) as hub:
        statuses = [get(hub, "/api/models/a/m1").status_code for _ in range(5)]
        assert statuses == [200, 500, 502, 200, 200]
        assert get(hub).status_code == 200


def test_chance_is_settled_by_the_seed():
    def struck(seed: int) -> list[bool]:
        with standin.hub(ROWS, faults=[standin.fault("not-found", share=0.5)], seed=seed) as hub:
            return [get(hub).status_code == 404 for _ in range(20)]

    assert struck(1) == struck(1) != struck(2)
    assert 2 < sum(struck(3)) < 18


def test_faults_come_together_and_go_when_healed():
    with standin.hub(ROWS, faults=["counters-fall", "rows-vanish"]) as hub:
        listed = get(hub).json()
        assert len(listed) < 20
        assert max(row["downloads"] for row in listed) < 200
        hub.heal()
        assert len(get(hub).json()) == 20


def until_cut(url: str) -> bytes:
    """What arrives before the connection is cut."""
    got = b""
    with plain.stream("GET", url) as answer:
        try:
            for piece in answer.iter_bytes():
                got += piece
        except httpx2.RemoteProtocolError:
            return got
    raise AssertionError("it was not cut")


def test_a_file_can_be_cut_and_fetched_on_from_there():
    body = bytes(range(256)) * 100
    cut = standin.fault("cut", on="/lfs/", at=0.25)
    with standin.hub(datasets={"o/d": {"a.parquet": body}}, faults=[cut]) as hub:
        where = get(hub, "/datasets/o/d/resolve/main/a.parquet").headers["location"]
        got = until_cut(where)
        assert got == body[: len(body) // 4]
        rest = plain.get(where, headers={"Range": f"bytes={len(got)}-"})
        assert got + rest.content == body


def test_a_kind_an_option_or_a_text_that_does_not_exist_is_an_error():
    for wrong in ("no-such-fault", "cut:speed=3"):
        with pytest.raises(KeyError):
            standin.parse(wrong)


def test_a_mistake_of_the_stand_in_is_raised_and_not_taken_for_a_fault():
    class Broken(standin.ModelScope):
        def answer(self, asked: object) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), standin.serve(Broken()) as hub:
        assert get(hub).status_code == 500


def test_the_documents_of_the_faults_are_one_line_each():
    for kind in standin.FAULTS.values():
        assert kind.about
        assert "\n" not in kind.about
        assert kind.then in (standin.HEALS, standin.STANDS, standin.ALTERS)
        json.dumps(dict(kind.options))

"""The desk: few threads, one making a key, a limit to how many wait, and a store that changes while it is served."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
import time

import pytest
from starlette.testclient import TestClient

import making
from weighbridge.errors import DataMissing, StoreDamaged, UsageError
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest
from weighbridge.surfaces.api import application, desk
from weighbridge.surfaces.api.desk import WAITING_MOST, Desk
from weighbridge.surfaces.api.problems import Refused
from weighbridge.surfaces.api.sending import Packed
from weighbridge.surfaces.api.warming import Warming, of_single_models, offered_figures
from weighbridge.surfaces.views.asked import Asked


@pytest.fixture
def busy(small):
    """A desk on the small store."""
    made = Desk(small.path, threads=2)
    yield made
    made.close()


def test_who_asks_for_the_same_waits_for_the_same(busy):
    asked = []

    def slow(shelf):
        asked.append(1)
        time.sleep(0.05)
        return Packed(b"x", "text/plain")

    async def many():
        return await asyncio.gather(*(busy.body("key", slow) for _ in range(30)))

    found = asyncio.run(many())
    assert len(asked) == 1
    assert {packed.body for packed in found} == {b"x"}
    assert asyncio.run(busy.body("key", slow)).body == b"x"
    assert len(asked) == 1


def test_too_many_questions_are_told_to_come_later(busy):
    gate = threading.Event()

    def held_up(shelf):
        gate.wait(10)
        return Packed(b"x", "text/plain")

    async def crowd():
        waiting = [asyncio.ensure_future(busy.body(number, held_up)) for number in range(WAITING_MOST)]
        await asyncio.sleep(0)
        with pytest.raises(Refused) as refused:
            await busy.body("one more", held_up)
        gate.set()
        await asyncio.gather(*waiting)
        assert (await busy.body("afterwards", held_up)).body == b"x"
        return refused.value

    refused = asyncio.run(crowd())
    assert refused.kind == "busy"
    assert int(refused.headers["Retry-After"]) > 0


def test_who_goes_away_leaves_no_one_waiting(busy):
    gate = threading.Event()

    def held_up(shelf):
        gate.wait(10)
        return Packed(b"x", "text/plain")

    async def leave():
        for number in range(WAITING_MOST + 5):
            task = asyncio.ensure_future(busy.body(number, held_up))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        gate.set()
        return (await busy.body("after", held_up)).body

    assert asyncio.run(leave()) == b"x"


@pytest.mark.parametrize(("error", "calls"), [
    (OSError("broken"), 2), (StoreDamaged("broken"), 2), (DataMissing("not held", "ask more"), 1),
    (UsageError("not so"), 1),
])  # fmt: skip
def test_what_cannot_be_answered_is_looked_for_once_but_a_failure_again(busy, error, calls):
    asked = []

    def fail(shelf):
        asked.append(1)
        raise error

    for _ in range(2):
        with pytest.raises(type(error)) as raised:
            asyncio.run(busy.body("key", fail))
        assert str(raised.value) == str(error)
    assert len(asked) == calls


def test_a_new_reading_is_served_without_a_pause(tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "LOOK_SECONDS", 0.0)
    store, rows = Store(tmp_path / "store"), [{"id": f"google/m{i}", "downloads": 9, "likes": 1} for i in range(5)]

    def read(day, known):
        path = making.csv_file(tmp_path / f"{day}.csv", rows)
        ingest(store, source("hub-dump"), path, at=making.moment(day), known=making.moment(known))

    read("2024-07-11", "2024-07-12")
    with TestClient(application(store.path, ahead="nothing")) as client:
        first = client.get("/charts/share.json")
        assert client.get("/healthz").json()["vintages"] == 1
        read("2024-07-12", "2024-07-13")
        end = time.monotonic() + 20
        while client.get("/healthz").json()["vintages"] < 2 and time.monotonic() < end:
            assert client.get("/charts/share.json").status_code == 200
            time.sleep(0.02)
        second = client.get("/charts/share.json")
        assert second.json()["as_of"] > first.json()["as_of"]
        assert second.headers["etag"] != first.headers["etag"]


def stale_after(client, wanted, seconds=20):
    """Ask until the server says that it is stale, or that it is not; the last answer of `/healthz`."""
    end = time.monotonic() + seconds
    while True:
        client.get("/charts/share.json")
        told = client.get("/healthz").json()
        if told["stale"] is wanted or time.monotonic() > end:
            return told
        time.sleep(0.02)


@pytest.mark.parametrize("harm", ["gone", "emptied", "damaged"])
def test_a_store_that_once_answered_is_never_replaced_by_the_sample(small, tmp_path, monkeypatch, capfd, harm):
    monkeypatch.setattr(desk, "LOOK_SECONDS", 0.0)
    store = tmp_path / "store"
    shutil.copytree(small.path, store)
    with TestClient(application(store, ahead="nothing")) as client:
        before = client.get("/charts/share.json")
        assert client.get("/healthz").json()["stale"] is False
        store.rename(tmp_path / "away")
        if harm == "emptied":
            Store(store)
            (store / "vintages").mkdir(parents=True)
        elif harm == "damaged":
            shutil.copytree(tmp_path / "away", store)
            for told in store.rglob("datapackage.json"):
                told.write_text("{")
            os.utime(store / "vintages")
        told = stale_after(client, True)
        assert told["stale"] is True
        assert told["store"].startswith("unreadable since 2")
        assert told["notes"] == []
        for _ in range(5):
            time.sleep(0.02)
            after = client.get("/charts/share.json")
            assert (after.status_code, after.content) == (200, before.content)
        shutil.rmtree(store, ignore_errors=True)
        (tmp_path / "away").rename(store)
        told = stale_after(client, False)
        assert (told["stale"], told["store"]) == (False, "readable")
        assert client.get("/charts/share.json?by=region").status_code == 200
    said = capfd.readouterr().err.splitlines()
    assert len([line for line in said if "cannot be read" in line]) == 1


def test_nothing_is_made_ahead_of_a_new_reading_where_nothing_shall_be(small, tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "LOOK_SECONDS", 0.0)
    store = tmp_path / "store"
    shutil.copytree(small.path, store)
    begun = []
    monkeypatch.setattr(Warming, "start", lambda self: begun.append(self))
    for ahead, starts in (("nothing", 0), ("pages", 2)):
        begun.clear()
        with TestClient(application(store, ahead=ahead)) as client:
            held = client.app.state.desk.held
            os.utime(store / "vintages")
            end = time.monotonic() + 20
            while (client.app.state.desk.held is held or len(begun) < starts) and time.monotonic() < end:
                client.get("/charts/share.json")
                time.sleep(0.02)
            assert client.app.state.desk.held is not held
            assert len(begun) == starts


def test_a_sample_gives_way_to_the_first_reading(tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "LOOK_SECONDS", 0.0)
    with TestClient(application(tmp_path / "store", ahead="nothing")) as client:
        assert "sample" in str(client.get("/charts/share.json").json()["notes"])
        path = making.csv_file(tmp_path / "rows.csv", [{"id": "google/m", "downloads": 9, "likes": 1}])
        day = making.moment("2024-07-11")
        ingest(Store(tmp_path / "store"), source("hub-dump"), path, at=day, known=day)
        end = time.monotonic() + 20
        while "sample" in str(client.get("/charts/share.json").json()["notes"]) and time.monotonic() < end:
            time.sleep(0.02)
        assert client.get("/charts/share.json").json()["total"] == 9


def test_what_was_made_ahead_is_what_is_sent(small):
    served = Desk(small.path)
    try:
        warming = Warming(served)
        key, make = next(iter(offered_figures(served.shelf)))
        body = served.begin(served.held, key, make).result()
        assert served.held.bodies.held(key) is body
        with TestClient(application(served.shelf, ahead="nothing")) as client:
            assert client.get("/charts/share.json").content == body.body
        assert (warming.warmed, warming.done) == (False, False)
    finally:
        served.close()


def test_all_that_the_menus_offer_can_be_made_ahead(small):
    made = Desk(small.path)
    try:
        keys = [key for key, _ in offered_figures(made.shelf)]
        assert len(keys) > 1_000
        assert len(set(keys)) > 0.9 * len(keys)
    finally:
        made.close()


def test_what_is_made_ahead_waits_for_those_who_wait(small):
    served, gate = Desk(small.path), threading.Event()

    def held_up(shelf):
        gate.wait(10)
        return Packed(b"x", "text/plain")

    async def ask():
        waiting = asyncio.ensure_future(served.body("slow", held_up))
        await asyncio.sleep(0)
        warming = Warming(served)
        warming.start()
        await asyncio.sleep(0.3)
        made = warming.made
        gate.set()
        await waiting
        end = time.monotonic() + 20
        while warming.made == made and time.monotonic() < end:
            await asyncio.sleep(0.02)
        warming.stop()
        return made, warming.made

    try:
        before, after = asyncio.run(ask())
    finally:
        served.close()
    assert before == 0
    assert after > 0


def test_what_is_answered_from_ready_sums_is_made_before_single_models(small):
    made = Desk(small.path)
    try:
        asked = dict.fromkeys(key[1] for key, _ in offered_figures(made.shelf) if key[0] == "file")
    finally:
        made.close()
    dear = [of_single_models(one) for one in asked]
    assert dear == sorted(dear)
    assert dear.count(False) > 50
    assert of_single_models(Asked("influence"))
    assert next(iter(asked)) == Asked()

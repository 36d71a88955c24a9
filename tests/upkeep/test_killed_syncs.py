"""Wherever a sync is killed, each reading is whole or absent, and the next sync finishes the work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from worlds import WORLDS

from weighbridge.records.source import Asked
from weighbridge.sources import hub_api
from weighbridge.store.home import Store
from weighbridge.store.package import damage
from weighbridge.store.parts import read_part
from weighbridge.upkeep.looks import Looks
from weighbridge.upkeep.rounds import sync_named
from weighbridge.upkeep.syncing import Telling

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
DRIVER = Path(__file__).with_name("stopping.py")
AFTERWARDS = ("tables written", "before the rename", "after the rename", "keeping ready", "emptying", "noting the look")
POINTS = [
    *(("hub-api", point) for point in ("page landed", *AFTERWARDS)),
    *(("hub-stats", point) for point in ("file landed", "after the rename", "keeping ready", "noting the look")),
    *(("model-pulse", point) for point in ("file landed", "keeping ready")),
    ("ollama-library", "keeping ready"),
]


def tables(store: Store) -> list[object]:
    """What the vintages of a store hold; all must be whole."""
    assert [fault for vintage in store.vintages() for fault in damage(vintage.folder)] == []
    return [[read_part(v, name).to_pylist() for name in ("models", "counters")] for v in store.vintages()]


@pytest.fixture(scope="module")
def hubs():
    """A stand-in for each source."""
    running = {name: WORLDS[name].site() for name, _ in POINTS}
    for hub in running.values():
        hub.up()
    yield running
    for hub in running.values():
        hub.down()


@pytest.mark.parametrize(("name", "point"), POINTS)
def test_a_kill_loses_nothing_and_the_next_sync_finishes(name, point, hubs, tmp_path, monkeypatch):
    monkeypatch.setattr(hub_api, "PAGE_ROWS", 2)
    hub = hubs[name]
    for variable, value in {**WORLDS[name].environment(hub.url), "HF_HOME": str(tmp_path / "hf")}.items():
        monkeypatch.setenv(variable, value)
    command = [sys.executable, str(DRIVER), point, "sync", name, "--alone", "--store", str(tmp_path / "store")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout.readline() == "here\n"
    child.send_signal(signal.SIGKILL)
    child.communicate(timeout=20)
    assert child.returncode == -signal.SIGKILL
    store, whole = Store(tmp_path / "store"), Store(tmp_path / "whole")
    assert len(tables(store)) == (point not in ("page landed", "file landed", "tables written", "before the rename"))
    assert Looks(store).read() == ({}, None)
    hub.forget()
    sync_named(store, [name], Asked(), Telling(), alone_only=True)
    again = [seen.line for seen in hub.seen]
    hub.forget()
    sync_named(whole, [name], Asked(), Telling(), alone_only=True)
    assert tables(store) == tables(whole)
    if point in ("page landed", "file landed"):
        assert len(again) < len(hub.seen), "what had landed was not asked for again"
    left = {path.name for path in (store.path / "landing").rglob("*")} - {f"{name}.lock", "state.lock", "state.json"}
    assert left == set()


def test_a_kill_while_the_state_is_noted_leaves_it_whole(tmp_path):
    store = tmp_path / "store"
    script = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from weighbridge.store.home import Store; from weighbridge.upkeep.looks import Looks\n"
        "looks = Looks(Store(Path(sys.argv[1]))); n = 0\n"
        "while True:\n"
        "    looks.note('a', '', datetime.now(UTC), 'new'); n += 1\n"
        "    print(n, flush=True)\n"
    )
    for wanted in (1, 7, 20):
        child = subprocess.Popen([sys.executable, "-c", script, str(store)], stdout=subprocess.PIPE, text=True)
        while int(child.stdout.readline()) < wanted:
            pass
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=20)
        looks, damaged = Looks(Store(store)).read()
        assert damaged is None
        assert looks["a"].status == "new"
        assert json.loads(Looks(Store(store)).path.read_text())["format"] == 1

"""Wherever an append is killed, each vintage is there whole or not at all, and the same append again finishes it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import making
from weighbridge.sources import source
from weighbridge.store import syncing, tidying
from weighbridge.store.home import Store
from weighbridge.store.package import damage
from weighbridge.store.parts import read_part
from weighbridge.store.writing import ingest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
RUN, FULL = 3, 9  # small, so that packs and packs of packs are reached soon
STAGES = {  # what the append does, and how many came before it
    "the first of a store": 0,
    "one more folder": 1,
    "making a pack": RUN,
    "merging packs": RUN * RUN + 1,
}
SIGNALS = 30  # kills by SIGKILL at each stage
COMMANDS = 8  # kills of the command itself
EXITED = 77
DRIVER = Path(__file__).with_name("killing.py")


def moment(day: int) -> datetime:
    return making.moment("2024-01-01") + timedelta(days=day)


def listing(folder: Path, day: int) -> Path:
    """A listing with a row that is refused, so that there are three tables."""
    rows = [{"id": f"a/m{i}", "downloads": 10 * day + i} for i in range(4)]
    return making.csv_file(folder / f"day{day}.csv", [*rows, {"id": "a/refused", "downloads": -1}])


def append(path: Path, folder: Path, day: int) -> str:
    return ingest(Store(path), source("hub-dump"), listing(folder, day), at=moment(day), known=moment(day)).vintage.id


def held(path: Path) -> dict[str, str]:
    """The vintages of a store and the content of their tables; all must be whole."""
    vintages = Store(path).vintages()
    assert [fault for v in vintages for fault in damage(v.folder)] == []
    assert len({v.id for v in vintages}) == len(vintages)
    return {v.id: str([read_part(v, name).to_pylist() for name in ("models", "counters", "rejects")]) for v in vintages}


def names(path: Path) -> list[str]:
    return sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file() and "ready" not in p.parts)


@pytest.fixture(autouse=True)
def _small_packs(monkeypatch):
    monkeypatch.setattr(tidying, "RUN", RUN)
    monkeypatch.setattr(tidying, "MERGED", RUN)
    monkeypatch.setattr(tidying, "FULL", FULL)
    monkeypatch.setattr(syncing.os, "fsync", lambda handle: None)  # a kill takes nothing back


@pytest.mark.parametrize("stage", STAGES)
def test_a_kill_in_front_of_any_change_or_at_any_moment_loses_nothing(stage, tmp_path):
    template, work, day = tmp_path / "template", tmp_path / "work", STAGES[stage]
    template.mkdir()
    for before in range(day):
        append(template, tmp_path, before)
    earlier = held(template)
    plan = {
        "template": str(template),
        "work": str(work),
        "listing": str(listing(tmp_path, day)),
        "at": moment(day).isoformat(),
        "run": RUN,
        "full": FULL,
        "parts": np.random.default_rng(day).random(SIGNALS).tolist(),
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    ran = subprocess.run(
        [sys.executable, DRIVER, tmp_path / "plan.json"], capture_output=True, text=True, check=True, timeout=120
    )
    said = json.loads(ran.stdout)
    assert said["ended"] == [EXITED] * said["changes"]
    assert set(said["killed"]) <= {-signal.SIGKILL, 0}
    assert said["killed"].count(-signal.SIGKILL) > SIGNALS // 10  # some appends end before their signal comes

    complete = held(work / "0")
    assert len(complete) == day + 1
    undisturbed = work / "0"
    for _ in range(2):  # the same append again does nothing, or packs what is due
        append(undisturbed, tmp_path, day)
    outcomes = set()
    for number in range(1, said["changes"] + SIGNALS + 1):
        path = work / str(number)
        after = held(path)
        assert after in (earlier, complete), number
        outcomes.add(len(after))
        append(path, tmp_path, day)
        assert held(path) == complete, number
        append(path, tmp_path, day)  # what the killed one left twice is gone at the latest now
        assert names(path) == names(undisturbed), number
    assert outcomes == {day, day + 1}


def test_the_command_may_be_killed_at_any_moment(tmp_path):
    store = tmp_path / "store"
    file = listing(tmp_path, 0)
    seen: set[int] = set()
    for part in np.random.default_rng(COMMANDS).random(COMMANDS):
        arguments = ["ingest", "hub-dump", file, "--at", "2024-01-01", "--known", "2024-01-02", "--store", store]
        process = subprocess.Popen(
            [sys.executable, "-m", "weighbridge", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(0.3 + 0.6 * part)
        except subprocess.TimeoutExpired:
            process.kill()
        assert process.wait() in (0, -signal.SIGKILL)
        seen.add(len(held(store)))
        if len(held(store)):
            shutil.rmtree(store)
    subprocess.run([sys.executable, "-m", "weighbridge", *arguments], check=True, capture_output=True)
    assert len(held(store)) == 1
    assert seen <= {0, 1}

"""Every source against every fault: a whole reading, or none and a clear error; and the next run finishes the work.

The matrix is made from what is registered, so a new source without a world and a new kind of fault are met here by
themselves.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from worlds import WORLDS, World

import standin
from standin.serving import Running
from weighbridge.errors import WeighbridgeError
from weighbridge.records.parts import PARTS
from weighbridge.records.source import Asked
from weighbridge.sources import hub_accounts, hub_api, modelscope_api, ollama_library, openrouter_rankings
from weighbridge.sources.net import downloads, hub, retries
from weighbridge.store import syncing as disk
from weighbridge.store.home import Store
from weighbridge.store.package import damage
from weighbridge.store.parts import has_part, read_part
from weighbridge.upkeep import syncing
from weighbridge.upkeep.rounds import sync_named
from weighbridge.upkeep.syncing import Telling, live_sources

LONGEST = 10.0  # seconds of one run, though a fault would go on for ever
OPTIONS = {"slow": {"seconds": 0.02}, "stalled": {"seconds": 0.02}, "too-many-requests": {"wait": 30}} | {
    name: {"megabytes": 2} for name in ("endless", "bomb")
}
"""Options with which a fault takes less time, or asks to wait for so long that the user is told."""
MOST = 2**20
"""Bytes that an answer may have here; a file, beyond its length."""
LIMITS = (
    (hub, "MOST"), (downloads, "OVER"), (modelscope_api, "MOST_BYTES"), (ollama_library, "MOST_BYTES"),
    (openrouter_rankings, "MOST_BYTES"),
)  # fmt: skip
TOLD_AT_LEAST = retries.TOLD_FROM + 1  # the part that chance adds to a wait is not foretold
DOWN, CHANGED = {"source-failed"}, {"schema-changed"}
OTHER_FORM = {"other-shape", "counter-vanishes", "key-vanishes", "counter-changes-type"}
"""Faults that are a hub which answers in another form; all others are a hub that does not answer as it should."""
CURSORS = {"cursor-refused", "cursor-gone"}


def expected(world: World, name: str, spot: str, fault: str) -> tuple[str, set[str]]:
    """What may become of a run, and of which kind its error is if it has one."""
    then = standin.FAULTS[fault].then
    if (name, fault) == ("hub-accounts", "not-found"):  # that there is no such account is an answer
        return standin.ALTERS, CHANGED
    if fault in CURSORS and spot not in world.cursors:  # a refusal as any other; the Hub's API refuses a question so
        return standin.STANDS, CHANGED if name == "hub-accounts" else DOWN
    if fault in OTHER_FORM:  # what is no file at all cannot have another form
        return then, DOWN if spot in ("heads", "files") else CHANGED
    if fault == "rows-vanish":  # a list of files without the one that is looked for; a page without models is none
        return then, DOWN if name in ("modelscope-api", "hub-api") else CHANGED
    return then, set() if then == standin.ALTERS else DOWN


@dataclass
class Setting:
    """A source, its world and stand-in, what it waits and says, and what a run without a fault brings."""

    name: str
    world: World
    hub: Running
    template: Path
    waits: list[float]
    said: list[str] = field(default_factory=list)
    truth: Any = None

    def store(self, path: Path) -> Store:
        """A new store with what the source needs."""
        shutil.copytree(self.template, path)
        return Store(path)

    def run(self, store: Store) -> WeighbridgeError | None:
        """One sync; its error, or null."""
        try:
            sync_named(store, [self.name], Asked(), Telling(say=self.said.append), alone_only=True)
        except WeighbridgeError as error:
            return error
        return None

    def content(self, store: Store, before: Collection[str] = ()) -> Any:
        """All tables of the reading that is none of those `before`, else of the one there is; null where none is.

        All readings must be whole.
        """
        assert [fault for vintage in store.vintages() for fault in damage(vintage.folder)] == []
        held = [vintage for vintage in store.vintages() if vintage.source == self.name]
        held = [vintage for vintage in held if vintage.id not in before] or held
        if not held:
            return None
        assert len(held) == 1
        tables = {}
        for part in ("models", "counters", *PARTS):
            if has_part(held[-1], part):
                table = read_part(held[-1], part)
                kept = [column for column in table.column_names if column not in self.world.clocked]
                tables[part] = table.select(kept).to_pylist()
        return held[-1].population, tables


@contextmanager
def _struck(name: str) -> Iterator[list[bool]]:
    """Of each request that a fault meets, whether it changed the answer; one of rows has nothing to do in a file."""
    kind, changed = standin.FAULTS[name], list[bool]()

    def harm(hit: Any) -> Any:
        reply = kind.harm(hit)
        changed.append(reply != hit.reply)
        return reply

    standin.FAULTS[name] = replace(kind, harm=harm)
    try:
        yield changed
    finally:
        standin.FAULTS[name] = kind


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Fail where something goes on for longer, even if it never ends."""

    def late(number: int, frame: object) -> None:
        raise AssertionError(f"it goes on for over {seconds} seconds")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where the machine has one, since removing a thousand stores from a disk takes a minute."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it has a name that nobody can guess
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Setting]]:
    """All sources, each with a stand-in that listens; pages are short, nobody waits, and the disk is not waited for."""
    waits: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk.os, "fsync", lambda handle: None)
        patch.setattr(syncing, "keep_ready", lambda store, vintage: None)
        for module, limit in LIMITS:
            patch.setattr(module, limit, MOST)
        patch.setattr(hub_api, "PAGE_ROWS", 2)
        patch.setattr(hub_api, "ENOUGH_ROWS", 2)
        patch.setattr(modelscope_api, "PAGE_ROWS", 2)
        patch.setattr(hub_accounts, "A_PAGE", 2)
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("hf")))
        found, running = {}, []
        for name, world in WORLDS.items():
            site = world.site()
            site.up()
            running.append(site)
            folder = tmp_path_factory.mktemp(name)
            template = Store(folder / "template")
            world.held(template, folder)
            template.path.mkdir(exist_ok=True)
            found[name] = Setting(name, world, site, template.path, waits)
        patch.setattr(time, "sleep", waits.append)  # from here on, since a hub that starts is waited for
        patch.setattr(retries, "sleep", waits.append)
        yield found
        patch.undo()
        for site in running:
            site.down()
        assert [mistake for site in running for mistake in site.mistakes] == []


@pytest.fixture
def setting(settings, request, monkeypatch, place) -> Setting:
    """One source, with the truth: what it brings from a hub without faults."""
    found = settings[request.param]
    for variable, value in found.world.environment(found.hub.url).items():
        monkeypatch.setenv(variable, value)
    found.hub.heal()
    if found.truth is None:
        store = found.store(place / "truth")
        assert found.run(store) is None
        found.truth = found.content(store)
    return found


def test_every_source_that_can_be_fetched_has_a_world():
    assert set(live_sources()) == set(WORLDS)


CASES = [
    pytest.param(name, spot, fault, id=f"{name}-{spot}-{fault}")
    for name, world in WORLDS.items()
    for spot in world.spots
    for fault in standin.FAULTS
]


@pytest.mark.parametrize(("setting", "spot", "name"), CASES, indirect=["setting"])
def test_a_run_ends_in_a_whole_reading_or_in_none_and_a_clear_error_and_the_next_one_finishes(
    setting, spot, name, place
):
    on, after = setting.world.spots[spot]
    then, kinds = expected(setting.world, setting.name, spot, name)
    store = setting.store(place / "store")
    setting.hub.harm(standin.fault(name, on=on, after=after, **OPTIONS.get(name, {})))
    setting.waits.clear()
    setting.said.clear()
    with _struck(name) as changed, _within(LONGEST):
        error = setting.run(store)
    longest = max(setting.waits, default=0.0)
    assert longest <= retries.LONGEST_WAIT
    assert longest <= TOLD_AT_LEAST or any("waiting" in words for words in setting.said)
    content = setting.content(store)
    altered = then == standin.ALTERS and any(changed)
    if error is None:
        assert content is not None
        assert content == setting.truth or altered
    else:
        assert any(changed), "nothing was wrong"
        assert then != standin.HEALS, f"it heals, and was given up: {error.message}"
        assert content is None
        assert error.kind in kinds, error.message
        assert error.exit_code == (1 if error.kind == "schema-changed" else 4)
        assert error.message
        assert error.hint
    setting.hub.heal()
    before = {vintage.id for vintage in store.vintages()}
    again = setting.run(store)
    assert again is None, again
    new = {vintage.id for vintage in store.vintages()} - before
    assert setting.content(store, before) == setting.truth or (altered and not new and setting.world.patient)

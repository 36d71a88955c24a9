"""Every source against every fault: a whole reading, or none and a clear error; and the next run finishes the work.

The matrix is made from what is registered, so a new source without a world and a new kind of fault are met here by
themselves.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import stamina
from worlds import WORLDS, World

import standin
from standin.serving import Running
from weighbridge.errors import WeighbridgeError
from weighbridge.records.parts import PARTS
from weighbridge.records.source import Asked
from weighbridge.sources import hub_accounts, hub_api, modelscope_api
from weighbridge.store import syncing as disk
from weighbridge.store.home import Store
from weighbridge.store.package import damage
from weighbridge.store.parts import has_part, read_part
from weighbridge.upkeep import syncing
from weighbridge.upkeep.rounds import sync_named
from weighbridge.upkeep.syncing import Telling, live_sources

LONGEST = 10.0  # seconds of one run, though a fault would go on for ever
QUICK = {"slow": {"seconds": 0.05}, "stalled": {"seconds": 0.05}}
"""Options with which a fault takes less time."""
DATA_SET = {"repository", "files"}
"""Spots of sources that are data sets; answers that are too large need not be so large there."""
DOWN, CHANGED = {"source-failed"}, {"schema-changed"}
OTHER_FORM = {"other-shape", "counter-vanishes", "key-vanishes", "counter-changes-type"}
"""Faults that are a hub which answers in another form; all others are a hub that does not answer as it should."""
TOO_MUCH = {"endless", "bomb"}
CURSORS = {"cursor-refused", "cursor-gone"}
OPEN = {
    "circle": "the Hub's client follows pages of commits for ever",
    "not-json": "the Hub's client does not ask again where the head of a file is no answer",
}
"""What is met in data sets and not mended; that a run of theirs may wait for a day is left to its own tests."""


def expected(world: World, name: str, spot: str, fault: str) -> tuple[str, set[str]]:
    """What may become of a run, and of which kind its error is if it has one."""
    then = standin.FAULTS[fault].then
    if (name, fault) == ("hub-accounts", "not-found"):  # that there is no such account is an answer
        return standin.ALTERS, CHANGED
    if fault in CURSORS and not world.cursors:  # a refusal as any other
        return standin.STANDS, DOWN | CHANGED
    if fault in TOO_MUCH:  # or no JSON
        return then, DOWN | CHANGED
    if fault in OTHER_FORM:  # a file has not its digest; a page of the library is not closed
        return then, DOWN if spot == "files" or (name, fault) == ("ollama-library", "other-shape") else CHANGED
    return then, DOWN | CHANGED if then == standin.ALTERS else DOWN


@dataclass
class Setting:
    """A source, its world and stand-in, and what a run without a fault brings."""

    name: str
    world: World
    hub: Running
    template: Path
    truth: Any = None

    def store(self, path: Path) -> Store:
        """A new store with what the source needs."""
        shutil.copytree(self.template, path)
        return Store(path)

    def run(self, store: Store) -> WeighbridgeError | None:
        """One sync; its error, or null."""
        try:
            sync_named(store, [self.name], Asked(), Telling(), alone_only=True)
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


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Setting]]:
    """All sources, each with a stand-in that listens; pages are short, nobody waits, and the disk is not waited for."""
    import huggingface_hub.utils._http as client

    with pytest.MonkeyPatch.context() as patch, stamina.set_testing(True, attempts=6, cap=True):
        patch.setattr(client.time, "sleep", lambda seconds: None)
        patch.setattr(disk.os, "fsync", lambda handle: None)
        patch.setattr(syncing, "keep_ready", lambda store, vintage: None)
        patch.setattr(hub_api, "PAGE_ROWS", 2)
        patch.setattr(hub_api, "ENOUGH_ROWS", 2)
        patch.setattr(modelscope_api, "PAGE_ROWS", 2)
        patch.setattr(hub_accounts, "A_PAGE", 2)
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("hf")))
        found, running = {}, []
        for name, world in WORLDS.items():
            hub = world.site()
            hub.up()
            running.append(hub)
            folder = tmp_path_factory.mktemp(name)
            template = Store(folder / "template")
            world.held(template, folder)
            template.path.mkdir(exist_ok=True)
            found[name] = Setting(name, world, hub, template.path)
        yield found
        for hub in running:
            hub.down()
        assert [mistake for hub in running for mistake in hub.mistakes] == []


@pytest.fixture
def setting(settings, request, monkeypatch, tmp_path) -> Setting:
    """One source, with the truth: what it brings from a hub without faults."""
    found = settings[request.param]
    for variable, value in found.world.environment(found.hub.url).items():
        monkeypatch.setenv(variable, value)
    found.hub.heal()
    if found.truth is None:
        store = found.store(tmp_path / "truth")
        assert found.run(store) is None
        found.truth = found.content(store)
    return found


def test_every_source_that_can_be_fetched_has_a_world():
    assert set(live_sources()) == set(WORLDS)


def _case(name: str, spot: str, fault: str) -> Any:
    data_set = {("repository", "circle"), ("files", "not-json")}
    marks = [pytest.mark.xfail(reason=OPEN[fault], strict=False)] if (spot, fault) in data_set else []
    return pytest.param(name, spot, fault, id=f"{name}-{spot}-{fault}", marks=marks)


CASES = [_case(name, spot, fault) for name, world in WORLDS.items() for spot in world.spots for fault in standin.FAULTS]


@pytest.mark.parametrize(("setting", "spot", "name"), CASES, indirect=["setting"])
def test_a_run_ends_in_a_whole_reading_or_in_none_and_a_clear_error_and_the_next_one_finishes(
    setting, spot, name, tmp_path
):
    on, after = setting.world.spots[spot]
    then, kinds = expected(setting.world, setting.name, spot, name)
    store = setting.store(tmp_path / "store")
    options = {"megabytes": 8} if name in TOO_MUCH and spot in DATA_SET else QUICK.get(name, {})
    setting.hub.harm(standin.fault(name, on=on, after=after, **options))
    with _struck(name) as changed, _within(LONGEST):
        error = setting.run(store)
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

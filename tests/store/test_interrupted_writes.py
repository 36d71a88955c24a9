"""Whatever interrupts a writer, readers see whole vintages only, and the next writer gets through."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import making
from weighbridge.records.observations import Batch
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

HUB = source("hub-dump")
AT = making.moment("2024-01-01")

SLOW_WRITER = """
import sys, time
from pathlib import Path
from datetime import UTC, datetime
from weighbridge.sources import source
from weighbridge.store import writing
from weighbridge.store.home import Store

place = sys.argv[3]
moment = datetime(2024, 1, 2, tzinfo=UTC)

def stop(*anything, **more):
    print("here", flush=True)
    time.sleep(60)

if place == "while reading":
    progress = stop
elif place == "between the tables":
    progress = lambda rows: None
    write = writing.pq.write_table
    def halfway(table, file, **options):
        write(table, file, **options)
        stop()
    writing.pq.write_table = halfway
else:
    progress = lambda rows: None
    Store.adopt = stop
store, path = Store(Path(sys.argv[1])), Path(sys.argv[2])
writing.ingest(store, source("hub-dump"), path, at=moment, known=moment, progress=progress)
"""

QUICK_WRITER = """
import sys, time
from pathlib import Path
from datetime import UTC, datetime
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

moment = datetime(2024, 1, 2, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
ingest(Store(Path(sys.argv[1])), source("hub-dump"), Path(sys.argv[2]), at=moment, known=moment)
"""


class Breaks:
    """A reader that gives one good batch and then fails."""

    descriptor = HUB.descriptor

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def read(self, path: Path, at: object) -> Iterator[Batch]:
        yield from HUB.read(path, at)
        raise self.error


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    return making.csv_file(tmp_path / "one.csv", [{"id": "a/b", "downloads": 10}])


def started(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python process that has said its first word."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() in ("here", "ready")
    return process


@pytest.mark.parametrize(
    "error", [RuntimeError("broken"), KeyboardInterrupt(), MemoryError()], ids=lambda e: type(e).__name__
)
def test_a_reader_that_fails_in_the_middle_leaves_the_store_as_it_was(store, read_hub, listing, error):
    held = read_hub([{"id": "x/y", "downloads": 1}]).vintage
    with pytest.raises(type(error)):
        ingest(store, Breaks(error), listing, at=AT, known=AT)
    assert Store(store.path).vintages() == [held]
    assert not (store.path / "scratch").exists()
    assert ingest(store, HUB, listing, at=AT, known=AT).new


def test_a_first_reading_that_fails_leaves_a_store_that_can_be_opened(store, listing):
    with pytest.raises(RuntimeError):
        ingest(store, Breaks(RuntimeError()), listing, at=AT, known=AT)
    assert Store(store.path).vintages() == []


@pytest.mark.parametrize("place", ["while reading", "between the tables", "before the last step"])
@pytest.mark.parametrize("first", [True, False], ids=["an empty store", "a store in use"])
def test_a_killed_writer_leaves_the_store_as_it_was(store, read_hub, listing, place, first):
    held = [] if first else [read_hub([{"id": "x/y", "downloads": 1}]).vintage]
    with started(SLOW_WRITER, store.path, listing, place) as process:
        assert Store(store.path).vintages() == held
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert Store(store.path).vintages() == held
    made = ingest(Store(store.path), HUB, listing, at=AT, known=AT).vintage
    assert {vintage.id for vintage in Store(store.path).vintages()} == {made.id, *(v.id for v in held)}
    assert not (store.path / "scratch").exists()


def test_two_writers_at_once_both_succeed(store, tmp_path):
    files = [making.csv_file(tmp_path / f"{i}.csv", [{"id": f"a/m{i}", "downloads": i + 1}]) for i in range(2)]
    processes = [started(QUICK_WRITER, store.path, file) for file in files]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        with process:
            assert process.wait(60) == 0
    vintages = Store(store.path).vintages()
    assert len({vintage.sha256 for vintage in vintages}) == 2

"""Runs appends in processes of their own and ends each at a chosen point: `killing.py PLAN`, a JSON file.

A trial is a copy of a store and one append. It ends either in front of the n-th call that changes a file (`os._exit`,
nothing of the process runs afterwards; a table is cut to half then), or by SIGKILL after some time. Calls of `fsync` do
nothing here: a kill, unlike a loss of power, takes nothing back from the file system.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset  # as below: once, not in every child

from weighbridge.sources import source
from weighbridge.store import tidying, writing
from weighbridge.store.home import Store

CHANGING = {"os.rename", "os.remove", "os.rmdir", "os.mkdir"}
EXITED = 77


class Countdown:
    """Ends the process in front of the n-th change; `None` only counts."""

    def __init__(self, last: int | None) -> None:
        self.count, self.last = 0, last

    def step(self) -> bool:
        """One more change; whether it is the last."""
        self.count += 1
        return self.count == self.last

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        written = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (event in CHANGING or written) and self.step():
            os._exit(EXITED)

    def install(self) -> None:
        sys.addaudithook(self.hook)
        write, add = writing.pq.write_table, zipfile.ZipFile.writestr

        def write_table(table: object, file: Path, **options: object) -> None:
            if self.step():
                os._exit(EXITED)
            write(table, file, **options)
            if self.step():
                os.truncate(file, file.stat().st_size // 2)
                os._exit(EXITED)

        write_models = writing._write_models

        def in_groups(file: Path, found: object) -> object:
            if self.step():
                os._exit(EXITED)
            made = write_models(file, found)
            if self.step():
                os.truncate(file, file.stat().st_size // 2)
                os._exit(EXITED)
            return made

        def writestr(archive: zipfile.ZipFile, member: zipfile.ZipInfo, content: bytes) -> None:
            if member.filename.endswith("models.parquet") and self.step():
                archive.fp.flush()
                os._exit(EXITED)
            add(archive, member, content)

        writing.pq.write_table = write_table
        writing._write_models = in_groups
        zipfile.ZipFile.writestr = writestr


def append(store: Path, listing: Path, at: str) -> None:
    moment = datetime.fromisoformat(at)
    writing.ingest(Store(store), source("hub-dump"), listing, at=moment, known=moment)


def trial(plan: dict, number: int, last: int | None, delay: float | None) -> int:
    """One append in a child; how it ended, or how many changes it made."""
    store = Path(plan["work"]) / str(number)
    shutil.copytree(plan["template"], store, copy_function=os.link)
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        countdown = Countdown(last)
        if delay is None:
            countdown.install()
        os.write(told, b"x")
        append(store, Path(plan["listing"]), plan["at"])
        os.write(told, countdown.count.to_bytes(4, "big"))
        os._exit(0)
    os.close(told)
    os.read(ready, 1)
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    changes = int.from_bytes(os.read(ready, 4), "big")
    os.close(ready)
    ended = os.waitstatus_to_exitcode(status)
    return changes if ended == 0 and delay is None else ended


def main(path: str) -> None:
    pa.array([1])  # pyarrow looks for pandas at its first conversion, which takes a second
    plan = json.loads(Path(path).read_text())
    tidying.RUN = tidying.MERGED = plan["run"]
    tidying.FULL = plan["full"]
    os.fsync = lambda handle: None
    began = time.perf_counter()
    changes = trial(plan, 0, None, None)
    took = time.perf_counter() - began
    ended = [trial(plan, n, n, None) for n in range(1, changes + 1)]
    delays = [took * 1.2 * part for part in plan["parts"]]
    killed = [trial(plan, changes + 1 + i, None, delay) for i, delay in enumerate(delays)]
    print(json.dumps({"changes": changes, "ended": ended, "killed": killed}))


if __name__ == "__main__":
    main(sys.argv[1])

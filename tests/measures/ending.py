"""Weighs copies of a store in processes of their own and ends each in front of its n-th change of a file: `ending.py
TEMPLATE FOLDER`. Prints how many copies there are; the last was weighed undisturbed.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset  # as below: once, not in every child

from weighbridge.cubes.weekly import weigh_history
from weighbridge.store.home import Store

CHANGING = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link"}
EXITED = 77


def weigh(store: Path, last: int) -> None:
    """Weigh, but end the process in front of a change."""
    count = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        written = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in CHANGING or written:
            count += 1
            if count == last:
                os._exit(EXITED)

    sys.addaudithook(hook)
    weigh_history(Store(store), "huggingface")


def main(template: str, folder: str) -> None:
    """One copy a change, until none is left."""
    pa.array([1])  # pyarrow looks for pandas at its first conversion, which takes a second
    number, status = 0, EXITED
    while status == EXITED:
        number += 1
        store = Path(folder) / str(number)
        shutil.copytree(template, store)
        child = os.fork()
        if child == 0:
            weigh(store, number)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status not in (0, EXITED):
            raise SystemExit(f"a weighing failed with {status}")
    print(number)


if __name__ == "__main__":
    main(*sys.argv[1:])

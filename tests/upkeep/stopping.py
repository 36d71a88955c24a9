"""Runs `weighbridge ARGUMENTS` and stands still at a chosen point, for good: `stopping.py POINT ARGUMENTS...`.

It says so on standard output, so that whoever started it can end it there.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from weighbridge.sources import hub_api
from weighbridge.sources.net import datasets, pages
from weighbridge.store import writing
from weighbridge.store.home import Store
from weighbridge.surfaces.cli.main import main
from weighbridge.upkeep import syncing


def stand(*arguments: Any, **named: Any) -> Any:
    print("here", flush=True)
    time.sleep(600)


def after(call: Callable[..., Any], times: int) -> Callable[..., Any]:
    """The same call, after so many of which the process stands still."""
    count = 0

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal count
        found = call(*arguments, **named)
        count += 1
        if count == times:
            stand()
        return found

    return counted


def place(point: str) -> None:
    """Make the process stand still there."""
    match point:
        case "page landed":
            pages._landed = after(pages._landed, 1)
        case "file landed":
            datasets.download = after(datasets.download, 1)
        case "tables written":
            writing._write_tables = after(writing._write_tables, 1)
        case "before the rename":
            Store.adopt = stand
        case "after the rename":
            Store.adopt = after(Store.adopt, 1)
        case "keeping ready":
            syncing.keep_ready = stand
        case "emptying":
            syncing.shutil = SimpleNamespace(rmtree=stand)
        case "noting the look":
            syncing._empty = after(syncing._empty, 1)
        case _:
            raise ValueError(point)


if __name__ == "__main__":
    hub_api.PAGE_ROWS = 2
    place(sys.argv[1])
    main(sys.argv[2:])

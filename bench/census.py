"""What a census costs: `python -m bench.census FILE DAY` reads it into a scratch store and prints one JSON document.

Seconds stand beside a floor measured in the same run: reading beside a bare Parquet-to-Parquet copy of the same file
by pyarrow, a share (a fresh process) beside the start of Python with NumPy.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

ROUNDS = 5
BY = ("country", "organisation", "family", "task", "licence")


def main(path: str, day: str) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        weighbridge = [sys.executable, "-m", "weighbridge"]
        copied = _seconds(lambda: pq.write_table(pq.read_table(path), Path(folder) / "copy.parquet"))
        reading = _seconds(
            lambda: _run([*weighbridge, "ingest", "hub-dump", path, "--at", day, "--json", "--store", str(store)])
        )
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        start = statistics.median(_seconds(lambda: _run([sys.executable, "-c", "import numpy"])) for _ in range(ROUNDS))
        shares = {
            by: statistics.median(
                _seconds(lambda by=by: _run([*weighbridge, "share", "--by", by, "--json", "--store", str(store)]))  # type: ignore[misc]
                for _ in range(ROUNDS)
            )
            for by in BY
        }
        print(
            json.dumps(
                {
                    "ingest_seconds": round(reading, 2),
                    "copy_seconds": round(copied, 2),
                    "ingest_over_copy": round(reading / copied, 1),
                    "ingest_peak_mb": round(peak),
                    "vintage_bytes": _bytes(store / "vintages"),
                    "ready_bytes": _bytes(store / "ready"),
                    "python_with_numpy_seconds": round(start, 3),
                    "share_seconds": {by: round(seconds, 2) for by, seconds in shares.items()},
                    "share_over_start": {by: round(seconds / start, 1) for by, seconds in shares.items()},
                },
                indent=1,
            )
        )


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


if __name__ == "__main__":
    main(*sys.argv[1:])

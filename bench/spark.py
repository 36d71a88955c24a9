"""`python -m bench.spark --scale F`: what Spark in this machine costs to weigh the flows of a hub; see `docs/spark.md`.

Each run is a fresh process. One only starts; what it takes is taken off the others. All must make the same cube.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.weigh.hub import Kept, keep
from weighbridge.cubes.engines import engine

RUNS = ("start", "spark", "embedded")


def measured(scale: float) -> dict[str, Any]:
    """Seconds and processor-seconds of a scale, with rates."""
    kept = keep(scale)
    rows = sum(piece.rows for piece in kept.flows().pieces())
    outcomes = {name: _run(name, kept) for name in RUNS}
    if outcomes["spark"]["answer"] != outcomes["embedded"]["answer"]:
        sys.exit("the engines do not make the same cube")
    figures: dict[str, Any] = {"scale": scale, "rows": rows, "start_seconds": round(outcomes["start"]["seconds"], 1)}
    for name, idle in (("spark", outcomes["start"]["processor"]), ("embedded", 0.0)):
        seconds, processor = outcomes[name]["seconds"], outcomes[name]["processor"] - idle
        figures[name] = {
            "seconds": round(seconds, 2),
            "rows_per_second": round(rows / seconds),
            "processor_seconds_per_billion_rows": round(processor / rows * 1e9),
        }
    return figures


def _run(name: str, kept: Kept) -> dict[str, Any]:
    """What a run prints, and the processor time that it and the processes below it took."""
    before = _processor()
    done = subprocess.run(
        [sys.executable, "-m", "bench.spark", "--run", name, str(kept.folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{name}: {done.stderr.strip()[-2000:]}")
    return {**json.loads(done.stdout), "processor": _processor() - before}


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(name: str, kept: Kept) -> dict[str, Any]:
    """Start Spark with a sum of one row, or weigh the flows after that."""
    started = time.perf_counter()
    if name != "embedded":
        engine("spark").sums({"key": np.zeros(1, np.int64)}, {"value": np.ones(1, np.int64)})
    if name == "start":
        return {"seconds": time.perf_counter() - started}
    labelling, ages = kept.labelling(), kept.ages()
    started = time.perf_counter()
    cube = engine(name).weigh(kept.flows(), labelling, ages)
    seconds = time.perf_counter() - started
    digest = hashlib.sha256(np.ascontiguousarray(cube.cell).tobytes())
    for column in cube.values.values():
        digest.update(np.ascontiguousarray(column).tobytes())
    return {"seconds": seconds, "answer": digest.hexdigest()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.spark", description=__doc__)
    parser.add_argument("--scale", type=float, action="append", help="of 2.5 million models; several times")
    parser.add_argument("--run", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        print(json.dumps(run(asked.run[0], Kept(Path(asked.run[1])))))
        return
    for scale in asked.scale or [0.1]:
        print(json.dumps(measured(scale)), flush=True)


if __name__ == "__main__":
    main()

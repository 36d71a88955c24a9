"""`python -m bench.weigh --scale F [--json | --table]`: see `bench/README.md`."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from typing import Any

from bench.weigh.hub import WEEKS, Kept, keep
from bench.weigh.runs import RUNS
from bench.weigh.table import table

ROUNDS = 3
FIGURES = {
    "floor_seconds": ("floor", "seconds"),
    "cube_seconds": ("cube", "seconds"),
    "cube_peak_mb": ("cube", "peak_mb"),
    "append_week_seconds": ("append_week", "seconds"),
    "series_from_flows_seconds": ("series_flows", "seconds"),
    "series_from_flows_peak_mb": ("series_flows", "peak_mb"),
    "series_from_cube_seconds": ("series_cube", "seconds"),
    "series_from_cube_peak_mb": ("series_cube", "peak_mb"),
    "duckdb_seconds": ("duckdb", "seconds"),
    "pandas_seconds": ("pandas", "seconds"),
    "pandas_peak_mb": ("pandas", "peak_mb"),
    "query_p50_ms": ("queries", "p50_ms"),
    "query_p95_ms": ("queries", "p95_ms"),
    "bootstrap_seconds": ("bootstrap", "seconds"),
    "matrix_seconds": ("matrix", "seconds"),
    "matrix_first_seconds": ("matrix", "first_seconds"),
}
PEERS = ("duckdb", "pandas")  # may be missing, or fail


def measured(scale: float, rounds: int = ROUNDS) -> dict[str, Any]:
    """All figures of a scale, each the median of some fresh processes; the rounds are interleaved."""
    kept = keep(scale)
    outcomes: dict[str, list[dict[str, Any]]] = {name: [] for name in RUNS}
    failed: dict[str, str] = {}
    for _ in range(rounds):
        for name in RUNS:
            if name not in failed:
                outcome = _run(name, kept)
                if "failed" not in outcome:
                    outcomes[name].append(outcome)
                elif name in PEERS:
                    failed[name] = outcome["failed"]
                else:
                    sys.exit(f"{name}: {outcome['failed']}")
    answers = {outcome["answer"] for several in outcomes.values() for outcome in several if "answer" in outcome}
    if len(answers) > 1:
        sys.exit("the runs do not give the same series")
    pieces = kept.flows().pieces()
    figures: dict[str, Any] = {
        "scale": scale,
        "rows": sum(piece.rows for piece in pieces),
        "models": len(kept.codes("model")["model"]),
        "weeks": WEEKS,
    }
    for figure, (name, key) in FIGURES.items():
        figures[figure] = None if name in failed else round(statistics.median(o[key] for o in outcomes[name]), 4)
    by_peer = {figure: failed[name] for figure, (name, _) in FIGURES.items() if name in failed}
    figures["not_run"] = failed | by_peer
    return figures


def _run(name: str, kept: Kept) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.weigh.runs", name, str(kept.folder)], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return dict(json.loads(done.stdout))
    last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
    return {"failed": last}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.weigh", description=__doc__)
    parser.add_argument(
        "--scale", type=float, action="append", help="of 2.5 million models; may be given several times"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of which the median is taken")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON document (a list for several scales)")
    form.add_argument("--table", action="store_true", help="print the table of bench/README.md")
    asked = parser.parse_args()
    found = [measured(scale, asked.rounds) for scale in asked.scale or [0.1]]
    if asked.table:
        print(table(found))
    else:
        print(json.dumps(found if len(found) > 1 else found[0], indent=1))


if __name__ == "__main__":
    main()

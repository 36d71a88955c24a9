"""From a store's readings to weekly flows and cubes: `python -m bench.bridge --scale F [--weeks N] [--json]`.

Writes a weekly census of a synthetic hub of `F` × 2.5 million models for each of N weeks into a scratch store, weighs
all but the last, then the last, each in a process of its own, and prints seconds, peak memory and bytes. Some models
are left out of some readings, some vanish, some counters fall, so that there is something to follow.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.synthetic import Population, population, weekly_flows
from weighbridge.records.observations import OBSERVATIONS
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.package import PACKAGE, days_document, package
from weighbridge.store.package import resource as described

MODELS = 2_500_000  # at scale 1
WEEKS = 300
HUB = "huggingface"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AWAY, GONE, FALLS = 0.002, 0.0005, 0.0005  # parts of all models a week
DAY_SECONDS = 86_400


def write(store: Store, hub: Population, weeks: int) -> None:
    """One census a week."""
    random = np.random.default_rng(0)
    names = pa.array([f"org-{n}/model-{i:07d}" for i, n in enumerate(hub.namespace.tolist())])
    order = pc.sort_indices(names).to_numpy()
    counter, gone = np.zeros(hub.models, np.int64), np.zeros(hub.models, bool)
    for week in range(weeks + 1):
        day = hub.first_day + 7 * week
        if week:
            model, downloads = weekly_flows(hub, week - 1)
            counter[model] += downloads
        some = random.choice(hub.models, round(FALLS * hub.models))
        counter[some] = counter[some] * 9 // 10
        gone[random.choice(hub.models, round(GONE * hub.models))] = True
        there = ~gone & (hub.created < day) & (random.random(hub.models) > AWAY)
        rows = order[there[order]]
        _adopt(store, hub, names.take(pa.array(rows)), rows, counter, day)


def _adopt(store: Store, hub: Population, names: pa.Array, rows: Any, counter: Any, day: int) -> None:
    """A reading of one day, as the store writes it."""
    observed = pa.array(np.full(len(rows), day * DAY_SECONDS), pa.int64()).cast(pa.timestamp("s", "UTC"))
    given: dict[str, Any] = {
        "name": names,
        "created": pa.array(hub.created[rows].astype(np.int64) * DAY_SECONDS).cast(pa.timestamp("s", "UTC")),
        "task": pa.array(np.array(["text-generation", ""])[(hub.language[rows] == 0).astype(int)]),
    }
    fields = [f for f in OBSERVATIONS if f.name not in ("row", "observed", "downloads_30d", "downloads_all", "step")]
    models = pa.table([given.get(f.name, pa.nulls(len(rows), f.type)) for f in fields], schema=pa.schema(fields))
    counters = pa.table(
        {
            "model": pa.array(np.arange(len(rows), dtype=np.int32)),
            "day": pa.array(np.full(len(rows), day, np.int32)),
            "observed": observed,
            "downloads_30d": pa.nulls(len(rows), pa.int64()),
            "downloads_all": pa.array(counter[rows]),
            "step": pa.array(np.zeros(len(rows), np.int64)),
            "likes": pa.nulls(len(rows), pa.int64()),
        }
    )
    known = EPOCH + timedelta(days=day)
    name = f"bench-{known:%Y%m%d}"
    with store.writing() as scratch:
        draft = scratch / name
        draft.mkdir()
        resources = []
        for what, table in (("models", models), ("counters", counters)):
            path = draft / f"{what}.parquet"
            pq.write_table(table, path, compression="zstd", row_group_size=250_000, write_page_checksum=True)
            resources.append(described(path, table.schema, table.num_rows, what))
        origin = {"known": known, "at": known, "population": "census", "sha256": "0" * 64, "file": name}
        reading = {
            "models": len(rows), "counters": len(rows), "days_30d": [], "days_all": days_document([day]),
        }  # fmt: skip
        document = package(source("hub-dump").descriptor, name, origin, resources, reading)
        document["weighbridge"]["simulated"] = True
        (draft / PACKAGE).write_text(json.dumps(document), encoding="utf-8")
        store.adopt(draft, name)


def measured(scale: float, weeks: int) -> dict[str, Any]:
    """All figures of a scale."""
    hub = population(round(scale * MODELS), weeks, growth="level")
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        write(store, hub, weeks)
        readings = store.vintages()
        last = Path(folder) / "last"
        readings[-1].folder.rename(last)
        figures: dict[str, Any] = {
            "scale": scale,
            "models": hub.models,
            "readings": len(readings),
            "observations": sum(v.counters for v in readings),
            "vintage_bytes": sum(p.stat().st_size for p in store.path.rglob("*.parquet")),
            "whole": _weighed(store),
        }
        last.rename(readings[-1].folder)
        return figures | {"one_more": _weighed(store), "question": _asked(store)}


def _weighed(store: Store) -> dict[str, Any]:
    return _in_a_process("weigh", store)


def _asked(store: Store) -> dict[str, Any]:
    return _in_a_process("ask", store)


def _in_a_process(what: str, store: Store) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.bridge", "--run", what, str(store.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return dict(json.loads(done.stdout))


def _run(what: str, path: Path) -> dict[str, Any]:
    from weighbridge.cubes.weekly import weigh_history
    from weighbridge.measures.history import Asked, history

    store = Store(path)
    if what == "weigh":
        document = weigh_history(store, HUB).to_dict()
    else:
        begun = time.perf_counter()
        history(store, HUB, Asked())
        document = {"milliseconds": round(1000 * (time.perf_counter() - begun), 1)}
    return document | {"peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.bridge", description=__doc__)
    parser.add_argument("--scale", type=float, default=0.01, help="of 2.5 million models")
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--run", nargs=2, metavar=("WHAT", "STORE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    found = _run(asked.run[0], Path(asked.run[1])) if asked.run else measured(asked.scale, asked.weeks)
    print(json.dumps(found, indent=None if asked.run else 1))


if __name__ == "__main__":
    main()

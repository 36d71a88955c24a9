"""What is timed, one thing a process: `python -m bench.weigh.runs NAME FOLDER` prints its seconds, memory and answer.

Interpreter start and imports are not in the seconds; reading the models' labels is, in all of them. The answer is a
digest of the series by week and country, which must be the same however it was made.
"""

from __future__ import annotations

import hashlib
import json
import random
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.dataset  # noqa: F401 - pyarrow.parquet imports it when first used
import pyarrow.parquet as pq

from bench.weigh.hub import NAMES, Kept
from weighbridge.cubes.history import History, update_histories
from weighbridge.cubes.reduction import cores
from weighbridge.cubes.weekcube import Series, WeekCube, series_from_flows
from weighbridge.definitions.named import define
from weighbridge.measures.asking import Asking
from weighbridge.measures.matrix import MEASURE as MATRIX
from weighbridge.measures.resampling import interval, kinds_of, resampled
from weighbridge.measures.stability import LEVEL
from weighbridge.records.question import Question
from weighbridge.store.home import Store
from weighbridge.store.weekfiles import WeekFiles

Ints = npt.NDArray[np.int64]
QUESTIONS = 200
RESAMPLES = 1_000
PANDAS_BYTES = 8 * 2**30  # half of a laptop's memory


def floor(kept: Kept) -> dict[str, Any]:
    """Parquet to Arrow to NumPy, one sum by country and week, on all cores; nothing else."""
    paths = sorted(kept.flows().folder.glob("*.parquet"))
    started = time.perf_counter()
    country = kept.codes("country")["country"]
    width, opened = len(NAMES["country"]), threading.local()

    def total(part: Sequence[tuple[Path, int]]) -> list[npt.NDArray[Any]]:
        if not hasattr(opened, "files"):
            opened.files = {path: pq.ParquetFile(path) for path in paths}
        sums = []
        for path, number in part:
            table = opened.files[path].read_row_group(number, columns=["model", "downloads"], use_threads=False)
            model, downloads = (column.chunk(0).to_numpy() for column in table.columns)
            sums.append(np.bincount(country.take(model, mode="wrap"), downloads, minlength=width))
        return sums

    groups = [(path, number) for path in paths for number in range(pq.read_metadata(path).num_row_groups)]
    parts = [groups[at : at + 8] for at in range(0, len(groups), 8)]
    with ThreadPoolExecutor(cores()) as pool:
        sums = [week for part in pool.map(total, parts) for week in part]
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "answer": _digest(np.stack(sums).astype(np.int64))}


def cube(kept: Kept) -> dict[str, Any]:
    """From flows and labels to a cube over all dimensions, written to disk."""
    with tempfile.TemporaryDirectory(dir=kept.folder) as folder:
        history = History(Path(folder) / "cube")
        started = time.perf_counter()
        update_histories([history], kept.flows(), [kept.labelling()], kept.ages())
        seconds = time.perf_counter() - started
        peak = _peak_mb()
        return {"seconds": seconds, "peak_mb": peak, "answer": _answer(history.cube().series("country"))}


def append_week(kept: Kept) -> dict[str, Any]:
    """One more week, written to the flows and added to a cube of all weeks before it."""
    first, last = sorted(kept.flows().folder.glob("*.parquet"))
    week = kept.flows().pieces()[-1]
    rows = pq.read_table(last, columns=["model", "downloads"])
    with tempfile.TemporaryDirectory(dir=kept.folder) as name:
        folder = Path(name)
        flows, history = WeekFiles(folder / "flows"), History(folder / "cube")
        flows.folder.mkdir()
        shutil.copy(first, flows.folder / first.name)
        update_histories([history], flows, [kept.labelling()], kept.ages())
        started = time.perf_counter()
        flows.append(week.week, rows["model"].to_numpy(), rows["downloads"].to_numpy())
        (done,) = update_histories([history], flows, [kept.labelling()], kept.ages())
        seconds = time.perf_counter() - started
        if done.anew or done.weeks != 1:
            raise RuntimeError("the week was not added alone")
        return {"seconds": seconds, "answer": _answer(history.cube().series("country"))}


def series_flows(kept: Kept) -> dict[str, Any]:
    """The series straight from the flows."""
    started = time.perf_counter()
    series = series_from_flows(kept.flows(), kept.labelling("country"), kept.ages(), "country")
    return {"seconds": time.perf_counter() - started, "answer": _answer(series), "peak_mb": _peak_mb()}


def series_cube(kept: Kept) -> dict[str, Any]:
    """The series from the ready cube, opened for it."""
    started = time.perf_counter()
    series = kept.history().cube(["downloads"]).series("country")
    return {"seconds": time.perf_counter() - started, "answer": _answer(series), "peak_mb": _peak_mb()}


def queries(kept: Kept) -> dict[str, Any]:
    """Many series along a dimension with up to three filters, some with an age limit, from a cube opened before."""
    opened = kept.history().cube()
    choice = random.Random(0)  # noqa: S311 - the questions, not a secret
    seconds = sorted(_asked(opened, choice) for _ in range(QUESTIONS))
    return {"p50_ms": 1000 * seconds[QUESTIONS // 2], "p95_ms": 1000 * seconds[QUESTIONS * 95 // 100]}


def _asked(opened: WeekCube, choice: random.Random) -> float:
    dimensions = list(NAMES)
    where = {
        name: choice.sample(NAMES[name], choice.randint(1, max(len(NAMES[name]) // 2, 1)))
        for name in choice.sample(dimensions, choice.randint(0, 3))
    }
    by, limit = choice.choice(dimensions), choice.choice([None, *opened.limits])
    started = time.perf_counter()
    opened.series(by, where, limit)
    return time.perf_counter() - started


def duckdb(kept: Kept) -> dict[str, Any]:
    """The series by plain SQL over the same files."""
    import duckdb as peer

    connection = peer.connect(config={"threads": cores()})
    flows, models = kept.flows().folder / "*.parquet", kept.models
    question = f"""
        SELECT week, country, CAST(sum(downloads) AS BIGINT) AS downloads
        FROM read_parquet('{flows}') JOIN read_parquet('{models}') USING (model) GROUP BY week, country
    """  # noqa: S608 - the paths are our own
    started = time.perf_counter()
    found = connection.execute(question).fetchnumpy()
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "answer": _digest(_dense(found)), "peak_mb": _peak_mb()}


def pandas(kept: Kept) -> dict[str, Any]:
    """The series by pandas from the same files, in at most half of a laptop's memory."""
    import pandas as peer

    resource.setrlimit(resource.RLIMIT_AS, (PANDAS_BYTES, PANDAS_BYTES))
    started = time.perf_counter()
    flows = peer.concat([peer.read_parquet(path) for path in sorted(kept.flows().folder.glob("*.parquet"))])
    joined = flows.merge(peer.read_parquet(kept.models, columns=["model", "country"]), on="model")
    sums = joined.groupby(["week", "country"])["downloads"].sum().reset_index()
    seconds = time.perf_counter() - started
    found = {name: sums[name].to_numpy() for name in sums.columns}
    return {"seconds": seconds, "answer": _digest(_dense(found)), "peak_mb": _peak_mb()}


def bootstrap(kept: Kept) -> dict[str, Any]:
    """1,000 resamples of the shares of all countries in the last four weeks, from sums by organisation and country."""
    started = time.perf_counter()
    sums = kept.sums()
    kinds = kinds_of(sums["organisation"], sums["country"], sums["downloads"].astype(np.float64), len(NAMES["country"]))
    drawn = resampled(kinds, RESAMPLES, seed=1)
    shares = drawn / drawn.sum(axis=1, keepdims=True)
    limits = [interval(shares[:, column], LEVEL) for column in range(shares.shape[1])]
    return {"seconds": time.perf_counter() - started, "limits": len(limits)}


def matrix(kept: Kept) -> dict[str, Any]:
    """The matrix of definitions over the last four weeks: the first time, and again from the condensed cells kept."""
    census, question = kept.census(), Question(define("house"), hub="huggingface")
    with tempfile.TemporaryDirectory(dir=kept.folder) as folder:
        asked = replace(census, store=Store(Path(folder) / "store"))
        asked.hub, asked.value, asked.roots, asked.register("house", None)  # reading what is held does not count
        seconds = []
        for _ in range(2):
            started = time.perf_counter()
            MATRIX.across(Asking(asked, question), {"by": "country", "groups": ("CN", "US")})
            seconds.append(time.perf_counter() - started)
    return {"seconds": seconds[1], "first_seconds": seconds[0]}


RUNS: dict[str, Callable[[Kept], dict[str, Any]]] = {
    run.__name__: run
    for run in (
        floor,
        cube,
        append_week,
        series_flows,
        series_cube,
        queries,
        bootstrap,
        matrix,
        duckdb,
        pandas,
    )
}


def _dense(found: dict[str, npt.NDArray[Any]]) -> Ints:
    """Sums by week and country from rows of them."""
    weeks, at = np.unique(found["week"], return_inverse=True)
    sums = np.zeros((len(weeks), len(NAMES["country"])), np.int64)
    sums[at, found["country"]] = found["downloads"]
    return sums


def _answer(series: Series) -> str:
    return _digest(series.values["downloads"])


def _digest(sums: Ints) -> str:
    return hashlib.sha256(np.ascontiguousarray(sums).tobytes()).hexdigest()


def _peak_mb() -> float | None:
    """Most memory that this process has had resident; what it was started from does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class _NoPandas:
    """Hides pandas, which pyarrow imports by itself where it is installed."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """See `importlib.abc.MetaPathFinder`."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


if __name__ == "__main__":
    if sys.argv[1] != "pandas":
        sys.meta_path.insert(0, _NoPandas)
    print(json.dumps(RUNS[sys.argv[1]](Kept(Path(sys.argv[2])))))

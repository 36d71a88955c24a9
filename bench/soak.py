"""A store under a long life: `python -m bench.soak --vintages 2000 --json`.

Reads one small census of a made-up hub a day into a scratch store, each through the package's own source, and prints
what an append costs at the beginning and at the end, the dearest append, files and bytes, and seconds of a share of
what was known at the beginning, in the middle and at the end. The hub is small and stays so: what is measured is the
store.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from weighbridge.cubes.slicing import Slicing
from weighbridge.cubes.weigh import weigh
from weighbridge.definitions.named import define
from weighbridge.measures.share import MEASURE as SHARE
from weighbridge.records.question import Question
from weighbridge.register.parties import Party, Register
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

FIRST = datetime(2015, 1, 1, tzinfo=UTC)
HUB = "huggingface"
MODELS = 200
EDGE = 100  # appends at either end whose median is told
COUNTRIES = ("US", "CN", "FR", "DE")


@dataclass(frozen=True)
class Soak:
    """What a long life cost.

    Attributes:
        vintages: number of appends.
        first, last: median seconds of the first and of the last appends.
        growth: last over first.
        worst: seconds of the dearest append.
        worst_at: its place, counted from 0.
        processor_first, processor_last: medians of processor seconds, which a busy machine changes less.
        worst_processor: processor seconds of the append that took most of them.
        total: seconds of all appends.
        files: files under the store at the end, without what is kept ready for questions.
        most_files: the most there were after any append.
        bytes: their bytes.
        listing: seconds in which a store opened anew lists its vintages.
        shares: seconds of a share as of the first, the middle and the last day, each by a store opened anew.
    """

    vintages: int
    first: float
    last: float
    growth: float
    worst: float
    worst_at: int
    processor_first: float
    processor_last: float
    worst_processor: float
    total: float
    files: int
    most_files: int
    bytes: int
    listing: float
    shares: dict[str, float]


def soak(folder: Path, vintages: int, models: int = MODELS, progress: Callable[[int], None] = lambda day: None) -> Soak:
    """Append one vintage after another and measure.

    Args:
        folder: an empty folder.
        vintages: how many.
        models: models of the hub on the first day.
        progress: told the number of appends so far.
    """
    append(Store(folder / "warm"), listing(folder / "listing.csv", 0, models), 0)  # imports what reads
    store, taken, worked, counts = Store(folder / "store"), [], [], []
    for day in range(vintages):
        path = listing(folder / "listing.csv", day, models)
        started, busy = time.perf_counter(), time.process_time()
        append(store, path, day)
        taken.append(time.perf_counter() - started)
        worked.append(time.process_time() - busy)
        counts.append(len(list(_files(store))))
        progress(day + 1)
    sizes = [path.stat().st_size for path in _files(store)]
    edge = min(EDGE, max(vintages // 4, 1))
    first, last = statistics.median(taken[:edge]), statistics.median(taken[-edge:])
    asked = {"beginning": 0, "middle": vintages // 2, "end": vintages - 1}
    return Soak(
        vintages=vintages,
        first=first,
        last=last,
        growth=last / first,
        worst=max(taken),
        worst_at=taken.index(max(taken)),
        processor_first=statistics.median(worked[:edge]),
        processor_last=statistics.median(worked[-edge:]),
        worst_processor=max(worked),
        total=sum(taken),
        files=len(sizes),
        most_files=max(counts),
        bytes=sum(sizes),
        listing=_seconds(lambda: Store(store.path).vintages()),
        shares={name: _seconds(lambda day=day: share(Store(store.path), day)) for name, day in asked.items()},  # type: ignore[misc]
    )


def listing(path: Path, day: int, models: int = MODELS) -> Path:
    """The hub's models of a day as CSV: counters grow, a model comes and one goes a week, one row is refused."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "downloads", "downloads_all_time", "likes", "created_at", "pipeline_tag", "license"))
        for model in range(day // 7, day // 7 + models):
            daily = 1 + (model * 7919) % 997
            counters = (30 * daily, daily * (400 + day), model % 50)
            name = f"maker{model % 40}/model-{model}"
            rows.writerow((name, *counters, "2014-06-01", "text-generation", ("mit", "apache-2.0")[model % 2]))
        rows.writerow(("maker0/refused", -1, None, None, None, None, None))
    return path


def append(store: Store, path: Path, day: int) -> str:
    """Read the listing of a day; the id of its vintage."""
    at = FIRST + timedelta(days=day)
    return ingest(store, source("hub-dump"), path, at=at, known=at + timedelta(hours=1)).vintage.id


def share(store: Store, day: int) -> dict[str, object]:
    """The share of each country as it was known on the evening of a day."""
    rows = [(HUB, f"maker{i}", "", "", Party(f"maker{i}", "company", COUNTRIES[i % 4], 1, 1)) for i in range(40)]
    question = Question(define("raw", HUB), as_of=FIRST + timedelta(days=day, hours=23))
    weighed = weigh(Slicing(store, question).under(question.definition), question.definition, Register("made up", rows))
    return SHARE.of(weighed, {"by": "country", "top": None}).to_dict()


def _files(store: Store) -> Iterator[Path]:
    """Files of the store itself; labels made for a question are the question's."""
    return (path for path in store.path.rglob("*") if path.is_file() and "frames" not in path.parts)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--vintages", type=int, default=2000, help="how many appends")
    asked.add_argument("--models", type=int, default=MODELS, help="models of the hub on the first day")
    asked.add_argument("--json", action="store_true", help="print one JSON document")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = asdict(soak(Path(folder), options.vintages, options.models))
    if options.json:
        print(json.dumps(measured, indent=1))
        return
    for name, value in measured.items():
        print(f"{name:>10}  {value if isinstance(value, int | dict) else round(value, 4)}")


if __name__ == "__main__":
    main()

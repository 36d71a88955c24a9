"""A whole census over the network: `python -m bench.live --census FILE --day 2024-07-11 [--faults] [--kill N]`.

A stand-in hub on this machine lists the models of a census file. `weighbridge sync hub-api` brings them in, through
injected faults and kills if asked; the file itself is read by `hub-dump` beside it, and every share must be the same
to the last digit. Prints the speed, and what three million models would take at it and at the Hub's own rate limit.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import weighbridge
from weighbridge.records.clock import parse_moment
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

FAULTS = (
    "server-errors:share=0.01:times=all",
    "too-many-requests:share=0.004:times=all",
    "unavailable:share=0.004:times=all",
    "no-answer:share=0.006:times=all",
    "cut:share=0.01:times=all",
    "malformed-json:share=0.006:times=all",
    "truncated-json:share=0.006:times=all",
    "not-json:share=0.006:times=all",
    "nothing:share=0.004:times=all",
    "stalled:share=0.004:times=all",
    "page-repeated:after=300:times=2",
    "empty-page:after=500:times=2",
)
DIMENSIONS = ("country", "organisation", "family", "type", "task")
DEFINITIONS = ("raw", "house")
ALIKE = ("group", "value", "lo", "hi", "downloads", "models", "kind")
WHOLE_HUB = 3_000_000
PAGE_ROWS = 1000
LIMITS = {"without a token": 500, "with a free account's token": 1000}
"""Requests in five minutes: https://huggingface.co/docs/hub/rate-limits."""
WINDOW_MINUTES = 5
EARLY_PAGE = 100
TOKEN = "hf_" + "x" * 34


@dataclass
class Run:
    """What one process of `sync` came to, as seen from outside."""

    seconds: float = 0.0
    landed: float | None = None
    pages: int = 0
    before: int | None = None  # pages that had landed when it began
    memory: dict[int, int] = field(default_factory=dict)  # page → peak so far, KiB
    peak: int = 0  # KiB, as the kernel counts since the process is its own; `ru_maxrss` would begin with this one's
    status: int | None = None  # null: killed
    said: str = ""


def sync(url: str, store: Path, kill_at: int | None, log: Path) -> Run:
    """Run `weighbridge sync hub-api`; kill it once so many pages have landed (0: once all have)."""
    run, state = Run(), store / "landing" / "hub-api" / "state.json"
    environment = {**os.environ, "HF_ENDPOINT": url, "HF_TOKEN": TOKEN}
    command = [sys.executable, "-m", "weighbridge", "sync", "hub-api", "--store", str(store), "--json"]
    began = time.monotonic()
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        while True:
            if process.poll() is not None:
                break
            _look(run, state, process.pid, began)
            whole = run.landed is not None
            if kill_at is not None and (whole if kill_at == 0 else run.pages >= kill_at):
                process.kill()
                kill_at = None
            time.sleep(0.02)
    run.seconds = time.monotonic() - began
    run.status = process.returncode if process.returncode >= 0 else None
    return run


def _look(run: Run, state: Path, pid: int, began: float) -> None:
    try:
        held = json.loads(state.read_bytes())
        peak = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    except (OSError, ValueError, StopIteration):
        return
    run.pages, run.peak = held["pages"], max(run.peak, int(peak.split()[1]))
    run.before = run.pages if run.before is None else run.before
    if run.landed is None and run.pages > run.before:  # what comes after is reading
        run.memory[run.pages] = int(peak.split()[1])
    if held["onward"] is None and run.landed is None:
        run.landed = time.monotonic() - began


def unlike(one: Path, other: Path) -> list[str]:
    """Questions that two stores do not answer alike, to the last digit."""
    first, second = weighbridge.open(one), weighbridge.open(other)
    found = []
    for definition in DEFINITIONS:
        for by in DIMENSIONS:
            answers = [store.share(by=by, definition=definition).to_dict() for store in (first, second)]
            rows = [[{name: row[name] for name in ALIKE} for row in answer["rows"]] for answer in answers]
            if rows[0] != rows[1] or answers[0]["total"] != answers[1]["total"]:
                found.append(f"{definition} by {by}")
    return found


def main() -> int:
    """Run all of it; 1 where the shares differ, a page was fetched twice for nothing, or the token leaked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--census", type=Path, required=True, help="a Parquet file of models that hub-dump reads")
    parser.add_argument("--day", required=True, help="the day of the census")
    parser.add_argument("--faults", action="store_true", help="inject faults")
    parser.add_argument("--kill", type=int, default=0, metavar="N", help="kill so often, the last time while reading")
    parser.add_argument("--seed", type=int, default=0, help="chooses which requests are harmed")
    asked = parser.parse_args()
    standin = importlib.import_module("tests.standin")
    with tempfile.TemporaryDirectory() as scratch:
        live, given, log = (Path(scratch, name) for name in ("live", "given", "log"))
        faults = FAULTS if asked.faults else ()
        with standin.hub(asked.census, day=asked.day, faults=faults, seed=asked.seed) as hub:
            pages = -(-len(hub.site.models) // PAGE_ROWS)
            stops = [pages * number // asked.kill for number in range(1, asked.kill)] + [0] * bool(asked.kill)
            runs = [sync(hub.url, live, stop, log) for stop in [*stops, None]]
            seen = Counter(one.target for one in hub.seen if one.status == 200 and not one.faults)
            struck = Counter(name for one in hub.seen for name in one.faults)
        if runs[-1].status != 0:
            print(log.read_text(errors="replace")[-2000:])
            return 1
        at, known = parse_moment(asked.day), datetime.now(UTC).replace(microsecond=0)
        ingest(Store(given), source("hub-dump"), asked.census, at=at, known=known)
        (vintage,) = Store(live).vintages()
        differ = unlike(live, given)
        leaks = [str(file) for file in Path(scratch).rglob("*") if file.is_file() and TOKEN.encode() in _bytes(file)]
        again = sum(count - 1 for count in seen.values())
        _report(runs, vintage.models, pages, struck, again, len(stops))
    print(f"shares by {', '.join(DIMENSIONS)} under {', '.join(DEFINITIONS)}: ", end="")
    print(f"differ: {'; '.join(differ)}" if differ else "equal to those of the file to the last digit")
    print(f"token: {'found in ' + ', '.join(leaks) if leaks else 'found nowhere'}")
    full_end = vintage.models % PAGE_ROWS == 0  # a listing that ends with a full page is asked for it once more
    return 1 if differ or leaks or again > len(stops) + full_end else 0


def _report(runs: list[Run], models: int, pages: int, struck: Counter[str], again: int, kills: int) -> None:
    fetching = sum(run.seconds if run.landed is None else run.landed for run in runs)
    whole = sum(run.seconds for run in runs)
    speed = models / fetching
    print(f"{models:,} models in {pages:,} pages; {kills} kills; faults: {sum(struck.values())} {dict(struck)}")
    print(f"pages fetched again after a kill: {again} (one at most for each, which had not landed)")
    print(f"fetched in {fetching:,.1f} s ({speed:,.0f} models a second), read and labelled by {whole:,.1f} s")
    print(f"three million at this speed: {WHOLE_HUB / speed / 60:,.1f} minutes to fetch")
    for who, most in LIMITS.items():
        print(
            f"three million in pages of {PAGE_ROWS:,} at the Hub's limit {who} ({most} requests in "
            f"{WINDOW_MINUTES} minutes): {WHOLE_HUB / PAGE_ROWS / most * WINDOW_MINUTES:,.0f} minutes"
        )
    early = {page: peak for run in runs for page, peak in run.memory.items() if page >= EARLY_PAGE}
    if early:
        first, last = min(early), max(early)
        print(f"peak memory: {_mib(early[first])} at page {first}, {_mib(early[last])} at page {last}, ", end="")
    print(f"{_mib(max(run.peak for run in runs))} with reading and labelling")


def _mib(kibibytes: int) -> str:
    return f"{kibibytes / 1024:,.0f} MiB"


def _bytes(file: Path) -> bytes:
    """A file's bytes, unpacked where it is a landed page."""
    import pyarrow as pa

    with pa.input_stream(str(file), compression="zstd" if file.suffix == ".zst" else None) as stream:
        return bytes(stream.read())


if __name__ == "__main__":
    sys.exit(main())

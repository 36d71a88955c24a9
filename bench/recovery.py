"""How often a known truth lies within the bounds: `python -m bench.recovery --runs 200`.

Small hubs whose downloads of every day are known are shown through a fault (`bench.synthetic.observed`), written as
files, read by the package's own sources, and weighed. For every country and period the true share is compared with
the stated limits; so is the total. Fault by fault, so that a failure names its cause, and then together.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from bench.synthetic.observed import FAULTS, HUB, LIBRARY, TOGETHER, WINDOW, Promise, Shown, listing, show
from bench.synthetic.truth import COUNTRIES, Truth
from weighbridge.cubes.slicing import Slicing
from weighbridge.cubes.weigh import Weighed, weigh
from weighbridge.definitions.named import define
from weighbridge.measures.share import MEASURE as SHARE
from weighbridge.records.question import Question
from weighbridge.register.parties import Party, Register
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

KNOWN = datetime(2026, 1, 1, tzinfo=UTC)
GRAINS = ("week", "month", "span")
WINDOWED = ("day", "tiled month")
DAYS_APART = 12
FROM_EDGE = 5  # days of the span that are cut off at both ends of what was observed
EXACT = 1e-9
GRADE = 1  # inferred


@dataclass(frozen=True)
class Trial:
    """One statement about a known truth.

    Attributes:
        grain: one of `GRAINS` or `WINDOWED`.
        group: a country, or `total`.
        truth, value, lo, hi: shares, or downloads for the total.
    """

    grain: str
    group: str
    truth: float
    value: float
    lo: float
    hi: float

    @property
    def held(self) -> bool:
        """Whether the truth lies within the limits."""
        return self.lo - EXACT <= self.truth <= self.hi + EXACT


def read(shown: Shown, folder: Path, setting: Setting) -> Store:
    """A store that has read what a hub shows."""
    store = Store(folder / "store")
    reader = source("ollama-pulls" if setting.hub == LIBRARY else "hub-dump")
    for place, table in enumerate(listing(shown, setting.hub, setting.quantity)):
        path = folder / f"reading-{place}.parquet"
        pq.write_table(table, path)
        ingest(store, reader, path, at=None, known=KNOWN + timedelta(hours=place))
    return store


def truthful(shown: Shown, hub: str) -> Register:
    """A register in which each namespace has the country that it truly has, without those that nobody looked up."""
    rows: dict[str, str] = {}
    for model, names in enumerate(shown.names):
        for name in names if not shown.dark[model] else ():
            holder = name.replace("/", "-") if hub == LIBRARY else name.split("/")[0]
            rows[holder] = COUNTRIES[int(shown.truth.country[model])]
    parties = [(hub, h, "", "", Party(f"of {h}", "company", country, GRADE, GRADE)) for h, country in rows.items()]
    return Register("truth", parties)


@dataclass(frozen=True)
class Setting:
    """Under which faults a hub is shown, and what is asked of it.

    Attributes:
        faults: names of `FAULTS`.
        promise: what is promised of the bounds.
        grains: what is asked; `day` and `tiled month` of 30-day counters, the rest of cumulative ones.
        clean: cleaning rules.
        human: the truth is that of people alone, without bots.
    """

    faults: tuple[str, ...]
    promise: Promise
    grains: tuple[str, ...] = GRAINS
    clean: tuple[str, ...] = ("none",)
    human: bool = False

    @property
    def quantity(self) -> str:
        """The counter that is shown."""
        return "downloads" if set(self.grains) <= set(WINDOWED) else "downloads_all_time"

    @property
    def hub(self) -> str:
        """The hub that has these faults."""
        return LIBRARY if any(FAULTS[fault].hub == LIBRARY for fault in self.faults) else HUB


def settings() -> dict[str, Setting]:
    """Every fault alone, then together; 30-day counters; people alone."""
    return {
        **{name: Setting((name,), fault.promise) for name, fault in FAULTS.items()},
        **{name: Setting(faults, promise_of(faults)) for name, faults in TOGETHER.items()},
        "30-day counters of a day": Setting(("births", "spikes"), "always", grains=("day",)),
        "30-day counters of a day, removals": Setting(("removals",), "never", grains=("day",)),
        "30-day counters by month": Setting(("births", "spikes"), "assumed", grains=("tiled month",)),
        "30-day counters by month, gaps": Setting(("gaps", "missing"), "assumed", grains=("tiled month",)),
        "people alone, nothing cleaned": Setting(("spikes",), "never", human=True),
        "people alone, rule spike": Setting(("spikes",), "never", clean=("spike",), human=True),
    }


def promise_of(faults: tuple[str, ...]) -> Promise:
    """The weakest promise of some faults."""
    order: tuple[Promise, ...] = ("always", "assumed", "never")
    return max((FAULTS[fault].promise for fault in faults), key=order.index)


def questions(truth: Truth, setting: Setting) -> Iterator[tuple[str, Question]]:
    """Weeks, months, and one span that begins and ends on no special day; of 30-day counters months and days."""
    asked = Question(define("raw", setting.hub, clean=setting.clean), hub=setting.hub)
    last = truth.first_day + truth.flows.shape[1]
    for grain in setting.grains:
        if grain == "span":
            yield grain, replace(asked, start=truth.first_day + FROM_EDGE, end=last - FROM_EDGE)
        elif grain == "day":
            for day in range(truth.first_day + WINDOW, last + 1, DAYS_APART):
                yield grain, replace(asked, at=day)
        else:
            yield grain, replace(asked, over=grain.split()[-1])


def trials(store: Store, shown: Shown, setting: Setting) -> list[Trial]:
    """All statements about the periods that were observed as a whole, beside the truth."""
    register = truthful(shown, setting.hub)
    found: list[Trial] = []
    for grain, question in questions(shown.truth, setting):
        weighed = weigh(Slicing(store, question).under(question.definition), question.definition, register)
        found += _compared(weighed, shown.truth, grain, setting.human)
    return found


def _compared(weighed: Weighed, truth: Truth, grain: str, human: bool) -> Iterator[Trial]:
    rows = SHARE.of(weighed, {"by": "country", "top": None}).rows
    stated = {(row.period, row.group): row for row in rows}
    window = weighed.slice.cells.window[weighed.entries.cell]
    last = truth.first_day + truth.flows.shape[1]
    for number, span in enumerate(weighed.slice.windows):
        if span.start < truth.first_day or span.end > last:
            continue
        true = truth.by_country(span.start, span.end, human)
        here = window == number
        value, lo, hi = (int(column[here].sum()) for column in
                         (weighed.entries.value, weighed.entries.lo, weighed.entries.hi))  # fmt: skip
        yield Trial(grain, "total", float(true.sum()), value, lo, hi)
        for country, downloads in zip(COUNTRIES, true.tolist(), strict=True):
            row = stated.get((span.name or None, country))
            if row is not None and row.lo is not None and row.hi is not None:  # without known weight no row, no limits
                yield Trial(grain, country, downloads / max(int(true.sum()), 1), row.value, row.lo, row.hi)


def run(seed: int, setting: Setting) -> list[Trial]:
    """All statements of one hub under a setting."""
    shown = show(seed, setting.faults)
    with tempfile.TemporaryDirectory() as folder:
        return trials(read(shown, Path(folder), setting), shown, setting)


@dataclass(frozen=True)
class Rate:
    """How often the truth was within the limits, under one setting.

    Attributes:
        trials: statements about shares, by grain.
        held: of these with the truth within the limits, by grain.
        totals: part of the totals within the limits.
        width: mean width of the limits of a share.
        error: mean distance between a share and the truth.
        worst: largest distance by which a true share is outside.
    """

    trials: dict[str, int]
    held: dict[str, int]
    totals: float
    width: float
    error: float
    worst: float


def rate(found: Sequence[Trial]) -> Rate:
    """Sum up trials."""
    shares = [t for t in found if t.group != "total"]
    totals = [t.held for t in found if t.group == "total"]
    return Rate(
        trials={g: sum(t.grain == g for t in shares) for g in (*GRAINS, *WINDOWED)},
        held={g: sum(t.grain == g and t.held for t in shares) for g in (*GRAINS, *WINDOWED)},
        totals=float(np.mean(totals)),
        width=float(np.mean([t.hi - t.lo for t in shares])),
        error=float(np.mean([abs(t.value - t.truth) for t in shares])),
        worst=max(max(t.lo - t.truth, t.truth - t.hi, 0.0) for t in shares),
    )


def _line(name: str, promise: str, found: Rate) -> str:
    shown = GRAINS if found.trials["week"] else ("", "tiled month", "day")
    rates = " | ".join(_percent(found.held.get(g, 0), found.trials.get(g, 0)) for g in shown)
    return (
        f"| {name} | {promise} | {rates} | {found.totals:.1%} | {100 * found.width:.2f} | {100 * found.error:.2f} "
        f"| {100 * found.worst:.2f} |"
    )


def _percent(held: int, count: int) -> str:
    return "" if not count else "all" if held == count else f"{held / count:.2%}"


def main() -> None:
    """Print the table of rates."""
    asked = argparse.ArgumentParser(prog="python -m bench.recovery", description=__doc__)
    asked.add_argument("--runs", type=int, default=200, help="hubs under every setting")
    asked.add_argument("--only", nargs="*", help="settings; default all")
    given = asked.parse_args()
    print("| fault | promised | weeks | months | span or day | totals | width | error | worst |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for name, setting in settings().items():
        if given.only is None or name in given.only:
            found = [trial for seed in range(given.runs) for trial in run(seed, setting)]
            print(_line(name, setting.promise, rate(found)), flush=True)


if __name__ == "__main__":
    main()

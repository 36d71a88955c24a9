"""How far a synthetic hub is from the published figures that it imitates."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from bench.synthetic.activity import weekly_flows
from bench.synthetic.growth import TOTALS
from bench.synthetic.hub import Population
from weighbridge.records.clock import day_number, day_text

Sums = npt.NDArray[np.int64]

MODELS = TOTALS[-1][1]
MONTH = 4  # weeks that stand for 30 days
CENSUS, OSBORNE, ENTITIES, SPRING, SUMMER = (
    date(2024, 7, 8), date(2023, 10, 30), date(2025, 10, 13), date(2026, 3, 16), date(2026, 7, 27),
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A published figure and the same of a synthetic hub; null where the hub does not reach that day."""

    name: str
    published: float
    here: float | None
    source: str


@dataclass
class Tally:
    """Sums over the weeks of a hub, in one pass.

    Attributes:
        rows: (week, model) pairs with downloads.
        seconds: that their making took.
        months: downloads in the four weeks before a day, by day.
        lifetimes: downloads since the first week before a day, by day.
    """

    rows: int = 0
    seconds: float = 0.0
    months: dict[date, Sums] = field(default_factory=dict)
    lifetimes: dict[date, Sums] = field(default_factory=dict)


def tally(hub: Population) -> Tally:
    """Make all weeks of a hub once, and add them up."""
    sums, total = Tally(), np.zeros(hub.models, np.int64)
    week_of = {day: (day_number(day) - hub.first_day) // 7 for day in (CENSUS, OSBORNE, ENTITIES, SPRING, SUMMER)}
    months = {CENSUS: week_of[CENSUS], OSBORNE: week_of[OSBORNE], TOTALS[-1][0]: hub.weeks}
    for week in range(hub.weeks):
        started = time.perf_counter()
        model, downloads = weekly_flows(hub, week)
        sums.seconds += time.perf_counter() - started
        sums.rows += len(model)
        total[model] += downloads
        for day, end in months.items():
            if end - MONTH <= week < end:
                sums.months.setdefault(day, np.zeros(hub.models, np.int64))[model] += downloads
        for day, end in week_of.items():
            if week == end - 1:
                born = int(np.searchsorted(hub.born, week, side="right"))
                sums.lifetimes[day] = total[:born].copy()
    for day, end in months.items():
        if day in sums.months:
            sums.months[day] = sums.months[day][: int(np.searchsorted(hub.born, end - 1, side="right"))]
    return sums


def figures(hub: Population, sums: Tally) -> list[Figure]:
    """All published figures that a synthetic hub imitates, beside its own.

    Where a figure names so many of the largest models, the same part of a smaller hub is taken.
    """
    blog = "ivanfioravanti, blog"
    listed = [f"{total:,} models" for _, total in TOTALS]
    sources = (listed[0], listed[1], f"{listed[2]}; {blog}", f"{listed[3]}; {blog}; month only")
    found = [
        Figure(f"models by {day}, of those at the end", total / MODELS, _there(hub, day), source)
        for (day, total), source in zip(TOTALS[:-1], sources, strict=True)
    ]
    census = "census of the Hub, 760,000 models (TStalnaker44, replication package)"
    spring, summer = "Hugging Face, Spring 2026", "Hugging Face, Summer 2026"
    based = np.isin(np.arange(hub.models), hub.descent.child)
    newest = sums.months.get(TOTALS[-1][0])
    return [
        *found,
        Figure("no download in 30 days, 2024-07", 0.495, _zeros(sums.months.get(CENSUS)), census),
        Figure("no download in 30 days, at the end", 0.525, _zeros(newest), "49 to 56 % in listings of the Hub"),
        Figure("largest 1 % of models, 30 days, 2023-10", 0.99, _top(sums.months.get(OSBORNE), 0.01),
               "Osborne et al., arXiv 2405.13058"),
        Figure("largest 1 % of models, 30 days, 2024-07", 0.989, _top(sums.months.get(CENSUS), 0.01), census),
        Figure("largest 200 of 3 million, all time, 2026-03", 0.496, _top(sums.lifetimes.get(SPRING), 200 / MODELS),
               spring),
        Figure("largest 1.5 % of models, all time, 2026-07", 0.992, _top(sums.lifetimes.get(SUMMER), 0.015), summer),
        Figure("under 200 downloads, all time, 2026-07", 0.856, _few(sums.lifetimes.get(SUMMER)), summer),
        Figure("largest 50 organisations, all time, 2025-10", 0.8022, _entities(hub, sums.lifetimes.get(ENTITIES)),
               "lbourdois, 2025-10-13"),
        Figure("models that declare a base", 0.45, float(based.mean()), "chosen; 15.4 % in the census"),
    ]  # fmt: skip


def table(found: Iterable[Figure]) -> list[str]:
    """Lines of a Markdown table: figure, published, here, ratio, source."""
    lines = ["| figure | published | here | ratio | source |", "|---|---|---|---|---|"]
    for one in found:
        ratio = "" if one.here is None else f"{one.here / one.published:.2f}"
        here = "not reached" if one.here is None else f"{one.here:.1%}"
        lines.append(f"| {one.name} | {one.published:.1%} | {here} | {ratio} | {one.source} |")
    return lines


def _there(hub: Population, day: date) -> float | None:
    number = day_number(day)
    return float((hub.created <= number).mean()) if number >= hub.first_day else None


def _zeros(downloads: Sums | None) -> float | None:
    return None if downloads is None else float((downloads == 0).mean())


def _few(downloads: Sums | None) -> float | None:
    return None if downloads is None else float((downloads < 200).mean())


def _top(downloads: Sums | None, part: float) -> float | None:
    if downloads is None:
        return None
    largest = np.sort(downloads)[::-1][: max(round(part * len(downloads)), 1)]
    return float(largest.sum() / max(downloads.sum(), 1))


def _entities(hub: Population, downloads: Sums | None) -> float | None:
    if downloads is None:
        return None
    by = np.bincount(hub.organisation[: len(downloads)], weights=downloads)
    return float(np.sort(by)[::-1][:50].sum() / max(by.sum(), 1))


def span(hub: Population) -> str:
    """First and last day of a hub."""
    return f"{day_text(hub.first_day)} to {day_text(hub.first_day + 7 * hub.weeks - 1)}"

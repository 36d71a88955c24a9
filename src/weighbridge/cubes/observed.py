"""The counters that a plan rests on, and the flows that they give for its windows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.frame import FLAT_DAY, UNKNOWN_DAY, Frame, links
from weighbridge.cubes.windows import Plan
from weighbridge.errors import DataMissing
from weighbridge.records.cells import Window
from weighbridge.records.clock import Period, day_text, period_holding
from weighbridge.store.catalogue import Counters, read_counters
from weighbridge.store.flows import (
    WINDOW_DAYS,
    Flows,
    Steps,
    cumulative_flows,
    steps_of,
    tiled_flows,
    windowed_flows,
)
from weighbridge.store.jumps import Jumps, find_jumps

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Plans = Sequence[tuple[Period, str]]
"""Windows, and the way in which each is answered: `at`, `tiles` or `steps`."""

FOREVER = 2**31 - 1


class Observed:
    """The counters of a plan, each read once, and the flows they give for its windows."""

    def __init__(self, planned: Plan, frame: Frame) -> None:
        self.planned, self.frame = planned, frame
        self._counters: dict[str, Counters] = {}
        self._jumps: dict[str, Jumps] = {}
        self.flat = frame.created == FLAT_DAY
        self.born = frame.created.astype(np.int64)

    @cached_property
    def steps(self) -> Steps:
        """Pieces of flow of the cumulative counters."""
        return steps_of(self.counters("downloads_all"))

    def counters(self, quantity: str, days: Sequence[int] | None = None) -> Counters:
        """Counters of a quantity, read once."""
        if quantity not in self._counters:
            self._counters[quantity] = read_counters(
                self.planned.vintages, quantity, days, links(self.planned.vintages[0].hub)
            )
        return self._counters[quantity]

    def flows(self, period: Period, way: str, age: int | None) -> Flows | None:
        """Flows of one window up to an age of the models in days; null where no observed 30-day windows tile it."""
        if way == "at":
            return windowed_flows(self.counters("downloads_30d", [period.end]), period.end)
        if way == "steps":
            known = (self.born != UNKNOWN_DAY) & ~self.flat
            last_day = None if age is None else np.where(known, self.born + age + 1, FOREVER)
            return cumulative_flows(self.steps, self.counters("downloads_all"), period, last_day)
        anyone = np.where(self.flat | (self.born == UNKNOWN_DAY), FOREVER, self.born)
        return tiled_flows(self.counters("downloads_30d"), period, None if age is None else anyone, age)

    def untiled(self) -> DataMissing:
        """What to say where no window of a plan could be tiled."""
        end = self.planned.periods[-1].end
        near = sorted(self.counters("downloads_30d").days.tolist(), key=lambda d: abs(d - end))[:2]
        return DataMissing(
            f"no observed 30-day windows tile the time up to {day_text(end)}",
            f"nearest days held: {' and '.join(day_text(d) for d in sorted(near))}",
        )

    def ages(self, model: Ints, window: Codes, plans: Plans, limit: int | None) -> tuple[Mask, Mask]:
        """For some cells: within an age limit, and not known whether."""
        if limit is None:
            return np.ones(len(model), bool), np.zeros(len(model), bool)
        born, flat = self.born[model], self.flat[model]
        at = np.array([way == "at" for _, way in plans])[window]
        oldest = np.array([(p.end if way == "at" else p.start) - limit for p, way in plans])[window]
        unknown = (born == UNKNOWN_DAY) | (flat & (born >= oldest))
        return np.where(at, born >= oldest, ~flat) & ~unknown, unknown

    def spikes(self, period: Period, way: str, model: Ints) -> Ints:
        """Downloads of one-model jumps in a window."""
        if way == "at":
            return np.zeros(len(model), np.int64)
        jumps = self.jumps(way)
        amount = np.zeros(len(self.frame.names), np.int64)
        chosen = jumps.spike & (jumps.day > period.start) & (jumps.day <= period.end)
        np.add.at(amount, jumps.model[chosen], jumps.amount[chosen])
        return amount[model]

    def jumps(self, way: str) -> Jumps:
        """Sudden changes of the counters that a way goes by."""
        if way not in self._jumps:
            counters = self.counters("downloads_all" if way == "steps" else "downloads_30d")
            self._jumps[way] = find_jumps(counters, cumulative=way == "steps")
        return self._jumps[way]

    def window(self, period: Period, way: str) -> Window:
        """The window as an answer names it."""
        if way == "steps":
            days = self.counters("downloads_all").days
            complete = bool(days[0] <= period.start and days[-1] >= period.end) and not self._cut(period)
            return Window(period.start, period.end, "measured", period.name, complete, self.planned.grain)
        days = self.counters("downloads_30d").days
        reach = bool(days[0] - WINDOW_DAYS <= period.start and days[-1] >= period.end) and not self._cut(period)
        return Window(period.start, period.end, "windowed", period.name, reach, self.planned.grain)

    def _cut(self, period: Period) -> bool:
        """Whether the question asks for less than the whole of a named period."""
        grain = self.planned.grain
        return bool(grain) and period_holding(period.start, grain).days != period.days

    def notes(self, plans: Plans, spikes: bool, splice: bool) -> list[str]:
        """What the flows of some windows need to be read with."""
        notes, ways = [], {way for _, way in plans}
        if "steps" in ways:
            spans = [(p.start, p.end) for p, way in plans if way == "steps"]
            day, excess = self.steps.fall_day, self.steps.fall_excess
            inside = np.array([any(start < d <= end for start, end in spans) for d in day], bool)
            if inside.any():
                notes.append(
                    f"Counters that fell and stayed down: {int(inside.sum())}, by {int(excess[inside].sum()):,} in "
                    "all. The flow of such a restatement is unknown and counted as 0; the flow before it may be too "
                    "high."
                )
        if splice and len(ways) > 1:
            notes.append(self._joint(plans))
        for found in [self.jumps(way) for way in ("steps", "tiles") if way in ways and spikes]:
            days, models = np.unique(found.day[found.shared], return_counts=True)
            listed = ", ".join(f"{day_text(int(d))} ({n} models)" for d, n in zip(days, models, strict=True))
            if listed:
                notes.append(f"Many models jumped on one day, a restatement by the hub; nothing was removed: {listed}.")
        return notes

    def _joint(self, plans: Plans) -> str:
        """How far the two kinds of counters disagree where both answer, for all models and for those that both hold.

        The first also shows where one kind is of fewer models than the other; then the splice joins two populations.
        """
        counters, found = self.counters("downloads_30d"), []
        for period, way in plans:
            tiled = tiled_flows(counters, period) if way == "steps" and period.days >= WINDOW_DAYS - 2 else None
            if tiled is not None:
                exact = cumulative_flows(self.steps, self.counters("downloads_all"), period)
                found.append((period.name, *_apart(tiled, exact)))
        if not found:
            return "Spliced: 30-day windows before cumulative counters; no period has both, so the joint is untested."
        name, everything, common, models = max(found, key=lambda one: abs(one[1]))
        return (
            f"Spliced: in {name}, where both answer and disagree most of {len(found)} such periods, 30-day windows are "
            f"off by {everything:+.1%} from the cumulative flow; over the {models:,} models that both hold, by "
            f"{common:+.1%}."
        )


def _apart(tiled: Flows, exact: Flows) -> tuple[float, float, int]:
    """Windows over counters, less 1: of all models, and of those that both hold, with the number of these."""
    everything = float(tiled.value.sum()) / max(float(exact.value.sum()), 1.0) - 1
    _, ours, theirs = np.intersect1d(tiled.model, exact.model, assume_unique=True, return_indices=True)
    common = float(tiled.value[ours].sum()) / max(float(exact.value[theirs].sum()), 1.0) - 1
    return everything, common, len(ours)

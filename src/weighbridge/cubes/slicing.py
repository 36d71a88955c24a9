"""From a question to the weight of single models: the model-level vector of a store."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.cubes.credit import divide, spread
from weighbridge.cubes.frame import FLAT_DAY, UNKNOWN_DAY, Frame, links
from weighbridge.cubes.ready import frame_for
from weighbridge.cubes.windows import Plan, plan
from weighbridge.definitions.rules import Evidence, rules
from weighbridge.definitions.scopes import Subject, scopes
from weighbridge.errors import DataMissing
from weighbridge.records.cells import Cells, Coded, Entries, Slice, Window
from weighbridge.records.clock import Period, day_text, moment_text, period_holding
from weighbridge.records.question import Question
from weighbridge.register import families
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
from weighbridge.store.home import Store
from weighbridge.store.jumps import Jumps, find_jumps

Ints = npt.NDArray[np.int64]
FOREVER = 2**31 - 1


def slice_store(
    store: Store,
    question: Question,
    scope_ids: Iterable[str] | None = None,
    rule_ids: Iterable[str] | None = None,
) -> Slice:
    """The weight of all models in the windows of a question.

    Args:
        store: where the vintages are.
        question: hub, window, as-of and definition.
        scope_ids: scopes to describe the cells by; null: the definition's.
        rule_ids: rules to gather facts for; null: the definition's.

    Raises:
        DataMissing, UsageError: see `windows.plan`.
    """
    planned = plan(store, question)
    frame = frame_for(store, planned.vintages)
    weighing = _Weighing(planned, frame, question)
    found = [weighing.flows(period, way) for period, way in zip(planned.periods, planned.ways, strict=True)]
    flows = [flow for flow in found if flow is not None]
    if not flows:
        raise weighing.untiled()
    answered = [flow is not None for flow in found]
    planned = replace(
        planned,
        periods=tuple(itertools.compress(planned.periods, answered)),
        ways=tuple(itertools.compress(planned.ways, answered)),
        notes=(*planned.notes, *weighing.untiled_note(answered)),
    )
    weighing.planned = planned
    weighing.missed = max(flow.missed for flow in flows)
    definition = question.definition
    cells = _cells(
        frame,
        flows,
        weighing,
        tuple(scope_ids if scope_ids is not None else (definition.scope,)),
        tuple(rule_ids if rule_ids is not None else definition.clean),
        definition.attribution,
    )
    return Slice(
        hub=planned.vintages[0].hub,
        unit=planned.vintages[0].unit,
        windows=tuple(weighing.window(p, w) for p, w in zip(planned.periods, planned.ways, strict=True)),
        cells=cells,
        population=planned.vintages[0].population,
        vintages=tuple(v.id for v in planned.vintages),
        as_of=moment_text(question.as_of or datetime.now(UTC).replace(microsecond=0)),
        simulated=any(v.simulated for v in planned.vintages),
        families=families.names(),
        notes=(*planned.notes, *weighing.notes()),
        sources=tuple({"vintage": v.id, "title": v.title, "sha256": v.sha256} for v in planned.vintages),
    )


@dataclass
class _Weighing:
    """The counters of a plan, and the flows they give for its windows."""

    planned: Plan
    frame: Frame
    question: Question

    def __post_init__(self) -> None:
        self._steps: Steps | None = None
        self.missed = 0
        self._counters: dict[str, Counters] = {}
        self._found: dict[str, Jumps] = {}
        age = self.question.definition.max_age_days
        known = self.frame.created > UNKNOWN_DAY
        self.flat = self.frame.created == FLAT_DAY
        self.born = self.frame.created.astype(np.int64)
        self.last_day = None if age is None else np.where(known & ~self.flat, self.born + age + 1, FOREVER)

    def counters(self, quantity: str, days: Sequence[int] | None = None) -> Counters:
        """Counters of a quantity, read once."""
        if quantity not in self._counters:
            self._counters[quantity] = read_counters(
                self.planned.vintages, quantity, days, links(self.planned.vintages[0].hub)
            )
        return self._counters[quantity]

    def flows(self, period: Period, way: str) -> Flows | None:
        """Flows of one window; null where no observed 30-day windows tile it."""
        if way == "at":
            return windowed_flows(self.counters("downloads_30d", [period.end]), period.end)
        if way == "steps":
            counters = self.counters("downloads_all")
            self._steps = self._steps or steps_of(counters)
            return cumulative_flows(self._steps, counters, period, self.last_day)
        age = self.question.definition.max_age_days
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

    def untiled_note(self, answered: Sequence[bool]) -> list[str]:
        """Which periods are left out because no observed 30-day windows tile them."""
        left = [p.name for p, there in zip(self.planned.periods, answered, strict=True) if not there]
        return [f"No observed 30-day windows tile {', '.join(left)}."] if left else []

    def age(self, model: Ints, period: Period, way: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """For cells of a window: within the age limit, and not known whether."""
        limit = self.question.definition.max_age_days
        if limit is None:
            return np.ones(len(model), bool), np.zeros(len(model), bool)
        born, flat = self.born[model], self.flat[model]
        oldest = period.end - limit if way == "at" else period.start - limit
        unknown = (born == UNKNOWN_DAY) | (flat & (born >= oldest))
        if way == "at":
            return (born >= oldest) & ~unknown, unknown
        return ~unknown & ~flat, unknown

    def spikes(self, period: Period, way: str, model: Ints) -> Ints:
        """Downloads of one-model jumps in a window."""
        if way == "at":
            return np.zeros(len(model), np.int64)
        counters = self.counters("downloads_all" if way == "steps" else "downloads_30d")
        jumps = self._jumps(way, counters)
        amount = np.zeros(len(self.frame.names), np.int64)
        chosen = jumps.spike & (jumps.day > period.start) & (jumps.day <= period.end)
        np.add.at(amount, jumps.model[chosen], jumps.amount[chosen])
        return amount[model]

    def _jumps(self, way: str, counters: Counters) -> Jumps:
        if way not in self._found:
            self._found[way] = find_jumps(counters, cumulative=way == "steps")
        return self._found[way]

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

    def notes(self) -> list[str]:
        """What the flows need to be read with."""
        notes = []
        if self._steps is not None:
            spans = [
                (p.start, p.end)
                for p, way in zip(self.planned.periods, self.planned.ways, strict=True)
                if way == "steps"
            ]
            day = self._steps.fall_day
            inside = np.array([any(start < d <= end for start, end in spans) for d in day], bool)
            if inside.any():
                notes.append(
                    f"Counters that fell and stayed down: {int(inside.sum())}, by "
                    f"{int(self._steps.fall_excess[inside].sum()):,} in all. The flow of such a restatement is unknown "
                    "and counted as 0; the flow before it may be too high."
                )
        if self.missed:
            notes.append(f"The 30-day windows that stand for periods end up to {self.missed} days off these.")
        if self.question.splice and len(set(self.planned.ways)) > 1:
            notes.append(self._joint())
        jumps = [self._jumps(w, self.counters(q)) for w, q in (("steps", "downloads_all"), ("tiles", "downloads_30d"))
                 if w in self.planned.ways and "spike" in self.question.definition.clean]  # fmt: skip
        for found in jumps:
            days, models = np.unique(found.day[found.shared], return_counts=True)
            listed = ", ".join(f"{day_text(int(d))} ({n} models)" for d, n in zip(days, models, strict=True))
            if listed:
                notes.append(f"Many models jumped on one day, a restatement by the hub; nothing was removed: {listed}.")
        return notes

    def _joint(self) -> str:
        """How far the two kinds of counters disagree where both answer."""
        counters, steps = self.counters("downloads_30d"), self._steps
        both = []
        if steps is not None:
            for period, way in zip(self.planned.periods, self.planned.ways, strict=True):
                tiled = tiled_flows(counters, period) if way == "steps" and period.days >= WINDOW_DAYS - 2 else None
                if tiled is not None:
                    exact = cumulative_flows(steps, self.counters("downloads_all"), period).value.sum()
                    both.append((period.name, float(tiled.value.sum()) / max(float(exact), 1.0) - 1))
        if not both:
            return "Spliced: 30-day windows before cumulative counters; no period has both, so the joint is untested."
        name, error = both[0]
        return (
            f"Spliced: in {name}, where both answer, 30-day windows are off by {error:+.1%} from the cumulative flow."
        )


def _cells(
    frame: Frame,
    flows: Sequence[Flows],
    weighing: _Weighing,
    scope_ids: tuple[str, ...],
    rule_ids: tuple[str, ...],
    attribution: str,
) -> Cells:
    rows = _rows(flows, weighing, "spike" in rule_ids)
    model, value = rows.model, rows.value
    names = Coded(model.astype(np.int32), frame.names)
    evidence = Evidence(
        value=value,
        window=rows.window,
        ways=weighing.planned.ways,
        ends=tuple(period.end for period in weighing.planned.periods),
        likes=frame.likes[model],
        created=frame.created[model],
        task=frame.labels["task"].take(model),
        names=names,
        spike=rows.spike,
    )
    subject = Subject(
        task=frame.labels["task"],
        relation=frame.labels["relation"],
        quantised=frame.labels["quantised"].codes.astype(bool),
        created=frame.created,
        weights=frame.weights,
        names=Coded(np.arange(len(frame.names), dtype=np.int32), frame.names),
    )
    return Cells(
        window=rows.window,
        value=value,
        lo=rows.lo,
        hi=rows.hi,
        models=((value > 0) & ~rows.spike).astype(np.int64),
        by_kind=rows.by_kind,
        labels={"model": names, **{name: coded.take(model) for name, coded in frame.labels.items()}},
        scopes={name: scopes()[name].holds(subject)[model] for name in scope_ids},
        within_age=rows.within_age,
        unknown_age=rows.unknown_age,
        declared=frame.declared[model],
        facts={name: rules()[name].facts(evidence) for name in rule_ids},
        silent=frozenset(name for name in rule_ids if not rules()[name].runs(evidence)),
        entries=_entries(frame, model, value, rows.lo, rows.hi, attribution),
    )


@dataclass(frozen=True)
class _Rows:
    """One row a model and window, and one more for what a spike added to it."""

    model: Ints
    window: npt.NDArray[np.int32]
    value: Ints
    lo: Ints
    hi: Ints
    by_kind: Ints
    within_age: npt.NDArray[np.bool_]
    unknown_age: npt.NDArray[np.bool_]
    spike: npt.NDArray[np.bool_]


def _rows(flows: Sequence[Flows], weighing: _Weighing, spikes: bool) -> _Rows:
    """Flows of all windows, one below the other."""
    plans = list(zip(flows, weighing.planned.periods, weighing.planned.ways, strict=True))
    ages = [weighing.age(f.model, period, way) for f, period, way in plans]
    rows = _Rows(
        model=np.concatenate([f.model for f in flows]),
        window=np.repeat(np.arange(len(flows), dtype=np.int32), [len(f.model) for f in flows]),
        value=np.concatenate([f.value for f in flows]),
        lo=np.concatenate([f.lo for f in flows]),
        hi=np.concatenate([f.hi for f in flows]),
        by_kind=np.concatenate([f.by_kind for f in flows]),
        within_age=np.concatenate([within for within, _ in ages]),
        unknown_age=np.concatenate([unknown for _, unknown in ages]),
        spike=np.zeros(sum(len(f.model) for f in flows), bool),
    )
    if not spikes:
        return rows
    return _apart(rows, np.concatenate([weighing.spikes(p, way, f.model) for f, p, way in plans]))


def _apart(rows: _Rows, added: Ints) -> _Rows:
    """The same with what spikes added as rows of their own, so that a rule can leave these out and nothing else."""
    added = np.minimum(added, rows.value)
    at = np.flatnonzero(added)
    kinds = np.zeros((len(at), rows.by_kind.shape[1]), np.int64)
    kinds[np.arange(len(at)), np.argmax(rows.by_kind[at], axis=1)] = added[at]
    left = rows.by_kind.copy()
    left[at] = np.maximum(left[at] - kinds, 0)
    sure = np.minimum(added, rows.lo)
    return _Rows(
        model=np.append(rows.model, rows.model[at]),
        window=np.append(rows.window, rows.window[at]),
        value=np.append(rows.value - added, added[at]),
        lo=np.append(rows.lo - sure, sure[at]),
        hi=np.append(rows.hi - added, added[at]),
        by_kind=np.concatenate([left, kinds]),
        within_age=np.append(rows.within_age, rows.within_age[at]),
        unknown_age=np.append(rows.unknown_age, rows.unknown_age[at]),
        spike=np.append(rows.spike, np.ones(len(at), bool)),
    )


def _entries(frame: Frame, model: Ints, value: Ints, lo: Ints, hi: Ints, attribution: str) -> Entries:
    """To whom the weight goes: the uploader, or the roots of each model."""
    if attribution == "uploader":
        return Entries(
            cell=np.arange(len(model)),
            holder=frame.holder.take(model),
            family=frame.family[model],
            model=Coded(model.astype(np.int32), frame.names),
            value=value,
            lo=lo,
            hi=hi,
        )
    roots = frame.roots if attribution == "base" else frame.roots_inferred
    rank = _rank(frame, roots.node)
    cell, node = spread(roots, model, rank)
    everyone = pa.concat_arrays([frame.names, frame.outside])
    credit = divide(roots, model, rank, value)
    return Entries(
        cell=cell,
        holder=frame.holder.take(node),
        family=frame.own_family[node],
        model=Coded(node.astype(np.int32), everyone),
        value=credit,
        lo=np.minimum(divide(roots, model, rank, lo), credit),  # whole downloads need not rise with what is divided
        hi=np.maximum(divide(roots, model, rank, hi), credit),
    )


def _rank(frame: Frame, nodes: Ints) -> Ints:
    """Place of the nodes that mixtures hold, in order of name; other nodes need none."""
    mixed = np.unique(nodes)
    order = np.argsort(np.array([frame.node_name(int(node)) for node in mixed], dtype=object), kind="stable")
    rank = np.zeros(len(frame.names) + len(frame.outside), np.int64)
    rank[mixed[order]] = np.arange(len(mixed))
    return rank

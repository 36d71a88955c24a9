"""From a question to the weight of single models: the model-level vector of a store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.cubes import ready_cubes
from weighbridge.cubes.condensing import FEW, condense
from weighbridge.cubes.credit import divide, spread
from weighbridge.cubes.engines import EMBEDDED, engine
from weighbridge.cubes.frame import Frame
from weighbridge.cubes.observed import Observed, Plans
from weighbridge.cubes.ready import derived_from, frame_for
from weighbridge.cubes.weigh import PARTY_DIMENSIONS
from weighbridge.cubes.windows import plan
from weighbridge.definitions.rules import Evidence, Facts, rules
from weighbridge.definitions.scopes import Subject, scopes
from weighbridge.records.cells import Cells, Coded, Entries, Slice
from weighbridge.records.clock import moment_text
from weighbridge.records.definition import Definition
from weighbridge.records.question import Question
from weighbridge.register import families
from weighbridge.register.parties import Register
from weighbridge.store.flows import Flows
from weighbridge.store.home import Store

Ints = npt.NDArray[np.int64]


class Slicing:
    """The model-level vectors of a question's windows under any definition; what they share is computed once."""

    def __init__(self, store: Store, question: Question) -> None:
        """Choose vintages and windows, and read the labels of the models.

        Raises:
            DataMissing, UsageError: see `windows.plan`.
        """
        self.store, self.question = store, question
        self.planned = plan(store, question)
        self._vectors: dict[tuple[int | None, bool], _Vector] = {}

    @cached_property
    def frame(self) -> Frame:
        """Labels of the models, and their graph."""
        return frame_for(self.store, self.planned.vintages)

    @cached_property
    def _observed(self) -> Observed:
        return Observed(self.planned, self.frame)

    def condensed(
        self,
        definition: Definition,
        by: str,
        registers: Sequence[Register],
        scope_ids: Iterable[str] | None = None,
        rule_ids: Iterable[str] | None = None,
    ) -> Slice:
        """The weight in few cells, for groups along one dimension; kept ready for the registers that do not change.

        Args:
            definition, scope_ids, rule_ids: as `under`.
            by: the dimension.
            registers: by which the holders may be grouped.

        Raises:
            DataMissing, UsageError: as `under`, and where the asked engine cannot be had.
        """
        scopes_of = (definition.scope,) if scope_ids is None else tuple(scope_ids)
        rules_of = tuple(definition.clean if rule_ids is None else rule_ids)
        using = engine(self.question.engine, self.question.remote)

        def make() -> Slice:
            return condense(self.under(definition, scopes_of, rules_of), by, registers, using)

        if using.id != EMBEDDED or by not in FEW or any(register.fingerprint is None for register in registers):
            return make()
        parts = [
            *derived_from(self.planned.vintages),
            *(self.planned.periods, self.planned.ways, self.planned.grain, self.question.splice),
            *(definition.attribution, definition.max_age_days, definition.clean, scopes_of),
            *(f"{rule} {rules()[rule].version}" for rule in rules_of),
            *("party" if by in PARTY_DIMENSIONS else by, *(register.fingerprint for register in registers)),
            ready_cubes.FORMAT,
        ]
        held = ready_cubes.CUBES.get(self.store, parts, ready_cubes.load, make, ready_cubes.save)
        return replace(held, as_of=self._as_of())

    def _as_of(self) -> str:
        return moment_text(self.question.as_of or datetime.now(UTC).replace(microsecond=0))

    def under(
        self, definition: Definition, scope_ids: Iterable[str] | None = None, rule_ids: Iterable[str] | None = None
    ) -> Slice:
        """The weight of all models under a definition, before anything is left out.

        Args:
            definition: its age limit and attribution count here.
            scope_ids: scopes to describe the cells by; null: the definition's.
            rule_ids: rules to gather facts for; null: the definition's.

        Raises:
            DataMissing: no observed 30-day windows tile a window.
        """
        chosen = tuple(definition.clean if rule_ids is None else rule_ids)
        vector = self._vector(definition.max_age_days, "spike" in chosen)
        read = self.planned.vintages
        return Slice(
            hub=read[0].hub,
            unit=read[0].unit,
            windows=tuple(self._observed.window(period, way) for period, way in vector.plans),
            cells=self._cells(
                vector, definition, (definition.scope,) if scope_ids is None else tuple(scope_ids), chosen
            ),
            population=read[0].population,
            vintages=tuple(v.id for v in read),
            as_of=self._as_of(),
            simulated=any(v.simulated for v in read),
            families=families.names(),
            notes=(
                *self.planned.notes,
                *vector.notes,
                *self._observed.notes(vector.plans, "spike" in definition.clean, self.question.splice),
            ),
            sources=tuple({"vintage": v.id, "title": v.title, "sha256": v.sha256} for v in read),
        )

    def _vector(self, age: int | None, spikes: bool) -> _Vector:
        """Flows up to an age; the 30-day counter of a day is one number whatever the age."""
        plans = tuple(zip(self.planned.periods, self.planned.ways, strict=True))
        key = (None if all(way == "at" for _, way in plans) else age, spikes)
        if key not in self._vectors:
            found = [self._observed.flows(period, way, key[0]) for period, way in plans]
            if not any(found):
                raise self._observed.untiled()
            answered = tuple(plan for plan, flows in zip(plans, found, strict=True) if flows)
            flows = [flow for flow in found if flow]
            rows = _rows(flows)
            if spikes:
                added = [self._observed.spikes(*plan, flow.model) for plan, flow in zip(answered, flows, strict=True)]
                rows = _apart(rows, np.concatenate(added))
            left = [period.name for (period, _), flow in zip(plans, found, strict=True) if not flow]
            missed = max(flow.missed for flow in flows)
            notes = [f"No observed 30-day windows tile {', '.join(left)}."] if left else []
            if missed:
                notes.append(f"The 30-day windows that stand for periods end up to {missed} days off these.")
            self._vectors[key] = _Vector(self.frame, answered, rows, tuple(notes))
        return self._vectors[key]

    def _cells(
        self, vector: _Vector, definition: Definition, scope_ids: tuple[str, ...], rule_ids: tuple[str, ...]
    ) -> Cells:
        frame, rows = self.frame, vector.rows
        model = rows.model
        within, unknown = self._observed.ages(model, rows.window, vector.plans, definition.max_age_days)
        facts = {name: vector.fact(name) for name in rule_ids}
        return Cells(
            window=rows.window,
            value=rows.value,
            lo=rows.lo,
            hi=rows.hi,
            models=((rows.value > 0) & ~rows.spike).astype(np.int64),
            by_kind=rows.by_kind,
            labels={"model": vector.names, **{name: coded.take(model) for name, coded in frame.labels.items()}},
            scopes={name: scopes()[name].holds(vector.subject)[model] for name in scope_ids},
            within_age=within,
            unknown_age=unknown,
            declared=frame.declared[model],
            facts=facts,
            silent=frozenset(name for name in rule_ids if not rules()[name].runs(vector.evidence)),
            entries=vector.entries(definition.attribution),
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
    spike: npt.NDArray[np.bool_]


class _Vector:
    """The flows of all models in the windows that could be answered; what is derived from them is computed once."""

    def __init__(self, frame: Frame, plans: Plans, rows: _Rows, notes: tuple[str, ...]) -> None:
        self.frame, self.plans, self.rows, self.notes = frame, plans, rows, notes
        self._facts: dict[str, Facts] = {}
        self._entries: dict[str, Entries] = {}

    @cached_property
    def names(self) -> Coded:
        """Repository names of the rows."""
        return Coded(self.rows.model.astype(np.int32), self.frame.names)

    @cached_property
    def evidence(self) -> Evidence:
        """What cleaning rules may look at."""
        model, frame = self.rows.model, self.frame
        return Evidence(
            value=self.rows.value,
            window=self.rows.window,
            ways=tuple(way for _, way in self.plans),
            ends=tuple(period.end for period, _ in self.plans),
            likes=frame.likes[model],
            created=frame.created[model],
            task=frame.labels["task"].take(model),
            names=self.names,
            spike=self.rows.spike,
        )

    @cached_property
    def subject(self) -> Subject:
        """What scopes may look at."""
        frame = self.frame
        return Subject(
            task=frame.labels["task"],
            relation=frame.labels["relation"],
            quantised=frame.labels["quantised"].codes.astype(bool),
            created=frame.created,
            weights=frame.weights,
            names=Coded(np.arange(len(frame.names), dtype=np.int32), frame.names),
        )

    def fact(self, rule: str) -> Facts:
        """What a rule says of each row."""
        if rule not in self._facts:
            self._facts[rule] = rules()[rule].facts(self.evidence)
        return self._facts[rule]

    def entries(self, attribution: str) -> Entries:
        """To whom the weight of the rows goes."""
        if attribution not in self._entries:
            rows = self.rows
            self._entries[attribution] = _entries(self.frame, rows.model, rows.value, rows.lo, rows.hi, attribution)
        return self._entries[attribution]


def _rows(flows: Sequence[Flows]) -> _Rows:
    """Flows of all windows, one below the other."""
    return _Rows(
        model=np.concatenate([f.model for f in flows]),
        window=np.repeat(np.arange(len(flows), dtype=np.int32), [len(f.model) for f in flows]),
        value=np.concatenate([f.value for f in flows]),
        lo=np.concatenate([f.lo for f in flows]),
        hi=np.concatenate([f.hi for f in flows]),
        by_kind=np.concatenate([f.by_kind for f in flows]),
        spike=np.zeros(sum(len(f.model) for f in flows), bool),
    )


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

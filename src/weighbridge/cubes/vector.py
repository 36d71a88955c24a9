"""The model-level vector: one row a model and window, with all that is derived from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.cubes.credit import divide, spread
from weighbridge.cubes.frame import Frame
from weighbridge.cubes.observed import Plans
from weighbridge.definitions.rules import Evidence, Facts, rules
from weighbridge.definitions.scopes import Subject, scopes
from weighbridge.records.cells import Cells, Coded, Entries
from weighbridge.store.flows import Flows

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """One row a model and window, and one more for what a spike added to it."""

    model: Ints
    window: npt.NDArray[np.int32]
    value: Ints
    lo: Ints
    hi: Ints
    by_kind: Ints
    spike: npt.NDArray[np.bool_]


class Vector:
    """The flows of all models in the windows that could be answered; what is derived from them is computed once."""

    def __init__(self, frame: Frame, plans: Plans, rows: Rows, notes: tuple[str, ...]) -> None:
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
        return subject_of(self.frame)

    def cells(
        self,
        attribution: str,
        scope_ids: tuple[str, ...],
        rule_ids: tuple[str, ...],
        within_age: Mask,
        unknown_age: Mask,
    ) -> Cells:
        """The rows as cells, described by some scopes and by the facts of some rules.

        Args:
            attribution: who gets the credit.
            scope_ids, rule_ids: of scopes and rules.
            within_age, unknown_age: of each row, see `Cells`.
        """
        frame, rows = self.frame, self.rows
        model = rows.model
        return Cells(
            window=rows.window,
            value=rows.value,
            lo=rows.lo,
            hi=rows.hi,
            models=((rows.value > 0) & ~rows.spike).astype(np.int64),
            by_kind=rows.by_kind,
            labels={"model": self.names, **{name: coded.take(model) for name, coded in frame.labels.items()}},
            scopes={name: scopes()[name].holds(self.subject)[model] for name in scope_ids},
            within_age=within_age,
            unknown_age=unknown_age,
            declared=frame.declared[model],
            facts={name: self.fact(name) for name in rule_ids},
            silent=frozenset(name for name in rule_ids if not rules()[name].runs(self.evidence)),
            entries=self.entries(attribution),
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


def subject_of(frame: Frame) -> Subject:
    """What scopes may look at: all models of a frame."""
    return Subject(
        task=frame.labels["task"],
        relation=frame.labels["relation"],
        quantised=frame.labels["quantised"].codes.astype(bool),
        created=frame.created,
        weights=frame.weights,
        names=Coded(np.arange(len(frame.names), dtype=np.int32), frame.names),
    )


def rows_of(flows: Sequence[Flows]) -> Rows:
    """Flows of all windows, one below the other."""
    return Rows(
        model=np.concatenate([f.model for f in flows]),
        window=np.repeat(np.arange(len(flows), dtype=np.int32), [len(f.model) for f in flows]),
        value=np.concatenate([f.value for f in flows]),
        lo=np.concatenate([f.lo for f in flows]),
        hi=np.concatenate([f.hi for f in flows]),
        by_kind=np.concatenate([f.by_kind for f in flows]),
        spike=np.zeros(sum(len(f.model) for f in flows), bool),
    )


def apart(rows: Rows, added: Ints) -> Rows:
    """The same with what spikes added as rows of their own, so that a rule can leave these out and nothing else."""
    added = np.minimum(added, rows.value)
    at = np.flatnonzero(added)
    kinds = np.zeros((len(at), rows.by_kind.shape[1]), np.int64)
    kinds[np.arange(len(at)), np.argmax(rows.by_kind[at], axis=1)] = added[at]
    left = rows.by_kind.copy()
    left[at] = np.maximum(left[at] - kinds, 0)
    sure = np.minimum(added, rows.lo)
    return Rows(
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

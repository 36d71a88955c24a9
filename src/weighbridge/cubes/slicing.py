"""From a question to the weight of single models: the model-level vector of a store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from weighbridge.cubes import ready_cubes
from weighbridge.cubes.condensing import FEW, condense
from weighbridge.cubes.engines import EMBEDDED, engine
from weighbridge.cubes.frame import Frame
from weighbridge.cubes.observed import Observed
from weighbridge.cubes.ready import derived_from, frame_for
from weighbridge.cubes.vector import Vector, apart, rows_of
from weighbridge.cubes.weigh import PARTY_DIMENSIONS
from weighbridge.cubes.windows import plan
from weighbridge.definitions.rules import rules
from weighbridge.records.cells import Slice
from weighbridge.records.clock import moment_text
from weighbridge.records.definition import Definition
from weighbridge.records.question import Question
from weighbridge.register import families
from weighbridge.register.parties import Register
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
        self._vectors: dict[tuple[int | None, bool], Vector] = {}

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
            cells=vector.cells(
                definition.attribution,
                (definition.scope,) if scope_ids is None else tuple(scope_ids),
                chosen,
                *self._observed.ages(vector.rows.model, vector.rows.window, vector.plans, definition.max_age_days),
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

    def _vector(self, age: int | None, spikes: bool) -> Vector:
        """Flows up to an age, spikes apart; the counter of a day is one number whatever the age, without spikes."""
        plans = tuple(zip(self.planned.periods, self.planned.ways, strict=True))
        key = (None, False) if all(way == "at" for _, way in plans) else (age, spikes)
        if key not in self._vectors:
            found = [self._observed.flows(period, way, key[0]) for period, way in plans]
            if not any(found):
                raise self._observed.untiled()
            answered = tuple(plan for plan, flows in zip(plans, found, strict=True) if flows)
            flows = [flow for flow in found if flow]
            rows = rows_of(flows)
            if key[1]:
                added = [self._observed.spikes(*plan, flow.model) for plan, flow in zip(answered, flows, strict=True)]
                rows = apart(rows, np.concatenate(added))
            left = [period.name for (period, _), flow in zip(plans, found, strict=True) if not flow]
            missed = max(flow.missed for flow in flows)
            notes = [f"No observed 30-day windows tile {', '.join(left)}."] if left else []
            if missed:
                notes.append(f"The 30-day windows that stand for periods end up to {missed} days off these.")
            self._vectors[key] = Vector(self.frame, answered, rows, tuple(notes))
        return self._vectors[key]

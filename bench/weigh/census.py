"""A census of the synthetic hub, four weeks long, as something that the package's own measures can be asked of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bench.synthetic import Population, population, weekly_flows
from bench.synthetic.hub import COUNTRIES, TYPES
from weighbridge.cubes import ready_cubes
from weighbridge.cubes.condensing import condense
from weighbridge.cubes.credit import divide, spread
from weighbridge.definitions.rules import rules
from weighbridge.lineage.roots import Roots, find_roots
from weighbridge.records.cells import Cells, Coded, Entries, Slice, Window
from weighbridge.records.definition import Definition
from weighbridge.records.question import Question
from weighbridge.register.parties import Party, Register
from weighbridge.store.flows import KINDS, WINDOWED
from weighbridge.store.home import Store

Ints = npt.NDArray[np.int64]

SPAN_WEEKS = 4
LANGUAGE, COPIES = "language", "without-quantised"


@dataclass(frozen=True)
class SyntheticCensus:
    """A backing (see `measures.asking.Backing`) of so many models; condensed slices are kept in a folder."""

    models: int
    weeks: int
    store: Store

    @cached_property
    def hub(self) -> Population:
        """The models, the same as those of the flows."""
        return population(self.models, self.weeks, growth="level")

    @cached_property
    def value(self) -> Ints:
        """Downloads of each model in the last four weeks."""
        total = np.zeros(self.hub.models, np.int64)
        for week in range(self.weeks - SPAN_WEEKS, self.weeks):
            model, downloads = weekly_flows(self.hub, week)
            total[model] += downloads
        return total

    @cached_property
    def _register(self) -> Register:
        hub, rows = self.hub, []
        for namespace in np.flatnonzero(hub.holders.registered).tolist():
            of = int(hub.holders.organisation[namespace])
            party = Party(f"organisation {of}", TYPES[hub.holders.type[of]], COUNTRIES[hub.holders.country[of]], 0, 0)
            rows.append(("huggingface", f"namespace-{namespace}", "", "", party))
        return Register("house", rows, f"synthetic {self.models} {self.weeks} {hub.seed}")

    @cached_property
    def roots(self) -> Roots:
        """Roots of all models over declared bases that are there."""
        descent = self.hub.descent
        there = descent.parent >= 0
        return find_roots(
            self.hub.models, descent.child[there].astype(np.int64), descent.parent[there].astype(np.int64)
        )

    @cached_property
    def names(self) -> pa.Array:
        """Names of all models."""
        return pa.array(np.arange(self.hub.models)).cast(pa.string())

    @cached_property
    def entries(self) -> dict[str, Entries]:
        """To whom the weight goes, by attribution; made once, as a store's slicing does."""
        return {}

    def hubs(self) -> list[str]:
        """See `Backing.hubs`."""
        return ["huggingface"]

    def slicing(self, question: Question) -> SyntheticSlicing:
        """See `Backing.slicing`."""
        return SyntheticSlicing(self)

    def register(self, name: str, as_of: datetime | None) -> Register:
        """See `Backing.register`."""
        return self._register

    def registers(self, as_of: datetime | None) -> list[str]:
        """See `Backing.registers`."""
        return ["house"]

    def known(self, question: Question) -> list[datetime]:
        """See `Backing.known`."""
        return []


@dataclass(frozen=True)
class SyntheticSlicing:
    """Slices of the census under any definition."""

    census: SyntheticCensus

    def under(
        self, definition: Definition, scope_ids: Iterable[str] | None = None, rule_ids: Iterable[str] | None = None
    ) -> Slice:
        """See `Sliceable.under`; rules lack what they need here and are silent."""
        census, hub = self.census, self.census.hub
        count, end = hub.models, hub.first_day + 7 * hub.weeks
        everyone = np.ones(count, bool)
        scopes = {"everything": everyone, LANGUAGE: hub.language, COPIES: ~hub.quantised}
        limit = definition.max_age_days
        by_kind = np.zeros((count, len(KINDS)), np.int64)
        by_kind[:, WINDOWED] = census.value
        names = tuple(rules() if rule_ids is None else rule_ids)
        return Slice(
            hub="huggingface",
            unit="downloads",
            windows=(Window(end - 7 * SPAN_WEEKS, end, "windowed"),),
            cells=Cells(
                window=np.zeros(count, np.int32),
                value=census.value,
                lo=census.value,
                hi=census.value,
                models=(census.value > 0).astype(np.int64),
                by_kind=by_kind,
                labels={"model": Coded(np.arange(count, dtype=np.int32), census.names)},
                scopes={name: scopes[name] for name in (definition.scope,) if scope_ids is None}
                | {name: scopes[name] for name in scope_ids or ()},
                within_age=everyone if limit is None else hub.created >= end - limit,
                unknown_age=~everyone,
                declared=np.isin(np.arange(count), hub.descent.child),
                facts=dict.fromkeys(names, ~everyone),
                silent=frozenset(names),
                entries=self._entries(definition.attribution),
            ),
            population="census",
            vintages=("synthetic",),
            as_of="2026-01-01T00:00:00Z",
            simulated=True,
            families=("(none)",),
        )

    def condensed(
        self,
        definition: Definition,
        by: str,
        registers: Sequence[Register],
        scope_ids: Iterable[str] | None = None,
        rule_ids: Iterable[str] | None = None,
    ) -> Slice:
        """See `Sliceable.condensed`; kept ready as a store keeps them."""
        asked = (definition.attribution, definition.max_age_days, *(scope_ids or ()), *(rule_ids or ()))
        return ready_cubes.CUBES.get(
            self.census.store,
            (by, definition.scope, *asked, *(register.fingerprint for register in registers)),
            ready_cubes.load,
            lambda: condense(self.under(definition, scope_ids, rule_ids), by, registers),
            ready_cubes.save,
        )

    def _entries(self, attribution: str) -> Entries:
        census, hub = self.census, self.census.hub
        if attribution in census.entries:
            return census.entries[attribution]
        cell = node = np.arange(hub.models)
        value = census.value
        if attribution == "base":
            rank = np.arange(hub.models)
            cell, node = spread(census.roots, np.arange(hub.models), rank)
            value = divide(census.roots, np.arange(hub.models), rank, census.value)
        holders = pa.array([f"namespace-{number}" for number in range(len(hub.holders.organisation))])
        census.entries[attribution] = Entries(
            cell=cell,
            holder=Coded(hub.namespace[node].astype(np.int32), holders),
            family=np.zeros(len(cell), np.int32),
            model=Coded(node.astype(np.int32), census.names),
            value=value,
            lo=value,
            hi=value,
        )
        return census.entries[attribution]

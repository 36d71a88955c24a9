"""A slice summed to few cells, for questions that weigh it many times or elsewhere: one integer-keyed group-by.

Cells are summed where they share window, scopes, age, cleaning facts and what the groups of one dimension depend on:
the holders that their weight goes to, and by dimension also their families, models or labels. Where the dimension
does not need them, holders that no register of the question knows are one. What a cleaning rule may look at singly
stays single, so that weighing the condensed slice gives the same integers as weighing the whole one.

The sums are made by an engine (`cubes/engines`): in this process, or on a cluster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.cubes.combinations import packed
from weighbridge.cubes.engines import Engine, Sums, engine
from weighbridge.cubes.weigh import DIMENSIONS as EVERY
from weighbridge.cubes.weigh import MODEL_DIMENSIONS, PARTY_DIMENSIONS
from weighbridge.definitions.rules import rules
from weighbridge.errors import UsageError
from weighbridge.records.cells import SMALL, UNNAMED, Cells, Coded, Entries, Slice
from weighbridge.register.parties import Register
from weighbridge.store.flows import KINDS

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

FEW = (*PARTY_DIMENSIONS, "family", *MODEL_DIMENSIONS)
"""Dimensions along which few cells are left, so that a condensed slice is worth keeping."""
DIMENSIONS = (*PARTY_DIMENSIONS, "family")
"""Dimensions of parties and lines, along which definitions are compared."""
AMOUNTS = ("value", "lo", "hi")


def condense(sliced: Slice, by: str, registers: Sequence[Register], using: Engine | None = None) -> Slice:
    """The slice with fewer cells, for groups along one dimension and any of some registers.

    Args:
        sliced: of single models.
        by: a dimension of `weigh.DIMENSIONS`.
        registers: by which the holders may be grouped.
        using: what makes the sums; null: this process.

    Raises:
        UsageError: there is no such dimension.
    """
    if by not in EVERY:
        raise UsageError(f"there is no dimension {by!r}", f"one of: {', '.join(EVERY)}")
    made = using or engine("embedded")
    plan = _Plan(sliced, by, registers)
    cells, entries, some = sliced.cells, sliced.cells.entries, plan.some
    keys = {name: column[some] for name, column in plan.keys.items()}
    amounts = {name: getattr(cells, name)[some] for name in (*AMOUNTS, "models")}
    amounts |= {kind: cells.by_kind[some, at] for at, kind in enumerate(KINDS)}
    found = made.sums(keys, amounts)
    inside = np.flatnonzero(plan.there[entries.cell])
    parts = made.sums(
        {**{name: column[entries.cell[inside]] for name, column in plan.keys.items()}, "member": plan.member[inside]},
        {name: getattr(entries, name)[inside] for name in AMOUNTS},
    )
    return replace(
        sliced,
        cells=Cells(
            window=found.keys["window"].astype(np.int32),
            **{name: found.values[name] for name in (*AMOUNTS, "models")},
            by_kind=np.column_stack([found.values[kind] for kind in KINDS]),
            labels=plan.labels(found.keys),
            scopes=plan.flagged("scope", found.keys["bits"]),
            within_age=plan.flag("within", found.keys["bits"]),
            unknown_age=plan.flag("unknown", found.keys["bits"]),
            declared=plan.flag("declared", found.keys["bits"]),
            facts=plan.facts(found.keys),
            silent=cells.silent,
            entries=plan.entries(_place(found.keys, parts.keys), parts),
        ),
        whole=by in ("model", "namespace"),
        engine=made.id,
    )


@dataclass(frozen=True)
class _Flags:
    """Truths of cells as bits of one integer."""

    columns: Mapping[str, Mask]

    def packed(self) -> Ints:
        """One integer a cell."""
        columns = list(self.columns.values())
        return sum(
            (mask.astype(np.int64) << at for at, mask in enumerate(columns)), np.zeros(len(columns[0]), np.int64)
        )

    def read(self, name: str, bits: Ints) -> Mask:
        """One truth from packed integers."""
        return np.asarray((bits >> list(self.columns).index(name)) & 1 == 1)


class _Plan:
    """By which integers cells and entries are summed, and what these integers stand for.

    Attributes:
        keys: for each cell its window, what its weight goes to (`signature`), its truths (`bits`) and its label.
        member: for each entry what its groups depend on.
        there: cells that are summed; others have no weight, and are kept where models are counted.
        some: their rows.
    """

    def __init__(self, sliced: Slice, by: str, registers: Sequence[Register]) -> None:
        cells, entries = sliced.cells, sliced.cells.entries
        self._cells, self._entries, self._by = cells, entries, by
        self._flags = _Flags(
            {f"scope:{name}": mask for name, mask in cells.scopes.items()}
            | {f"fact:{name}": fact for name, fact in cells.facts.items() if fact.dtype == bool}
            | {"within": cells.within_age, "unknown": cells.unknown_age, "declared": cells.declared}
        )
        self._holder = entries.holder if by == "namespace" else _known(sliced, registers)
        own = {
            "family": (entries.family, len(sliced.families)),
            "model": (entries.model.codes, len(entries.model.names)),
        }
        column, self._width = own.get(by, (np.zeros(len(entries.cell), np.int32), 1))
        self.member = self._holder.codes.astype(np.int64) * self._width + column
        alone = _single(cells) | (np.bincount(entries.cell, minlength=len(cells)) > 1)
        if by == "model":  # a merge's base may be a model of its own: cells are one downloaded model each
            alone[:] = True
        signature = np.full(len(cells), -1, np.int64)
        signature[entries.cell] = self.member
        self._first = int(self.member.max(initial=0)) + 1
        self._single = np.flatnonzero(alone)
        signature[self._single] = self._first + np.arange(len(self._single))
        self.keys: dict[str, Ints] = {"window": cells.window.astype(np.int64), "signature": signature}
        self.keys["bits"] = self._flags.packed()
        if by in MODEL_DIMENSIONS:
            self.keys["label"] = cells.labels[by].codes.astype(np.int64)
        self.there = np.ones(len(cells), bool) if by == "model" else cells.hi > 0
        self.some = np.flatnonzero(self.there)

    def flag(self, name: str, bits: Ints) -> Mask:
        """A truth of the summed cells."""
        return self._flags.read(name, bits)

    def flagged(self, kind: str, bits: Ints) -> dict[str, Mask]:
        """All truths of a kind."""
        names = [name for name in self._flags.columns if name.startswith(f"{kind}:")]
        return {name.removeprefix(f"{kind}:"): self.flag(name, bits) for name in names}

    def _rows(self, keys: Mapping[str, Ints]) -> tuple[Ints, Mask]:
        """For each summed cell the row it was, where it is a single one."""
        signature = keys["signature"]
        single = signature >= self._first
        if not len(self._single):
            return np.zeros(len(signature), np.int64), single
        return self._single[np.where(single, signature - self._first, 0)], single

    def labels(self, keys: Mapping[str, Ints]) -> dict[str, Coded]:
        """Labels of the summed cells: the dimension's, and the model where a cell is single."""
        row, single = self._rows(keys)
        model = self._cells.labels["model"]
        names = pa.concat_arrays([pa.array([UNNAMED], model.names.type), model.names])
        code = np.zeros(len(row), np.int32)
        code[single] = model.codes[row[single]] + 1
        found = {"model": Coded(code, names)}
        if "label" in keys:
            found[self._by] = Coded(keys["label"].astype(np.int32), self._cells.labels[self._by].names)
        return found

    def facts(self, keys: Mapping[str, Ints]) -> dict[str, npt.NDArray[np.generic]]:
        """What rules say of the summed cells; NaN where it is of several models."""
        row, single = self._rows(keys)
        found: dict[str, npt.NDArray[np.generic]] = dict(self.flagged("fact", keys["bits"]))
        for name, fact in self._cells.facts.items():
            if fact.dtype != bool:
                found[name] = np.full(len(row), np.nan)
                found[name][single] = fact[row[single]]
        return {name: found[name] for name in self._cells.facts}

    def entries(self, cell: Ints, parts: Sums) -> Entries:
        """The summed entries, with the holder, family and model that they are of."""
        holder, own = np.divmod(parts.keys["member"], self._width)
        code, nobody = own.astype(np.int32), np.zeros(len(own), np.int32)
        by_model = self._by == "model"
        return Entries(
            cell=cell,
            holder=Coded(holder.astype(np.int32), self._holder.names),
            family=code if self._by == "family" else nobody,
            model=Coded(code, self._entries.model.names) if by_model else Coded(nobody, pa.array([UNNAMED])),
            value=parts.values["value"],
            lo=parts.values["lo"],
            hi=parts.values["hi"],
        )


def _single(cells: Cells) -> Mask:
    """Cells that some rule would leave out, or might where the weight in question is less: each is named if it is."""
    everything = np.ones(len(cells), bool)
    chosen = [rules()[name].removes(cells, everything) for name in cells.facts]
    return reduce(np.logical_or, chosen, np.zeros(len(cells), bool))


def _known(sliced: Slice, registers: Sequence[Register]) -> Coded:
    """The holder of each entry; those that no register knows are one."""
    holder = sliced.cells.entries.holder
    known = [register.slots(sliced.hub, holder.names) > 0 for register in registers]
    kept = np.flatnonzero(reduce(np.logical_or, known))
    code = np.zeros(len(holder.names), np.int32)
    code[kept] = np.arange(1, len(kept) + 1, dtype=np.int32)
    names = pa.concat_arrays([pa.array([SMALL], holder.names.type), holder.names.take(pa.array(kept))])
    return Coded(code[holder.codes], names)


def _place(cells: Mapping[str, Ints], entries: Mapping[str, Ints]) -> Ints:
    """Row of the summed cell that each summed entry belongs to; both are in ascending order of their keys."""
    both = packed([np.concatenate([cells[name], entries[name]]) for name in cells])
    return np.searchsorted(both[: len(cells["window"])], both[len(cells["window"]) :])

"""A slice summed to few cells, for questions that weigh it many times: one integer-keyed group-by.

Cells are summed where they share window, scopes, age, cleaning facts and the holders (by family also the families)
that their weight goes to. Holders that no register of the question knows are one. What a cleaning rule may look at
singly stays single, so that weighing the condensed slice gives the same integers as weighing the whole one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.cubes.weigh import PARTY_DIMENSIONS
from weighbridge.definitions.rules import rules
from weighbridge.errors import UsageError
from weighbridge.records.cells import SMALL, UNNAMED, Cells, Coded, Entries, Slice
from weighbridge.register.parties import Register

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

DIMENSIONS = (*PARTY_DIMENSIONS, "family")
"""Dimensions along which a condensed slice can be grouped."""


def condense(sliced: Slice, by: str, registers: Sequence[Register]) -> Slice:
    """The slice with fewer cells, for groups along one dimension and any of some registers.

    Raises:
        UsageError: cells cannot be condensed for that dimension.
    """
    if by not in DIMENSIONS:
        raise UsageError(f"definitions cannot be compared by {by!r}", f"one of: {', '.join(DIMENSIONS)}")
    cells, entries = sliced.cells, sliced.cells.entries
    single = _single(cells)
    flags = {
        **{f"scope:{name}": mask for name, mask in cells.scopes.items()},
        **{f"fact:{name}": fact for name, fact in cells.facts.items() if fact.dtype == bool},
        "within": cells.within_age,
        "unknown": cells.unknown_age,
        "declared": cells.declared,
    }
    bits = sum((mask.astype(np.int64) << at for at, mask in enumerate(flags.values())), np.zeros(len(cells), np.int64))
    holder = _holders(sliced, registers)
    member = holder.codes.astype(np.int64)
    if by == "family":
        member = member * len(sliced.families) + entries.family
    signature = _signatures(entries, member, len(cells), single)
    some = np.flatnonzero(cells.hi > 0)
    key = _packed([cells.window[some], signature[some], bits[some]])
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    count, kept = len(first), some[first]
    of_cell = np.full(len(cells), -1, np.int64)
    of_cell[some] = place

    def total(column: Ints) -> Ints:
        return _sums(place, column[some], count)

    model = cells.labels["model"]
    named = Coded(
        np.where(single[kept], model.codes[kept] + 1, 0).astype(np.int32),
        pa.concat_arrays([pa.array([UNNAMED], model.names.type), model.names]),
    )
    made = Cells(
        window=cells.window[kept],
        value=total(cells.value),
        lo=total(cells.lo),
        hi=total(cells.hi),
        models=total(cells.models),
        by_kind=np.column_stack([total(column) for column in cells.by_kind.T]),
        labels={"model": named},
        scopes={name: mask[kept] for name, mask in cells.scopes.items()},
        within_age=cells.within_age[kept],
        unknown_age=cells.unknown_age[kept],
        declared=cells.declared[kept],
        facts={
            name: fact[kept] if fact.dtype == bool else np.where(single[kept], fact[kept], np.nan)
            for name, fact in cells.facts.items()
        },
        silent=cells.silent,
        entries=_summed(entries, member, holder, of_cell),
    )
    return replace(sliced, cells=made, whole=False)


def _single(cells: Cells) -> Mask:
    """Cells that some rule would leave out, or might where the weight in question is less: each is named if it is."""
    everything = np.ones(len(cells), bool)
    chosen = [rules()[name].removes(cells, everything) for name in cells.facts]
    return reduce(np.logical_or, chosen, np.zeros(len(cells), bool))


def _holders(sliced: Slice, registers: Sequence[Register]) -> Coded:
    """The holder of each entry; those that no register knows are one."""
    holder = sliced.cells.entries.holder
    kept = np.flatnonzero(
        reduce(np.logical_or, [register.slots(sliced.hub, holder.names) > 0 for register in registers])
    )
    code = np.zeros(len(holder.names), np.int32)
    code[kept] = np.arange(1, len(kept) + 1, dtype=np.int32)
    names = pa.concat_arrays([pa.array([SMALL], holder.names.type), holder.names.take(pa.array(kept))])
    return Coded(code[holder.codes], names)


def _signatures(entries: Entries, member: Ints, cells: int, single: Mask) -> Ints:
    """One number for cells whose weight goes to the same member; cells that stay single have one of their own."""
    signature = np.full(cells, -1, np.int64)
    signature[entries.cell] = member
    alone = single | (np.bincount(entries.cell, minlength=cells) > 1)
    most = int(member.max(initial=0)) + 1
    signature[alone] = most + np.arange(int(alone.sum()))
    return signature


def _summed(entries: Entries, member: Ints, holder: Coded, of_cell: Ints) -> Entries:
    """Entries of the condensed cells: those of the cells that each stands for, summed by member."""
    some = np.flatnonzero(of_cell[entries.cell] >= 0)
    cell, code = of_cell[entries.cell[some]], member[some]
    key = _packed([cell, code])
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    rows = some[first]
    return Entries(
        cell=cell[first],
        holder=holder.take(rows),
        family=entries.family[rows],
        model=Coded(np.zeros(len(rows), np.int32), pa.array([UNNAMED])),
        value=_sums(place, entries.value[some], len(first)),
        lo=_sums(place, entries.lo[some], len(first)),
        hi=_sums(place, entries.hi[some], len(first)),
    )


def _packed(columns: Sequence[npt.NDArray[np.integer]]) -> Ints:
    """One integer for each combination of non-negative integers; -1 counts as the one below zero."""
    key = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        low = int(column.min(initial=0))
        key = key * (int(column.max(initial=0)) - low + 1) + (column - low)
    return key


def _sums(place: Ints, values: Ints, count: int) -> Ints:
    """Exact sums by place: below 2**53 a double holds every integer, and no hub is near."""
    return np.bincount(place, weights=values, minlength=count).astype(np.int64)

"""A part of what was weighed beside all the rest: the same sums and shares from a few rows instead of all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.weigh import Groups, Weighed
from weighbridge.measures.table import GroupTable
from weighbridge.records.answer import Row
from weighbridge.records.cells import Cells, Coded, Entries

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

REST = "\0rest"
"""The group of all that a profile is not about; it is never shown, and no hub has such a name."""


def beside_rest(weighed: Weighed, mask: Mask) -> Weighed:
    """The same weighing with some entries as they are and all others summed to one, the last.

    Args:
        weighed: of one window.
        mask: entries that stay, bool[entries] of `weighed.entries`.
    """
    cells, entries = weighed.slice.cells, weighed.entries
    mine = np.flatnonzero(mask)
    kept, place = np.unique(entries.cell[mine], return_inverse=True)
    last = len(kept)
    few = entries.take(mine)
    summed = {
        name: np.append(getattr(few, name), getattr(entries, name)[~mask].sum()) for name in ("value", "lo", "hi")
    }
    made = Entries(
        cell=np.append(place, last).astype(np.int64),
        holder=_more(few.holder),
        family=np.append(few.family, np.int32(0)).astype(np.int32),
        model=_more(few.model),
        **summed,
    )
    whole = {name: np.append(getattr(cells, name)[kept], summed[name][-1]) for name in ("value", "lo", "hi")}
    kinds = np.zeros((1, cells.by_kind.shape[1]), np.int64)
    kinds[0, 0] = 1  # the rest is never shown, and so is its kind of flow
    flags = {name: np.append(getattr(cells, name)[kept], False) for name in ("within_age", "unknown_age", "declared")}
    small = Cells(
        window=np.append(cells.window[kept], 0).astype(np.int32),
        **whole,
        models=np.append(cells.models[kept], 0),
        by_kind=np.concatenate([cells.by_kind[kept], kinds]),
        labels={name: _more(coded.take(kept)) for name, coded in cells.labels.items()},
        scopes={name: np.append(scope[kept], True) for name, scope in cells.scopes.items()},
        **flags,
        facts={},
        silent=cells.silent,
        entries=made,
    )
    sliced = replace(weighed.slice, cells=small)
    return Weighed(sliced, weighed.definition, weighed.register, np.ones(last + 1, bool), (), weighed.unknown_age)


def single(weighed: Weighed, node: int) -> list[Row]:
    """The row of one model in each window, credited as the definition says; none of a window in which it has no weight.

    Args:
        weighed: cells, each a model.
        node: code of the model among the entries' models.
    """
    codes = (weighed.entries.model.codes != node).astype(np.int32)
    table = GroupTable(weighed, Groups(codes, ["model", REST], frozenset(), {}))
    both = np.array([0, 1])
    rows = [row for number in range(len(weighed.slice.windows)) for row in table.rows(number, both)]
    return [row for row in rows if row.group != REST]


def _more(coded: Coded) -> Coded:
    """The same with one more row, whatever it says."""
    return Coded(np.append(coded.codes, np.int32(0)).astype(np.int32), coded.names)

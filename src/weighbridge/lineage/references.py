"""From what a model card writes as its base model to a model of the catalogue, an outside model, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.register import aliases

Ints = npt.NDArray[np.int64]

OUTSIDE = re.compile(r"^[A-Za-z0-9_][\w.-]{0,95}/[\w.-]{1,96}$", re.ASCII)
NO_NAMESPACES = frozenset(
    {"datasets", "spaces", "models", "model", "data", "home", "mnt", "workspace", "content", "output", "outputs", "tmp"}
)


@dataclass(frozen=True)
class Edges:
    """Declared parents.

    Attributes:
        child: row number of the model, int64[n].
        parent: node: a row number, or `len(names) + i` for `outside[i]`, int64[n]. No edge stands twice.
        outside: names of parents that the catalogue does not hold.
        dangling: references that name no model, with how often.
        selfs: number of references of a model to itself, which are no edges.
        by_alias: number of references that only an alias or another letter case resolved.
    """

    child: Ints
    parent: Ints
    outside: list[str]
    dangling: dict[str, int]
    selfs: int
    by_alias: int


def resolve(hub: str, names: pa.Array, base_models: pa.Array) -> Edges:
    """Edges of all models.

    Args:
        hub: the hub whose aliases apply.
        names: repository names, in catalogue order.
        base_models: list of references a model, as written; null where none is declared.
    """
    child = pc.list_parent_indices(base_models).to_numpy().astype(np.int64)
    written = pc.list_flatten(base_models).dictionary_encode()
    targets, outside, aliased = _targets(hub, names, written.dictionary.to_pylist())
    index = pc.fill_null(written.indices, -1).to_numpy(zero_copy_only=False)
    parent = np.append(targets, -1)[index]
    lost = np.flatnonzero((parent < 0) & (index >= 0))
    dangling: dict[str, int] = {}
    for at in lost:
        text = str(written.dictionary[int(index[at])].as_py())
        dangling[text] = dangling.get(text, 0) + 1
    by_alias = int(np.append(aliased, False)[index].sum())
    own = parent == child
    kept = (parent >= 0) & ~own
    pairs = np.unique(np.stack([child[kept], parent[kept]], axis=1), axis=0)
    return Edges(pairs[:, 0], pairs[:, 1], outside, dangling, int(own.sum()), by_alias)


def _targets(hub: str, names: pa.Array, written: list[str | None]) -> tuple[Ints, list[str], npt.NDArray[np.bool_]]:
    """Node of each distinct reference (-1: dangling), names of outside nodes, and which took an alias."""
    tidy = [aliases.tidy(text or "") for text in written]
    here = _places(names, tidy)
    missing = [i for i, place in enumerate(here) if place < 0]
    today = {i: aliases.chain_end(hub, tidy[i]) for i in missing}
    renamed = [i for i in missing if today[i] is not None]
    for i, place in zip(renamed, _places(names, [today[i] or "" for i in renamed]), strict=True):
        here[i] = place
    still = [i for i in missing if here[i] < 0]
    low = pc.utf8_lower(names)
    for i, place in zip(still, _only_places(low, [(today[i] or tidy[i]).lower() for i in still]), strict=True):
        here[i] = place
    aliased = np.zeros(len(written), bool)
    aliased[[i for i in missing if here[i] >= 0]] = True
    outside: dict[str, int] = {}
    for i in still:
        name = today[i] or tidy[i]
        if here[i] < 0 and OUTSIDE.match(name) and name.split("/")[0].lower() not in NO_NAMESPACES:
            here[i] = len(names) + outside.setdefault(name, len(outside))
    return np.array(here, np.int64), list(outside), aliased


def _places(names: pa.Array, wanted: list[str]) -> list[int]:
    """Row number of each wanted name, -1 where it is not there."""
    found = pc.index_in(pa.array(wanted, pa.string()), names.cast(pa.string()))
    return [int(i) for i in pc.fill_null(found, -1).to_pylist()]


def _only_places(low: pa.Array, wanted: list[str]) -> list[int]:
    """The same for lower-case names, but -1 where several models share one."""
    if not wanted:
        return []
    hits = np.flatnonzero(pc.is_in(low, pa.array(wanted, pa.string())).to_numpy(zero_copy_only=False))
    rows: dict[str, int] = {}
    for row, name in zip(hits.tolist(), low.take(pa.array(hits)).to_pylist(), strict=True):
        rows[name] = -1 if name in rows else row
    return [rows.get(name, -1) for name in wanted]

"""The relations of one model: parents, roots, children, and its ancestors as a tree."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.frame import Frame
from weighbridge.errors import DataMissing
from weighbridge.lineage.relations import RELATIONS
from weighbridge.records.cells import UNNAMED
from weighbridge.register import aliases

NEAR = 5
BEGINNING = 6  # letters of a name that a similar one has too
MOST_COMPARED = 5_000


@dataclass(frozen=True)
class Kin:
    """One model among its relations.

    Attributes:
        model: its name in the catalogue.
        parents: names of declared parents.
        roots: names of roots with their weights, which sum to one.
        children: names of models that declare it as a parent, ascending.
        relation: declared or inferred relation to its parents.
        inferred: whether the relation was inferred.
        on_cycle: whether it lies on a cycle, whose edges are cut.
        tree: lines that draw the ancestors, `(depth, name, note)`.
    """

    model: str
    parents: tuple[str, ...]
    roots: tuple[tuple[str, float], ...]
    children: tuple[str, ...]
    relation: str
    inferred: bool
    on_cycle: bool
    tree: tuple[tuple[int, str, str], ...]


def row_of(hub: str, names: pa.Array, wanted: str) -> int:
    """Row of a model by its name, an old name, or another letter case.

    Raises:
        DataMissing: no model has that name; the hint lists similar ones.
    """
    for name in (wanted, aliases.chain_end(hub, wanted)):
        if name is not None:
            at = pc.index(names, pa.scalar(name, names.type)).as_py()
            if at >= 0:
                return int(at)
    low = pc.utf8_lower(names)
    at = pc.index(low, pa.scalar(wanted.lower(), low.type)).as_py()
    if at >= 0:
        return int(at)
    near = _similar(names, low, wanted.lower())
    raise DataMissing(
        f"no model is called {wanted!r}",
        f"similar: {', '.join(near)}" if near else "names are written org/name",
    )


def _similar(names: pa.Array, low: pa.Array, wanted: str) -> list[str]:
    """Names most like a wanted one, among those of its namespace and those that begin alike."""
    namespace, _, part = wanted.rpartition("/")
    hit = pc.match_substring(low, part[:BEGINNING]) if part else pc.equal(low, "")
    if namespace:
        hit = pc.or_(hit, pc.starts_with(low, f"{namespace}/"))
    rows = np.flatnonzero(hit.to_numpy(zero_copy_only=False))
    order = {str(low[int(row)].as_py()): str(names[int(row)].as_py()) for row in rows[:MOST_COMPARED]}
    return [order[name] for name in difflib.get_close_matches(wanted, order, NEAR, 0.5) if order[name] != UNNAMED]


def kin(frame: Frame, row: int, inferred: bool = False) -> Kin:
    """The relations of a model.

    Args:
        frame: labels and graph.
        row: the model.
        inferred: take edges inferred from names into the roots too.
    """
    roots = frame.roots_inferred if inferred else frame.roots
    parents = [int(node) for node in frame.parent[frame.child == row]]
    children = np.sort(frame.child[frame.parent == row])
    cyclic = set(frame.roots.cyclic.tolist())
    tree: list[tuple[int, str, str]] = []
    _climb(frame, row, 0, cyclic, set(), tree)
    return Kin(
        model=frame.node_name(row),
        parents=tuple(frame.node_name(node) for node in parents),
        roots=tuple((frame.node_name(node), float(weight)) for node, weight in roots.weights(row)),
        children=tuple(frame.node_name(int(node)) for node in children),
        relation=RELATIONS[int(frame.labels["relation"].codes[row])],
        inferred=bool(frame.relation_inferred[row]),
        on_cycle=row in cyclic,
        tree=tuple(tree),
    )


def _climb(
    frame: Frame, node: int, depth: int, cyclic: set[int], seen: set[int], tree: list[tuple[int, str, str]]
) -> None:
    """Draw a node and, below it, its parents; what was drawn already is not opened again."""
    marks = []
    if node >= len(frame.names):
        marks.append("not in what was read")
    if node in cyclic:
        marks.append("on a cycle")
    again = node in seen
    if again:
        marks.append("see above")
    tree.append((depth, frame.node_name(node), ", ".join(marks)))
    if again or depth > 200:
        return
    seen.add(node)
    for parent in frame.parent[frame.child == node]:
        _climb(frame, int(parent), depth + 1, cyclic, seen, tree)

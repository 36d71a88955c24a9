"""Who descends from whom: each model's line back to the models of a group, over declared edges."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from weighbridge.lineage.roots import cycles, levels, outside_cycles

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NO_GROUP = -1


@dataclass(frozen=True)
class Descent:
    """Nodes that descend from a group's own, each pair once, however many paths there are.

    Attributes:
        node: that descends, int64[pairs].
        group: from whose nodes, int64[pairs]. A group's own node is among its descendants if another of its own is an
            ancestor.
        generation: edges of the shortest path to a node of the group's own, 1 for a child, int64[pairs].
        part: part of the node that comes from the group: it has its parents' parts in equal shares, and a node of the
            group's own has all; float64[pairs], over 0 to 1.
    """

    node: Ints
    group: Ints
    generation: Ints
    part: Floats

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True)
class Edges:
    """Edges `child → parent` without cycles in an order in which whatever is above a node comes before it.

    Attributes:
        nodes: number of nodes.
        child, parent: int64[edges], the edges of the children of one level next to each other.
        shares: part of a node that it has from each of its parents, float64[nodes].
        bounds: where each level begins, and the number of edges.
    """

    nodes: int
    child: Ints
    parent: Ints
    shares: Floats
    bounds: tuple[int, ...]


def ordered(nodes: int, child: Ints, parent: Ints) -> Edges:
    """Edges in the order in which descent follows them; those within a cycle are cut, as for roots.

    Args:
        nodes: number of nodes.
        child: int64[n].
        parent: int64[n]; no self-references, no edge twice.
    """
    kept = outside_cycles(cycles(nodes, child, parent), child, parent)
    child, parent = child[kept], parent[kept]
    level = np.zeros(nodes, np.int64)
    for number, reached in enumerate(levels(nodes, child, parent), 1):
        level[reached] = number
    order = np.argsort(level[child], kind="stable")
    child, parent = child[order], parent[order]
    shares = 1.0 / np.maximum(np.bincount(child, minlength=nodes), 1)
    bounds = np.flatnonzero(np.diff(level[child], prepend=0, append=-1)).tolist()
    return Edges(nodes, child, parent, shares, tuple(bounds))


def descent(edges: Edges, group_of: Ints) -> Descent:
    """Descendants of every group.

    Works through the graph from the roots on, all nodes of a level at once: what a node has from a group is the sum
    over its parents.

    Args:
        edges: of the graph.
        group_of: the group whose own each node is, `NO_GROUP` for none, int64[nodes].
    """
    groups = int(group_of.max(initial=0)) + 1
    book = _Book(edges.nodes)
    for first, last in pairwise(edges.bounds):
        here, above = edges.child[first:last], edges.parent[first:last]
        book.add(*_summed(*_inherited(book, group_of, here, above, edges.shares), groups))
    return book.closed()


class _Book:
    """Pairs found so far, the pairs of one node next to each other."""

    def __init__(self, nodes: int) -> None:
        self.first, self.count = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
        self.used = 0
        self.node, self.group, self.generation = (np.zeros(1024, np.int64) for _ in range(3))
        self.part = np.zeros(1024, np.float64)

    def add(self, node: Ints, group: Ints, generation: Ints, part: Floats) -> None:
        """Write down the pairs of nodes that have none yet, ascending by node."""
        end = self.used + len(node)
        if end > len(self.node):
            size = max(end, 2 * len(self.node))
            self.node, self.group, self.generation = (
                np.resize(column, size) for column in (self.node, self.group, self.generation)
            )
            self.part = np.resize(self.part, size)
        here = slice(self.used, end)
        self.node[here], self.group[here], self.generation[here], self.part[here] = node, group, generation, part
        heads, first, count = np.unique(node, return_index=True, return_counts=True)
        self.first[heads], self.count[heads] = self.used + first, count
        self.used = end

    def of(self, nodes: Ints) -> tuple[Ints, Ints]:
        """For all pairs of some nodes: which of the nodes it is of, and its place in the book."""
        count = self.count[nodes]
        which = np.repeat(np.arange(len(nodes)), count)
        offset = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        return which, self.first[nodes[which]] + offset

    def closed(self) -> Descent:
        """All pairs."""
        here = slice(0, self.used)
        return Descent(self.node[here], self.group[here], self.generation[here], self.part[here])


def _inherited(
    book: _Book, group_of: Ints, child: Ints, parent: Ints, shares: Floats
) -> tuple[Ints, Ints, Ints, Floats]:
    """What children have through each edge: node, group, generation and part; one pair may come several times."""
    own = np.flatnonzero(group_of[parent] != NO_GROUP)
    which, place = book.of(parent)
    passed = book.group[place] != group_of[parent[which]]  # what is the group's own comes wholly from it
    which, place = which[passed], place[passed]
    return (
        np.concatenate([child[own], child[which]]),
        np.concatenate([group_of[parent[own]], book.group[place]]),
        np.concatenate([np.ones(len(own), np.int64), book.generation[place] + 1]),
        np.concatenate([shares[child[own]], book.part[place] * shares[child[which]]]),
    )


def _summed(node: Ints, group: Ints, generation: Ints, part: Floats, groups: int) -> tuple[Ints, Ints, Ints, Floats]:
    """Each pair once: its shortest generation, and its parts together."""
    if not len(node):
        return node, group, generation, part
    key = node * groups + group
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=key[0] - 1))
    return (
        key[first] // groups,
        key[first] % groups,
        np.minimum.reduceat(generation[order], first),
        np.minimum(np.add.reduceat(part[order], first), 1.0),
    )

"""Where the line of each model begins: roots and their weights, through merges and around cycles.

A root is the furthest declared ancestor. A model with several parents inherits from each in equal parts. Edges
inside a cycle are cut; a model of a cycle is then a root unless it has a parent outside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

LARGEST_WHOLE = 2**62
ROUNDED_WHOLE = 2**53


@dataclass(frozen=True)
class Roots:
    """Roots of all nodes.

    Attributes:
        of: for each node its root's node, or `-1 - m` for mixture `m`, int64[nodes].
        start: mixture `m` is the slice `start[m]:start[m + 1]` of the next two, int64[mixtures + 1].
        node: roots of the mixtures, int64[k], ascending within one.
        share: whole-number weight of each root, int64[k].
        whole: what the weights of a mixture sum to, int64[mixtures].
        cyclic: nodes that lie on a cycle, ascending.
    """

    of: Ints
    start: Ints
    node: Ints
    share: Ints
    whole: Ints
    cyclic: Ints

    def weights(self, node: int) -> list[tuple[int, Fraction]]:
        """Roots of a node with their weights, which sum to one."""
        root = int(self.of[node])
        if root >= 0:
            return [(root, Fraction(1))]
        mixture = -1 - root
        part = slice(int(self.start[mixture]), int(self.start[mixture + 1]))
        whole = int(self.whole[mixture])
        return [(int(n), Fraction(int(s), whole)) for n, s in zip(self.node[part], self.share[part], strict=True)]


def find_roots(nodes: int, child: Ints, parent: Ints) -> Roots:
    """Roots over edges `child → parent`; every node without a parent is its own root.

    Args:
        nodes: number of nodes.
        child: int64[n].
        parent: int64[n]; no self-references, no edge twice.
    """
    component = cycles(nodes, child, parent)
    kept = outside_cycles(component, child, parent)
    cyclic = np.flatnonzero(component >= 0)
    child, parent = child[kept], parent[kept]
    of = np.arange(nodes, dtype=np.int64)
    mixtures: dict[tuple[tuple[int, Fraction], ...], int] = {}
    listed: list[tuple[tuple[int, Fraction], ...]] = []
    for level in levels(nodes, child, parent):
        edges = np.flatnonzero(np.isin(child, level)) if len(level) < nodes else np.arange(len(child))
        edges = edges[np.argsort(child[edges], kind="stable")]
        heads, first, count = np.unique(child[edges], return_index=True, return_counts=True)
        single = count == 1
        of[heads[single]] = of[parent[edges[first[single]]]]
        for head, begin, many in zip(heads[~single], first[~single], count[~single], strict=True):
            mixed: dict[int, Fraction] = {}
            for edge in edges[begin : begin + many]:
                root = int(of[parent[edge]])
                for node, weight in ((root, Fraction(1)),) if root >= 0 else listed[-1 - root]:
                    mixed[node] = mixed.get(node, Fraction(0)) + weight / int(many)
            if len(mixed) == 1:
                of[head] = next(iter(mixed))
                continue
            key = tuple(sorted(mixed.items()))
            if key not in mixtures:
                mixtures[key] = len(listed)
                listed.append(key)
            of[head] = -1 - mixtures[key]
    return _packed(of, listed, cyclic)


def _packed(of: Ints, listed: list[tuple[tuple[int, Fraction], ...]], cyclic: Ints) -> Roots:
    shares = [_whole_shares([weight for _, weight in mixture]) for mixture in listed]
    return Roots(
        of=of,
        start=np.cumsum([0, *(len(mixture) for mixture in listed)], dtype=np.int64),
        node=np.array([node for mixture in listed for node, _ in mixture], np.int64),
        share=np.array([share for part in shares for share in part], np.int64),
        whole=np.array([sum(part) for part in shares], np.int64),
        cyclic=cyclic,
    )


def _whole_shares(weights: list[Fraction]) -> list[int]:
    """Whole numbers in the proportion of some weights that sum to one.

    Exact where their common denominator fits into 62 bits; else rounded to parts of 2**53, the largest remainders up.
    """
    whole = lcm(*(weight.denominator for weight in weights))
    if whole < LARGEST_WHOLE:
        return [int(weight * whole) for weight in weights]
    quotas = [weight * ROUNDED_WHOLE for weight in weights]
    shares = [int(quota) for quota in quotas]
    order = sorted(range(len(quotas)), key=lambda i: (shares[i] - quotas[i], i))
    for i in order[: ROUNDED_WHOLE - sum(shares)]:
        shares[i] += 1
    return shares


def levels(nodes: int, child: Ints, parent: Ints) -> list[Ints]:
    """Children in an order in which every parent comes before its children; the edges must hold no cycle."""
    waiting = np.bincount(child, minlength=nodes)
    done = waiting == 0
    open_edges = np.arange(len(child))
    found = []
    while len(open_edges):
        ready = done[parent[open_edges]]
        waiting -= np.bincount(child[open_edges[ready]], minlength=nodes)
        reached = np.unique(child[open_edges[ready]])
        level = reached[waiting[reached] == 0]
        done[level] = True
        open_edges = open_edges[~ready]
        if len(level):
            found.append(level)
    return found


def outside_cycles(component: Ints, child: Ints, parent: Ints) -> npt.NDArray[np.bool_]:
    """Which edges are kept: those that do not lie within one cycle of `cycles`."""
    return np.asarray((component[child] < 0) | (component[child] != component[parent]), dtype=bool)


def cycles(nodes: int, child: Ints, parent: Ints) -> Ints:
    """For each node the number of its cycle (strongly connected component), -1 where it lies on none."""
    component = np.full(nodes, -1, np.int64)
    edges = np.arange(len(child))
    while True:  # peel what no cycle can hold: nodes without a parent, nodes without a child
        up = np.zeros(nodes, bool)
        down = np.zeros(nodes, bool)
        up[child[edges]] = True
        down[parent[edges]] = True
        kept = edges[up[parent[edges]] & down[child[edges]]]
        if len(kept) == len(edges):
            break
        edges = kept
    parents: dict[int, list[int]] = {}
    for c, p in zip(child[edges].tolist(), parent[edges].tolist(), strict=True):
        parents.setdefault(c, []).append(p)
    count = 0
    for members in _strong_components(parents):
        if len(members) > 1:
            component[members] = count
            count += 1
    return component


def _strong_components(graph: dict[int, list[int]]) -> list[list[int]]:
    """Tarjan's algorithm (1972) without recursion, over the few nodes that peeling leaves."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    found: list[list[int]] = []
    for start in graph:
        if start in index:
            continue
        work = [(start, iter(graph.get(start, ())))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, rest = work[-1]
            step = next(rest, None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    members: list[int] = []
                    while not members or members[-1] != node:
                        members.append(stack.pop())
                        on_stack.discard(members[-1])
                    found.append(members)
            elif step not in index:
                index[step] = low[step] = len(index)
                stack.append(step)
                on_stack.add(step)
                work.append((step, iter(graph.get(step, ()))))
            elif step in on_stack:
                low[node] = min(low[node], index[step])
    return found

"""Lines of descent: who descends from a group, how near, and by what part."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.lineage.descent import NO_GROUP, descent, ordered
from weighbridge.lineage.roots import find_roots

NODES = 9


def found(nodes, edges, own):
    """`{(node, group): (generation, part)}`; edges are pairs of child and parent."""
    pairs = np.array(sorted(set(edges)), np.int64).reshape(-1, 2)
    of = np.full(nodes, NO_GROUP, np.int64)
    for node, group in own.items():
        of[node] = group
    line = descent(ordered(nodes, pairs[:, 0], pairs[:, 1]), of)
    keys = list(zip(line.node.tolist(), line.group.tolist(), strict=True))
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, zip(line.generation.tolist(), line.part.tolist(), strict=True), strict=True))


def test_a_grandchild_is_of_the_second_generation():
    assert found(3, [(1, 0), (2, 1)], {0: 0}) == {(1, 0): (1, 1.0), (2, 0): (2, 1.0)}


def test_a_diamond_counts_once_and_by_its_shortest_way():
    edges = [(1, 0), (2, 0), (3, 1), (3, 2), (4, 3), (4, 0)]
    assert found(5, edges, {0: 0})[4, 0] == (1, 1.0)
    assert found(5, edges, {0: 0})[3, 0] == (2, 1.0)


def test_a_merge_descends_from_each_parent_by_its_part():
    line = found(4, [(3, 0), (3, 1), (3, 2)], {0: 0, 1: 1})
    assert line == {(3, 0): (1, pytest.approx(1 / 3)), (3, 1): (1, pytest.approx(1 / 3))}


def test_what_is_a_groups_own_comes_wholly_from_it():
    line = found(4, [(1, 0), (2, 1), (3, 2)], {0: 0, 2: 1, 1: 0})
    assert line[1, 0] == (1, 1.0)  # a variant of one's own
    assert line[2, 0] == (1, 1.0)  # counted from the nearest own model
    assert line[3, 0] == (2, 1.0)
    assert line[3, 1] == (1, 1.0)


def test_models_that_name_each_other_do_not_descend_from_each_other():
    assert found(3, [(0, 1), (1, 0), (2, 0)], {0: 0, 1: 1}) == {(2, 0): (1, 1.0)}


def test_a_cycle_with_a_parent_outside_descends_from_it():
    line = found(4, [(1, 2), (2, 1), (1, 0), (3, 2)], {0: 0})
    assert line == {(1, 0): (1, 1.0)}


def test_a_long_chain_is_followed_to_its_end():
    length = 3_000
    line = found(length, [(n + 1, n) for n in range(length - 1)], {0: 0})
    assert line[length - 1, 0] == (length - 1, 1.0)
    assert len(line) == length - 1


def test_nothing_descends_where_nothing_is_declared():
    assert found(3, [], {0: 0}) == {}
    assert found(0, [], {}) == {}


def walked(nodes, edges, own):
    """The same by walking up from every node, one edge at a time; only for graphs without cycles."""
    parents = {node: [p for c, p in set(edges) if c == node] for node in range(nodes)}

    def part(node, group):
        if own.get(node) == group:
            return Fraction(1)
        above = parents[node]
        return sum((part(p, group) for p in above), Fraction(0)) / len(above) if above else Fraction(0)

    line = {}
    for group in set(own.values()):
        for node in range(nodes):
            steps, seen, front = 0, set(), set(parents[node])
            while front:
                steps += 1
                if any(own.get(n) == group for n in front):
                    above = sum((part(p, group) for p in parents[node]), Fraction(0)) / len(parents[node])
                    line[node, group] = (steps, pytest.approx(float(above)))
                    break
                seen |= front
                front = {p for n in front for p in parents[n]} - seen
    return line


edges_down = st.lists(
    st.tuples(st.integers(1, NODES - 1), st.integers(0, NODES - 1)).map(lambda e: (max(e), min(e))).filter(
        lambda e: e[0] != e[1]
    ),
    max_size=16,
)  # fmt: skip
owners = st.dictionaries(st.integers(0, NODES - 1), st.integers(0, 2), min_size=1, max_size=NODES)


@given(edges=edges_down, own=owners)
def test_it_is_what_walking_every_way_finds(edges, own):
    assert found(NODES, edges, own) == walked(NODES, edges, own)


@given(edges=edges_down, own=owners, order=st.permutations(range(NODES)))
def test_the_order_of_models_decides_nothing(edges, own, order):
    renamed = found(NODES, [(order[c], order[p]) for c, p in edges], {order[n]: g for n, g in own.items()})
    plain = found(NODES, edges, own)
    assert {(order[n], g): (s, pytest.approx(p)) for (n, g), (s, p) in plain.items()} == renamed


@given(
    edges=st.lists(
        st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)).filter(lambda e: e[0] != e[1]), max_size=20
    )
)
def test_parts_of_roots_are_those_of_base_credit(edges):
    pairs = np.array(sorted(set(edges)), np.int64).reshape(-1, 2)
    roots = find_roots(NODES, pairs[:, 0], pairs[:, 1])
    wanted = {}
    for node in range(NODES):
        weights = roots.weights(node)
        if [root for root, _ in weights] != [node]:
            wanted |= {(node, root): pytest.approx(float(weight)) for root, weight in weights}
    own = {root: root for node in range(NODES) for root, _ in roots.weights(node)}
    assert {pair: part for pair, (_, part) in found(NODES, edges, own).items()} == wanted

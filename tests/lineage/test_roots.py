"""Where lines begin: furthest declared ancestors, equal parts through merges, cycles cut."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.lineage.roots import find_roots


def roots(nodes, *edges):
    """Roots over `(child, parent)` pairs."""
    child, parent = np.array(edges, np.int64).reshape(-1, 2).T
    return find_roots(nodes, child, parent)


def weights(found, node):
    return dict(found.weights(node))


def test_a_model_without_parents_is_its_own_root():
    assert roots(3).of.tolist() == [0, 1, 2]


def test_a_chain_leads_to_its_furthest_ancestor():
    assert roots(4, (3, 2), (2, 1), (1, 0)).of.tolist() == [0, 0, 0, 0]


def test_a_merge_inherits_in_equal_parts():
    found = roots(4, (3, 0), (3, 1), (3, 2))
    assert weights(found, 3) == {0: Fraction(1, 3), 1: Fraction(1, 3), 2: Fraction(1, 3)}


def test_a_merge_of_two_children_of_one_root_is_that_roots():
    found = roots(4, (1, 0), (2, 0), (3, 1), (3, 2))
    assert found.of[3] == 0


def test_nested_merges_multiply_their_parts():
    found = roots(6, (3, 0), (3, 1), (4, 3), (4, 2), (5, 4))
    expected = {0: Fraction(1, 4), 1: Fraction(1, 4), 2: Fraction(1, 2)}
    assert weights(found, 4) == weights(found, 5) == expected


def test_a_merge_with_a_shared_ancestor_adds_up_its_parts():
    found = roots(5, (2, 0), (2, 1), (3, 0), (4, 2), (4, 3))
    assert weights(found, 4) == {0: Fraction(3, 4), 1: Fraction(1, 4)}


@pytest.mark.parametrize("edges", [[(0, 1), (1, 0)], [(0, 1), (1, 2), (2, 0)]])
def test_models_of_a_cycle_are_their_own_roots(edges):
    found = roots(4, *edges, (3, 0))
    members = sorted({node for edge in edges for node in edge})
    assert found.cyclic.tolist() == members
    assert [int(found.of[node]) for node in members] == members
    assert found.of[3] == 0


def test_a_model_of_a_cycle_with_a_parent_outside_it_is_that_parents():
    found = roots(3, (0, 1), (1, 0), (1, 2))
    assert found.of.tolist() == [0, 2, 2]


def test_two_cycles_that_hang_together_are_cut_apart():
    found = roots(4, (0, 1), (1, 0), (2, 3), (3, 2), (0, 2))
    assert found.cyclic.tolist() == [0, 1, 2, 3]
    assert found.of.tolist() == [2, 1, 2, 3]


def test_a_chain_of_two_thousand_is_followed_to_its_end_in_time():
    nodes = 100_000
    start = time.monotonic()
    found = roots(nodes, *((node, node - 1) for node in range(1, 2_001)))
    assert (found.of[:2_001] == 0).all()
    assert (found.of[2_001:] == np.arange(2_001, nodes)).all()
    assert time.monotonic() - start < 20


def test_a_cycle_of_two_thousand_is_found():
    found = roots(2_001, *((node, (node + 1) % 2_000) for node in range(2_000)), (2_000, 7))
    assert found.cyclic.tolist() == list(range(2_000))
    assert found.of[2_000] == 7


@st.composite
def graphs(draw):
    nodes = draw(st.integers(1, 14))
    pairs = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)).filter(lambda e: e[0] != e[1])
    return nodes, sorted(draw(st.sets(pairs, max_size=30)))


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_weights_of_every_node_sum_to_one_and_lie_on_roots(graph):
    nodes, edges = graph
    found = roots(nodes, *edges)
    for node in range(nodes):
        parts = found.weights(node)
        assert sum(weight for _, weight in parts) == 1
        assert all(weight > 0 for _, weight in parts)
        assert [n for n, _ in parts] == sorted({n for n, _ in parts})
        for root, _ in parts:
            assert weights(found, root) == {root: 1}


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_a_node_is_the_mean_of_its_parents(graph):
    nodes, edges = graph
    found = roots(nodes, *edges)
    component = _reach(nodes, edges)
    for node in range(nodes):
        parents = [p for c, p in edges if c == node and not (component[node][p] and component[p][node])]
        expected: dict[int, Fraction] = {} if parents else {node: Fraction(1)}
        for parent in parents:
            for root, weight in found.weights(parent):
                expected[root] = expected.get(root, Fraction(0)) + weight / len(parents)
        assert weights(found, node) == expected


@settings(max_examples=100, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_edges_changes_nothing(graph, random):
    nodes, edges = graph
    mixed = list(edges)
    random.shuffle(mixed)
    first, second = roots(nodes, *edges), roots(nodes, *mixed)
    assert [first.weights(node) for node in range(nodes)] == [second.weights(node) for node in range(nodes)]


def _reach(nodes, edges):
    """Whether one node leads to another."""
    reach = np.eye(nodes, dtype=bool)
    for child, parent in edges:
        reach[child, parent] = True
    for middle in range(nodes):
        reach |= reach[:, [middle]] & reach[[middle], :]
    return reach

"""Credit is in whole downloads, and none is made or lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.cubes.credit import divide, spread
from weighbridge.lineage.roots import find_roots


def roots(nodes, *edges):
    child, parent = np.array(edges, np.int64).reshape(-1, 2).T
    return find_roots(nodes, child, parent)


def credit(found, node, value, rank=None):
    """Downloads of each root of one model."""
    rank = np.arange(len(found.of)) if rank is None else np.array(rank)
    _, nodes = spread(found, np.array([node]), rank)
    return dict(zip(nodes.tolist(), divide(found, np.array([node]), rank, np.array([value])).tolist(), strict=True))


THIRDS = roots(4, (3, 0), (3, 1), (3, 2))
NESTED = roots(5, (3, 0), (3, 1), (4, 3), (4, 2))  # a quarter, a quarter, a half


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, {0: 0, 1: 0, 2: 0}),
        (1, {0: 1, 1: 0, 2: 0}),
        (2, {0: 1, 1: 1, 2: 0}),
        (3, {0: 1, 1: 1, 2: 1}),
        (100, {0: 34, 1: 33, 2: 33}),
    ],
)
def test_thirds_leave_the_rest_to_the_first_names(value, expected):
    assert credit(THIRDS, 3, value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, {0: 0, 1: 0, 2: 1}),  # quotas 0.25, 0.25, 0.5
        (2, {0: 1, 1: 0, 2: 1}),  # 0.5, 0.5, 1
        (3, {0: 1, 1: 1, 2: 1}),  # 0.75, 0.75, 1.5
        (7, {0: 2, 1: 2, 2: 3}),  # 1.75, 1.75, 3.5
        (9, {0: 2, 1: 2, 2: 5}),  # 2.25, 2.25, 4.5
    ],
)
def test_the_largest_remainders_get_what_is_left(value, expected):
    assert credit(NESTED, 4, value) == expected


def test_ties_go_by_name_and_not_by_row():
    assert credit(THIRDS, 3, 1, rank=[2, 1, 0, 3]) == {2: 1, 1: 0, 0: 0}


def test_a_model_with_one_root_gives_it_everything():
    found = roots(3, (2, 1), (1, 0))
    assert credit(found, 2, 17) == {0: 17}


def test_long_merges_are_exact():
    edges = [e for i in range(1, 31) for e in ((i, i - 1), (i, 30 + i))]
    found = roots(61, *edges)
    shares = credit(found, 30, 10**13)
    assert sum(shares.values()) == 10**13
    assert shares[60] == 10**13 // 2
    assert shares[0] in (10**13 // 2**30, 10**13 // 2**30 + 1)


@st.composite
def weighed_graphs(draw):
    nodes = draw(st.integers(2, 12))
    edges = sorted(
        draw(
            st.sets(
                st.tuples(st.integers(1, nodes - 1), st.integers(0, nodes - 2)).filter(lambda e: e[0] > e[1]),
                max_size=25,
            )
        )
    )
    values = draw(st.lists(st.integers(0, 10**12), min_size=nodes, max_size=nodes))
    return nodes, edges, np.array(values, np.int64)


@settings(max_examples=150, deadline=None)
@given(weighed_graphs())
def test_the_entries_of_a_cell_sum_to_its_downloads(graph):
    nodes, edges, values = graph
    found, rank = roots(nodes, *edges), np.arange(nodes)
    cell, _ = spread(found, np.arange(nodes), rank)
    given_to = divide(found, np.arange(nodes), rank, values)
    assert (given_to >= 0).all()
    assert np.bincount(cell, weights=given_to.astype(float), minlength=nodes).tolist() == values.tolist()


@settings(max_examples=150, deadline=None)
@given(weighed_graphs())
def test_no_root_is_off_its_quota_by_a_whole_download(graph):
    nodes, edges, values = graph
    found, rank = roots(nodes, *edges), np.arange(nodes)
    cell, node = spread(found, np.arange(nodes), rank)
    for c, n, got in zip(
        cell.tolist(), node.tolist(), divide(found, np.arange(nodes), rank, values).tolist(), strict=True
    ):
        assert abs(got - dict(found.weights(c))[n] * int(values[c])) < 1


@settings(max_examples=150, deadline=None)
@given(weighed_graphs(), st.randoms(use_true_random=False))
def test_the_order_of_models_changes_nothing(graph, random):
    nodes, edges, values = graph
    order = list(range(nodes))
    random.shuffle(order)
    place = {node: order.index(node) for node in range(nodes)}
    first = roots(nodes, *edges)
    second = roots(nodes, *((place[c], place[p]) for c, p in edges))
    for node in range(nodes):
        plain = credit(first, node, values[node])
        moved = credit(second, place[node], values[node], rank=order)
        assert {order[n]: v for n, v in moved.items()} == plain

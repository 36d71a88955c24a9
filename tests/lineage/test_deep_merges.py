"""Merges of merges, deeper than any whole number of 62 bits can weigh, still share out one whole."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from weighbridge.cubes.credit import divide, spread
from weighbridge.lineage.roots import find_roots

DEPTH = 70


def nested(parents):
    """A chain of merges, each of the one before and of `parents(step) - 1` new roots; the last node is the last merge.

    Node 0 is a root and the merges are nodes 1 to 70, so that `find_roots` numbers roots behind them.
    """
    edges, nodes = [], DEPTH + 1
    for merge in range(1, DEPTH + 1):
        edges.append((merge, merge - 1))
        for _ in range(parents(merge) - 1):
            edges.append((merge, nodes))
            nodes += 1
    child, parent = np.array(edges, np.int64).T
    return nodes, find_roots(nodes, child, parent)


SHAPES = {"pairs": lambda merge: 2, "differing counts": lambda merge: 2 + merge % 6}


@pytest.mark.parametrize("shape", SHAPES)
def test_weights_of_seventy_nested_merges_sum_to_one(shape):
    _, found = nested(SHAPES[shape])
    for merge in range(1, DEPTH + 1):
        assert sum(weight for _, weight in found.weights(merge)) == 1
        assert all(0 <= weight < 1 for _, weight in found.weights(merge))


@pytest.mark.parametrize("shape", SHAPES)
def test_weights_that_are_rounded_are_right_to_one_part_in_2_to_the_53(shape):
    _, found = nested(SHAPES[shape])
    latest = dict(found.weights(DEPTH))
    expected = Fraction(1)
    for merge in range(1, DEPTH + 1):
        expected /= SHAPES[shape](merge)
    assert abs(latest[0] - expected) <= Fraction(1, 2**53)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("value", [0, 1, 7, 999_999_999_999, 2**53])
def test_credit_of_nested_merges_makes_and_loses_no_download(shape, value):
    nodes, found = nested(SHAPES[shape])
    models, rank = np.arange(1, DEPTH + 1), np.arange(nodes)
    credit = divide(found, models, rank, np.full(DEPTH, value))
    cell, _ = spread(found, models, rank)
    assert (credit >= 0).all()
    sums = np.zeros(DEPTH, np.int64)
    np.add.at(sums, cell, credit)
    assert (sums == value).all()

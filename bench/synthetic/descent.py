"""Declared base models: a growing graph in which what has copies gets more of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Wide = npt.NDArray[np.int64]

RELATIONS = ("finetune", "adapter", "quantized", "merge")
RELATION_PARTS = (0.48, 0.30, 0.22, 0.0)
WITH_BASE = 0.45
OF_THE_LARGEST = 0.3  # part of this chance that the largest models have
LARGEST = 0.01
COPIED = 0.75  # parents that are chosen as somebody before chose them
CANDIDATES = 6  # else the most downloaded of so many
MERGES = 0.03
MOST_PARENTS = 4
DANGLING = 0.02  # references that name no repository
CYCLES = 1e-5  # of the edges, at least two


@dataclass(frozen=True)
class Descent:
    """Declared edges.

    Attributes:
        child: int32[edges], ascending.
        parent: int32[edges]; -1: the reference names no repository.
        relation: index into `RELATIONS`, int8[edges].
        origin: of each model the first parent's first parent and so on, before cycles were added, int32[models].
    """

    child: Ints
    parent: Ints
    relation: npt.NDArray[np.int8]
    origin: Ints


def descend(scale: npt.NDArray[np.float32], random: np.random.Generator) -> Descent:
    """Draw the edges of models in order of creation with these downloads, float32[models].

    A parent is copied from an earlier edge, which makes the number of copies grow in proportion to itself (Simon
    1955), or is the most downloaded of six earlier models.
    """
    models = len(scale)
    large = scale >= np.quantile(scale, 1 - LARGEST)
    chance = np.where(large, OF_THE_LARGEST * WITH_BASE, WITH_BASE * (1 - OF_THE_LARGEST * LARGEST) / (1 - LARGEST))
    based = np.flatnonzero(random.random(models) < chance)
    based = based[based > 0]
    merged = random.random(len(based)) < MERGES
    parents = np.where(merged, random.integers(2, MOST_PARENTS + 1, len(based)), 1)
    child = np.repeat(based, parents)
    parent = _parents(child, scale, random)
    relation = np.repeat(random.choice(len(RELATIONS), len(based), p=RELATION_PARTS), parents)
    relation[np.repeat(merged, parents)] = RELATIONS.index("merge")
    twice = np.zeros(len(child), bool)
    order = np.lexsort((parent, child))
    twice[order[1:]] = (child[order][1:] == child[order][:-1]) & (parent[order][1:] == parent[order][:-1])
    child, parent, relation = child[~twice], parent[~twice], relation[~twice]
    parent[random.random(len(parent)) < DANGLING] = -1
    origin = _origins(models, child, parent)
    back = random.choice(len(child), min(max(int(CYCLES * len(child)), 2), len(child)), replace=False)
    back = back[parent[back] >= 0]
    child, parent = np.append(child, parent[back]), np.append(parent, child[back])
    relation = np.append(relation, np.zeros(len(back), relation.dtype))
    order = np.argsort(child, kind="stable")
    return Descent(
        child=child[order].astype(np.int32),
        parent=parent[order].astype(np.int32),
        relation=relation[order].astype(np.int8),
        origin=origin.astype(np.int32),
    )


def _parents(child: Wide, scale: npt.NDArray[np.float32], random: np.random.Generator) -> Wide:
    edges = len(child)
    if not edges:
        return np.zeros(0, np.int64)
    best = (random.random(edges) * child).astype(np.int64)
    for _ in range(CANDIDATES - 1):
        other = (random.random(edges) * child).astype(np.int64)
        best = np.where(scale[other] > scale[best], other, best)
    here = np.arange(edges)
    copied = (random.random(edges) < COPIED) & (here > 0)
    source = np.where(copied, (random.random(edges) * here).astype(np.int64), here)
    return np.asarray(best[_ends(source)])


def _origins(models: int, child: Wide, parent: Wide) -> Wide:
    above = np.arange(models)
    named = parent >= 0
    first = np.append(True, child[1:] != child[:-1]) & named
    above[child[first]] = parent[first]
    return _ends(above)


def _ends(next_one: Wide) -> Wide:
    """Where chains of `next_one` end; every chain must end in a number that names itself."""
    while True:
        further = next_one[next_one]
        if np.array_equal(further, next_one):
            return next_one
        next_one = further

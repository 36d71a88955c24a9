"""Credit to roots in whole downloads: the largest-remainder method, so that no download is made or lost.

Hamilton's method: each root gets the whole part of its quota, and what is left goes to the largest remainders,
ties by the root's name. Exact integers throughout, since the weights of long merges have large denominators.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weighbridge.lineage.roots import Roots

Ints = npt.NDArray[np.int64]


def spread(roots: Roots, model: Ints, rank: Ints) -> tuple[Ints, Ints]:
    """Which roots each model's weight goes to.

    Args:
        roots: of all nodes.
        model: node of each cell, int64[n].
        rank: place of each node in order of name.

    Returns:
        cell and node of each entry, int64[m], in order of cell; entries of one cell in order of name.
    """
    of = roots.of[model]
    mixed = np.flatnonzero(of < 0)
    plain = np.flatnonzero(of >= 0)
    mixture = -1 - of[mixed]
    count = roots.start[mixture + 1] - roots.start[mixture]
    cell = np.concatenate([plain, np.repeat(mixed, count)])
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    node = np.concatenate([of[plain], roots.node[np.repeat(roots.start[mixture], count) + offset]])
    order = np.lexsort((rank[node], cell))
    return cell[order], node[order]


def divide(roots: Roots, model: Ints, rank: Ints, value: Ints) -> Ints:
    """Whole downloads of each entry of `spread`, in its order; the entries of a cell sum to the cell's value."""
    cell, node = spread(roots, model, rank)
    credit = value[cell].copy()
    of = roots.of[model]
    split = np.flatnonzero(of[cell] < 0)
    if not len(split):
        return credit
    share = _shares(roots, -1 - of[cell[split]], node[split])
    whole = roots.whole[-1 - of[cell[split]]].astype(object)
    product = value[cell[split]].astype(object) * share
    quota = product // whole
    remainder = product - quota * whole
    order = np.lexsort((np.arange(len(split)), _descending(remainder), cell[split]))
    first = np.flatnonzero(np.append(True, cell[split][1:] != cell[split][:-1]))
    sums = np.add.reduceat(quota.astype(np.int64), first)
    left = value[cell[split][first]] - sums
    place = np.arange(len(split)) - np.repeat(first, np.diff(np.append(first, len(split))))
    extra = np.zeros(len(split), np.int64)
    extra[order] = place < np.repeat(left, np.diff(np.append(first, len(split))))
    credit[split] = quota.astype(np.int64) + extra
    return credit


def _shares(roots: Roots, mixture: Ints, node: Ints) -> npt.NDArray[np.object_]:
    """Weight of a root in a mixture, as Python integers."""
    width = int(roots.node.max()) + 1
    key = np.repeat(np.arange(len(roots.whole)), np.diff(roots.start)) * width + roots.node
    return roots.share[np.searchsorted(key, mixture * width + node)].astype(object)


def _descending(remainder: npt.NDArray[np.object_]) -> Ints:
    """Ranks by remainder, largest first; remainders of one cell share their denominator and compare exactly."""
    _, rank = np.unique(np.array([-int(r) for r in remainder], dtype=object), return_inverse=True)
    return np.asarray(rank, dtype=np.int64)

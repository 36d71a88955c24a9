"""A Bayesian bootstrap over clusters: sums of groups under random weights of the organisations behind them.

Each cluster gets a weight drawn from the standard exponential distribution, which is a draw from a flat Dirichlet
distribution over clusters once it is divided by the sum of all weights (Rubin 1981). Clusters alike in all that is
summed are drawn together: the sum of k such weights is Gamma(k), so nothing is approximated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CHUNK = 4_000_000  # weights held at a time


@dataclass(frozen=True)
class Kinds:
    """Clusters that are alike, with how many there are of each kind.

    Attributes:
        rows: what is summed, float64[kinds, columns].
        count: clusters of each kind, int64[kinds].
    """

    rows: Floats
    count: Ints

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return int(self.count.sum())


def kinds_of(cluster: Ints, column: Ints, value: Floats, columns: int) -> Kinds:
    """Sum values by cluster and column, and gather the clusters that are alike.

    Args:
        cluster: number of the cluster of each value, int64[n].
        column: column that each value belongs to, int64[n].
        value: float64[n]; zeros are left out, since they change no sum but the number of clusters.
        columns: how many columns there are.
    """
    some = np.flatnonzero(value)
    pair, place = np.unique(cluster[some] * columns + column[some], return_inverse=True)
    sums = np.bincount(place, weights=value[some], minlength=len(pair))
    owner, at = pair // columns, pair % columns
    _, start, length = np.unique(owner, return_index=True, return_counts=True)
    alone, several = start[length == 1], start[length > 1]
    rows, count = [np.zeros((0, columns))], [np.zeros(0, np.int64)]
    order = np.lexsort((sums[alone], at[alone]))
    if len(order):
        ranked_at, ranked = at[alone][order], sums[alone][order]
        new = np.append(True, (ranked_at[1:] != ranked_at[:-1]) | (ranked[1:] != ranked[:-1]))
        first = np.flatnonzero(new)
        dense = np.zeros((len(first), columns))
        dense[np.arange(len(first)), ranked_at[first]] = ranked[first]
        rows.append(dense)
        count.append(np.diff(np.append(first, len(order))))
    if len(several):
        dense = np.zeros((len(several), columns))
        mine = np.searchsorted(owner[several], owner)
        inside = (mine < len(several)) & (owner[several][np.minimum(mine, len(several) - 1)] == owner)
        dense[mine[inside], at[inside]] = sums[inside]
        dense = dense[np.lexsort(dense.T)]
        first = np.flatnonzero(np.append(True, (dense[1:] != dense[:-1]).any(axis=1)))
        rows.append(dense[first])
        count.append(np.diff(np.append(first, len(dense))))
    return Kinds(np.concatenate(rows), np.concatenate(count).astype(np.int64))


def resampled(kinds: Kinds, resamples: int, seed: int) -> Floats:
    """Sums of every column under resampled weights, which sum to the number of clusters in each resample.

    Returns:
        float64[resamples, columns].
    """
    return np.concatenate(list(_parts(kinds, resamples, seed)))


def _parts(kinds: Kinds, resamples: int, seed: int) -> Iterator[Floats]:
    draw = np.random.default_rng(seed)
    at_once = max(CHUNK // max(len(kinds.count), 1), 1)
    shape = kinds.count.astype(np.float64)
    for start in range(0, resamples, at_once):
        weight = draw.standard_gamma(shape, (min(at_once, resamples - start), len(shape)))
        yield (weight @ kinds.rows) * (kinds.clusters / weight.sum(axis=1, keepdims=True))


def interval(draws: Floats, level: float) -> tuple[float, float]:
    """Percentile interval of some draws."""
    low, high = np.quantile(draws, ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)

"""How alike two columns order the same things."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from weighbridge.measures.against_index import correlation, ordered_alike, ranks

Floats = npt.NDArray[np.float64]

LEAST = 3
"""Things without which an order says nothing: two are always ordered alike, or the other way round."""


def spearman(first: Floats, second: Floats) -> float | None:
    """Pearson's correlation of the ranks, equal values at the mean of their places (Spearman 1904).

    Args:
        first, second: float64[n]; null where n is under three or a column does not vary.
    """
    return correlation(ranks(first), ranks(second)) if len(first) >= LEAST else None


def kendall(first: Floats, second: Floats) -> float | None:
    """Kendall's tau-b: (C − D) / √((P − T₁)(P − T₂)) over the P pairs (Kendall 1945, The treatment of ties).

    C pairs are ordered alike, D the other way round, T₁ and T₂ are tied in the first and in the second.

    Args:
        first, second: float64[n]; null where n is under three or a column does not vary.
    """
    pairs = len(first) * (len(first) - 1) // 2
    free = (pairs - _tied(first)) * (pairs - _tied(second))
    if len(first) < LEAST or not free:
        return None
    alike, otherwise = ordered_alike(first, second)
    return (alike - otherwise) / math.sqrt(free)


def _tied(values: Floats) -> int:
    """Pairs of equal values."""
    counts = np.unique(values, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())

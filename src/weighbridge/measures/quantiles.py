"""Means and quantiles of a quantity by weight, where the weight has limits and some of it has no known quantity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

A_HAIR = 1e-12
"""A part that is reached but for rounding is reached."""


@dataclass(frozen=True)
class Limited:
    """A figure of sizes with its limits. A size is at least 0; a null `hi`: there is no upper limit."""

    value: float
    lo: float
    hi: float | None


@dataclass(frozen=True)
class Weights:
    """Weight by size, sorted by size.

    Attributes:
        size: known sizes, ascending, float64[n].
        value, lo, hi: weight of each and its limits, int64[n].
        unknown, unknown_lo, unknown_hi: weight whose size is not known, and its limits.
    """

    size: Floats
    value: Ints
    lo: Ints
    hi: Ints
    unknown: int
    unknown_lo: int
    unknown_hi: int

    @property
    def known(self) -> int:
        """Weight whose size is known."""
        return int(self.value.sum())


def weights(size: Floats, value: Ints, lo: Ints, hi: Ints) -> Weights:
    """Weight by size.

    Args:
        size: of each entry, float64[n]; NaN: not known.
        value, lo, hi: weight of each entry and its limits, int64[n].
    """
    known = ~np.isnan(size)
    order = np.argsort(size[known], kind="stable")
    told, told_lo, told_hi = (column[known][order] for column in (value, lo, hi))
    unknown, unknown_lo, unknown_hi = (int(column[~known].sum()) for column in (value, lo, hi))
    return Weights(size[known][order], told, told_lo, told_hi, unknown, unknown_lo, unknown_hi)


def mean(weighed: Weights) -> Limited:
    """The mean of what is known.

    It is least where all that is unknown has size 0, up to some size every weight is at its most, and beyond it at its
    least. What is unknown can be of any size, so there is no upper limit where there is any; else it is the same with
    least and most exchanged.

    Raises:
        ValueError: no weight has a known size.
    """
    if not weighed.known:
        raise ValueError("no weight has a known size")
    value = float(np.dot(weighed.size, weighed.value) / weighed.known)
    least = float(_means(weighed.size, weighed.hi, weighed.lo, weighed.unknown_hi).min())
    most = float(_means(weighed.size, weighed.lo, weighed.hi, 0).max())
    return Limited(value, min(least, value), None if weighed.unknown_hi else max(most, value))


def _means(size: Floats, first: Ints, then: Ints, at_zero: int) -> Floats:
    """Means with weights `first` up to each place, none at the start, `then` beyond it, and some weight of size 0."""
    mass = _up_to(first) + _from(then) + at_zero
    moment = _up_to(first * size) + _from(then * size)
    return np.asarray(moment[mass > 0] / mass[mass > 0])


def _up_to(column: Floats | Ints) -> Floats:
    return np.concatenate([[0.0], np.cumsum(column)])


def _from(column: Floats | Ints) -> Floats:
    return np.concatenate([np.cumsum(column[::-1])[::-1], [0.0]])


def quantile(weighed: Weights, part: float) -> Limited:
    """The least size up to which at least a part of the known weight lies, with worst-case limits.

    With F(s) the part of all weight in sizes up to s, the limits are those sizes at which the most and the least that
    F can be reach the part: all unknown weight smaller than everything, then larger, and each weight at that end of
    its interval that helps. The lower is 0 where the unknown alone reaches the part; there is no upper one where the
    unknown keeps it from being reached.

    Args:
        weighed: weight by size.
        part: over 0, up to 1.

    Raises:
        ValueError: no weight has a known size, or `part` is not a part.
    """
    if not weighed.known or not 0 < part <= 1:
        raise ValueError("quantiles need a part over 0 up to 1, and weight of known size")
    up_to = np.cumsum(weighed.value)
    value = float(weighed.size[_reached(up_to / weighed.known, part) or 0])
    low, high = np.cumsum(weighed.lo), np.cumsum(weighed.hi)
    # of equal sizes the last counts, so that all weight of a size is on one side
    last = np.append(weighed.size[1:] != weighed.size[:-1], True)
    small, sizes = {"lo": low[last], "hi": high[last]}, weighed.size[last]
    above = {"lo": low[-1] - small["lo"], "hi": high[-1] - small["hi"]}
    most = (small["hi"] + weighed.unknown_hi) / np.maximum(small["hi"] + weighed.unknown_hi + above["lo"], 1)
    least = small["lo"] / np.maximum(small["lo"] + above["hi"] + weighed.unknown_hi, 1)
    alone = weighed.unknown_hi / max(weighed.unknown_hi + int(low[-1]), 1)
    at_least, at_most = _reached(most, part), _reached(least, part)
    return Limited(
        value,
        0.0 if (weighed.unknown_hi and alone >= part - A_HAIR) or at_least is None else float(sizes[at_least]),
        None if at_most is None else float(sizes[at_most]),
    )


def summary(weighed: Weights, parts: Sequence[tuple[str, float]]) -> dict[str, Limited]:
    """The mean and some quantiles by name, none of them where no weight has a known size."""
    if not weighed.known:
        return {}
    return {"mean": mean(weighed), **{name: quantile(weighed, part) for name, part in parts}}


def _reached(parts: Floats, part: float) -> int | None:
    """First place at which an ascending column reaches a part; null: nowhere."""
    at = int(np.searchsorted(parts, part - A_HAIR, side="left"))
    return at if at < len(parts) else None

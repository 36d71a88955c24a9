"""Limits of shares: what is unknown placed wholly outside a group, then wholly inside it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.weigh import Groups

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def share_bounds(
    value: Ints,
    lo: Ints,
    hi: Ints,
    groups: Groups,
    moved_in: Ints,
    moved_out: Ints,
    moved_out_most: Ints | None = None,
) -> tuple[Floats, Floats]:
    """Limits of every group's share of one window.

    With `L_j`, `U_j` the limits of group j's own weight and `D_g` the weight that could be g's (dark groups, and
    buckets that could hold g):

        lo_g = L_g / (L_g + Σ_{j≠g} U_j),  hi_g = (U_g + D_g) / (U_g + D_g + Σ_{other j} L_j)

    so that `lo_g` is the value and `hi_g` the value and `D_g` over the total where the flows are exact. A dark
    group itself has the limits 0 and its value.

    Args:
        value, lo, hi: whole downloads a group, int64[groups].
        groups: which groups are dark, which are buckets.
        moved_in: the most of other groups' weight that reasonable people give to this one, int64[groups].
        moved_out: the least of this group's weight that reasonable people give to another, int64[groups].
        moved_out_most: the most of that weight; null: the same.

    Returns:
        limits of the shares, float64[groups] each.
    """
    total, least, most = value.sum(), lo.sum(), hi.sum()
    dark = np.array([name in groups.dark for name in groups.names], bool)
    gone = moved_out if moved_out_most is None else moved_out_most
    low = _over(lo - moved_out, lo - moved_out + most - hi + gone)
    open_lo, open_value, open_hi = (np.full(len(value), column[dark].sum(), np.int64) for column in (lo, value, hi))
    for bucket, holds in groups.buckets.items():
        if bucket not in groups.names:
            continue
        at = groups.names.index(bucket)
        could = np.array([name in holds for name in groups.names], bool)
        open_lo, open_value, open_hi = (
            open_lo + could * lo[at],
            open_value + could * value[at],
            open_hi + could * hi[at],
        )
    inside = hi + open_hi + moved_in
    others = np.maximum(least - lo - open_lo - moved_in, 0)
    high = np.minimum(_over(inside, inside + others), 1.0)
    share = _over(value, np.full(len(value), total))
    if least == total == most:  # exact flows: the same sums, without a rounding of the quotient
        low = _over(value - moved_out, np.full(len(value), total))
        high = np.minimum(_over(value + open_value + moved_in, np.full(len(value), total)), 1.0)
    return np.where(dark, 0.0, np.minimum(low, share)), np.where(dark, share, np.maximum(high, share))


def _over(part: Ints, whole: Ints) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)

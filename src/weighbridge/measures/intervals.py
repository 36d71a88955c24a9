"""What the days between events are like: quantiles, mean, longest, and whether they grow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

QUANTILES = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}
YEAR = 365.25
LEAST_FOR_TREND = 5
"""Fewer intervals say nothing of a year."""


@dataclass(frozen=True)
class Intervals:
    """Days between successive events.

    Attributes:
        quantiles: by the names of `QUANTILES`, interpolated between order statistics.
        mean, longest: days.
        trend: by how many days an interval is longer a year later; null for fewer than five intervals.
    """

    quantiles: dict[str, float]
    mean: float
    longest: float
    trend: float | None

    @property
    def median(self) -> float:
        """Middle interval, days."""
        return self.quantiles["median"]


def intervals(days: Ints) -> Intervals | None:
    """The intervals between ascending days; null for fewer than two days."""
    if len(days) < 2:
        return None
    gaps = np.diff(days)
    return Intervals(
        quantiles={name: float(np.quantile(gaps, at)) for name, at in QUANTILES.items()},
        mean=float(gaps.mean()),
        longest=float(gaps.max()),
        trend=slope(days[1:], gaps),
    )


def slope(days: Ints, gaps: Ints) -> float | None:
    """Median of the slopes between all pairs of intervals, days a year (Theil 1950; Sen 1968).

    Args:
        days: on which each interval ended, int64[n].
        gaps: lengths in days, int64[n].
    """
    if len(gaps) < LEAST_FOR_TREND:
        return None
    first, second = np.triu_indices(len(gaps), 1)
    run = days[second] - days[first]
    apart = run > 0
    if not apart.any():
        return None
    return float(np.median((gaps[second] - gaps[first])[apart] / run[apart]) * YEAR)

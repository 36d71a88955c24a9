"""Downloads of a week: each model's life cycle, shaken and counted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bench.synthetic.hub import Population

Reals = npt.NDArray[np.float32]

SHAKEN = 0.35  # standard deviation of the logarithm, from week to week
CALM_WEEK = 0.75  # of the usual downloads between the years
CALM_DAYS = (355, 368)  # days after 1 January
PIECE = 1 << 18  # models at a time, so that the work stays in the processor's cache


def weekly_flows(population: Population, week: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Models with downloads in a week, and how many.

    Args:
        population: the hub.
        week: `0 ≤ week < population.weeks`, in any order.

    Returns:
        model numbers, ascending, int32[n], and downloads, all over 0, int64[n].

    Raises:
        IndexError: there is no such week.
    """
    if not 0 <= week < population.weeks:
        raise IndexError(f"week {week} of {population.weeks}")
    random = np.random.Generator(np.random.SFC64([population.seed, population.models, 2, week]))
    here = int(np.searchsorted(population.born, week, side="right"))
    found, counts = [], []
    for start in range(0, here, PIECE):
        piece = slice(start, min(start + PIECE, here))
        drawn = random.poisson(_rates(population, week, piece, random))
        some = np.flatnonzero(drawn)
        found.append((some + start).astype(np.int32))
        counts.append(drawn[some])
    if not found:
        return np.zeros(0, np.int32), np.zeros(0, np.int64)
    return np.concatenate(found), np.concatenate(counts)


def expected(population: Population, week: int, piece: slice) -> Reals:
    """Expected downloads in a week of models that are born by then, float32[piece].

    With age `a` in weeks, `scale · (1 - exp(-(a + 1) / rise)) · (floor + (1 - floor) / (1 + (a / half)²))`.
    """
    age = np.float32(week) - population.born[piece].astype(np.float32)
    risen = -np.expm1(-(age + np.float32(1)) / population.rise[piece])
    floor = population.floor[piece]
    passing = (np.float32(1) - floor) / (np.float32(1) + np.square(age / population.half[piece]))
    day = (population.first_day + 7 * week + 3) % 365.2425
    calm = np.float32(CALM_WEEK if day > CALM_DAYS[0] or day < CALM_DAYS[1] - 365 else 1)
    return np.asarray(population.scale[piece] * risen * (floor + passing) * calm, np.float32)


def _rates(population: Population, week: int, piece: slice, random: np.random.Generator) -> Reals:
    usual = expected(population, week, piece)
    shaken = random.standard_normal(len(usual), dtype=np.float32)
    shaken *= np.float32(SHAKEN)
    return np.asarray(usual * np.exp(shaken, out=shaken), np.float32)

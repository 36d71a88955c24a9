"""A small hub whose downloads of every day are known, by model and country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from weighbridge.records.clock import day_number

Sums = npt.NDArray[np.int64]

COUNTRIES = ("US", "CN", "FR", "KR", "INT")
COUNTRY_PARTS = (0.34, 0.3, 0.16, 0.12, 0.08)
MODELS, DAYS = 60, 126
MODELS_EACH = 2  # a namespace; a namespace has one country
FIRST_MONDAY = day_number(date(2024, 12, 2))
USUAL, SPREAD = 200.0, 2.0  # median downloads a day, and the standard deviation of their logarithm
OVERDISPERSED = 8.0  # shape of the gamma law by which days differ
WEEKEND = 0.7
OLDEST = 600  # days of downloads before the first day, at most
BORN_PART, GONE_PART, BOT_PART = 0.25, 0.12, 0.08
BOT_LEAST, BOT_MOST = 150_000, 600_000


@dataclass(frozen=True)
class Truth:
    """What happened on a small hub.

    Attributes:
        first_day: day number of the first day.
        country: of each model, index into `COUNTRIES`, int64[models].
        human: downloads by people, int64[models, days].
        bots: downloads by bots, int64[models, days].
        before: downloads before the first day, int64[models].
        born: day of creation, counted from the first, int64[models]; 0: before the first day.
        gone: day of removal, counted from the first, int64[models]; the number of days: never.
    """

    first_day: int
    country: Sums
    human: Sums
    bots: Sums
    before: Sums
    born: Sums
    gone: Sums

    @property
    def flows(self) -> Sums:
        """All downloads by model and day, int64[models, days]."""
        return self.human + self.bots

    @property
    def counters(self) -> Sums:
        """The cumulative counter at the start of each day and at the end of the last, int64[models, days + 1]."""
        return np.column_stack([self.before, self.before[:, None] + np.cumsum(self.flows, axis=1)])

    def by_country(self, start: int, end: int, human: bool = False) -> Sums:
        """Downloads of the days `start ≤ t < end` (day numbers) by country, int64[countries]."""
        flows = self.human if human else self.flows
        span = flows[:, max(start - self.first_day, 0) : max(end - self.first_day, 0)].sum(axis=1)
        sums = np.zeros(len(COUNTRIES), np.int64)
        np.add.at(sums, self.country, span)
        return sums


def happened(
    seed: int,
    *,
    births: bool = False,
    removals: bool = False,
    bots: bool = False,
    models: int = MODELS,
    days: int = DAYS,
) -> Truth:
    """Draw a hub: heavy-tailed models that rise or decay, days of the week, days that differ more than by chance.

    Args:
        seed: the same arguments give the same hub.
        births: a quarter of the models are created during the series.
        removals: some models are removed; then nobody downloads them.
        bots: some models are downloaded by bots on one day.
        models, days: how many.
    """
    random = np.random.default_rng([seed, 3])
    usual = USUAL * np.exp(SPREAD * random.standard_normal(models))
    slope = random.normal(0.0, 0.01, models)
    day = np.arange(days)
    weekly = np.where((day % 7) >= 5, WEEKEND, 1.0)
    trend = np.exp(np.clip(slope[:, None] * (day - days / 2), -2, 2))
    rate = usual[:, None] * trend * weekly * random.gamma(OVERDISPERSED, 1 / OVERDISPERSED, (models, days))
    human = random.poisson(rate)
    born, gone = np.zeros(models, np.int64), np.full(models, days)
    young = random.random(models) < BORN_PART * births
    born[young] = random.integers(2, days - 10, young.sum())
    leaving = (random.random(models) < GONE_PART * removals) & ~young
    gone[leaving] = random.integers(20, days - 5, leaving.sum())
    human[(day < born[:, None]) | (day >= gone[:, None])] = 0
    visited = (random.random(models) < BOT_PART * bots) & ~young & ~leaving & (usual < BOT_LEAST / 100)
    extra = np.zeros((models, days), np.int64)
    at = np.flatnonzero(visited)
    extra[at, random.integers(20, days - 20, len(at))] = random.integers(BOT_LEAST, BOT_MOST, len(at))
    return Truth(
        first_day=FIRST_MONDAY + 7 * (seed % 9),
        country=np.repeat(random.choice(len(COUNTRIES), models, p=COUNTRY_PARTS), MODELS_EACH)[:models],
        human=human,
        bots=extra,
        before=np.where(young, 0, (usual * random.integers(OLDEST // 3, OLDEST, models)).astype(np.int64)),
        born=born,
        gone=gone,
    )

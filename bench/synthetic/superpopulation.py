"""Organisations drawn from a law whose shares are known, to see how often an interval from one draw holds them.

`python -m bench.synthetic.superpopulation` prints how often the package's cluster bootstrap does.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from weighbridge.measures.resampling import interval, kinds_of, resampled

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UNIT = 10_000  # downloads of an organisation of size 1, so that whole downloads lose nothing
PARTS: Mapping[str, tuple[float, float]] = MappingProxyType({"US": (0.5, 1.0), "CN": (0.3, 1.3), "FR": (0.2, 0.6)})
"""By country the part of the organisations, and how large they are beside the others."""
TAILS = (8.0, 3.0, 2.0, 1.5, 1.2)
MOST_MODELS = 6
LEVEL = 0.95
RESAMPLES = 400


@dataclass(frozen=True)
class Draw:
    """Organisations with their models.

    Attributes:
        country: of each organisation, index into `Superpopulation.countries`, int64[organisations].
        organisation: of each model, int64[models], ascending.
        downloads: of each model, int64[models].
    """

    country: Ints
    organisation: Ints
    downloads: Ints

    @property
    def sizes(self) -> Ints:
        """Downloads of each organisation, int64[organisations]."""
        return np.bincount(self.organisation, self.downloads, len(self.country)).astype(np.int64)

    @property
    def largest(self) -> float:
        """Part of all downloads that the largest organisation has."""
        return float(self.sizes.max() / self.sizes.sum())


@dataclass(frozen=True)
class Superpopulation:
    """A law of organisations: a country, and a size after Pareto's law.

    An organisation of country c is larger than `x` with the chance `(size_c / x) ** tail`, `x ≥ size_c`. Its mean is
    `size_c · tail / (tail - 1)`, so that the share of c is `part_c size_c / Σ part_k size_k`, whatever the tail.

    Attributes:
        tail: over 1; the mean exists above 1, the variance above 2.
        parts: by country the part of the organisations and their least size.
    """

    tail: float
    parts: Mapping[str, tuple[float, float]] = field(default_factory=lambda: PARTS)

    def __post_init__(self) -> None:
        if self.tail <= 1:
            raise ValueError(f"a tail of {self.tail} has no mean, so there are no shares")

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries, in the order of all columns."""
        return tuple(self.parts)

    @property
    def shares(self) -> Floats:
        """True share of each country, float64[countries]."""
        weight = np.array([part * size for part, size in self.parts.values()])
        return np.asarray(weight / weight.sum())

    def draw(self, organisations: int, seed: int) -> Draw:
        """Draw organisations; each has one to six models, which split its downloads at random."""
        random = np.random.default_rng([seed, 5])
        part, least = np.array(list(self.parts.values())).T
        country = random.choice(len(part), organisations, p=part)
        size = least[country] * (1 - random.random(organisations)) ** (-1 / self.tail)
        owner = np.repeat(np.arange(organisations), random.integers(1, MOST_MODELS + 1, organisations))
        weight = random.standard_exponential(len(owner))
        split = weight / np.bincount(owner, weight)[owner]
        return Draw(country.astype(np.int64), owner, np.round(UNIT * size[owner] * split).astype(np.int64))


Limits = Callable[[Draw, int, int], tuple[Floats, Floats]]
"""From a draw, the number of countries and a seed to the limits of each country's share."""


def coverage(
    law: Superpopulation, limits: Limits, *, organisations: int = 300, draws: int = 200, seed: int = 0
) -> Floats:
    """How often limits from one draw hold the law's share, by country, float64[countries]."""
    held = np.zeros(len(law.parts))
    for number in range(draws):
        low, high = limits(law.draw(organisations, seed * draws + number), len(law.parts), number)
        held += (low <= law.shares) & (law.shares <= high)
    return held / draws


def bootstrap(drawn: Draw, countries: int, seed: int) -> tuple[Floats, Floats]:
    """Limits of the package's own resampling of organisations."""
    column = drawn.country[drawn.organisation]
    kinds = kinds_of(drawn.organisation, column, drawn.downloads.astype(np.float64), countries)
    sums = resampled(kinds, RESAMPLES, seed)
    shares = sums / sums.sum(axis=1, keepdims=True)
    both = [interval(shares[:, c], LEVEL) for c in range(countries)]
    return np.array([low for low, _ in both]), np.array([high for _, high in both])


def main() -> None:
    """Print how often the interval of 95 % holds the truth, by tail and number of organisations."""
    asked = argparse.ArgumentParser(prog="python -m bench.synthetic.superpopulation", description=main.__doc__)
    asked.add_argument("--draws", type=int, default=400)
    given = asked.parse_args()
    print("| tail | organisations | largest one has | " + " | ".join(PARTS) + " |\n|---|---|---|" + "---|" * len(PARTS))
    for tail in TAILS:
        for organisations in (100, 1_000):
            law = Superpopulation(tail)
            largest = np.median([law.draw(organisations, seed).largest for seed in range(given.draws)])
            rates = coverage(law, bootstrap, organisations=organisations, draws=given.draws)
            shown = " | ".join(f"{rate:.1%}" for rate in rates)
            print(f"| {tail:g} | {organisations:,} | {largest:.1%} | {shown} |", flush=True)


if __name__ == "__main__":
    main()

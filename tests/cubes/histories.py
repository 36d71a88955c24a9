"""Small made-up histories: models with labels, parents, creation days and handovers, and their flows by week."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from weighbridge.cubes.ages import Ages
from weighbridge.cubes.frame import FLAT_DAY, UNKNOWN_DAY
from weighbridge.cubes.labels import Handover, Label, Labelling, label, label_by_root
from weighbridge.cubes.weekcube import WeekCube
from weighbridge.lineage.roots import Roots, find_roots
from weighbridge.records.clock import parse_day
from weighbridge.store.weekfiles import Reader, WeekFiles

MONDAY = parse_day("2023-06-05")
COUNTRIES, SIZES, FAMILIES = ("CN", "US", "unregistered"), ("1-9", "unknown"), ("(none)", "Qwen", "Llama")


@dataclass(frozen=True)
class Made:
    """A history and all that it was made from."""

    flows: WeekFiles
    ages: Ages
    roots: Roots
    rank: np.ndarray
    country: np.ndarray
    family: np.ndarray
    size: np.ndarray
    handovers: tuple[Handover, ...]

    def uploader(self) -> Labelling:
        """Labels of the downloaded model."""
        return label({name: self.dimension(name) for name in ("country", "family", "size")})

    def base(self) -> Labelling:
        """Country and family of the roots, which changes with the handovers, and size of the downloaded model."""
        of_root = {name: self.dimension(name) for name in ("country", "family")}
        return label_by_root({"size": self.dimension("size")}, of_root, self.roots, self.rank, self.handovers)

    def dimension(self, name: str) -> Label:
        names = {"country": COUNTRIES, "family": FAMILIES, "size": SIZES}[name]
        return Label(getattr(self, name), names)


def make(folder: Path, seed: int, models: int = 60, weeks: int = 30, scale: int = 10**6, columns: int = 1) -> Made:
    """A history drawn from a seed: a third of the models are derived, many of them merges of several parents.

    With three columns of counts the flows are known only between limits.
    """
    random = np.random.default_rng(seed)
    edges = {(child, int(parent)) for child in range(2 * models // 3, models)
             for parent in random.choice(child, random.integers(1, 4))}  # fmt: skip
    child, parent = np.array(sorted(edges), np.int64).T
    created = random.integers(MONDAY - 900, MONDAY + 7 * weeks, models).astype(np.int32)
    created[random.random(models) < 0.1] = UNKNOWN_DAY
    created[random.random(models) < 0.2] = FLAT_DAY
    moved = [random.choice(models, models // 5, replace=False) for _ in range(2)]
    flows = WeekFiles(folder, values=("downloads", "lo", "hi")[:columns])
    for week in range(weeks):
        model = np.flatnonzero(random.random(models) < 0.6).astype(np.int32)
        downloads = random.integers(1, scale, len(model))
        downloads[random.random(len(model)) < 0.1] *= columns == 1
        limits = (downloads // 2, 2 * downloads + random.integers(0, scale, len(model)))
        flows.append(MONDAY + 7 * week, model, *(downloads, *limits)[:columns])
    return Made(
        flows=flows,
        ages=Ages(created),
        roots=find_roots(models, child, parent),
        rank=random.permutation(models),
        country=random.integers(0, len(COUNTRIES), models),
        family=random.integers(0, len(FAMILIES), models),
        size=random.integers(0, len(SIZES), models),
        handovers=(
            Handover(MONDAY + 35, moved[0], {"country": np.full(len(moved[0]), 1)}),
            Handover(MONDAY + 70, moved[1], {"country": np.full(len(moved[1]), 2), "family": moved[1] % 3}),
        ),
    )


def one_by_one(made: Made, base: bool) -> Counter[tuple[int, str, str, str, int]]:
    """Downloads by week, country, family, size and age class, added up model by model as the definitions read."""
    sums: Counter[tuple[int, str, str, str, int]] = Counter()
    reader = Reader(made.flows)
    for piece in made.flows.pieces():
        week = reader.read(piece)
        country, family = made.country.copy(), made.family.copy()
        for handover in made.handovers if base else ():
            if week.week >= handover.week:
                country[handover.node] = handover.codes["country"]
                family[handover.node] = handover.codes.get("family", family[handover.node])
        for model, count in zip(week.key.tolist(), week.values[0].tolist(), strict=True):
            roots = made.roots.weights(model) if base else [(model, Fraction(1))]
            age = _age_class(int(made.ages.created[model]), week.week, made.ages.limits)
            for root, credit in _divided(count, sorted(roots, key=lambda root: made.rank[root[0]])):
                labels = COUNTRIES[country[root]], FAMILIES[family[root]], SIZES[made.size[model]]
                sums[(week.week, *labels, age)] += credit
    return +sums


def cells(cube: WeekCube, column: str = "downloads") -> Counter[tuple[int, str, str, str, int]]:
    """The same from a cube."""
    classes = 2 * len(cube.limits) + 1
    week = np.repeat(cube.weeks, np.diff(cube.start))
    code, age = np.divmod(cube.cell, classes)
    names = [
        np.array(cube.coding.names[name])[cube.coding.labels[name][code]] for name in ("country", "family", "size")
    ]
    rows = zip(week.tolist(), *names, age.tolist(), cube.values[column].tolist(), strict=True)
    sums: Counter[tuple[int, str, str, str, int]] = Counter()
    for *labels, downloads in rows:
        sums[tuple(labels)] += downloads
    return +sums


def _divided(count: int, roots: list[tuple[int, Fraction]]) -> list[tuple[int, int]]:
    quotas = [count * weight for _, weight in roots]
    whole = [int(quota) for quota in quotas]
    order = sorted(range(len(roots)), key=lambda place: (whole[place] - quotas[place], place))
    for place in order[: count - sum(whole)]:
        whole[place] += 1
    return [(root, credit) for (root, _), credit in zip(roots, whole, strict=True)]


def _age_class(created: int, week: int, limits: tuple[int, ...]) -> int:
    if created == UNKNOWN_DAY:
        return len(limits) + 1
    past = sum(week - created > limit for limit in limits)
    return len(limits) + 1 + past if created == FLAT_DAY and past < len(limits) else past

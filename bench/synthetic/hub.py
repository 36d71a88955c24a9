"""The models of a synthetic hub: who published them, what they are, what they were made from, how they live."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bench.synthetic.descent import RELATIONS, Descent, descend
from bench.synthetic.growth import LAST_DAY, Days, Growth, creation_days
from bench.synthetic.holders import COUNTRIES, TYPES, Holders, holders
from weighbridge.lineage.sizes import SIZES

Ints = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
Reals = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

TASKS = (
    "text-generation", "", "text-classification", "reinforcement-learning", "text-to-image", "fill-mask",
    "image-classification", "automatic-speech-recognition", "sentence-similarity", "image-text-to-text",
    "feature-extraction", "token-classification", "translation", "text-to-speech", "object-detection",
)  # fmt: skip
TASK_PARTS = (0.28, 0.30, 0.06, 0.05, 0.06, 0.03, 0.04, 0.03, 0.03, 0.03, 0.03, 0.02, 0.01, 0.02, 0.01)
LANGUAGE = ("text-generation", "image-text-to-text")
LICENCES = ("", "apache-2.0", "mit", "openrail", "cc-by-nc-4.0", "llama3", "other", "gemma")
LICENCE_PARTS = (0.50, 0.23, 0.09, 0.05, 0.03, 0.04, 0.04, 0.02)
SIZE_PARTS = (0.05, 0.20, 0.22, 0.06, 0.03, 0.01, 0.43)
FAMILIES = 300  # family 0: none

TOP, REST = 0.40, 0.017  # of all peaks, those of the largest HEAD and those below the first FIRST_PART
HEAD, FIRST_PART = 200 / 3_012_377, 0.01
WEEKLY_MEAN = 460.0  # downloads a model and week at the peak of its life
SILENT = 0.14  # models without a file that the hub counts


@dataclass(frozen=True)
class Population:
    """A synthetic hub, its truth in columns. Models are numbered in order of creation.

    Attributes:
        weeks: number of weeks; week `w` is `first_day + 7 w ≤ t < first_day + 7 (w + 1)`.
        seed: of all that is random, the weekly flows included.
        first_day: day number of the first week's Monday.
        created: creation day, int32[n], ascending.
        born: week of creation, int32[n]; negative for models that are older than the first week.
        namespace: int32[n], index into the namespaces.
        task, licence, size: index into `TASKS`, `LICENCES`, `lineage.sizes.SIZES`, int8[n].
        family: int16[n]; 0: none; that of the first parent's first parent and so on.
        quantised: whether the model is a quantised copy, bool[n].
        scale: downloads a week at the peak, float32[n]; 0 for models that the hub does not count.
        rise: weeks in which downloads rise, float32[n].
        half: weeks after which the passing part of the downloads has halved, float32[n].
        floor: part of the peak that lasts, float32[n].
        holders: namespaces and organisations.
        descent: declared base models.
    """

    weeks: int
    seed: int
    first_day: int
    created: Days
    born: Ints
    namespace: Ints
    task: Codes
    licence: Codes
    size: Codes
    family: npt.NDArray[np.int16]
    quantised: Flags
    scale: Reals
    rise: Reals
    half: Reals
    floor: Reals
    holders: Holders
    descent: Descent

    @property
    def models(self) -> int:
        """Number of models."""
        return len(self.created)

    @cached_property
    def organisation(self) -> Ints:
        """Organisation of each model, int32[n]."""
        return self.holders.organisation[self.namespace]

    @cached_property
    def country(self) -> Codes:
        """Country of each model's organisation, index into `COUNTRIES`, int8[n]."""
        return self.holders.country[self.organisation]

    @cached_property
    def type(self) -> Codes:
        """Type of each model's organisation, index into `TYPES`, int8[n]."""
        return self.holders.type[self.organisation]

    @cached_property
    def registered(self) -> Flags:
        """Whether each model's namespace stands in the register, bool[n]."""
        return self.holders.registered[self.namespace]

    @cached_property
    def language(self) -> Flags:
        """Whether each model's task is of the language scope, bool[n]."""
        return np.isin(self.task, [TASKS.index(task) for task in LANGUAGE])


def population(models: int, weeks: int = 300, seed: int = 0, growth: Growth = "published") -> Population:
    """Draw a hub.

    Args:
        models: how many there are at the end; 2,500,000 is scale 1.
        weeks: how many weeks end on 2026-08-24.
        seed: the same arguments give the same hub.
        growth: see `growth.creation_days`; `level` gives nearly three times as many (week, model) rows.
    """
    random = np.random.default_rng([seed, models, 1])
    created = creation_days(models, weeks, growth)
    first_day = LAST_DAY - 7 * weeks
    place = random.permutation(models)  # of each model in the order of downloads
    namespaces = holders(place, random)
    scale = _scales(models, random)[place]
    descent = descend(scale, random)
    origin = descent.origin
    family = np.where(random.random(models) < 0.6, 1 + _zipf(models, FAMILIES - 1, random), 0)[origin]
    task = random.choice(len(TASKS), models, p=TASK_PARTS)
    size = random.choice(len(SIZES), models, p=SIZE_PARTS)
    own = random.random(models) < 0.3  # of the copies, those that do not name what their base is
    days = np.exp(random.normal(0.0, 1.0, (3, models)).astype(np.float32))
    return Population(
        weeks=weeks,
        seed=seed,
        first_day=first_day,
        created=created,
        born=((created - first_day) // 7).astype(np.int32),
        namespace=namespaces.namespace,
        task=np.where(own, task, task[origin]).astype(np.int8),
        licence=random.choice(len(LICENCES), models, p=LICENCE_PARTS).astype(np.int8),
        size=np.where(own, size, size[origin]).astype(np.int8),
        family=family.astype(np.int16),
        quantised=_marked(models, descent),
        scale=scale,
        rise=0.5 + days[0] * 2,
        half=2 + days[1] * 20,
        floor=np.minimum(days[2] * 0.2, 0.9).astype(np.float32),
        holders=namespaces.holders,
        descent=descent,
    )


def _scales(models: int, random: np.random.Generator) -> Reals:
    """Peak downloads in descending order: Zipf and Mandelbrot's law `(q + c)^-s` for the part `q` of models above.

    The law leaves `((q + c) / c)^(1 - s)` below the part `q`; `s` and `c` are those of two published figures: 200 of
    3 million models take half, the first 1 % all but 1 %. What stays is given as whole quantiles, so that a small hub
    is no luckier than a large one.
    """
    low, high = 1e-8, 1.0
    for _ in range(200):
        c = (low * high) ** 0.5
        power = np.log(1 - TOP) / np.log((HEAD + c) / c)
        low, high = (low, c) if ((FIRST_PART + c) / c) ** power < REST else (c, high)
    edge = np.arange(models + 1) / models
    below = ((edge + c) / c) ** power
    part = below[:-1] - below[1:]
    silent = random.random(models) < SILENT * np.minimum(np.arange(models) / models / FIRST_PART, 1)
    return np.where(silent, 0, part * models * WEEKLY_MEAN).astype(np.float32)


def _zipf(count: int, kinds: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Kinds of which the k-th is drawn in proportion to 1 / (k + 2)."""
    weight = 1 / (np.arange(kinds) + 2.0)
    return random.choice(kinds, count, p=weight / weight.sum())


def _marked(models: int, descent: Descent) -> Flags:
    quantised = np.zeros(models, bool)
    quantised[descent.child[descent.relation == RELATIONS.index("quantized")]] = True
    return quantised


__all__ = ["COUNTRIES", "LICENCES", "RELATIONS", "SIZES", "TASKS", "TYPES", "Population", "population"]

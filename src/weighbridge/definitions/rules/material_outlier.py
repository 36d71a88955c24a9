"""Single counters that no likes, age or task can explain, where they are large enough to move the whole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weighbridge.definitions.rules import Evidence, Facts, Mask
from weighbridge.records.cells import Cells

Floats = npt.NDArray[np.float64]

LEAST_LIKES = 10  # models that the expectation is fitted on
LEAST_MODELS = 500  # fewer do not carry a fit
LEAST_PER_TASK = 50  # tasks with fewer share one intercept
DEVIATIONS = 3.0  # robust standard deviations of the logarithm
MATERIAL = 0.02  # part of all weight of the window, whatever the scope
HUBER = 1.5
ROUNDS = 10


class MaterialOutlier:
    """Removes a model whose downloads exceed its expectation by far and by over 2 % of all weight."""

    id = "material-outlier"
    version = 1
    title = "a counter that likes, age and task cannot explain, and that is over 2 % of all weight"
    words = (
        "Over models with at least 10 likes, log10(downloads + 1) is fitted on log10(likes + 1), log10(age) and the "
        "task (Huber regression). A model is left out if its residual is at least 3 robust standard deviations "
        "and its downloads are over 2 % of all weight of the window, whatever the scope. A model of unknown likes "
        "stays; one of unknown age is given the median age. Needs 500 models with 10 likes or more."
    )

    needs = "likes of at least 500 models"

    def runs(self, evidence: Evidence) -> bool:
        """See `Rule.runs`."""
        return bool((evidence.likes >= LEAST_LIKES).sum() >= LEAST_MODELS)

    def facts(self, evidence: Evidence) -> Facts:
        """Residual in robust standard deviations; NaN where likes are unknown or too few models have any."""
        surprise = np.full(len(evidence.value), np.nan)
        for window, end in enumerate(evidence.ends):
            here = evidence.window == window
            fitted = here & (evidence.likes >= LEAST_LIKES)
            if fitted.sum() < LEAST_MODELS:
                continue
            rows = np.flatnonzero(here)
            expected, deviation = _expectation(evidence, rows, end)
            residual = (np.log10(evidence.value[rows] + 1) - expected) / deviation
            surprise[rows] = np.where(evidence.likes[rows] < 0, np.nan, residual)
        return surprise

    def removes(self, cells: Cells, considered: Mask) -> Mask:
        """Which cells are outliers, window by window."""
        return outliers(cells, considered, DEVIATIONS, MATERIAL)


def outliers(cells: Cells, considered: Mask, deviations: float, material: float) -> Mask:
    """Cells beyond both thresholds; the whole counter is taken as the excess, of which the expectation is a trifle."""
    surprise = cells.facts[MaterialOutlier.id]
    windows = int(cells.window.max(initial=0)) + 1
    total = np.bincount(cells.window, weights=cells.value, minlength=windows)
    large = cells.value > material * total[cells.window]
    return np.asarray(considered & large & (np.nan_to_num(surprise, nan=-np.inf) >= deviations), dtype=bool)


def _expectation(evidence: Evidence, rows: npt.NDArray[np.int64], end: int) -> tuple[Floats, float]:
    """Expected log10(downloads + 1) of some cells, and the robust standard deviation of the fit's residuals."""
    created = evidence.created[rows]
    likes = np.maximum(evidence.likes[rows], 0)
    basis = likes >= LEAST_LIKES
    known = created > -(2**31)
    age = np.maximum(end - np.where(known, created, 0).astype(np.int64), 1)
    age = np.where(known, age, np.median(age[known]) if known.any() else 1)
    task = evidence.task.codes[rows]
    often = np.bincount(task[basis], minlength=len(evidence.task.names))
    group = np.where(often[task] >= LEAST_PER_TASK, task, -1)
    _, group = np.unique(group, return_inverse=True)
    y = np.log10(evidence.value[rows] + 1)
    slopes = np.column_stack([np.log10(likes + 1), np.log10(age)])
    dummies = (group[basis][:, None] == np.arange(group.max() + 1)).astype(float)
    design = np.hstack([slopes[basis], dummies])
    weight = np.ones(len(design))
    for _ in range(ROUNDS):
        weighted = (design * weight[:, None]).T  # normal equations: forty columns, ten thousand rows
        found, *_ = np.linalg.lstsq(weighted @ design, weighted @ y[basis], rcond=None)
        residual = y[basis] - design @ found
        deviation = max(1.4826 * float(np.median(np.abs(residual - np.median(residual)))), 1e-9)
        weight = np.minimum(1.0, HUBER * deviation / np.maximum(np.abs(residual), 1e-12))
    return slopes @ found[:2] + found[2:][group], deviation


RULE = MaterialOutlier()

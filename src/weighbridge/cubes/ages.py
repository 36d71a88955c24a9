"""How old a model was in a week, in as many classes as age limits need, and how classes change from week to week.

The age is that on the week's first day, and the week counts whole. A class says how many of the limits the model is
past, and whether it may be past more: a creation day may be unknown, and a hub's flat first date means "on or before".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.frame import FLAT_DAY, UNKNOWN_DAY

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

LIMITS = (365, 730)
NEVER = 2**31 - 1


@dataclass(frozen=True)
class Track:
    """Changes of a number a model, in order of week: from week `week[i]` on, `model[i]` has `add[i]` more."""

    week: Codes
    model: Codes
    add: Codes


@dataclass(frozen=True)
class Ages:
    """Creation days and age limits.

    Attributes:
        created: creation day of each model, int32[models]; `UNKNOWN_DAY` where unknown.
        limits: ages in days, ascending; a model is within one if its age is at most that.
    """

    created: Codes
    limits: tuple[int, ...] = LIMITS

    @property
    def classes(self) -> int:
        """Number of classes: past 0, 1, ... all limits, and for each but the last the same and perhaps more."""
        return 2 * len(self.limits) + 1

    def within(self, limit: int) -> Mask:
        """Classes that are within a limit, bool[classes]."""
        return np.arange(self.classes) <= self.limits.index(limit)

    def unknown(self, limit: int) -> Mask:
        """Classes of which it is not known whether they are, bool[classes]."""
        past = np.arange(self.classes) - len(self.limits) - 1
        return (past >= 0) & (past <= self.limits.index(limit))

    def names(self) -> tuple[str, ...]:
        """Words for the classes."""
        sure = [f"≤{limit} d" for limit in self.limits] + [f">{self.limits[-1]} d" if self.limits else "any"]
        unsure = ["unknown", *(f">{limit} d, perhaps more" for limit in self.limits[:-1])]
        return (*sure, *unsure[: len(self.limits)])

    def first(self) -> Codes:
        """Class of each model before all time, int32[models]."""
        unsure = (self.created == UNKNOWN_DAY) | (self.created == FLAT_DAY)
        return np.where(unsure & bool(self.limits), len(self.limits) + 1, 0).astype(np.int32)

    def at(self, model: Codes, week: int) -> Codes:
        """Class of some models in a week, int32[n]."""
        created = self.created[model].astype(np.int64)
        past = np.searchsorted(np.array(self.limits), week - created, side="left")
        flat = np.where(past == len(self.limits), past, len(self.limits) + 1 + past)
        found = np.where(created == FLAT_DAY, flat, past)
        return np.where(created == UNKNOWN_DAY, self.first()[model], found).astype(np.int32)

    @cached_property
    def tracks(self) -> tuple[Track, ...]:
        """When which models pass a limit."""
        order, created = _sorted(self.created)
        tracks = []
        for place, limit in enumerate(self.limits):
            last = place == len(self.limits) - 1
            step = np.where(created == FLAT_DAY, -len(self.limits) if last else 1, 1).astype(np.int32)
            tracks.append(Track(created + np.int32(limit + 1), order, step))
        return tuple(tracks)


def _sorted(created: Codes) -> tuple[Codes, Codes]:
    """Models of known creation day in order of it."""
    known = created != UNKNOWN_DAY
    if known.all() and (created[1:] >= created[:-1]).all():
        return np.arange(len(created), dtype=np.int32), created
    models = np.flatnonzero(known).astype(np.int32)
    order = models[np.argsort(created[models], kind="stable")]
    return order, created[order]

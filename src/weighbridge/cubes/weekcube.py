"""A cube of weeks: what it holds in memory, and series from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.ages import Ages
from weighbridge.cubes.coding import Coding
from weighbridge.cubes.labels import Labelling
from weighbridge.cubes.reduction import WeekSums, weigh_weeks
from weighbridge.errors import UsageError
from weighbridge.store.weekfiles import WeekFiles

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Series:
    """Sums by week and group.

    Attributes:
        weeks: day numbers of Mondays, int32[weeks].
        groups: names of the groups.
        values: for each column of counts int64[weeks, groups].
    """

    weeks: Codes
    groups: tuple[str, ...]
    values: Mapping[str, Ints]


@dataclass(frozen=True)
class WeekCube:
    """Sums by week, label code and age class.

    Attributes:
        coding: what label codes mean.
        limits: age limits in days, see `Ages`.
        weeks: day numbers of Mondays, ascending, int32[weeks].
        start: week `w` is the slice `start[w]:start[w + 1]` of the cells, int64[weeks + 1].
        cell: `label code × age classes + age class`, int32[n].
        values: for each column of counts int64[n]; `models`, the last, counts a model once a cell and week.
    """

    coding: Coding
    limits: tuple[int, ...]
    weeks: Codes
    start: Ints
    cell: Codes
    values: Mapping[str, Ints] = field(default_factory=dict)

    def series(
        self,
        by: str,
        where: Mapping[str, Collection[str]] | None = None,
        max_age_days: int | None = None,
        columns: Sequence[str] = ("downloads",),
    ) -> Series:
        """Sums by week along a dimension.

        Args:
            by: the dimension.
            where: for some dimensions the labels that count.
            max_age_days: one of `limits`: what is known to be within it; null: everything.
            columns: of counts.

        Raises:
            UsageError: there is no such dimension, label, limit or column.
        """
        ages = _ages(self.limits)
        if max_age_days is not None and max_age_days not in self.limits:
            shown = ", ".join(map(str, self.limits))
            raise UsageError(f"the cube does not know who is within {max_age_days} days", f"one of: {shown}")
        for column in columns:
            if column not in self.values:
                raise UsageError(f"the cube has no {column!r}", f"one of: {', '.join(self.values)}")
        groups = self.coding.groups(by, where or {})
        names = self.coding.names_of(by)
        within = np.ones(ages.classes, bool) if max_age_days is None else ages.within(max_age_days)
        group = np.where(within, groups[:, None], np.int32(len(names))).astype(np.int32).ravel()
        sums = {column: np.zeros((len(self.weeks), len(names) + 1), np.int64) for column in columns}
        for week in range(len(self.weeks)):
            part = slice(self.start[week], self.start[week + 1])
            of = group.take(self.cell[part], mode="wrap")
            for column in columns:
                np.add.at(sums[column][week], of, self.values[column][part])
        return Series(self.weeks, names, {column: sum_[:, :-1] for column, sum_ in sums.items()})


def cube_of(coding: Coding, limits: tuple[int, ...], columns: Sequence[str], weeks: Iterable[WeekSums]) -> WeekCube:
    """A cube of the sums of some weeks, in order."""
    found = list(weeks)
    empty = np.zeros(0, np.int64)
    return WeekCube(
        coding=coding,
        limits=limits,
        weeks=np.array([sums.week for sums in found], np.int32),
        start=np.append(0, np.cumsum([len(sums.cell) for sums in found], dtype=np.int64)),
        cell=np.concatenate([np.zeros(0, np.int32), *(sums.cell for sums in found)]),
        values={
            **{
                name: np.concatenate([empty, *(sums.values[place] for sums in found)])
                for place, name in enumerate(columns)
            },
            "models": np.concatenate([empty, *(sums.models for sums in found)]),
        },
    )


def series_from_flows(
    flows: WeekFiles,
    labelling: Labelling,
    ages: Ages,
    by: str,
    where: Mapping[str, Collection[str]] | None = None,
    max_age_days: int | None = None,
) -> Series:
    """The series that a cube would give, without making one: for a single question, or labels tried out.

    Raises:
        UsageError: there is no such dimension, label or age limit.
    """
    coarse = labelling.coarse(by, where or {})
    needed = Ages(ages.created, () if max_age_days is None else (max_age_days,))
    made = (sums for (sums,) in weigh_weeks(flows, [coarse], needed))
    cube = cube_of(coarse.coding, needed.limits, flows.values, made)
    everything = cube.series(by, {}, max_age_days, flows.values)
    return Series(everything.weeks, everything.groups[:-1], {n: v[:, :-1] for n, v in everything.values.items()})


def _ages(limits: tuple[int, ...]) -> Ages:
    return Ages(np.zeros(0, np.int32), limits)

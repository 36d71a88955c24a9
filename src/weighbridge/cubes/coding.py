"""Label codes: one dense integer for each combination of labels that occurs, and how such codes grow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.combinations import number
from weighbridge.errors import UsageError

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
SHOWN = 20


@dataclass(frozen=True)
class Coding:
    """What label codes mean.

    Attributes:
        labels: for each dimension the label of each code, int32[codes].
        names: for each dimension the texts of its labels.
    """

    labels: Mapping[str, Codes]
    names: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(next(iter(self.labels.values())))

    def names_of(self, dimension: str) -> tuple[str, ...]:
        """Texts of a dimension's labels.

        Raises:
            UsageError: there is no such dimension.
        """
        if dimension not in self.names:
            raise UsageError(f"there is no dimension {dimension!r} here", f"one of: {', '.join(self.names)}")
        return self.names[dimension]

    def chosen(self, where: Mapping[str, Collection[str]]) -> Mask:
        """Codes whose labels are among those given, in every dimension named, bool[codes].

        Raises:
            UsageError: there is no such dimension or label.
        """
        kept = np.ones(len(self), bool)
        for dimension, wanted in where.items():
            names = self.names_of(dimension)
            for name in wanted:
                if name not in names:
                    raise UsageError(f"no {dimension} is called {name!r}", f"one of: {', '.join(names[:SHOWN])}")
            kept &= np.array([name in wanted for name in names], bool)[self.labels[dimension]]
        return kept

    def groups(self, dimension: str, where: Mapping[str, Collection[str]]) -> Codes:
        """Group of each code along a dimension; what is left out is in a last group of its own, int32[codes]."""
        names = self.names_of(dimension)
        return np.where(self.chosen(where), self.labels[dimension], np.int32(len(names))).astype(np.int32)

    def grown(self, other: Coding) -> tuple[Coding, Codes]:
        """These codes as they are and those of another that are new, and the place here of each of its codes.

        Raises:
            UsageError: the other has other dimensions.
        """
        if list(self.labels) != list(other.labels):
            raise UsageError(f"the dimensions are {', '.join(other.labels)}", f"give {', '.join(self.labels)}")
        names, columns = {}, {}
        for dimension in self.labels:
            place = {name: at for at, name in enumerate(self.names[dimension])}
            moved = [place.setdefault(name, len(place)) for name in other.names[dimension]]
            names[dimension] = tuple(place)
            columns[dimension] = np.append(self.labels[dimension], np.array(moved, np.int32)[other.labels[dimension]])
        combination, _ = number(list(columns.values()))
        first = np.full(int(combination.max(initial=-1)) + 1, -1, np.int32)
        first[combination[: len(self)]] = np.arange(len(self), dtype=np.int32)
        theirs = combination[len(self) :]
        new = np.flatnonzero(first[theirs] < 0)
        first[theirs[new]] = len(self) + np.arange(len(new), dtype=np.int32)
        labels = {
            dimension: np.append(column[: len(self)], column[len(self) + new]).astype(np.int32)
            for dimension, column in columns.items()
        }
        return Coding(labels, names), first[theirs]

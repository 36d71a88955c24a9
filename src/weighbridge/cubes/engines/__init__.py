"""One file an engine: where sums are made. What defines `ENGINE` here is found by itself.

All engines give the same whole numbers. What an engine needs beside the package is imported when it is used.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.ages import Ages
from weighbridge.cubes.labels import Labelling
from weighbridge.cubes.weekcube import WeekCube
from weighbridge.errors import UsageError
from weighbridge.records.discovery import registered
from weighbridge.store.weekfiles import WeekFiles

Ints = npt.NDArray[np.int64]

EMBEDDED = "embedded"
"""The engine where nobody says."""


@dataclass(frozen=True)
class Sums:
    """Sums by the combinations of keys that occur, in ascending order of the keys.

    Attributes:
        keys: for each key its value in each combination, int64[n].
        values: for each column its sums, int64[n].
        rows: rows that were summed, int64[n].
    """

    keys: Mapping[str, Ints]
    values: Mapping[str, Ints]
    rows: Ints


class Engine(Protocol):
    """Something that makes sums."""

    @property
    def id(self) -> str:
        """Name on the command line."""
        ...

    @property
    def title(self) -> str:
        """One line."""
        ...

    def at(self, remote: str) -> Engine:
        """The same engine on another machine.

        Raises:
            UsageError: it runs here only.
        """
        ...

    def sums(self, keys: Mapping[str, npt.NDArray[np.integer]], values: Mapping[str, Ints]) -> Sums:
        """Sums of columns over rows that agree in all keys.

        Args:
            keys: one or more columns of integers, [n] each.
            values: columns of counts, int64[n] each.
        """
        ...

    def weigh(self, flows: WeekFiles, labelling: Labelling, ages: Ages) -> WeekCube:
        """A cube of all weeks of flows; see `reduction.weigh_weeks`."""
        ...


@functools.cache
def engines() -> dict[str, Engine]:
    """All engines by id."""
    return cast("dict[str, Engine]", registered(sys.modules[__name__], "ENGINE"))


def engine(name: str, remote: str | None = None) -> Engine:
    """The engine of that id, here or on another machine.

    Raises:
        UsageError: there is none, or it runs here only.
    """
    if name not in engines():
        raise UsageError(f"there is no engine {name!r}", f"one of: {', '.join(engines())}")
    return engines()[name] if remote is None else engines()[name].at(remote)

"""One file a cleaning rule. What defines `RULE` here is found by itself.

A rule works in two steps, so that it gives the same answer from a store and from a cube file: `facts` looks at
single models and writes one number a cell; `removes` decides from these numbers and the weight in question.
"""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from weighbridge.records.cells import Cells, Coded
from weighbridge.records.discovery import registered

Mask = npt.NDArray[np.bool_]
Facts = npt.NDArray[Any]


@dataclass(frozen=True)
class Evidence:
    """What a rule may look at: one row a model and window.

    Attributes:
        value: whole downloads, int64[n].
        window: index of the window, int32[n].
        ways: how each window was answered: `at` (one 30-day counter), `tiles` or `steps`.
        ends: end of each window, day numbers.
        likes: likes, int64[n]; -1 where not known.
        created: creation day number, -2**31 where unknown, int32[n].
        task: task tags.
        names: repository names.
        spike: whether the cell is what a jump of this model alone added to its flow, bool[n].
    """

    value: npt.NDArray[np.int64]
    window: npt.NDArray[np.int32]
    ways: tuple[str, ...]
    ends: tuple[int, ...]
    likes: npt.NDArray[np.int64]
    created: npt.NDArray[np.int32]
    task: Coded
    names: Coded
    spike: Mask


class Rule(Protocol):
    """Something that is left out, with a name, a version and words."""

    @property
    def id(self) -> str:
        """Name on the command line."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the rule's answer changes."""
        ...

    @property
    def title(self) -> str:
        """One line."""
        ...

    @property
    def words(self) -> str:
        """What it does and why."""
        ...

    @property
    def needs(self) -> str:
        """What it cannot do without, in words; empty where it always runs."""
        ...

    def runs(self, evidence: Evidence) -> bool:
        """Whether what it needs is there."""
        ...

    def facts(self, evidence: Evidence) -> Facts:
        """One number a cell; NaN or false where the rule has nothing to say."""
        ...

    def removes(self, cells: Cells, considered: Mask) -> Mask:
        """Which cells are left out.

        Args:
            cells: with this rule's facts.
            considered: cells in scope, within the age limit and not yet removed by an earlier rule.
        """
        ...


@functools.cache
def rules() -> dict[str, Rule]:
    """All rules by id."""
    return cast("dict[str, Rule]", registered(sys.modules[__name__], "RULE"))

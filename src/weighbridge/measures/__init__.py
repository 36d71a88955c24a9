"""One file a measure: a pure function from weighed cells to rows. What defines `MEASURE` here is found by itself."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from typing import Any, Protocol, cast

from weighbridge.cubes.weigh import Weighed
from weighbridge.records.answer import Answer
from weighbridge.records.discovery import registered


class Measure(Protocol):
    """A figure with its words, formula and source."""

    @property
    def id(self) -> str:
        """Name on the command line."""
        ...

    @property
    def title(self) -> str:
        """One line."""
        ...

    @property
    def words(self) -> str:
        """What it says."""
        ...

    @property
    def formula(self) -> str:
        """How it is computed."""
        ...

    @property
    def source(self) -> str:
        """Where the formula comes from."""
        ...

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """The answer for weighed cells; `options` are the measure's own."""
        ...


@functools.cache
def measures() -> dict[str, Measure]:
    """All measures by id."""
    return cast("dict[str, Measure]", registered(sys.modules[__name__], "MEASURE"))

"""One file a measure: a pure function from weighed cells to rows. What defines `MEASURE` here is found by itself."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from weighbridge.errors import UsageError
from weighbridge.records.discovery import registered

if TYPE_CHECKING:
    from weighbridge.cubes.weigh import Weighed
    from weighbridge.records.answer import Answer


@dataclass(frozen=True)
class Option:
    """Something that a measure can be asked with, beside the question itself.

    Attributes:
        name: of the option, and its key in `Measure.of`.
        help: one line.
        choices: what is valid; null: any text, or any number from 1 if `number`.
        default: where it is not given.
        number: whether it is a whole number.
        argument: whether the command line takes it without `--name`.
        many: whether it is a list, written with commas.
    """

    name: str
    help: str
    choices: tuple[str, ...] | None = None
    default: Any = None
    number: bool = False
    argument: bool = False
    many: bool = False

    def checked(self, value: Any) -> Any:
        """The value, or the default for null.

        Raises:
            UsageError: it is not valid.
        """
        if value is None:
            return self.default
        if self.choices is not None and value not in self.choices:
            raise UsageError(f"there is no {self.name} {value!r}", f"one of: {', '.join(self.choices)}")
        if self.number and (not isinstance(value, int) or value < 1):
            raise UsageError(f"{self.name} {value!r} is not a number from 1", "give 1 or more, or leave it out")
        return value


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

    @property
    def options(self) -> tuple[Option, ...]:
        """What it can be asked with."""
        ...

    @property
    def clean(self) -> tuple[str, ...] | None:
        """Rules that it needs instead of the definition's, or null."""
        ...

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """The answer for weighed cells; `options` are the measure's own, checked, each present."""
        ...


@functools.cache
def measures() -> dict[str, Measure]:
    """All measures by id."""
    return cast("dict[str, Measure]", registered(sys.modules[__name__], "MEASURE"))

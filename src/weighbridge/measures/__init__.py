"""One file a measure: a pure function from weighed cells to rows. What defines `MEASURE` here is found by itself.

Most measures are of one weighing (`Measure`); those that compare definitions or moments of knowledge ask for several
(`Comparison`).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from weighbridge.errors import UsageError
from weighbridge.records.discovery import registered

if TYPE_CHECKING:
    from weighbridge.cubes.weigh import Weighed
    from weighbridge.measures.asking import Asking
    from weighbridge.records.answer import Answer

LISTED_MOST = 1_000_000
"""The largest number of rows that can be asked for; no list of groups is longer."""


@dataclass(frozen=True)
class Option:
    """Something that a measure can be asked with, beside the question itself.

    Attributes:
        name: of the option, and its key in `Measure.of`.
        help: one line.
        choices: what is valid; null: any text, or any number of the range if `number`.
        default: where it is not given.
        number: whether it is a whole number.
        least, most: range of the number; null: without end.
        argument: whether the command line takes it without `--name`.
        many: whether it is a list, or one text with commas.
        repeated: whether the command line takes a list as the option given several times, and not with commas.
        flag: whether it is on or off.
        form: what stands for its value in help texts, such as DATE; null: the name.
    """

    name: str
    help: str
    choices: tuple[str, ...] | None = None
    default: Any = None
    number: bool = False
    least: int = 1
    most: int | None = None
    argument: bool = False
    many: bool = False
    repeated: bool = False
    flag: bool = False
    form: str | None = None

    @property
    def keyword(self) -> str:
        """Its name in Python."""
        name = self.name.replace("-", "_")
        return f"{name}_" if iskeyword(name) else name

    def checked(self, value: Any) -> Any:
        """The value, or the default for null.

        Raises:
            UsageError: it is not valid.
        """
        if value is None:
            return self.default
        if self.many:
            return self._listed(value)
        if self.flag:
            if not isinstance(value, bool):
                raise UsageError(f"{self.name} is on or off, not {value!r}", "give true or false, or leave it out")
            return value
        if self.choices is not None and value not in self.choices:
            raise UsageError(f"there is no {self.name} {value!r}", f"one of: {', '.join(self.choices)}")
        if self.number and not self._in_range(value):
            end = "" if self.most is None else f" to {self.most:,}"
            raise UsageError(
                f"{self.name} {value!r} is not a whole number from {self.least:,}{end}",
                f"give one from {self.least:,}{end or ' on'}, or leave it out",
            )
        return value

    def _in_range(self, value: Any) -> bool:
        """Whether it is a whole number of the range; true and false are none."""
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return value >= self.least and (self.most is None or value <= self.most)

    def _listed(self, value: Any) -> tuple[str, ...]:
        """The parts of a text with commas, or of a list."""
        if not isinstance(value, Iterable) or isinstance(value, (bytes, Mapping)):
            raise UsageError(f"{self.name} {value!r} is no list", "give a list of names, or one text with commas")
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(str(part).strip() for part in parts if str(part).strip())


class Described(Protocol):
    """What every measure says of itself."""

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
    def example(self) -> str:
        """Options of a question that shows what it is for; its page prints the answer from real data."""
        ...

    @property
    def options(self) -> tuple[Option, ...]:
        """What it can be asked with."""
        ...


class Measure(Described, Protocol):
    """A figure of one weighing."""

    @property
    def clean(self) -> tuple[str, ...] | None:
        """Rules that it needs instead of the definition's, or null."""
        ...

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """The answer for weighed cells; `options` are the measure's own, checked, each present."""
        ...


@runtime_checkable
class Condensable(Measure, Protocol):
    """A measure whose groups lie along one dimension: it can be answered from cells summed along that dimension.

    Where these are few they are kept ready; and only such measures can be made by another engine.
    """

    def condensed_by(self, options: Mapping[str, Any]) -> str | None:
        """The one dimension that it groups by; null where it needs more."""
        ...


@runtime_checkable
class Comparison(Described, Protocol):
    """A figure of several weighings of one question: under other definitions, or as it was known at other times."""

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """The answer; `asking` weighs what the measure asks for."""
        ...


@functools.cache
def measures() -> dict[str, Measure | Comparison]:
    """All measures by id."""
    return cast("dict[str, Measure | Comparison]", registered(sys.modules[__name__], "MEASURE"))

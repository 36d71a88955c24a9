"""The grid of defensible definitions: one question under every combination of six choices."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from weighbridge.cubes.weigh import Weighed, weigh
from weighbridge.cubes.windows import DEFAULT_HUB
from weighbridge.definitions.named import define
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import Asking
from weighbridge.records.cells import Slice
from weighbridge.records.definition import Definition
from weighbridge.register.parties import Register

T = TypeVar("T")

AGES: tuple[int | None, ...] = (None, 365, 730)
ATTRIBUTIONS = ("uploader", "base")
SCOPES = ("everything", "language", "without-quantised")
CLEANING = ("none", "house")
CONTESTED = ("main", "widest")
HOUSE_NAME = "house"
CHOICES = ("max_age_days", "attribution", "scope", "clean", "register", "contested")
"""Names of the choices, in the order in which they stand in a row."""


@dataclass(frozen=True)
class Choice:
    """One cell of the grid: what was chosen, and what was weighed under it."""

    chosen: dict[str, Any]
    weighed: Weighed


@dataclass(frozen=True)
class Skipped:
    """Definitions that could not be asked, and why."""

    choice: str
    reason: str

    def to_dict(self) -> dict[str, str]:
        """`{"choice", "reason"}`."""
        return dict(vars(self))


class Grid:
    """All weighings of a question's window; what the grid does not choose stays as it was asked.

    An age limit, attribution or scope of the question that the grid lacks is added to it.

    Attributes:
        skipped: filled while the grid is gone through.
    """

    def __init__(self, asking: Asking, by: str) -> None:
        self.asking, self.by = asking, by
        self.skipped: list[Skipped] = []
        self._rules = define(HOUSE_NAME, asking.question.hub or DEFAULT_HUB).clean
        own = asking.question.definition
        self._ages = _with(AGES, own.max_age_days)
        self._attributions = _with(ATTRIBUTIONS, own.attribution)
        self._scopes = _with(SCOPES, own.scope)

    def __iter__(self) -> Iterator[Choice]:
        """The cells, in the order of `CHOICES`."""
        registers = self._registers()
        own = self.asking.question.definition.clean
        if own not in ((), self._rules):
            reason = "the grid compares no cleaning with the house's rules"
            self.skipped.append(Skipped(f"clean {', '.join(own)}", reason))
        for age, attribution in itertools.product(self._ages, self._attributions):
            condensed = self._condensed(age, attribution, list(registers.values()))
            if condensed is None:
                continue
            for scope, clean in itertools.product(self._scopes, CLEANING):
                definition = self._definition(age, attribution, scope, clean)
                first: Weighed | None = None
                for (name, register), contested in itertools.product(registers.items(), CONTESTED):
                    chosen = dict(zip(CHOICES, (age, attribution, scope, clean, name, contested), strict=True))
                    asked = replace(definition, register=name, contested=contested)
                    try:  # what is kept depends on neither the register nor what is contested
                        first = first or weigh(condensed, asked, register)
                    except DataMissing as error:
                        self.skipped.append(
                            Skipped(f"{age_words(age)}, {attribution}, {scope}, {clean}", error.message)
                        )
                        break
                    yield Choice(chosen, replace(first, definition=asked, register=register))

    def _definition(self, age: int | None, attribution: str, scope: str, clean: str) -> Definition:
        return replace(
            self.asking.question.definition,
            max_age_days=age,
            attribution=attribution,
            scope=scope,
            clean=self._rules if clean == HOUSE_NAME else (),
        )

    def _condensed(self, age: int | None, attribution: str, registers: list[Register]) -> Slice | None:
        definition = self._definition(age, attribution, self._scopes[0], HOUSE_NAME)
        try:
            return self.asking.slicing.condensed(definition, self.by, registers, self._scopes, self._rules)
        except DataMissing as error:
            self.skipped.append(Skipped(f"{age_words(age)}, {attribution}", error.message))
            return None

    def _registers(self) -> dict[str, Register]:
        question, backing = self.asking.question, self.asking.backing
        found = {}
        for name in _with(backing.registers(question.as_of), question.definition.register):
            try:
                found[name] = backing.register(name, question.as_of)
            except (DataMissing, UsageError) as error:
                self.skipped.append(Skipped(f"register {name}", error.message))
        sliced, alone = self.asking.weighed.slice, list(found) == [HOUSE_NAME]
        for name in [name for name in found if name != question.definition.register]:
            if not found[name].slots(sliced.hub, sliced.cells.entries.holder.names).any():
                del found[name]
                self.skipped.append(Skipped(f"register {name}", f"it knows nobody on {sliced.hub}"))
        if alone:
            reason = "no other register has been read in; `weighbridge sources` shows which source brings one"
            self.skipped.append(Skipped("register", reason))
        return found


def _with(choices: Sequence[T], own: T) -> tuple[T, ...]:
    """The choices, and the question's own where it is another."""
    return (*choices, own) if own not in choices else tuple(choices)


def age_words(age: int | None) -> str:
    """An age limit in words."""
    return "any age" if age is None else f"first {age} days"

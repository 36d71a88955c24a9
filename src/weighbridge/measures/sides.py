"""One question asked of every hub that is held, each in its own unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from weighbridge.cubes.tokens import amounts, held
from weighbridge.cubes.weigh import Groups, Weighed
from weighbridge.cubes.windows import DEFAULT_HUB
from weighbridge.definitions.named import define
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.answering import coverage
from weighbridge.measures.asking import Asking, StoreBacking
from weighbridge.measures.table import GroupTable
from weighbridge.records.answer import Row
from weighbridge.records.clock import day_text
from weighbridge.records.definition import Definition
from weighbridge.records.question import Question
from weighbridge.records.shown import plain
from weighbridge.store.flows import WINDOW_DAYS

TOKENS = "tokens"
UNITS = ("downloads", "pulls", TOKENS)
"""Columns that every answer has, null where nothing is held."""


@dataclass(frozen=True)
class Side:
    """What one hub says.

    Attributes:
        column: name of its column: the unit, with the hub where another has the same.
        weighed: the question's weighing there.
        groups: of its entries.
        notes: what the reader must know.
    """

    column: str
    weighed: Weighed
    groups: Groups
    notes: tuple[str, ...] = ()

    def table(self) -> GroupTable:
        """Sums by window and group."""
        return GroupTable(self.weighed, self.groups)

    def to_dict(self) -> dict[str, Any]:
        """Hub, unit, window, vintages, definition and coverage."""
        sliced = self.weighed.slice
        total = int(self.weighed.entries.value.sum())
        return {
            "column": self.column,
            "hub": sliced.hub,
            "unit": sliced.unit,
            "definition": self.weighed.definition.to_dict() | {"register": self.weighed.register.name},
            "window": {
                "from": day_text(min(w.start for w in sliced.windows)),
                "to": day_text(max(w.end for w in sliced.windows)),
                "kind": sliced.windows[0].kind if len({w.kind for w in sliced.windows}) == 1 else "mixed",
                "complete": all(w.complete for w in sliced.windows),
            },
            "vintages": list(sliced.vintages),
            "population": sliced.population,
            "total": total if sliced.totalled else None,
            "coverage": coverage(self.weighed),
        }


def sides(asking: Asking, by: str) -> tuple[list[Side], dict[str, str]]:
    """What every hub that is held answers, the asked one first, and why the others do not, by hub.

    Args:
        asking: a question; its definition is taken as each hub has it.
        by: a dimension.

    Raises:
        DataMissing: no hub answers, or the one that is asked is not held.
    """
    _there(asking)
    found: list[Side] = []
    silent: dict[str, str] = {}
    for hub in _hubs(asking):
        try:
            weighed = _weighed(asking, hub)
        except (DataMissing, UsageError) as error:
            silent[hub] = error.message
            continue
        unit = weighed.slice.unit
        column = f"{unit} ({hub})" if unit in {side.column for side in found} else unit
        found.append(Side(column, weighed, weighed.groups(by), notes=weighed.slice.notes))
    tokens, why = _tokens(asking, by)
    silent |= why
    asked = asking.question.hub in {side.weighed.slice.hub for side in tokens}
    found = [*tokens, *found] if asked else [*found, *tokens]
    if not found:
        raise DataMissing(
            "no hub that is held answers this window", "; ".join(f"{hub}: {why}" for hub, why in silent.items())
        )
    return found, silent


def _there(asking: Asking) -> None:
    """Do nothing where the hub that is asked is held.

    Raises:
        DataMissing: it is not, so that others would answer for it.
    """
    hub, backing = asking.question.hub, asking.backing
    counted = held(backing.store, asking.question) if isinstance(backing, StoreBacking) else []
    hubs = sorted({*backing.hubs(), *(vintage.hub for vintage in counted)})
    if hub is not None and hub not in hubs:
        raise DataMissing(f"nothing is held of the hub {plain(hub)!r}", f"held: {', '.join(hubs) or 'nothing'}")


def _hubs(asking: Asking) -> list[str]:
    """Hubs with counters, the asked one first, then the Hugging Face Hub."""
    question, backing = asking.question, asking.backing
    first = question.hub or DEFAULT_HUB
    there = sorted(backing.hubs(), key=lambda hub: (hub != first, hub != DEFAULT_HUB, hub))
    if question.vintage is not None and isinstance(backing, StoreBacking):
        there = [hub for hub in there if hub == backing.store.vintage(question.vintage).hub]
    return there


def _weighed(asking: Asking, hub: str) -> Weighed:
    """The question asked of one hub; a day of 30-day counters that it lacks is the 30 days up to it."""
    there = asking.instead(hub=hub, definition=_defined(asking.question, hub))
    try:
        return there.weighed
    except DataMissing:
        at = asking.question.at
        if at is None:
            raise
        return there.instead(at=None, start=at - WINDOW_DAYS, end=at).weighed


def _defined(question: Question, hub: str) -> Definition:
    """The question's definition as it is for a hub, with the choices that were given."""
    asked = question.definition
    given: dict[str, Any] = {name: getattr(asked, name) for name in asked.given}
    if given.get("clean") == ():
        given["clean"] = ("none",)
    return replace(define(asked.name, hub, **given), changed=asked.changed)


def _tokens(asking: Asking, by: str) -> tuple[list[Side], dict[str, str]]:
    """What was used by routers' counts, where it is held."""
    if not isinstance(asking.backing, StoreBacking):
        return [], {}
    vintages = held(asking.backing.store, asking.question)
    if not vintages:
        return [], {}
    try:
        used = amounts(vintages, asking.question, asking.register)
    except DataMissing as error:
        return [], {vintages[-1].hub: f"{error.message} ({error.hint})"}
    if by == "family" and not used.single:
        why = f"{used.source} names authors and no models, so nobody knows the families"
        return [], {vintages[-1].hub: why}
    weighed = used.weighed
    said = [f"Scope, age, cleaning and lineage of a definition say nothing of {weighed.slice.unit}."]
    if used.shares:
        said.append(f"Of {used.source} the shares are taken: days weigh alike, and no total is told.")
    rest = int(weighed.entries.value[used.rest].sum()) / max(int(weighed.entries.value.sum()), 1)
    said.append(f"{rest:.1%} of the {weighed.slice.unit} are of models or authors that {used.source} does not name.")
    return [Side(weighed.slice.unit, weighed, used.groups(by), (*said, *used.citations))], {}


def periods(tables: Sequence[GroupTable]) -> list[str]:
    """Names of all windows in their order; one without a name is empty."""
    start = {window.name: window.start for table in tables for window in table.windows}
    return sorted(start, key=lambda name: start[name])


def shares(table: GroupTable, period: str) -> dict[str, Row] | None:
    """The rows of a window by group; null where the table has no such window, or no weight in it."""
    numbers = [number for number, window in enumerate(table.windows) if window.name == period]
    rows = table.rows(numbers[0], np.arange(len(table.names))) if numbers else []
    return {row.group: row for row in rows} or None


def absent(table: GroupTable, period: str, group: str) -> tuple[float, float]:
    """Limits of a group without weight in a window."""
    number = next(number for number, window in enumerate(table.windows) if window.name == period)
    return table.absent(number, group)

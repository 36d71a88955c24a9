"""Parts of a profile that what is held may not be able to tell: series, other definitions, descent, events."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from weighbridge.cubes.kinship import row_of
from weighbridge.cubes.roster import Roster
from weighbridge.cubes.slicing import Slicing
from weighbridge.definitions.named import definitions
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import Asking, Backing, ask
from weighbridge.measures.derivatives import MEASURE as DERIVATIVES
from weighbridge.measures.descent_groups import Lines, group_named, owned
from weighbridge.measures.descent_rows import Descendants
from weighbridge.measures.profiles.ground import Ground
from weighbridge.measures.profiles.parts import single
from weighbridge.quality.ledger import ledger
from weighbridge.records.answer import Row
from weighbridge.records.question import Question

EVENTS = 10
"""Quality events that a profile tells of."""
SERIES = "month"
"""Periods of a series where the question names none."""
CANNOT = (DataMissing, UsageError)
T = TypeVar("T")


@dataclass(frozen=True)
class Telling:
    """A profile while it is made.

    Attributes:
        ground: the question about one window.
        over: periods of the series.
        missing: why parts cannot be told, by part.
    """

    ground: Ground
    over: str
    missing: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, backing: Backing, question: Question) -> Telling:
        """A profile of what a question asks.

        Raises:
            UsageError: there is no such period.
        """
        return cls(Ground.of(backing, question), question.over or SERIES)

    def told(self, part: str, make: Callable[[], T]) -> T | None:
        """A part of a profile; null, with a reason in `missing`, where what is held cannot tell it."""
        try:
            return make()
        except CANNOT as error:
            self.missing[part] = "; ".join(filter(None, (error.message, error.hint)))
            return None

    def series(self, by: str, group: str) -> list[dict[str, Any]] | None:
        """The share of a group period by period; null where fewer than two periods are held."""

        def rows() -> list[dict[str, Any]]:
            made = ask(self.ground.backing, "share", self._periods(), {"by": by})
            if len(made.periods or ()) < 2:
                raise _one_period()
            return [row.to_dict() for row in made.rows if row["group"] == group]

        return self.told("series", rows)

    def series_of_model(self, name: str) -> list[dict[str, Any]] | None:
        """The same of what is credited to one model."""

        def rows() -> list[Row]:
            weighed = Asking(self.ground.backing, self._periods()).weighed
            if len(weighed.slice.windows) < 2:
                raise _one_period()
            return single(weighed, row_of(weighed.slice.hub, weighed.entries.model.names, name))

        found = self.told("series", rows)
        return None if found is None else [row.to_dict() | {"group": name} for row in found]

    def _periods(self) -> Question:
        """The question over periods; one day's counters become all that is held.

        Raises:
            DataMissing: the hub was observed once.
        """
        question = replace(self.ground.question, over=self.over, at=None)
        slicing = self.ground.asking.slicing
        if isinstance(slicing, Slicing):
            vintages = [v for v in slicing.store.vintages(question.as_of) if v.hub == self.ground.hub]
            chosen = [v for v in vintages if v.population == "census" or v.id == question.vintage]
            if len({day for v in chosen for day in (*v.days_30d, *v.days_all)}) < 2:
                raise _one_period()
        return question

    def by_definition(self, by: str, group: str, nobody: Collection[str]) -> list[dict[str, Any]]:
        """The share of a group under every named definition, one row each; `because` says why one has no figure."""
        found = []
        for name, document in definitions().items():
            row: dict[str, Any] = {"definition": name, "title": str(document["title"])}
            row |= dict.fromkeys(("value", "lo", "hi", "downloads", "models", "rank", "ranked", "total", "because"))
            try:
                figures = self.ground.figures(by, group, nobody, name)
                row["total"] = sum(one.downloads or 0 for one in self.ground.rows(by, name))
                row |= figures or {"because": "none of its models counts under this definition"}
            except CANNOT as error:
                row["because"] = "; ".join(filter(None, (error.message, error.hint)))
            found.append(row)
        return found

    def descent(self, by: str, name: str) -> dict[str, Any] | None:
        """The row that `derivatives` has of one group; null where nothing that counts descends from it."""

        def row() -> dict[str, Any]:
            roster = self.single_models()
            groups = owned(roster, by)
            number = group_named(roster, groups, by, name)
            options = {option.name: option.default for option in DERIVATIVES.options} | {"by": by, "top": 1}
            lines = Lines(roster.frame, groups.only(number))
            return Descendants(roster, lines, by, number, False, options).rows()[0].to_dict()

        found = self.told("derivatives", row)
        return None if found is None else {key: value for key, value in found.items() if key != "period"}

    def single_models(self) -> Roster:
        """The models of the census.

        Raises:
            DataMissing: a cube file is asked.
        """
        if self.ground.roster is None:
            raise DataMissing("a cube file does not hold single models", "ask a store")
        return self.ground.roster

    def events(self, models: Collection[str]) -> list[dict[str, Any]] | None:
        """Quality events of some models, the weightiest first; null where no ledger is held."""
        store, asked = self.ground.store, self.ground.question

        def rows() -> list[dict[str, Any]]:
            if store is None:
                raise DataMissing("a cube file holds no single readings, so it has no quality ledger", "ask a store")
            found = ledger(store, self.ground.hub, asked.as_of, asked.vintage).events
            return [event.to_dict() for event in found if event.model in models][:EVENTS]

        return self.told("events", rows)


def _one_period() -> DataMissing:
    return DataMissing("what is held answers one period only", "a second reading, of a later day, makes a series")

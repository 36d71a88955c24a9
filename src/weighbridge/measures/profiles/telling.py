"""Parts of a profile that what is held may not be able to tell: series, other definitions, descent, events."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeVar

from weighbridge.cubes.kinship import row_of
from weighbridge.cubes.slicing import Slicing
from weighbridge.cubes.weigh import Weighed
from weighbridge.definitions.named import define, definitions
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking, Backing, ask
from weighbridge.measures.derivatives import MEASURE as DERIVATIVES
from weighbridge.measures.descent_groups import Lines, group_named
from weighbridge.measures.descent_rows import Descendants
from weighbridge.measures.profiles.ground import Ground
from weighbridge.measures.profiles.parts import single
from weighbridge.measures.profiles.steady import Steady
from weighbridge.records.answer import Answer, Row
from weighbridge.records.question import Question

EVENTS = 10
"""Quality events that a profile tells of."""
SERIES = "month"
"""Periods of a series where the question names none."""
SERIES_PARTS = ("series", "periods", "beside_series")
BESIDE_SERIES = ("window", "vintages", "population", "simulated", "coverage", "sources", "notes")
"""What an answer by period says of all its periods, which differs from what a profile says of its window."""
CANNOT = (DataMissing, UsageError)
T = TypeVar("T")


@dataclass(frozen=True)
class Series:
    """Shares by period, of all groups of a dimension.

    Attributes:
        periods: as answers have them.
        beside: what an answer by period says beside its rows.
        rows: by group, in order of time.
    """

    periods: Sequence[Mapping[str, Any]]
    beside: Mapping[str, Any]
    rows: Mapping[str, Sequence[Row]]

    @classmethod
    def of(cls, made: Answer, rows: Mapping[str, Sequence[Row]]) -> Series:
        """The series of an answer by period.

        Raises:
            DataMissing: fewer than two periods are held.
        """
        if len(made.periods or ()) < 2:
            raise _one_period()
        told = made.to_dict()
        return cls(told["periods"], {name: told[name] for name in BESIDE_SERIES}, rows)


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

    def series(self, by: str, group: str) -> dict[str, Any]:
        """The share of a group period by period, and what stands beside it; null where fewer than two are held.

        Returns:
            `series`, rows with a `period`; `periods`, as answers have them; `beside_series`, what an answer by period
            says beside its rows.
        """

        def made() -> dict[str, Any]:
            question = self._periods()
            found = self._kept(f"series by {by}", question, lambda: self._by_group(question, by))
            rows = [row.to_dict() for row in found.rows.get(group, ())]
            return {"series": rows, "periods": found.periods, "beside_series": found.beside}

        return self.told("series", made) or dict.fromkeys(SERIES_PARTS)

    def series_of_model(self, name: str) -> dict[str, Any]:
        """The same of what is credited to one model."""

        def made() -> dict[str, Any]:
            question = self._periods()
            weighed = Asking(self.ground.backing, question).weighed
            found = self._kept("series of models", question, lambda: Series.of(_beside(weighed), {}))
            rows = single(weighed, row_of(weighed.slice.hub, weighed.entries.model.names, name))
            named = [row.to_dict() | {"group": name} for row in rows]
            return {"series": named, "periods": found.periods, "beside_series": found.beside}

        return self.told("series", made) or dict.fromkeys(SERIES_PARTS)

    def _by_group(self, question: Question, by: str) -> Series:
        made = ask(self.ground.backing, "share", question, {"by": by})
        rows: dict[str, list[Row]] = {}
        for row in made.rows:
            if isinstance(row, Row):
                rows.setdefault(row.group, []).append(row)
        return Series.of(replace(made, rows=()), rows)

    def _kept(self, kind: str, question: Question, make: Callable[[], Series]) -> Series:
        """A series of all subjects, made once where the backing keeps things."""
        backing = self.ground.backing
        return backing.keep(kind, question, make) if isinstance(backing, Steady) else make()

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

    def elsewhere(self, by: str, group: str, nobody: Collection[str]) -> list[dict[str, Any]]:
        """What a group has on each other hub that is held, in its newest window under the same definition."""
        asked, backing = self.ground.question, self.ground.backing
        found = []
        for hub in backing.hubs():
            if hub == self.ground.hub:
                continue
            there = Ground.of(backing, Question(define(asked.definition.name, hub), hub=hub, as_of=asked.as_of))
            try:
                figures = there.figures(by, group, nobody)
            except CANNOT:
                continue
            if figures is not None:
                found.append({"hub": hub, "name": group, "unit": there.weighed.slice.unit, "share": figures})
        return found

    def descent(self, by: str, name: str) -> dict[str, Any] | None:
        """The row that `derivatives` has of one group; null where nothing that counts descends from it."""

        def row() -> dict[str, Any]:
            roster, groups = self.ground.models(), self.ground.owned(by)
            number = group_named(roster, groups, by, name)
            options = {option.name: option.default for option in DERIVATIVES.options} | {"by": by, "top": 1}
            lines = Lines(roster.frame, groups.only(number), edges=roster.edges)
            return Descendants(roster, lines, by, number, False, options).rows()[0].to_dict()

        found = self.told("derivatives", row)
        return None if found is None else {key: value for key, value in found.items() if key != "period"}

    def events(self, models: Collection[str]) -> list[dict[str, Any]] | None:
        """Quality events of some models, the weightiest first; null where no ledger is held."""

        def rows() -> list[dict[str, Any]]:
            mine = (event for event in self.ground.events() if event.model in models)
            return [event.to_dict() for event in islice(mine, EVENTS)]

        return self.told("events", rows)


def _beside(weighed: Weighed) -> Answer:
    """What stands beside the shares of single models by period."""
    return replace(answer("share", "", weighed, "model", []), notes=weighed.slice.notes)


def _one_period() -> DataMissing:
    return DataMissing("what is held answers one period only", "a second reading, of a later day, makes a series")

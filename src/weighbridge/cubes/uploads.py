"""Models counted as such: each weighs one, in the period in which it was created."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.frame import FLAT_DAY, UNKNOWN_DAY, Frame
from weighbridge.cubes.ready import frame_for
from weighbridge.cubes.vector import Rows, Vector
from weighbridge.cubes.windows import censuses, choose_hub, contradictions, known_then, one_census, one_vintage
from weighbridge.errors import DataMissing
from weighbridge.records.cells import MODELS, Slice, Window
from weighbridge.records.clock import Period, day_text, moment_text, period_holding, periods_between
from weighbridge.records.definition import Definition
from weighbridge.records.question import Question
from weighbridge.records.vintage import Vintage
from weighbridge.register import families
from weighbridge.store.flows import KINDS
from weighbridge.store.home import Store

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

PARTS = 720_720
"""What a model weighs in the cells: equal parts of up to 16 roots are whole numbers of it."""
FLAT_NAME = f"≤{day_text(FLAT_DAY)}"
CREATED = "created"


@dataclass(frozen=True)
class Census:
    """One census, in as many vintages as it was read in.

    Attributes:
        vintages: that hold it.
        day: on which the hub was observed, a day number.
        notes: what the reader must know.
    """

    vintages: tuple[Vintage, ...]
    day: int
    notes: tuple[str, ...]


def census_for(store: Store, question: Question) -> Census:
    """The newest census that was known, or that of the day that is asked, whatever it counts.

    Raises:
        DataMissing: none is held, or none of that day.
        UsageError: the question contradicts itself.
    """
    contradictions(question)
    if question.vintage is not None:
        held = [one_vintage(store, question.vintage, question.as_of)]
    else:
        known = known_then(store, question.as_of)
        hub = choose_hub([v.hub for v in known if v.counters], question.hub)
        held = censuses(known, hub, question.as_of)
    days = sorted({day for v in held for day in _days(v)})
    day = days[-1] if question.at is None else question.at
    there = [v for v in held if day in _days(v)]
    if not there:
        near = [day_text(d) for d in ([d for d in days if d < day][-1:] + [d for d in days if d > day][:1])]
        raise DataMissing(f"no census of {day_text(day)} is held", f"nearest days held: {' and '.join(near)}")
    chosen = one_census(there)
    notes = []
    if chosen[0].population == "selection":
        notes.append(f"These are the models of a chosen set ({chosen[0].id}), not of the hub.")
    if len(chosen) > 1:
        notes.append(f"{len(chosen)} readings hold different models of that day; together they are one census.")
    return Census(tuple(chosen), day, tuple(notes))


def _days(vintage: Vintage) -> set[int]:
    return {*vintage.days_30d, *vintage.days_all}


class Uploads:
    """The models of one census with their periods of creation, under any definition."""

    def __init__(self, store: Store, question: Question, census: Census | None = None) -> None:
        """Choose the census; null: the one that the question asks for.

        Raises:
            DataMissing, UsageError: see `census_for`.
        """
        self.store, self.question = store, question
        self.census = census_for(store, question) if census is None else census

    def between(self, start: int, end: int) -> Uploads:
        """The same census over other days of creation, `start ≤ t < end` in day numbers."""
        asked = replace(self.question, at=None, start=start, end=end, trailing_days=None)
        return Uploads(self.store, asked, self.census)

    @cached_property
    def frame(self) -> Frame:
        """Labels of the models, and their graph."""
        return frame_for(self.store, self.census.vintages)

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """The periods that are asked, in order; that of the flat first date before all others.

        Raises:
            DataMissing: no model that is held was created in the asked time.
        """
        question, (first, last) = self.question, self._span
        start = first if question.start is None else question.start
        end = last if question.end is None else question.end
        if question.trailing_days is not None:
            start, end = last - question.trailing_days, last
        if start >= last or end <= first:
            raise DataMissing(
                f"no model that is held was created from {day_text(start)} to {day_text(end)}",
                f"creation dates held: {day_text(first)} to {day_text(last - 1)}",
            )
        flat = bool(question.over) and start <= FLAT_DAY < end and bool((self.frame.created == FLAT_DAY).any())
        spans = (Window(FLAT_DAY, FLAT_DAY + 1, CREATED, FLAT_NAME, True, question.over or ""),) if flat else ()
        if not question.over:
            return (Window(start, end, CREATED, "", end <= last),)
        periods = periods_between(max(start, first), min(end, last), question.over)
        asked = question.start is not None or question.end is not None or question.trailing_days is not None
        if asked:
            periods = [Period(max(p.start, start), min(p.end, end), p.name) for p in periods]
        named = [Window(p.start, p.end, CREATED, p.name, self._whole(p, flat), question.over) for p in periods]
        return (*spans, *named)

    @cached_property
    def _span(self) -> tuple[int, int]:
        """First day of creation, and the day after the last one or after that of the census."""
        created = self.frame.created
        known = created[created != UNKNOWN_DAY]
        if not len(known):
            raise DataMissing(
                "of none of the models that are held it is known when they were created",
                "read a source with creation dates, such as a listing of the Hub",
            )
        day = self.census.day
        later = any(held > day for vintage in self.census.vintages for held in _days(vintage))
        return int(known.min()), (day if later else max(int(known.max()), day)) + 1

    def _whole(self, period: Period, flat: bool) -> bool:
        """Whether all of a named period was asked and seen; what the flat date hides is missing from its own."""
        grain = self.question.over or ""
        seen = period.end <= self._span[1] and not (flat and period.start <= FLAT_DAY < period.end)
        return seen and period_holding(period.start, grain).days == period.days

    def under(self, definition: Definition, only: Mask | None = None) -> Slice:
        """The models under a definition, each a cell that weighs `PARTS`.

        Models of unknown creation date are in the first window and marked as of unknown age.

        Args:
            definition: its attribution and scope count here; an age limit does not, since a new model has no age,
                and no rule, since rules look at downloads.
            only: models that are asked about, bool[models]; null: all.

        Raises:
            DataMissing: no model was created in the asked time.
        """
        rows, unknown = self._rows(only)
        read = self.census.vintages
        vector = Vector(self.frame, (), rows, ())
        return Slice(
            hub=read[0].hub,
            unit=MODELS,
            windows=self.windows,
            cells=vector.cells(
                definition.attribution,
                (definition.scope,),
                (),
                np.ones(len(rows.model), bool),
                unknown,
            ),
            population=read[0].population,
            vintages=tuple(v.id for v in read),
            as_of=moment_text(self.question.as_of or datetime.now(UTC).replace(microsecond=0)),
            simulated=any(v.simulated for v in read),
            families=families.names(),
            notes=(*self.census.notes, *self._notes(rows)),
            sources=tuple({"vintage": v.id, "title": v.title, "sha256": v.sha256} for v in read),
            per_unit=PARTS,
        )

    def _rows(self, only: Mask | None) -> tuple[Rows, Mask]:
        """A row for each model that was created in a window or nobody knows when, and which are the latter."""
        created = self.frame.created
        window = periods_of(created, self.windows)
        unknown = created == UNKNOWN_DAY
        chosen = (window >= 0) | unknown
        model = np.flatnonzero(chosen if only is None else chosen & only)
        value = np.full(len(model), PARTS, np.int64)
        kinds = np.zeros((len(model), len(KINDS)), np.int64)
        kinds[:, 0] = value
        rows = Rows(
            model=model,
            window=np.maximum(window[model], 0).astype(np.int32),
            value=value,
            lo=value,
            hi=value,
            by_kind=kinds,
            spike=np.zeros(len(model), bool),
        )
        return rows, unknown[model]

    def _notes(self, rows: Rows) -> list[str]:
        flat = int((self.frame.created[rows.model] == FLAT_DAY).sum())
        if not flat:
            return []
        one = flat == 1
        where = f"{'it is in' if one else 'they are'} the period {FLAT_NAME}"
        if not self.question.over:
            where = "it is counted" if one else "they are counted"
        begun = "1 model carries" if one else f"{flat:,} models carry"
        note = f"{begun} the Hub's first creation date, {day_text(FLAT_DAY)}, which means on or before"
        return [f"{note}: {where}."]


def periods_of(created: Codes, windows: Sequence[Window]) -> Codes:
    """Window in which each model was created, -1 for none, int32[n].

    Args:
        created: day numbers, `UNKNOWN_DAY` where not known.
        windows: ascending and apart from each other; only that of the flat first date, the first if it is there, takes
            its day from the period around it.
    """
    flat = windows[0].name == FLAT_NAME
    start = np.array([w.start for w in windows[flat:]], np.int64)
    end = np.array([w.end for w in windows[flat:]], np.int64)
    at = np.searchsorted(start, created, side="right") - 1
    found = np.where((at >= 0) & (created < np.append(end, 0)[at]), at + flat, -1)
    return np.where(created == FLAT_DAY, 0, found).astype(np.int32) if flat else found.astype(np.int32)

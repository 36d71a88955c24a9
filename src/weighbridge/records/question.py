"""A question: which hub, which window, known when, under which definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from weighbridge.records.definition import Definition


@dataclass(frozen=True)
class Question:
    """What is asked of a store or a cube file; days are day numbers.

    Attributes:
        definition: the definition, with all changes made.
        hub: null: the only hub there, else huggingface.
        at: the 30-day counters observed that day.
        start, end: flows of `start ≤ t < end`.
        trailing_days: flows of so many days before the last observation.
        over: week, month, quarter or year: one answer a period.
        as_of: only what was known then.
        vintage: answer from this vintage alone.
        splice: 30-day windows may fill the periods that cumulative counters do not reach.
        engine: what makes the sums.
        remote: where it does, if not in this machine.
    """

    definition: Definition
    hub: str | None = None
    at: int | None = None
    start: int | None = None
    end: int | None = None
    trailing_days: int | None = None
    over: str | None = None
    as_of: datetime | None = None
    vintage: str | None = None
    splice: bool = False
    engine: str = "embedded"
    remote: str | None = None

"""Falls of cumulative counters, told into those that were made good and those that stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from weighbridge.store.catalogue import Counters
from weighbridge.store.flows import RECOVERY_DAYS


@dataclass(frozen=True)
class Fall:
    """A cumulative counter that fell.

    Attributes:
        model: row number.
        before: day of the last observation before the fall.
        start: day of the first lower observation.
        end: day on which the counter was back where it had been; null where it stayed down.
        value: the counter before the fall.
        lowest: the lowest counter until it was made good; of a fall that stays the first lower one.
        step: rounding step of the counter.
    """

    model: int
    before: int
    start: int
    end: int | None
    value: int
    lowest: int
    step: int


def falls(counters: Counters) -> Iterator[Fall]:
    """All falls, by the rule that the flows follow (`steps_of`): made good within 30 days, or staying."""
    model, day, value = counters.model, counters.day, counters.value
    resume = -1
    for before in np.flatnonzero((model[1:] == model[:-1]) & (value[1:] < value[:-1])).tolist():
        if before < resume:
            continue
        after = before + 1
        while after < len(model) and model[after] == model[before] and value[after] < value[before]:
            after += 1
        recovered = after < len(model) and model[after] == model[before]
        made_good = bool(recovered and day[after] - day[before] <= RECOVERY_DAYS)
        lowest = int(value[before + 1 : after].min()) if made_good else int(value[before + 1])
        yield Fall(
            model=int(model[before]),
            before=int(day[before]),
            start=int(day[before + 1]),
            end=int(day[after]) if made_good else None,
            value=int(value[before]),
            lowest=lowest,
            step=int(max(counters.step[before], counters.step[before + 1])),
        )
        if made_good:
            resume = after

"""When models are born: after the Hub's published totals, or evenly, for a heavier load."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from weighbridge.records.clock import day_number

Growth = Literal["published", "level"]
Days = npt.NDArray[np.int32]

LAST_DAY = day_number(date(2026, 8, 24))  # a Monday; the day after the last week
TOTALS = (
    (date(2022, 12, 31), 108_473),
    (date(2023, 12, 31), 450_208),
    (date(2024, 9, 25), 1_000_000),
    (date(2025, 12, 15), 2_264_880),
    (date(2026, 8, 22), 3_012_377),
)
"""Public model repositories of the Hub, by day; the day in December 2025 is not published, its middle is taken."""
THERE_AT_FIRST = 0.6  # part of a level hub that is older than its first week


def creation_days(models: int, weeks: int, growth: Growth) -> Days:
    """Creation days of models, ascending, int32[models]; the last lies just before the end of the last week.

    `published`: the totals on the published days, as parts of the last, joined exponentially and carried on into the
    past. `level`: six tenths of the models are there before the first week and the rest come evenly. That is no
    history, but a heavier load: 2.5 million models that grow as published live 200 million weeks in all, of which
    most have no download, so that 60 million (week, model) rows result; a level hub has over 150 million.
    """
    part = (np.arange(models) + 0.5) / models
    first = LAST_DAY - 7 * weeks
    if growth == "level":
        late = first + np.ceil((part - THERE_AT_FIRST) / (1 - THERE_AT_FIRST) * 7 * weeks)
        return np.asarray(np.clip(late, first - 1, LAST_DAY - 1), np.int32)
    days = np.array([day_number(day) for day, _ in TOTALS], float)
    days[-1] = LAST_DAY
    level = np.log([total for _, total in TOTALS])
    before = level[0] - (level[1] - level[0]) * 10  # ten more years at the first pace
    days, level = np.append(days[0] - 10 * (days[1] - days[0]), days), np.append(before, level)
    born = np.interp(np.log(part) + level[-1], level, days)
    return np.asarray(np.minimum(np.ceil(born), LAST_DAY - 1), np.int32)

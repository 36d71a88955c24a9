"""One month's file of Model Pulse: which days it has, which it lacks, and the one that is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from weighbridge.errors import SourceFailed
from weighbridge.records.clock import day_text, parse_day, period_holding
from weighbridge.records.shown import plain
from weighbridge.sources.checks import moments
from weighbridge.sources.tabular import lacking

DAY = 86_400
BATCH_ROWS = 500_000
LATEST = 15  # day of the month; a 30-day window may miss the end of a month by so much


@dataclass(frozen=True)
class Month:
    """What a month's file holds.

    Attributes:
        days: rows by day number.
        column: the file's name for the day.
        chosen: the first whole day, at most the 15th, that the collection does not set aside; null: there is none.
        doubts: what is missing or partial, in words.
    """

    days: Mapping[int, int]
    column: str
    chosen: int | None
    doubts: tuple[str, ...]

    def note(self, file: Path) -> None:
        """Write beside a file that was cut to its chosen day which days it had."""
        named = {day_text(day): rows for day, rows in self.days.items()}
        file.with_suffix(".json").write_text(json.dumps({"days": named}) + "\n", encoding="utf-8")


def look(file: Path, month: str, names: Sequence[str], aside: frozenset[int], closed: bool = True) -> Month:
    """See which days a month's file has. Only the column of days is read, a piece at a time.

    Args:
        file: Parquet.
        month: `2024-09`.
        names: under which the day may stand.
        aside: days that the collection itself sets aside.
        closed: whether the month is over; else days after the last that is there are not missing.

    Raises:
        SourceFailed: the file cannot be read.
        SchemaChanged: no column gives the day.
    """
    try:
        with pq.ParquetFile(file) as source:
            there = source.schema_arrow.names
            column = next((name for name in names if name in there), None)
            if column is None:
                raise lacking(file, names, there)
            days = _noted(file) or _counted(source, column)
    except (pa.ArrowException, OSError) as error:
        raise SourceFailed(f"{file} cannot be read: {plain(str(error))[:300]}", "fetch it again") from None
    span = period_holding(parse_day(f"{month}-01"), "month")
    usual = float(np.median(list(days.values()) or [0]))
    partial = [day for day, rows in days.items() if 2 * rows < usual]
    whole = [day for day in sorted(days) if day not in partial and day not in aside and span.start <= day < span.end]
    chosen = whole[0] if whole and whole[0] - span.start < LATEST else None
    end = span.end if closed else max(days, default=span.start - 1) + 1
    said = [f"{_runs(sorted(set(range(span.start, end)) - set(days)))}: no snapshot in {file.name}; not filled in"]
    said += [f"{_runs(sorted(partial))}: only part of the Hub; not taken"]
    said += [
        f"{_runs(sorted(aside & set(days)))}: set aside by the collection (counters stood still or fell); not taken"
    ]
    if chosen is None:
        said.append(f"{month} has no whole day up to the {LATEST}th, so nothing of it is read")
    return Month(days, column, chosen, tuple(words for words in said if not words.startswith(":")))


def rows_of(source: pq.ParquetFile, looked: Month) -> Iterator[pa.RecordBatch]:
    """The rows of the chosen day, a piece at a time."""
    if looked.chosen is None:
        return
    for batch in source.iter_batches(BATCH_ROWS):
        inside = _days(batch[looked.column]) == looked.chosen
        if inside.any():
            yield batch.filter(pa.array(inside))


def _counted(source: pq.ParquetFile, column: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for batch in source.iter_batches(BATCH_ROWS, columns=[column]):
        days, rows = np.unique(_days(batch[column]), return_counts=True)
        for day, count in zip(days.tolist(), rows.tolist(), strict=True):
            found[day] = found.get(day, 0) + count
    return found


def _noted(file: Path) -> dict[int, int]:
    try:
        days = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))["days"]
        return {parse_day(day): int(rows) for day, rows in days.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _days(column: pa.Array) -> npt.NDArray[np.int64]:
    """Day numbers; what is no day is one before all."""
    seconds, _ = moments(column)
    return np.asarray(seconds.cast(pa.int64()).fill_null(-DAY).to_numpy() // DAY, np.int64)


def _runs(days: Sequence[int]) -> str:
    """`2025-06-04 to 2025-06-09, 2025-06-12` for day numbers in order."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][1] + 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return ", ".join(day_text(a) if a == b else f"{day_text(a)} to {day_text(b)}" for a, b in runs)

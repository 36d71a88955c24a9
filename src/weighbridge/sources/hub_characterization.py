"""Cumulative counters of three million models by day, of which the first day of each month is read.

The file has a row only where a counter moved; a model without one stands where it stood. See
`docs/design/data-sets.md` for what is taken and why.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.clock import day_text, parse_day, period_holding, periods_between
from weighbridge.records.observations import OBSERVATIONS, Batch, Reject, observations
from weighbridge.records.shown import plain
from weighbridge.records.source import Asked, Choice, Descriptor, Fetched, Landing
from weighbridge.sources.checks import counts, moments
from weighbridge.sources.net import datasets
from weighbridge.sources.tabular import lacking, mapped
from weighbridge.sources.typed import Columns, names_of, whole

Ints = npt.NDArray[np.int64]

REPOSITORY = "harvardMadsys/hf-hub-characterization"
MODELS, COUNTERS, SPAN = "models.parquet", "downloads.parquet", "days.json"
ATTRIBUTES: Columns = {
    "hub_key": ("words", ("hub_id", "_id")),
    "name": ("names", ("id", "repo_id", "model_id", "modelId", "model", "full_name", "name")),
    "created": ("moments", ("created_at", "createdAt", "created")),
    "modified": ("moments", ("last_modified", "lastModified", "updated_at")),
    "task": ("words", ("pipeline_tag", "task")),
    "library": ("words", ("library_name", "library")),
    "licence": ("words", ("license", "licence")),
    "base_models": ("lists", ("base_model", "base_models")),
    "parameters": ("counts", ("parameters", "num_parameters", "total_parameters")),
    "likes": ("counts", ("likes",)),
}
SERIES: Columns = {
    "hub_key": ("words", ("hub_id", "_id")),
    "day": ("moments", ("date", "day", "observed_on", "observed_at", "snapshot_date", "snapshot_at")),
    "downloads_all": (
        "counts",
        (
            "downloads_all_time",
            "downloadsAllTime",
            "all_time_downloads",
            "cumulative_downloads",
            "downloads_cumulative",
        ),
    ),
}
"""A column called `downloads` alone could be the counter or what it moved by, so it is not taken for either."""
BATCH_ROWS = 1_000_000
MODELS_A_BATCH = 20_000
DAY = 86_400
NONE = -(2**31)


class HubCharacterization:
    """Reader and fetcher of the models and their counters; the data sets in the collection are left out."""

    id = "hub-characterization"
    descriptor = Descriptor(
        id="hub-characterization",
        title="Cumulative counters of the whole Hub, read once a month",
        producer="Harvard MaDSys, hf-hub-characterization",
        licence="CC-BY-4.0",
        terms="Name Harvard MaDSys. Of each month the first day is read, or each Monday of the days that are asked "
        "for; the rest of the file is left out, and so are its data sets.",
        population="census",
        gives="cumulative download counters of 3.0 million models by their immutable key, 2025-02-28 to 2026-08-31, "
        "with creation dates",
        hub="huggingface",
        unit="downloads",
        folder=True,
    )
    choices: tuple[Choice, ...] = ("revision", "days")
    companions: tuple[tuple[str, Asked], ...] = ()

    def fetch(self, landing: Landing, asked: Asked) -> Iterator[Fetched]:
        """See `LiveSource.fetch`; of days, the Mondays among them."""
        commit = datasets.resolve(REPOSITORY, asked.revision, landing.say)
        days = list(asked.days) if asked.days else None
        held = asked.held or {}
        if held.get("revision") == commit.sha and held.get("days") == days:
            return
        if asked.days and not _mondays(*asked.days):
            raise UsageError("there is no Monday among these days", "give a week or more")
        listed = datasets.wanted(REPOSITORY, datasets.files(REPOSITORY, commit.sha, landing.say), MODELS, COUNTERS)
        if datasets.unchanged(held, listed) and held.get("days") == days:
            return
        landed = [datasets.download(REPOSITORY, file, commit.sha, landing) for file in listed]
        folder = landed[0].parent
        (folder / SPAN).unlink(missing_ok=True)
        if days:
            (folder / SPAN).write_text(json.dumps([day_text(day) for day in days]) + "\n", encoding="utf-8")
        columns = {file.name: mapped(file, names_of(c)) for file, c in zip(landed, (ATTRIBUTES, SERIES), strict=True)}
        origin = datasets.origin(REPOSITORY, commit, listed, days=days, columns=columns)
        yield Fetched(folder, known=commit.time, origin=origin)

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; `path` is a folder with both files."""
        for name in (MODELS, COUNTERS):
            if not (path / name).is_file():
                raise SourceFailed(f"{path} does not hold {name}", f"give the folder with {MODELS} and {COUNTERS}")
        models = whole(path / MODELS, ATTRIBUTES, ("hub_key", "name"))
        try:
            with pq.ParquetFile(path / COUNTERS) as source:
                series = _Series(path / COUNTERS, source, models.rows["hub_key"].combine_chunks(), _span(path))
                series.gather()
        except (pa.ArrowException, OSError) as error:
            raise SourceFailed(
                f"{path / COUNTERS} cannot be read: {plain(str(error))[:300]}", "fetch it again"
            ) from None
        yield Batch(OBSERVATIONS.empty_table(), models.rejects, [*models.doubts, *series.doubts()])
        yield from series.batches(models.rows)


class _Series:
    """The last counter of each model in each stretch between the days that are taken.

    Memory: 12 bytes a model and day taken, and one piece of the file.
    """

    def __init__(self, path: Path, source: pq.ParquetFile, keys: pa.Array, span: tuple[int, int] | None) -> None:
        there = source.schema_arrow.names
        self.source, self.keys = source, keys
        self.column: dict[str, str] = {}
        for ours, (_, names) in SERIES.items():
            found = next((name for name in names if name in there), None)
            if found is None:
                raise lacking(path, names, there)
            self.column[ours] = found
        self.days = _taken(*self._reach(), span)
        self.value = np.zeros((len(keys), len(self.days)), np.int64)
        self.seen = np.full((len(keys), len(self.days)), NONE, np.int32)
        self.others = self.wrong = 0

    def _reach(self) -> tuple[int, int]:
        """First and last day of the file."""
        first, last = 2**31, NONE
        for batch in self.source.iter_batches(BATCH_ROWS, columns=[self.column["day"]]):
            days = _days(batch[0])
            days = days[days != NONE]
            if len(days):
                first, last = min(first, int(days.min())), max(last, int(days.max()))
        if last == NONE:
            raise SourceFailed("the counters hold no day", "fetch them again")
        return first, last

    def gather(self) -> None:
        """Go through the file once, a piece at a time."""
        ends = np.array(self.days)
        value, seen = self.value.reshape(-1), self.seen.reshape(-1)
        for batch in self.source.iter_batches(BATCH_ROWS, columns=list(self.column.values())):
            key, day, counter = (batch[self.column[ours]] for ours in ("hub_key", "day", "downloads_all"))
            model = pc.fill_null(pc.index_in(key.cast(pa.string()), self.keys), -1).to_numpy().astype(np.int64)
            number, bad = counts(counter)
            days = _days(day)
            bad = bad | ~number.is_valid().to_numpy(zero_copy_only=False) | (days == NONE)
            self.others += int((model < 0).sum())
            self.wrong += int((bad & (model >= 0)).sum())
            stretch = np.searchsorted(ends, days)
            kept = np.flatnonzero((model >= 0) & ~bad & (stretch < len(ends)))
            slot, days = model[kept] * len(ends) + stretch[kept], days[kept]
            order = np.lexsort((days, slot))
            last = order[np.append(slot[order][1:] != slot[order][:-1], True)[: len(order)]]
            later = last[days[last] >= seen[slot[last]]]
            counters = pc.fill_null(number, 0).to_numpy()[kept]
            value[slot[later]], seen[slot[later]] = counters[later], days[later]

    def doubts(self) -> list[Reject]:
        """What was taken, what was not, and what could not be read, in words."""
        listed = ", ".join(day_text(day) for day in self.days)
        said = [f"counters of {len(self.days)} days were taken ({listed}); the other days are left out"]
        said += [f"{self.others:,} rows are of repositories that are not among the models"] * bool(self.others)
        said += [f"{self.wrong:,} rows have no valid day or counter"] * bool(self.wrong)
        return [Reject(0, "day", words) for words in said]

    def batches(self, models: pa.Table) -> Iterator[Batch]:
        """Observations of all models, in their order.

        A model is observed on a day if its counter had moved since the day before that is taken, if it will have moved
        by the next one, and on the last. On others it stood still, which a step between two equal counters says too.
        """
        row = 0
        for start in range(0, models.num_rows, MODELS_A_BATCH):
            block = slice(start, start + MODELS_A_BATCH)
            moved = self.seen[block] != NONE
            place = np.maximum.accumulate(np.where(moved, np.arange(len(self.days)), -1), axis=1)
            known = place >= 0
            before_next = np.zeros_like(moved)
            before_next[:, :-1] = moved[:, 1:]
            before_next[:, -1] = True
            model, day = np.nonzero(known & (moved | before_next))
            value = self.value[block][model, place[model, day]]
            taken = models.take(pa.array(start + model)).drop_columns("row")
            columns = {name: taken[name] for name in taken.column_names}
            columns["observed"] = pa.array(np.array(self.days)[day] * DAY).cast(pa.timestamp("s", tz="UTC"))
            columns["downloads_all"] = pa.array(value)
            columns["row"] = pa.array(np.arange(row + 1, row + 1 + len(model)))
            row += len(model)
            yield Batch(observations(columns, len(model)))


def _taken(first: int, last: int, span: tuple[int, int] | None) -> list[int]:
    """The days that are taken: each month's first and both ends, or the Mondays of a span."""
    if span is not None:
        days = [day for day in _mondays(*span) if first <= day <= last]
        if not days:
            raise SourceFailed(
                "the counters hold none of the days that were asked for",
                f"they reach from {day_text(first)} to {day_text(last)}",
            )
        return days
    months = [period.start for period in periods_between(first, last + 1, "month")]
    return sorted({first, last, *(day for day in months if first <= day)})


def _mondays(start: int, end: int) -> list[int]:
    first = period_holding(start, "week").start
    return [day for day in range(first, end, 7) if day >= start]


def _span(folder: Path) -> tuple[int, int] | None:
    try:
        start, end = json.loads((folder / SPAN).read_text(encoding="utf-8"))
        return parse_day(str(start)), parse_day(str(end))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, UsageError):
        raise SourceFailed(f"{folder / SPAN} does not name two days", "remove it: then each month is read") from None


def _days(column: pa.Array) -> npt.NDArray[np.int32]:
    """Day numbers; `NONE` where there is none."""
    found, _ = moments(column)
    seconds = found.cast(pa.int64())
    days = np.where(seconds.is_valid().to_numpy(zero_copy_only=False), seconds.fill_null(0).to_numpy() // DAY, NONE)
    return days.astype(np.int32)


SOURCE = HubCharacterization()

"""Daily history of the Hub's models, one file a month, of which one day a month is read: 30-day windows that tile.

The collection lacks days, and has some on which it saw only part of the Hub. These are told, and never filled in or
taken; see `docs/design/data-sets.md`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.clock import parse_day
from weighbridge.records.observations import Batch, Reject, observations
from weighbridge.records.source import Asked, Choice, Descriptor, Fetched, Landing
from weighbridge.sources.net import datasets
from weighbridge.sources.pulse_months import Month, look, rows_of
from weighbridge.sources.tabular import Piece, lacking, mapped
from weighbridge.sources.typed import Columns, names_of, typed, whole

REPOSITORY = "modelpulse/model-pulse-data"
SERIES = re.compile(r"^series/(\d{4}-(?:0[1-9]|1[0-2]))\.parquet$")
LANDED = re.compile(r"^(?:series-)?(\d{4}-\d{2})\.parquet$")
MODELS, META = "models.parquet", "meta.json"
COLUMNS: Columns = {
    "name": ("names", ("id", "model_id", "modelId", "model")),
    "observed": ("moments", ("day", "date")),
    "downloads_30d": ("counts", ("dl30", "downloads_30d", "downloads")),
    "downloads_all": ("counts", ("dl_all", "downloads_all_time", "downloadsAllTime")),
    "likes": ("counts", ("likes",)),
}
ESSENTIAL = ("name", "observed", "downloads_30d")
ATTRIBUTES: Columns = {
    "name": ("names", ("id", "model_id", "modelId", "model")),
    "created": ("moments", ("created_at", "createdAt")),
    "modified": ("moments", ("last_modified", "lastModified")),
    "task": ("words", ("pipeline_tag",)),
    "library": ("words", ("library_name", "library")),
    "licence": ("words", ("license", "licence")),
    "base_models": ("lists", ("base_ids", "base_models", "base_model")),
}


class ModelPulse:
    """Reader and fetcher of the monthly files."""

    id = "model-pulse"
    descriptor = Descriptor(
        id="model-pulse",
        title="Model Pulse: daily history of the Hub's models, read once a month",
        producer="Tardelli Stekel, from hub-stats; the counters are the Hub's",
        licence="Apache-2.0",
        terms="A model is in it once it had 10 downloads in 30 days, 50 in all, or a like. Only the first whole day of "
        "each month is read, at most the 15th; days that are missing or partial are told and never filled in.",
        population="census",
        gives="30-day counters of 1.6 million models on one day a month from 2024-08 on, cumulative ones from 2025-03 "
        "on, creation dates, tasks, declared base models",
        hub="huggingface",
        unit="downloads",
        folder=True,
    )
    choices: tuple[Choice, ...] = ("revision", "days")
    companions: tuple[tuple[str, Asked], ...] = ()

    def fetch(self, landing: Landing, asked: Asked) -> Iterator[Fetched]:
        """See `LiveSource.fetch`; of days, the months that begin on one of them.

        Each month's file is cut to its one day as soon as it has landed, so the disk holds one at a time.
        """
        commit = datasets.resolve(REPOSITORY, asked.revision, landing.say)
        there = datasets.files(REPOSITORY, commit.sha, landing.say)
        series = {found[1]: file for path, file in there.items() if (found := SERIES.match(path))}
        if not series:
            raise datasets.lacking(REPOSITORY, "series/YYYY-MM.parquet", there)
        months = _months(series, asked)
        if not months:
            return
        models, *more = datasets.wanted(REPOSITORY, there, MODELS, *[name for name in (META,) if name in there])
        total = sum(file.size for file in (models, *(series[month] for month in months)))
        landing.say(f"{REPOSITORY}: {len(months)} months, {total / 1e6:,.0f} MB in all, one after the other")
        folder = landing.folder / commit.sha[:12]
        for file in (models, *more):
            datasets.download(REPOSITORY, file, commit.sha, landing)
        aside = _aside(folder)
        for month in months:
            _land(series[month], month, commit.sha, landing, aside)
        youngest = folder / f"series-{months[-1]}.parquet"
        if look(youngest, months[-1], COLUMNS["observed"][1], aside, closed=False).chosen is None:
            youngest.unlink()  # its day may come yet
            youngest.with_suffix(".json").unlink(missing_ok=True)
            months.pop()
        if not months:
            return
        read = [models, *(series[month] for month in months)]
        columns = mapped(folder / f"series-{months[-1]}.parquet", names_of(COLUMNS))
        before = [] if asked.days else (asked.held or {}).get("months", [])
        origin = datasets.origin(REPOSITORY, commit, read, months=sorted({*before, *months}), columns=columns)
        yield Fetched(folder, known=commit.time, origin=origin)

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; `path` is a folder with `models.parquet` and monthly files, also below `series/`."""
        files = {found[1]: file for file in sorted(path.rglob("*.parquet")) if (found := LANDED.match(file.name))}
        if not files or not (path / MODELS).is_file():
            raise SourceFailed(f"{path} has no monthly files or no {MODELS}", "give the folder of the data set")
        models = whole(path / MODELS, ATTRIBUTES, ("name",))
        yield Batch(observations({}, 0), models.rejects, models.doubts)
        aside, row = _aside(path), 0
        for month, file in files.items():
            looked = look(file, month, COLUMNS["observed"][1], aside, closed=month != max(files))
            yield Batch(observations({}, 0), doubts=[Reject(0, "day", words) for words in looked.doubts])
            for batch in _batches(file, looked, models.rows, row):
                row += batch.rows.num_rows
                yield batch


def _months(series: Collection[str], asked: Asked) -> list[str]:
    """The months to fetch: those that begin on the asked days, or all after those that are held."""
    if asked.days is None:
        held = (asked.held or {}).get("months") or [""]
        return sorted(month for month in series if month > max(held))
    chosen = [month for month in sorted(series) if asked.days[0] <= parse_day(f"{month}-01") < asked.days[1]]
    if not chosen:
        raise UsageError(
            "no month of model-pulse begins on these days",
            f"it is read on one day a month, from {min(series)} to {max(series)}: --from 2024-09-01 --to 2024-10-02",
        )
    return [] if set(chosen) <= set((asked.held or {}).get("months", [])) else chosen


def _aside(folder: Path) -> frozenset[int]:
    """Days that the collection itself sets aside: counters that stood still or fell, or part of the Hub."""
    try:
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
        return frozenset(parse_day(str(day)) for name in ("skip_days", "partial") for day in meta.get(name) or ())
    except (OSError, ValueError, AttributeError, TypeError, UsageError):
        return frozenset()


def _land(file: datasets.Listed, month: str, sha: str, landing: Landing, aside: frozenset[int]) -> None:
    """Land a month's file cut to the day that is read, with a note of the days that it had."""
    target = landing.folder / sha[:12] / f"series-{month}.parquet"
    if target.is_file():
        return
    whole_month = datasets.download(REPOSITORY, file, sha, landing, f"whole-{month}.parquet.part")
    looked = look(whole_month, month, COLUMNS["observed"][1], aside)
    draft = target.with_suffix(".draft")
    with pq.ParquetFile(whole_month) as source, pq.ParquetWriter(draft, source.schema_arrow) as writer:
        for rows in rows_of(source, looked):
            writer.write_batch(rows)
    looked.note(target)
    draft.replace(target)
    whole_month.unlink()


def _batches(file: Path, looked: Month, models: pa.Table, row: int) -> Iterator[Batch]:
    if looked.chosen is None:
        return
    with pq.ParquetFile(file) as source:
        found = mapped(file, names_of(COLUMNS))
        missing = [ours for ours in ESSENTIAL if ours not in found]
        if missing:
            raise lacking(file, COLUMNS[missing[0]][1], source.schema_arrow.names)
        for rows in rows_of(source, looked):
            numbers = pa.array(range(row + 1, row + 1 + rows.num_rows), pa.int64())
            row += rows.num_rows
            piece = typed(Piece({ours: rows[name] for ours, name in found.items()}, numbers), COLUMNS, ESSENTIAL)
            yield Batch(_described(piece.columns, models).filter(pa.array(piece.good)), piece.rejects, piece.doubts)


def _described(columns: Mapping[str, pa.Array], models: pa.Table) -> pa.Table:
    """Observations with the attributes that the models have today; a cumulative 0 beside downloads is no count."""
    count = len(columns["name"])
    place = pc.index_in(columns["name"], models["name"].combine_chunks())
    known = {name: models[name].take(place) for name in ATTRIBUTES if name in models.column_names and name != "name"}
    made: dict[str, Any] = {**known, **columns}
    if "downloads_all" in columns:
        empty = pc.and_(pc.equal(columns["downloads_all"], 0), pc.greater(columns["downloads_30d"], 0))
        if (pc.max(columns["downloads_all"]).as_py() or 0) == 0:
            empty = pa.array([True] * count)
        none = pa.scalar(None, pa.int64())
        made["downloads_all"] = pc.if_else(pc.fill_null(empty, False), none, columns["downloads_all"])
    return observations(made, count)


SOURCE = ModelPulse()

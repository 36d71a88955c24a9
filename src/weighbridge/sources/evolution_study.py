"""The public files of the study of 2025: cumulative counters of the models that it labelled, and its labels of place.

What its columns mean, and what is doubtful, stands in `docs/design/data-sets.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.errors import SchemaChanged, SourceFailed
from weighbridge.records.clock import parse_day
from weighbridge.records.observations import OBSERVATIONS, Batch, Reject, observations
from weighbridge.records.source import Asked, Choice, Descriptor, Fetched, Landing
from weighbridge.sources.checks import NAME
from weighbridge.sources.net import datasets
from weighbridge.sources.study_places import LABELS, places
from weighbridge.sources.tabular import mapped
from weighbridge.sources.typed import Columns, names_of, whole

Ints = npt.NDArray[np.int64]

REPOSITORY = "mmpr/open_model_evolution_data"
ALL, ROLLING = "all_downloads_with_annotations.parquet", "one_year_rolling.parquet"
COLUMNS: Columns = {
    "hub_key": ("words", ("_id", "hub_id")),
    "name": ("names", ("model", "id", "modelId", "model_id")),
    "observed": ("moments", ("time", "date", "day", "snapshot")),
    "created": ("moments", ("created", "createdAt", "created_at")),
    "downloads_all": ("counts", ("downloadsAllTime", "downloads_all_time")),
    "base_models": ("lists", ("merged_derived_from", "derived_from")),
    **LABELS,
}
ESSENTIAL = ("name", "observed", "downloads_all")
DAY = 86_400
FIRST_LOOK_DAYS = 7  # within which of its creation a model must be seen for its zero to be kept
ONE_YEAR = 365
TILES = (parse_day("2024-08-01"), parse_day("2025-05-02"))
"""Days whose 30-day counters complete the year from August 2024 on: seven months before the counters begin, and two in
which both answer, for the error at the joint."""


class EvolutionStudy:
    """Reader and fetcher of both files."""

    id = "evolution-study"
    descriptor = Descriptor(
        id="evolution-study",
        title="The study of 2025's public files: weekly cumulative counters with labels",
        producer="Longpre et al., Economies of Open Intelligence (arXiv 2512.03073)",
        licence="none stated",
        terms="No licence is stated: use it for your own work, name the study, and do not pass the files on.",
        population="selection",
        gives="weekly cumulative download counters of the models that the study labelled, from 2025-02-26 on, "
        "and the place of their namespaces as the register `study-2025`",
        hub="huggingface",
        unit="downloads",
        register="study-2025",
        folder=True,
    )
    choices: tuple[Choice, ...] = ("revision",)
    companions: tuple[tuple[str, Asked], ...] = (("model-pulse", Asked(days=TILES)),)

    def fetch(self, landing: Landing, asked: Asked) -> Iterator[Fetched]:
        """See `LiveSource.fetch`."""
        commit = datasets.resolve(REPOSITORY, asked.revision, landing.say)
        if asked.held is not None and asked.held.get("revision") == commit.sha:
            return
        listed = datasets.wanted(REPOSITORY, datasets.files(REPOSITORY, commit.sha, landing.say), ALL, ROLLING)
        if datasets.unchanged(asked.held, listed):
            return
        landed = [datasets.download(REPOSITORY, file, commit.sha, landing) for file in listed]
        columns = mapped(landed[0], names_of(COLUMNS))
        origin = datasets.origin(REPOSITORY, commit, listed, columns=columns)
        yield Fetched(landed[0].parent, known=commit.time, selection=True, origin=origin)

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; `path` is the folder that holds both files, `at` is not needed."""
        if not (path / ALL).is_file():
            raise SourceFailed(f"{path} does not hold {ALL}", f"give the folder with {ALL} and {ROLLING}")
        table = whole(path / ALL, COLUMNS, ESSENTIAL, [tuple(LABELS)])
        if not table.rows.num_rows:
            yield Batch(OBSERVATIONS.empty_table(), table.rejects, table.doubts)
            return
        series = _Series(table.rows)
        kept, refused = places(table.rows.take(pa.array(series.last)))
        doubts = table.doubts + _compared(path / ROLLING, table.rows)
        yield Batch(series.counted(), table.rejects + refused, doubts, parts={"places": kept})
        zeros = series.zeros()
        if zeros.num_rows:
            yield Batch(zeros)


class _Series:
    """The rows of the table by model and time."""

    def __init__(self, rows: pa.Table) -> None:
        self.rows = rows
        key = pc.coalesce(rows["hub_key"], rows["name"]) if "hub_key" in rows.column_names else rows["name"]
        model = key.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
        time = rows["observed"].cast(pa.int64()).to_numpy()
        order = np.lexsort((time, model))
        ends = np.append(np.flatnonzero(model[order][1:] != model[order][:-1]), len(order) - 1)
        self.time = time
        self.last: Ints = order[ends]
        self.first: Ints = order[np.append(0, ends[:-1] + 1)]

    def counted(self) -> pa.Table:
        """All rows as observations."""
        rows = self.rows
        columns = {name: rows[name] for name in rows.column_names if name in OBSERVATIONS.names}
        if "base_models" in columns:
            columns["base_models"] = _parents(rows["base_models"])
        return observations(columns, rows.num_rows)

    def zeros(self) -> pa.Table:
        """The zero at which a counter began, for models created after the first look and seen within a week of it.

        A chosen set says nothing by absence, so a first counter alone would be no flow. But a repository begins at 0 on
        the day of its creation, which the table gives.
        """
        if "created" not in self.rows.column_names:
            return OBSERVATIONS.empty_table()
        seconds = pc.fill_null(self.rows["created"].cast(pa.int64()), 0).to_numpy()
        created, seen = seconds[self.first], self.time[self.first]
        young = (created > self.time.min()) & (created // DAY < seen // DAY)
        young &= seen - created <= FIRST_LOOK_DAYS * DAY
        rows = self.counted().take(pa.array(self.first[young]))
        for name, values in (("observed", rows["created"]), ("downloads_all", pa.repeat(0, rows.num_rows))):
            rows = rows.set_column(rows.column_names.index(name), name, values)
        return rows.cast(OBSERVATIONS)


def _parents(column: pa.ChunkedArray) -> pa.Array:
    """Base models of each row; words such as `No`, which stand among them, are none."""
    lists = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    items = pc.list_flatten(lists)
    named = pc.and_(pc.match_substring(items, "/"), pc.match_substring_regex(items, NAME))
    named = pc.fill_null(named, False)
    parent = pc.list_parent_indices(lists).filter(named).to_numpy()
    counts = np.bincount(parent, minlength=len(lists))
    offsets = pa.array(np.append(0, np.cumsum(counts)), pa.int32())
    return pa.ListArray.from_arrays(offsets, items.filter(named), mask=pa.array(counts == 0))


def _compared(path: Path, rows: pa.Table) -> list[Reject]:
    """How the second file differs from the first; it is a view of the same counters, and is not read as others."""
    if not path.is_file():
        return [Reject(0, ROLLING, "is not there, so nothing was compared with it")]
    wanted = {name: COLUMNS[name] for name in ESSENTIAL}
    try:
        view = whole(path, wanted, ESSENTIAL).rows.drop_columns("row")
    except SchemaChanged as error:
        return [Reject(0, ROLLING, f"was not compared: {error.message}")]
    except SourceFailed as error:
        return [Reject(0, ROLLING, f"could not be read: {error.message}")]
    extra = [name for name in ("created",) if name in rows.column_names]
    first = rows.select([*ESSENTIAL, *extra]).rename_columns(["name", "observed", "counter", *extra])
    both = view.join(first, ["name", "observed"], join_type="left outer")
    missing = both["counter"].null_count
    other = int(pc.sum(pc.fill_null(pc.not_equal(both["downloads_all"], both["counter"]), False)).as_py() or 0)
    old = 0
    if extra:
        age = pc.subtract(both["observed"].cast(pa.int64()), both["created"].cast(pa.int64()))
        old = int(pc.sum(pc.fill_null(pc.greater(age, (ONE_YEAR + 1) * DAY), False)).as_py() or 0)
    said = {
        f"{missing:,} of its {view.num_rows:,} rows are not in {ALL}": missing,
        f"{other:,} of its {view.num_rows:,} rows have another counter than in {ALL}": other,
        f"{old:,} of its {view.num_rows:,} rows are of models more than a year old": old,
    }
    return [Reject(0, ROLLING, words) for words, count in said.items() if count]


SOURCE = EvolutionStudy()

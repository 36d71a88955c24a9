"""The synthetic hub that is weighed, kept between runs outside the repository: flows, models, and a cube of them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import platformdirs
import pyarrow as pa
import pyarrow.parquet as pq

from bench.synthetic import Population, population, weekly_flows
from bench.synthetic.hub import COUNTRIES, FAMILIES, SIZES, TYPES
from bench.weigh.census import SyntheticCensus
from weighbridge.cubes.ages import Ages
from weighbridge.cubes.engines import EMBEDDED, engine
from weighbridge.cubes.history import History, update_histories
from weighbridge.cubes.labels import Label, Labelling, label
from weighbridge.store.home import Store
from weighbridge.store.weekfiles import Week, WeekFiles

MODELS = 2_500_000  # at scale 1
WEEKS = 300
VERSION = 2  # raised when the hub or its files change
NAMES = {
    "country": (*COUNTRIES, "unregistered"),
    "type": (*TYPES, "unregistered"),
    "family": ("(none)", *(f"family {number}" for number in range(1, FAMILIES))),
    "size": tuple(SIZES),
    "quantised": ("no", "yes"),
    "scope": ("everything", "language", "without-quantised", "language, without-quantised"),
}


@dataclass(frozen=True)
class Kept:
    """Folder of a hub. The last week has a file of its own, so that it can be added to the others."""

    folder: Path

    @property
    def models(self) -> Path:
        """One row a model: creation day and label codes."""
        return self.folder / "models.parquet"

    def flows(self) -> WeekFiles:
        """Downloads by week and model."""
        return WeekFiles(self.folder / "flows")

    def history(self) -> History:
        """The cube of all dimensions, made when the hub was."""
        return History(self.folder / "cube")

    def census(self) -> SyntheticCensus:
        """The last weeks of the hub as a census."""
        count = pq.read_metadata(self.models).num_rows
        return SyntheticCensus(count, WEEKS, Store(self.folder / "store"))

    def sums(self) -> dict[str, npt.NDArray[Any]]:
        """Downloads of the last weeks by organisation and country: `organisation, country, downloads`."""
        table = pq.read_table(self.folder / "sums.parquet")
        return {name: table[name].combine_chunks().to_numpy() for name in table.column_names}

    def codes(self, *columns: str) -> dict[str, npt.NDArray[np.int32]]:
        """Columns of the models."""
        table = pq.ParquetFile(self.models).read(list(columns))
        return {name: table[name].combine_chunks().to_numpy() for name in columns}

    def labelling(self, *dimensions: str) -> Labelling:
        """Labels along some dimensions, all of them if none is named."""
        chosen = dimensions or tuple(NAMES)
        codes = self.codes(*chosen)
        return label({name: Label(codes[name], NAMES[name]) for name in chosen})

    def ages(self) -> Ages:
        """Creation days, with the usual limits."""
        return Ages(self.codes("created")["created"])


def keep(scale: float) -> Kept:
    """The hub of a scale, made if it is not there yet."""
    cache = Path(os.environ.get("WEIGHBRIDGE_BENCH") or platformdirs.user_cache_path("weighbridge") / "bench")
    kept = Kept(cache / f"hub-{VERSION}-{scale:g}")
    if kept.folder.exists():
        return kept
    draft = Kept(kept.folder.with_name(f".{kept.folder.name}.new"))
    shutil.rmtree(draft.folder, ignore_errors=True)
    draft.folder.mkdir(parents=True)
    _make(draft, population(round(scale * MODELS), WEEKS, growth="level"))
    draft.folder.rename(kept.folder)
    return kept


def _make(kept: Kept, hub: Population) -> None:
    pq.write_table(_models(hub), kept.models, compression="zstd")
    for weeks in (range(hub.weeks - 1), range(hub.weeks - 1, hub.weeks)):
        with kept.flows().writing() as add:
            for week in weeks:
                model, downloads = weekly_flows(hub, week)
                add(Week(hub.first_day + 7 * week, model, (downloads,)))
    update_histories([kept.history()], kept.flows(), [kept.labelling()], kept.ages())
    pq.write_table(_sums(hub, kept.census().value), kept.folder / "sums.parquet")


def _sums(hub: Population, value: npt.NDArray[np.int64]) -> pa.Table:
    """Sums by organisation (an unregistered namespace is one of its own) and country."""
    country = np.where(hub.registered, hub.country, len(COUNTRIES))
    apart = len(hub.holders.country) + hub.namespace
    organisation = np.where(hub.registered, hub.organisation, apart)
    found = engine(EMBEDDED).sums({"organisation": organisation, "country": country}, {"downloads": value})
    return pa.table({**found.keys, **found.values})


def _models(hub: Population) -> pa.Table:
    codes: dict[str, npt.NDArray[Any]] = {
        "model": np.arange(hub.models),
        "created": hub.created,
        "country": np.where(hub.registered, hub.country, len(COUNTRIES)),
        "type": np.where(hub.registered, hub.type, len(TYPES)),
        "family": hub.family,
        "size": hub.size,
        "quantised": hub.quantised,
        "scope": hub.language + 2 * ~hub.quantised,
    }
    return pa.table({name: column.astype(np.int32) for name, column in codes.items()})

"""Apache Spark, in this machine's processes or on a cluster by Spark Connect."""

from __future__ import annotations

import contextlib
import importlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from weighbridge.cubes.ages import Ages
from weighbridge.cubes.engines import Engine, Sums
from weighbridge.cubes.engines.embedded import ENGINE as EMBEDDED
from weighbridge.cubes.labels import Labelling
from weighbridge.cubes.reduction import WeekSums, cores
from weighbridge.cubes.weekcube import WeekCube, cube_of
from weighbridge.errors import DataMissing, UsageError
from weighbridge.store.weekfiles import WeekFiles

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Ints = npt.NDArray[np.int64]
INSTALL = "pip install 'weighbridge[spark]', and Java 17 or later for Spark in this machine"


@dataclass(frozen=True)
class Spark:
    """Sums made by Spark.

    Attributes:
        remote: address of a Spark Connect server, such as `sc://host:15002`; null: Spark in this machine. The files
            of flows must have the same path there.
    """

    remote: str | None = None
    id = "spark"
    title = "on Apache Spark, here or by Spark Connect"

    def at(self, remote: str) -> Engine:
        """See `Engine.at`."""
        return replace(self, remote=remote)

    def sums(self, keys: Mapping[str, npt.NDArray[np.integer]], values: Mapping[str, Ints]) -> Sums:
        """See `Engine.sums`."""
        frames, narwhals = _packages()
        if not len(next(iter(keys.values()))):  # Spark Connect takes no empty table
            return EMBEDDED.sums(keys, values)
        columns = {
            **{f"key{place}": column.astype(np.int64) for place, column in enumerate(keys.values())},
            **{f"value{place}": column for place, column in enumerate(values.values())},
        }
        names = list(columns)
        with _without_pandas():
            given = self._session().createDataFrame(pa.table(columns))
            summed = frames.sums(narwhals.from_native(given), names[: len(keys)], names[len(keys) :])
            found = _columns(summed, names[: len(keys)])
        return Sums(
            {name: found[f"key{place}"] for place, name in enumerate(keys)},
            {name: found[f"value{place}"] for place, name in enumerate(values)},
            found[frames.ROWS],
        )

    def weigh(self, flows: WeekFiles, labelling: Labelling, ages: Ages) -> WeekCube:
        """See `Engine.weigh`.

        Raises:
            DataMissing: the flows name models that the labelling does not have.
            UsageError: a merge is finer than data frames divide exactly.
        """
        frames, narwhals = _packages()
        pieces = [piece for piece in flows.pieces() if piece.rows]
        model, count = _largest(flows)
        if model >= len(labelling.code):
            raise DataMissing(f"the flows name model {model}, which has no labels", "label all models that have flows")
        if count * int(labelling.mixtures.share.max(initial=0)) > frames.EXACT:
            raise UsageError("a merge is finer than Spark divides exactly", "choose the engine embedded")
        paths = sorted({str(piece.path.resolve()) for piece in pieces})
        if not paths:
            return cube_of(labelling.coding, ages.limits, flows.values, _weeks({}, flows))
        tables = frames.tables(labelling, ages)
        with _without_pandas():
            session = self._session()
            given = (session.read.parquet(*paths), *map(session.createDataFrame, (tables.models, tables.parts)))
            read, models, parts = map(narwhals.from_native, given)
            cells = frames.weigh(read, models, parts, tables.codes, ages.limits, flows.values)
            found = _columns(cells, ["week", "cell"])
        return cube_of(labelling.coding, ages.limits, flows.values, _weeks(found, flows))

    def _session(self) -> SparkSession:
        """The session of this address, started or connected to when first asked for.

        Raises:
            UsageError: it cannot be had.
        """
        from pyspark.sql import SparkSession

        builder = SparkSession.builder
        if self.remote is not None:
            builder = builder.remote(self.remote)
        else:
            builder = (
                builder.master(f"local[{cores()}]")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", str(2 * cores()))
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
            )
        try:
            return builder.appName("weighbridge").getOrCreate()
        except Exception as error:  # whatever Java or the network raises
            where = self.remote or "this machine"
            raise UsageError(f"Spark does not start at {where}: {error}", INSTALL) from None


def _packages() -> tuple[Any, Any]:
    """The weighing over data frames, and Narwhals.

    Raises:
        UsageError: what Spark needs is not installed.
    """
    try:
        importlib.import_module("pyspark")
        narwhals = importlib.import_module("narwhals")
        return importlib.import_module("weighbridge.cubes.dataframes"), narwhals
    except ImportError as error:
        raise UsageError(f"the engine spark needs a package: {error}", INSTALL) from None


@contextlib.contextmanager
def _without_pandas() -> Iterator[None]:
    """Leave out Spark's warning of pandas it has not tried: only Arrow passes between Spark and here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


def _columns(frame: Any, order: list[str]) -> dict[str, Ints]:
    """All columns of a frame as whole numbers, in order of some of them."""
    table = frame.to_native().toArrow()
    columns = {name: table[name].to_numpy().astype(np.int64) for name in table.column_names}
    rows = np.lexsort([columns[name] for name in reversed(order)])
    return {name: column[rows] for name, column in columns.items()}


def _largest(flows: WeekFiles) -> tuple[int, int]:
    """The largest model and the largest count in the flows, as the files' statistics say."""
    most, width = [-1, 0], len(flows.values)
    for path in {piece.path for piece in flows.pieces()}:
        footer = pq.read_metadata(path)
        for number in range(footer.num_row_groups):
            spans = [footer.row_group(number).column(at).statistics for at in range(1, 2 + width)]
            most = [max(most[0], spans[0].max), max(most[1], *(span.max for span in spans[1:]))]
    return most[0], most[1]


def _weeks(found: Mapping[str, Ints], flows: WeekFiles) -> list[WeekSums]:
    """Sums of all weeks that the flows hold, also of those without rows."""
    weeks = flows.weeks()
    empty = np.zeros(0, np.int64)
    at = np.searchsorted(found.get("week", empty), [*weeks, 2**31])
    sums = []
    for number, week in enumerate(weeks):
        part = slice(at[number], at[number + 1])
        values = tuple(found.get(name, empty)[part] for name in flows.values)
        cell = found.get("cell", empty)[part].astype(np.int32)
        sums.append(WeekSums(week, cell, values, found.get("rows", empty)[part]))
    return sums


ENGINE = Spark()

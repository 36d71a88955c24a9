"""Apache Spark, in this machine's processes or on a cluster by Spark Connect."""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

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
from weighbridge.errors import DataMissing, SourceFailed, UsageError, WeighbridgeError
from weighbridge.store.weekfiles import WeekFiles

Ints = npt.NDArray[np.int64]
Session = Any  # pyspark has two kinds, here and by Connect, which share no type
DataFrame = Any

INSTALL = "pip install 'weighbridge[spark]', and Java 17 or later for Spark in this machine"
ADDRESS = "give the address of a Spark Connect server, such as sc://host:15002"
PATIENCE = 10.0  # seconds in which a server must answer
TRIES = 6  # of a request to a server that has answered before: some twenty seconds
MANY = 100_000  # rows from which a file is quicker than handing a table to Spark in this machine
RETRIED = r"\[RETRIES_EXCEEDED\]"
HEAP = "4g"  # at most; holds the labels of some ten million models


@dataclass(frozen=True)
class Spark:
    """Sums made by Spark.

    Attributes:
        remote: address of a Spark Connect server, such as `sc://host:15002`; null: Spark in this machine.
        flows_at: URL of the folder of flows where Spark reads it, such as `s3a://bucket/flows`, with the same files
            as the folder here, and spaces as they are; null: it has the same path there.
    """

    remote: str | None = None
    flows_at: str | None = None
    id = "spark"
    title = "on Apache Spark, here or by Spark Connect"

    def at(self, remote: str) -> Engine:
        """See `Engine.at`."""
        return replace(self, remote=remote)

    def sums(self, keys: Mapping[str, npt.NDArray[np.integer]], values: Mapping[str, Ints]) -> Sums:
        """See `Engine.sums`.

        Raises:
            UsageError, SourceFailed: Spark cannot be had, or failed.
        """
        frames, narwhals = _packages()
        if not len(next(iter(keys.values()))):  # Spark Connect takes no empty table
            return EMBEDDED.sums(keys, values)
        columns = {
            **{f"key{place}": column.astype(np.int64) for place, column in enumerate(keys.values())},
            **{f"value{place}": column for place, column in enumerate(values.values())},
        }
        names = list(columns)
        with self._session() as session, self._given(session, pa.table(columns)) as (given,):
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
            UsageError: a merge is finer than data frames divide exactly, or Spark cannot be had.
            SourceFailed: Spark failed, or does not read the flows that are here.
        """
        frames, narwhals = _packages()
        pieces = [piece for piece in flows.pieces() if piece.rows]
        model, count = _largest(flows)
        if model >= len(labelling.code):
            raise DataMissing(f"the flows name model {model}, which has no labels", "label all models that have flows")
        if count * int(labelling.mixtures.share.max(initial=0)) > frames.EXACT:
            raise UsageError("a merge is finer than Spark divides exactly", "choose the engine embedded")
        paths = self._paths({piece.path for piece in pieces})
        if not paths:
            return cube_of(labelling.coding, ages.limits, flows.values, _weeks({}, flows))
        tables = frames.tables(labelling, ages)
        with self._session() as session, self._given(session, tables.models, tables.parts) as (models, parts):
            read = session.read.parquet(*paths)
            self._compare(read, sum(piece.rows for piece in pieces))
            given = map(narwhals.from_native, (read, models.hint("broadcast"), parts.hint("broadcast")))
            cells = frames.weigh(*given, tables.codes, ages.limits, flows.values)
            found = _columns(cells, ["week", "cell"])
        return cube_of(labelling.coding, ages.limits, flows.values, _weeks(found, flows))

    def _paths(self, files: set[Path]) -> list[str]:
        """Where Spark reads some files of flows."""
        if self.flows_at is None:
            return sorted(str(path.resolve()) for path in files)
        return sorted(f"{self.flows_at.rstrip('/')}/{path.name}" for path in files)

    def _compare(self, read: DataFrame, rows: int) -> None:
        """Refuse flows elsewhere that are not those here, as far as counting their rows can say."""
        if self.remote is None and self.flows_at is None:
            return
        found = read.count()
        if found != rows:
            raise SourceFailed(
                f"Spark reads {found:,} rows of flows at {self.flows_at or 'the same path'}, and {rows:,} are here",
                "copy the folder of flows there again",
            )

    @contextlib.contextmanager
    def _given(self, session: Session, *tables: pa.Table) -> Iterator[list[DataFrame]]:
        """Tables as data frames, by way of files where these are quicker; they last as long as the block."""
        with tempfile.TemporaryDirectory(prefix="weighbridge-") as name:
            frames = []
            for number, table in enumerate(tables):
                if self.remote is not None or table.num_rows < MANY:
                    frames.append(session.createDataFrame(table))
                    continue
                path = Path(name) / f"{number}.parquet"
                differences = dict.fromkeys(table.column_names, "DELTA_BINARY_PACKED")
                pq.write_table(table, path, use_dictionary=False, column_encoding=differences, compression="none")
                frames.append(session.read.parquet(_url(path)))
            yield frames

    @contextlib.contextmanager
    def _session(self) -> Iterator[Session]:
        """The session of this address; what goes wrong with it in the block is said in our words.

        Raises:
            UsageError: it cannot be had.
            SourceFailed: Spark failed, or nobody answers at the address.
        """
        where = self.remote or "this machine"
        with warnings.catch_warnings():  # only Arrow passes between Spark and here, so pandas is not used
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
            warnings.filterwarnings("ignore", RETRIED, UserWarning)
            session = _started() if self.remote is None else _connected(self.remote)
            try:
                yield session
            except WeighbridgeError:
                raise
            except Exception as error:  # whatever Java or the network raises
                if not type(error).__module__.startswith(("pyspark", "py4j", "grpc")):
                    raise
                _connected.cache_clear()  # the next question may find the server there again
                raise SourceFailed(f"Spark at {where} failed: {_first(error)}", "its log says more") from None


def _started() -> Session:
    """The session in this machine: one that is there already, or a new one that ends with this process.

    Raises:
        UsageError: it does not start.
    """
    from pyspark.sql import SparkSession

    there = SparkSession.getActiveSession()
    return there or _start()


def _start() -> Session:
    """A new session in this machine, in a Java process that writes into a file and listens to this machine only."""
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    with contextlib.ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="weighbridge-spark-")))
        log = closing.enter_context((folder / "log").open("w+", encoding="utf-8", errors="replace"))
        settings = {
            "spark.master": f"local[{cores()}]",
            "spark.app.name": "weighbridge",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.maxResultSize": "0",
            "spark.driver.memory": HEAP,
            "spark.local.dir": str(folder),
            "spark.log.level": "ERROR",
            "spark.sql.shuffle.partitions": str(2 * cores()),
            "spark.sql.warehouse.dir": _url(folder / "warehouse"),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
        try:
            gateway = importlib.import_module("pyspark.java_gateway").launch_gateway(
                conf, {"stdout": log, "stderr": log}
            )
            closing.callback(_end, gateway)
            context = SparkContext(conf=conf, gateway=gateway)
            closing.callback(context.stop)
            session = SparkSession(context)
        except Exception as error:  # whatever Java raises
            log.seek(0)
            said = [line.strip() for line in log if line.strip()]
            reason = "; ".join((_first(error), *said[-1:]))
            raise UsageError(f"Spark does not start in this machine: {reason}", INSTALL) from None
        atexit.register(closing.pop_all().close)
        return session


def _end(gateway: Any) -> None:
    """End the Java process, and wait until it has."""
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(PATIENCE)


@functools.cache
def _connected(remote: str) -> Session:
    """The session at an address.

    Raises:
        UsageError: it is no address.
        SourceFailed: nobody answers there.
    """
    from pyspark.errors import PySparkException
    from pyspark.sql.connect.client import DefaultChannelBuilder
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession

    grpc = importlib.import_module("grpc")
    try:
        address = DefaultChannelBuilder(remote)
    except (PySparkException, ValueError) as error:
        raise UsageError(f"{remote!r} is no address of Spark: {_first(error)}", ADDRESS) from None
    try:
        with address.toChannel() as channel:  # else a session asks an address that is dead for many minutes
            grpc.channel_ready_future(channel).result(PATIENCE)
        session = SparkSession.builder.channelBuilder(address).create()
    except grpc.FutureTimeoutError:
        raise SourceFailed(f"nobody answers at {remote} within {PATIENCE:.0f} seconds", ADDRESS) from None
    except (PySparkException, grpc.RpcError) as error:
        raise SourceFailed(f"what answers at {remote} is not Spark: {_first(error)}", ADDRESS) from None
    session.client.set_retry_policies([DefaultPolicy(max_retries=TRIES)])
    atexit.register(_release, session)
    return session


def _release(session: Session) -> None:
    """End a session at its server, if that still answers: once, so that leaving does not wait for a dead one."""
    from pyspark.sql.connect.client.retries import DefaultPolicy

    with contextlib.suppress(Exception), warnings.catch_warnings():
        warnings.filterwarnings("ignore", RETRIED, UserWarning)
        session.client.set_retry_policies([DefaultPolicy(max_retries=1)])
        session.client.release_session()
    session.client.close()


def _url(path: Path) -> str:
    """A path here as Spark reads it, which unlike other URLs takes spaces as they are."""
    return f"file:///{path.as_posix().lstrip('/')}"


def _first(error: Exception) -> str:
    """The first line of what an error says, of Java's or the network's own where it comes from there."""
    if hasattr(error, "details"):
        return str(error.details())
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return next((line.removeprefix(": ") for line in lines if line.startswith(": ")), lines[0])


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


def _columns(frame: Any, order: Sequence[str]) -> dict[str, Ints]:
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

"""Fixtures that all stages share: a store, a small hub read into it, and the folder of real data."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import making
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import Reading, ingest

settings.register_profile("unhurried", deadline=None)  # the first call of many imports, and machines are shared
settings.load_profile("unhurried")

REPOSITORY = Path(__file__).resolve().parent.parent
FIRST_KNOWN = datetime(2026, 1, 1, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """The Hub's client keeps a token and what it was told in the user's folder: no test may read or leave it there."""
    folder = tempfile.TemporaryDirectory()
    config.add_cleanup(folder.cleanup)
    os.environ["HF_HOME"] = folder.name
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.pop("HF_TOKEN", None)
    config.addinivalue_line("markers", "xdist_group(name): tests that one process takes, where several share them")


SLOW_TO_START = {"chromium": "the browser", "spark_here": "Spark"}
"""Fixtures and what they start."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests (`-n 2`), one takes all of a file, all of the browser or all of Spark.

    These two come last: with them both processes are busy to the end, and Spark's client leaves threads that slow
    whatever runs after it.
    """

    def started(item: pytest.Item) -> int:
        named = getattr(item, "fixturenames", ())
        return next((place for place, name in enumerate(SLOW_TO_START, 1) if name in named), 0)

    items.sort(key=started)
    for item in items:
        place = started(item)
        group = [*SLOW_TO_START.values()][place - 1] if place else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session", autouse=True)
def _no_store_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever forgets to name a store must not find the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEIGHBRIDGE_STORE", str(tmp_path_factory.mktemp("nobody") / "store"))
        yield


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that holds nothing."""
    return Store(tmp_path / "store")


@pytest.fixture
def read_hub(store: Store, tmp_path: Path) -> Callable[..., Reading]:
    """A function that writes rows as a CSV listing of the Hub and reads it into `store`.

    Each reading is known an hour after the one before, unless `known` says otherwise.
    """
    count = 0

    def read(rows: list[dict[str, Any]], at: str | None = "2024-07-11", **choices: Any) -> Reading:
        nonlocal count
        count += 1
        path = making.csv_file(tmp_path / f"listing{count}.csv", rows)
        known = choices.pop("known", FIRST_KNOWN + timedelta(hours=count))
        return ingest(store, source("hub-dump"), path, at=at and making.moment(at), known=known, **choices)

    return read


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the repository."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"there is no folder of real data at {folder}")
    return folder


@pytest.fixture(scope="session")
def census(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that holds the census of July 2024, the daily series and the Ollama pulls, read once."""
    held = Store(tmp_path_factory.mktemp("real") / "store")
    for name, file, at, selection in (
        ("hub-dump", "hub-census-2024-07/models.parquet", "2024-07-11", False),
        ("hub-dump", "hub-daily-transformersjs/daily.parquet", None, True),
        ("ollama-pulls", "ollama-pulls-daily/pulls.parquet", None, False),
    ):
        path = real_data / file
        ingest(held, source(name), path, at=at and making.moment(at), known=FIRST_KNOWN, selection=selection)
    return held

"""A small hub behind a server that is asked in this process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import making
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest
from weighbridge.surfaces.api import application

DAY = "2024-07-11"
HOSTILE = "nobody-here/script-alert-1"
ODD = "nobody-there-0/con"
KNOWN = datetime(2026, 1, 1, tzinfo=UTC)


def listing() -> list[dict[str, object]]:
    """Models of registered and unregistered namespaces, with bases and licences."""
    named = [
        ("google/alpha-7b", 5_000, "2023-01-05", "text-generation", "mit", None),
        ("google/beta-2b", 300, "2024-06-20", "fill-mask", "apache-2.0", None),
        ("Qwen/Qwen2-7B", 2_500, "2024-06-15", "text-generation", "apache-2.0", None),
        ("Qwen/Qwen2-7B-GGUF", 700, "2024-06-16", "text-generation", "apache-2.0", "Qwen/Qwen2-7B"),
        ("mistralai/gamma-7b", 900, "2024-02-01", "text-generation", "", None),
        (ODD, 77, "2024-01-01", "text-generation", "mit", None),
        (HOSTILE, 333, "2024-03-01", "image-classification", "other", "google/alpha-7b"),
    ]
    rows: list[dict[str, object]] = [
        {"id": n, "downloads": d, "created_at": c, "pipeline_tag": t, "license": li, "base_model": b, "likes": d // 9}
        for n, d, c, t, li, b in named
    ]
    rows += [
        {"id": f"nobody-there-{i % 5}/m{i:02}", "downloads": 10 + i, "created_at": "2024-01-01", "likes": i}
        for i in range(40)
    ]
    return rows


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with one census. Only read it."""
    folder = tmp_path_factory.mktemp("served")
    store = Store(folder / "store")
    path = making.csv_file(folder / "listing.csv", listing())
    ingest(store, source("hub-dump"), path, at=making.moment(DAY), known=KNOWN)
    return store


@pytest.fixture(scope="session")
def client(small: Store) -> Iterator[TestClient]:
    """A server on it that makes nothing ahead."""
    with TestClient(application(small.path, ahead="nothing"), follow_redirects=False) as served:
        yield served


@pytest.fixture(scope="session")
def sample_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server where no store is: the bundled sample answers."""
    with TestClient(application(tmp_path_factory.mktemp("none") / "store", ahead="nothing")) as served:
        yield served


@pytest.fixture
def secret(small: Store) -> Path:
    """Where the store lies, which no answer may tell."""
    return small.path

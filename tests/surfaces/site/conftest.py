"""A small hub, and folders published of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from invented import KINDS, FewViews, small_hub

import making
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest
from weighbridge.surfaces.site.publishing import Build, publish
from weighbridge.surfaces.views.opening import open_shelf
from weighbridge.surfaces.web import pages


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one census of the small hub. Only read it."""
    folder = tmp_path_factory.mktemp("small")
    path = making.csv_file(folder / "hub.csv", small_hub())
    known = making.moment("2024-07-12T00:00:00")
    ingest(Store(folder / "store"), source("hub-dump"), path, at=making.moment("2024-07-11"), known=known)
    return folder / "store"


@pytest.fixture(scope="session")
def make(small_store: Path) -> Callable[..., Build]:
    """Publishes the invented pages of the small hub."""

    def made(target: Path, base: str | None = None, **more: Any) -> Build:
        return publish(
            open_shelf(small_store).observatory.backing, target, base, kinds=more.pop("kinds", KINDS), **more
        )

    return made


@pytest.fixture(scope="session")
def public(make: Callable[..., Build], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented pages, published. Only read it."""
    return make(tmp_path_factory.mktemp("public") / "site").path


@pytest.fixture(scope="session")
def based(make: Callable[..., Build], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for a known address. Only read it."""
    return make(tmp_path_factory.mktemp("based") / "site", "https://example.org/weigh").path


@pytest.fixture(scope="session")
def real(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages there are, of the small hub, published, some of the views of `explore` among them. Only read it."""
    backing = open_shelf(small_store).observatory.backing
    return publish(backing, tmp_path_factory.mktemp("real") / "site", kinds=pages() | {"explore": FewViews()}).path

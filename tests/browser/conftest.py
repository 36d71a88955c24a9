"""A browser, servers and published folders for tests that use the pages as a person does.

The browser is Debian's Chromium or any other on the path. Without one these tests skip and say what to install; in CI
a missing browser is a failure, and so is what the browser needs to test with.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
import sites
from docs import screenshots
from playwright.sync_api import Browser, expect, sync_playwright
from reading import AXE, Reader

expect.set_options(timeout=15_000)  # where everything else runs too


def lacking(what: str) -> NoReturn:
    """Skip, or fail where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must test in a browser: {what}")
    pytest.skip(what)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this folder; it ends with them, since its event loop would hinder others'."""
    path = screenshots.chromium()
    if path is None:
        lacking("there is no Chromium on the path; on Debian: apt-get install --no-install-recommends chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=screenshots.flags())
        yield browser
        browser.close()


@pytest.fixture
def reader(chromium: Browser) -> Iterator[Callable[..., Reader]]:
    """Somebody with a browser of their own: size, colour scheme, scripts on or off.

    Whatever the test looks at, no reader may have met an error or a request to another host.
    """
    readers: list[Reader] = []

    def sit_down(
        width: int = 1440, height: int = 900, scheme: str = "light", scripts: bool = True, **more: object
    ) -> Reader:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
            **more,
        )
        readers.append(Reader(context))
        return readers[-1]

    yield sit_down
    met = [trouble for one in readers for trouble in one.trouble]
    for one in readers:
        one.context.close()
    assert met == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core, which comes with the front end's packages."""
    if not AXE.exists():
        lacking("axe-core is not installed; `python3 tasks.py web` installs the front end's packages")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="package")
def made_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of an invented hub, some of whose names want to be more than text."""
    return sites.hostile_store(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="package")
def served(made_store: Path) -> Iterator[sites.Site]:
    """The made store behind `weighbridge serve`."""
    with sites.served(made_store) as site:
        yield site


@pytest.fixture(scope="package")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    """The bundled sample behind `weighbridge serve`."""
    with sites.served(tmp_path_factory.mktemp("sample") / "nothing", of_sample=True) as site:
        yield site


@pytest.fixture(scope="package")
def published(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    """The made store as a folder of files, on a plain file server, below the root."""
    with sites.folder(made_store, tmp_path_factory.mktemp("published")) as site:
        yield site


@pytest.fixture(params=["served", "published"])
def site(request: pytest.FixtureRequest) -> sites.Site:
    """The made store's pages: from the server, then from files."""
    found: sites.Site = request.getfixturevalue(request.param)
    return found

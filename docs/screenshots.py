"""Picture every page of the observatory: `python -m docs.screenshots [STORE]`, for `docs/pages.md`.

Pages come from `weighbridge serve` on the bundled sample, or on a store that is named. Chromium must be on the path.
What a browser draws differs from machine to machine, so nothing compares these pictures; a test sees that each page
has its own and that the document shows it.
"""

from __future__ import annotations

import http
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.load import server

from weighbridge.surfaces.views import naming
from weighbridge.surfaces.web import pages
from weighbridge.surfaces.web.page import SUBJECTS

FOLDER = Path(__file__).resolve().parent / "pictures" / "pages"
SIZES = {"wide": (1440, 1500), "narrow": (375, 1300)}
SEARCHED = "qwen"
EXAMPLES = {"model": "Qwen/Qwen-VL-Chat", "organisation": "Google", "family": "Qwen"}
"""Whose pages stand for all of their kind."""
SCALE = {"wide": 0.6, "narrow": 0.9}
"""Pixels of a picture for each of the page's."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-quic", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)  # fmt: skip


def addresses() -> dict[str, str]:
    """Where each page is, by its id."""
    return {page: _address(page) for page in pages()}


def names() -> list[str]:
    """Of the pictures that there must be, without folder."""
    return [f"{page}-{size}.png" for page in pages() for size in SIZES] + ["overview-dark.png"]


def _address(page: str) -> str:
    if page in SUBJECTS:
        return f"{page}/{naming.place(page, EXAMPLES[page])}/"
    query = f"?q={SEARCHED}" if page == "search" else ""
    return query if page == "overview" else f"{page}/{query}"


def chromium() -> str | None:
    """The browser on the path; null: there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def flags() -> list[str]:
    """Without which a browser looks for its maker's hosts, or does not start for root."""
    alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [*QUIET, *alone]


def pictures(url: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each picture."""
    from playwright.sync_api import sync_playwright

    path = chromium() or sys.exit("there is no Chromium on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags())
        for size in SIZES:
            for page, address in addresses().items():
                yield f"{page}-{size}.png", _taken(browser, url + address, size, "light")
        yield "overview-dark.png", _taken(browser, url, "wide", "dark")
        browser.close()


def _taken(browser: Any, address: str, size: str, scheme: str) -> bytes:
    """What somebody sees there once all is drawn, at most one window of it."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=SCALE[size]
    )
    page = context.new_page()
    answer = page.goto(address, wait_until="networkidle")
    if answer.status != http.HTTPStatus.OK:
        sys.exit(f"{address} answers {answer.status}: name an example that the store holds")
    taken: bytes = page.screenshot(animations="disabled")
    context.close()
    return taken


def main(*arguments: str) -> None:
    """Write all pictures, and remove those of pages that are no more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as empty:
        store = Path(arguments[0]) if arguments else Path(empty) / "store"
        with server(store) as (host, port):
            for name, taken in pictures(f"http://{host}:{port}/"):
                (FOLDER / name).write_bytes(taken)
    for path in FOLDER.glob("*.png"):
        if path.name not in names():
            path.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""`weighbridge publish`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from weighbridge.surfaces.cli import options, output


@click.command("publish", short_help="Write all pages, figures and data as files for any host.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--base-url", metavar="URL", help="Address at which the folder will stand, for the sitemap and citations."
)
@click.option("--models", type=click.IntRange(min=0), metavar="N", help="Pages of the N heaviest models only.")
@options.single
def command(folder: Path, base_url: str | None, models: int | None, store: Path | None, as_json: bool) -> None:
    """Write the observatory as a folder of files: pages that need no server, every figure as CSV, JSON, SVG, PNG and
    more, and the data. The folder is written whole or not at all; an earlier build there is replaced. The same readings
    give the same bytes, and build.json holds the SHA-256 of every file.

    Example: weighbridge publish public --base-url https://example.org/weighbridge/
    """
    from weighbridge.records.shown import plain
    from weighbridge.surfaces.site.draft import check
    from weighbridge.surfaces.site.publishing import folder_address, publish
    from weighbridge.surfaces.views.opening import open_shelf

    if base_url is not None:
        folder_address(base_url)
    check(folder)
    observatory = open_shelf(store).observatory
    for note in observatory.notes:
        print(note, file=sys.stderr)
    began = time.monotonic()
    if sys.stderr.isatty():
        print("Making all pages, figures and data files; this takes minutes.", file=sys.stderr)
    with _progress() as telling:
        build = publish(observatory.backing, folder, base_url, models, telling)
    result = build.to_dict()
    if as_json:
        output.document(result)
        return
    for note in result["notes"]:
        print(f"Note: {note}", file=sys.stderr)
    print(f"{plain(str(folder))}: {result['pages']:,} pages, {result['figures']:,} figures, {result['files']:,} files, "
          f"{result['bytes']:,} bytes")  # fmt: skip
    if sys.stderr.isatty():
        print(f"It took {time.monotonic() - began:,.0f} s.", file=sys.stderr)
    print(f"As of {result['as_of']}; sha256 of build.json {result['sha256']}")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """What is being made and how far it is, on standard error and on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console

    with Console(stderr=True).status("publishing") as status:
        yield lambda what, done, of: status.update(f"{what}, {done:,} of {of:,}" if of > 1 else what)

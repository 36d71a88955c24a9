"""`weighbridge report`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from weighbridge.measures.offered import QUESTION
from weighbridge.surfaces.cli import options, output

ENDING = ".html"
ONE_WINDOW = tuple(option for option in QUESTION if option.name not in ("over", "splice"))


@click.option(
    "-o",
    "--output",
    "path",
    type=options.StorePath(path_type=Path, dir_okay=False),
    required=True,
    help="File to write, ending in .html.",
)
@options.single
def _report(path: Path, store: Path | None, as_json: bool, **asked: Any) -> None:
    """Write one file with the shares by country, organisation and family, what they hang on, claims, methods, sources.

    The file opens from disk, holds no script, fetches nothing and prints well. It is written whole or not at all.

    Example: weighbridge report -o report.html --definition base-credit
    """
    from weighbridge.charts.drawing import check_folder, write
    from weighbridge.errors import UsageError
    from weighbridge.records.shown import plain
    from weighbridge.surfaces.cli.opening import opened
    from weighbridge.surfaces.report import given_of, report
    from weighbridge.surfaces.views.opening import open_shelf

    if path.suffix.lower() != ENDING:
        raise UsageError(f"a report cannot be written as {path.name!r}", f"end the name with {ENDING}")
    check_folder(path)
    opened(store)  # says where the sample answers
    with output.waiting("writing the report"):
        made = report(open_shelf(store), given_of(asked))
        write(path, made.html.encode("utf-8"))
    found = {"path": os.fspath(path), "bytes": path.stat().st_size, "title": made.title}
    if as_json:
        output.document(found)
        return
    print(output.said(made.title, "text"))
    print(f"{plain(os.fspath(path))}: {found['bytes']:,} bytes")


for _option in reversed(ONE_WINDOW):
    _report = options.parameter(_option)(_report)
command = click.command("report", short_help="Write a report: one file that opens from disk and prints.")(_report)

"""`weighbridge top`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weighbridge.surfaces.cli import options, output
from weighbridge.surfaces.cli.commands.share import share_columns


@click.command("top", short_help="The most downloaded models, organisations or families.")
@click.argument("of", type=click.Choice(("models", "organisations", "families")))
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@options.question
def command(of: str, top: int, store: Path | None, as_json: bool, form: str, engine: str, **asked: Any) -> None:
    """The most downloaded models, organisations or families, with their shares."""
    from weighbridge.surfaces.python import open_observatory

    with output.waiting("weighing"):
        result = open_observatory(store).top(of=of, top=top, **asked)
    output.answer(result, as_json, form, share_columns)

"""`weighbridge outlier-curve`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weighbridge.surfaces.cli import options, output


@click.command("outlier-curve", short_help="What the outlier rule removes at other thresholds.")
@click.option("--groups", default="CN,US", show_default=True, help="Countries whose shares are shown.")
@options.question
def command(groups: str, store: Path | None, as_json: bool, form: str, engine: str, **asked: Any) -> None:
    """The rule material-outlier over a grid of both its thresholds, with the shares of some countries after it."""
    from weighbridge.errors import UsageError
    from weighbridge.surfaces.python import open_observatory

    if asked["clean"]:
        raise UsageError("outlier-curve runs the rule material-outlier alone", "leave --clean out")
    chosen = [group.strip() for group in groups.split(",") if group.strip()]
    asked["clean"] = ("material-outlier",)
    result = open_observatory(store).ask("outlier-curve", {"groups": chosen}, **asked)
    if as_json:
        output.document(result.to_dict())
    else:
        print(f"{result.title}. {result.headline()}\n")
        output.table(result.values["curve"], form)

"""`weighbridge concentration`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weighbridge.surfaces.cli import options, output


@click.command("concentration", short_help="HHI, Gini and the parts of the largest.")
@click.option("--of", type=click.Choice(("models", "organisations", "countries")), default="models", show_default=True)
@options.question
def command(of: str, store: Path | None, as_json: bool, form: str, engine: str, **asked: Any) -> None:
    """How concentrated downloads are over models, organisations or countries."""
    from weighbridge.surfaces.python import open_observatory

    with output.waiting("weighing"):
        result = open_observatory(store).concentration(of=of, **asked)
    output.answer(result, as_json, form, _columns)


def _columns(row: Any) -> dict[str, Any]:
    return {"index": row.group, "value": row.value, "at least": row.lo, "at most": row.hi}

"""`weighbridge share`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weighbridge.surfaces.cli import options, output

BY = (
    "country", "region", "organisation", "type", "namespace", "family", "task", "library", "licence", "size",
    "quantised", "model",
)  # fmt: skip


@click.command("share", short_help="Share of downloads by country, organisation, family, ...")
@click.option("--by", type=click.Choice(BY), default="country", show_default=True, help="What to group by.")
@click.option("--top", type=click.IntRange(1), help="Keep so many groups; the rest is summed as (other).")
@options.question
def command(by: str, top: int | None, store: Path | None, as_json: bool, form: str, engine: str, **asked: Any) -> None:
    """Share of downloads by group, with bounds, coverage and what was removed.

    Example: weighbridge share --by organisation --top 10 --definition young-models
    """
    from weighbridge.surfaces.python import open_observatory

    with output.waiting("weighing"):
        result = open_observatory(store).share(by=by, top=top, **asked)
    output.answer(result, as_json, form, share_columns)


def share_columns(row: Any) -> dict[str, Any]:
    """Columns of a row of shares."""
    period = {"period": row.period} if row.period else {}
    return period | {
        "group": row.group,
        "share": f"{row.value:.2%}",
        "at least": f"{row.lo:.2%}",
        "at most": f"{row.hi:.2%}",
        "downloads": row.downloads,
        "models": row.models,
        "kind": row.kind,
    }

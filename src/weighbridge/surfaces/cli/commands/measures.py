"""`weighbridge measures`."""

from __future__ import annotations

from pathlib import Path

import click

from weighbridge.surfaces.cli import options, output


@click.command("measures", short_help="What can be measured, with formula and source.")
@options.listing
def command(store: Path | None, form: str, as_json: bool) -> None:
    """All measures with their words, formulas and sources."""
    from weighbridge.measures import measures

    rows = [{k: getattr(m, k) for k in ("id", "title", "words", "formula", "source")} for m in measures().values()]
    if as_json:
        output.document({"rows": rows})
    else:
        output.table(rows if form != "text" else [{"id": r["id"], "title": r["title"]} for r in rows], form)

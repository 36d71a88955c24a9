"""`weighbridge vintages`."""

from __future__ import annotations

from pathlib import Path

import click

from weighbridge.surfaces.cli import options, output


@click.command("vintages", short_help="The readings that the store holds.")
@click.argument("action", type=click.Choice(("list",)), default="list")
@click.option("--as-of", metavar="DATE", help="Only what was known then.")
@options.listing
def command(action: str, as_of: str | None, store: Path | None, form: str, as_json: bool) -> None:
    """All vintages in order of when they became known."""
    from weighbridge.records.clock import parse_moment
    from weighbridge.store.home import Store, default_path

    when = parse_moment(as_of, "--as-of", end_of_day=True) if as_of else None
    rows = [vintage.to_dict() for vintage in Store(store or default_path()).vintages(when)]
    if as_json:
        output.document({"rows": rows})
    else:
        shown = ("id", "hub", "population", "known", "observed_from", "observed_to", "models", "counters")
        output.table(rows if form != "text" else [{key: row[key] for key in shown} for row in rows], form)

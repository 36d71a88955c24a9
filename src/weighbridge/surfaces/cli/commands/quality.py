"""`weighbridge quality`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from weighbridge.surfaces.cli import options, output

SHOWN = 20
MULTIPLE = 10.0  # of the hub's weight
COLUMNS = ("event", "model", "from", "to", "weight", "share", "detail")


@click.command("quality", short_help="What is wrong or odd in the readings, with its weight.")
@click.option("--hub", help="Hub to ask about. [default: the only one held, else huggingface]")
@click.option("--event", metavar="KIND", help="Only events of this kind.")
@click.option("--as-of", metavar="DATE", help="Only what was known then.")
@click.option("--vintage", metavar="ID", help="Events of this vintage alone; needed for a chosen set.")
@click.option("--top", type=click.IntRange(1), help=f"Print so many events. [default: {SHOWN} as text, else all]")
@options.listing
def command(
    hub: str | None,
    event: str | None,
    as_of: str | None,
    vintage: str | None,
    top: int | None,
    store: Path | None,
    form: str,
    as_json: bool,
) -> None:
    """The quality ledger: what is wrong with, or odd about, the readings of a hub, with the weight that it touches.

    Kinds: gap, fall, restatement, spike, duplicate-key, impossible-value, dangling-base, vanished, impostor.

    Example: weighbridge quality --event impostor
    """
    from weighbridge.surfaces.cli.opening import opened

    most = top if top is not None or as_json or form == "csv" else SHOWN
    observatory = opened(store)
    with output.waiting("looking for events"):
        found = observatory.quality(hub, event, as_of, vintage, most)
    if as_json:
        output.document(found)
        return
    aside = sys.stderr if form == "csv" else sys.stdout
    print(output.said(f"Vintage     {', '.join(found['vintages'])}; as of {found['as_of']}", form), file=aside)
    if form != "csv":
        print()
        output.table([_shown(row) for row in found["summary"]], form)
        print()
    rows = found["rows"] if form == "csv" else [{key: _shown(row)[key] for key in COLUMNS} for row in found["rows"]]
    output.table(rows, form)
    for note in found["notes"]:
        print(output.said(f"Note        {note}", form), file=aside)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row for people: the share in per cent, and over 1000 % as a multiple."""
    share = row["share"]
    return row | {"share": None if share is None else f"{share:.2%}" if share <= MULTIPLE else f"x {share:,.0f}"}

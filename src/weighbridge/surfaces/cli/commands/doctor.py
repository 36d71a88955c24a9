"""`weighbridge doctor`."""

from __future__ import annotations

from pathlib import Path

import click

from weighbridge.records.written import cell
from weighbridge.surfaces.cli import options, output


@click.command("doctor", short_help="What the store can answer; what is stale or damaged.")
@click.option("--quick", is_flag=True, help="Compare no file with its digest, which reads all of them; sizes only.")
@options.listing
def command(quick: bool, store: Path | None, form: str, as_json: bool) -> None:
    """What this store can answer: hubs, windows, populations; what is stale; whether a file was damaged."""
    from weighbridge.errors import StoreDamaged
    from weighbridge.surfaces.cli.opening import opened

    found = opened(store).doctor(quick)
    if found["damaged"]:
        hint = "restore these from a backup, or delete the vintage's folder and read the source again"
        raise StoreDamaged("; ".join(found["damaged"]), hint)
    if as_json:
        output.document(found)
        return
    if form == "text":
        whole = "no damage" if found["digests"] else "no damage at first sight (no digest was compared)"
        print(f"{cell(found['store'])}: {whole}; registers: {', '.join(found['registers'])}")
    output.table(found["rows"], form)

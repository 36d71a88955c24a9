"""`weighbridge sync`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from weighbridge.surfaces.cli import options, output


@click.command("sync", short_help="Fetch a source over the network into the store.")
@click.argument("source")
@options.listing
def command(source: str, store: Path | None, form: str, as_json: bool) -> None:
    """Fetch a SOURCE (see `weighbridge sources`) and read what is new; what is there is never changed.

    Example: weighbridge sync hub-stats
    """
    from weighbridge.records.source import Asked
    from weighbridge.sources import source as find
    from weighbridge.store.home import Store, default_path
    from weighbridge.upkeep.syncing import Telling, fetch_and_read, live

    held = Store(store or default_path())
    with output.progress(f"fetching {source}") as tell:
        said = Telling(tell, lambda words: print(words, file=sys.stderr))
        readings = fetch_and_read(held, live(find(source)), Asked(), said)
    rows = [reading.to_dict() for reading in readings]
    if as_json:
        output.document({"source": source, "rows": rows})
    else:
        print("\n".join(f"read: {row['vintage']}" for row in rows) or "nothing new")

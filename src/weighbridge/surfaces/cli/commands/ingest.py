"""`weighbridge ingest`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from weighbridge.surfaces.cli import options, output


@click.command("ingest", short_help="Read a file into the store as a new vintage.")
@click.argument("source")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--at", metavar="DATE", help="When the counters were observed, where the file does not say.")
@click.option("--known", metavar="TIMESTAMP", help="When this was known. [default: now]")
@click.option("--selection", is_flag=True, help="The file is a chosen set, not the whole hub.")
@options.listing
def command(
    source: str,
    path: Path,
    at: str | None,
    known: str | None,
    selection: bool,
    store: Path | None,
    form: str,
    as_json: bool,
) -> None:
    """Read a file of a SOURCE (see `weighbridge sources`) into the store; what is there is never changed.

    Example: weighbridge ingest hub-dump models.parquet --at 2024-07-11
    """
    from datetime import UTC, datetime

    from weighbridge.cubes.ready import keep_ready
    from weighbridge.errors import SchemaChanged, SourceFailed, UsageError, WeighbridgeError
    from weighbridge.records.clock import parse_moment
    from weighbridge.sources import source as find
    from weighbridge.store.home import Store, default_path
    from weighbridge.store.writing import ingest

    reader = find(source)
    moment = parse_moment(at, "--at") if at else None
    when = parse_moment(known, "--known") if known else datetime.now(UTC).replace(microsecond=0)
    where = store or default_path()
    if where.is_file():
        raise UsageError(f"{where} is a file; a cube cannot take data in", "give a folder with --store")
    held = Store(where)
    with output.progress(f"reading {path.name}, rows") as tell:
        try:
            reading = ingest(held, reader, path, at=moment, known=when, selection=selection, progress=tell)
        except SchemaChanged as error:  # a file given by hand is not what it should be; nothing has changed
            raise SourceFailed(error.message, error.hint) from None
    with output.waiting("labelling models, once for this vintage"):
        try:
            keep_ready(held, reading.vintage)
        except (OSError, WeighbridgeError) as error:
            print(f"the vintage is read, but not kept ready: {error}", file=sys.stderr)
    if as_json:
        output.document(reading.to_dict())
        return
    result = reading.to_dict()
    print(f"{'read' if reading.new else 'already held'}: {result['vintage']} ({result['population']})")
    print(
        f"{result['models']:,} models, {result['counters']:,} counters, {result['null_counters']:,} rows without one, "
        f"{result['removed']:,} of removed models"
    )
    for what, rows in (("rejected", result["rejects"]), ("doubtful", result["doubts"])):
        print(f"{result[what]:,} {what}")
        if rows:
            output.table(rows, form)

"""`weighbridge sources`."""

from __future__ import annotations

from pathlib import Path

import click

from weighbridge.surfaces.cli import options, output


@click.command("sources", short_help="What can be read, from whom and under which terms.")
@options.listing
def command(store: Path | None, form: str, as_json: bool) -> None:
    """All sources, with producer, licence, population and what they give."""
    from weighbridge.sources import sources

    rows = [source.descriptor.to_dict() for source in sources().values()]
    if as_json:
        output.document({"rows": rows})
    elif form == "text":
        for row in rows:
            print(f"{row['id']}: {row['title']}")
            for key in ("producer", "licence", "terms", "population", "hub", "gives"):
                print(f"  {key:<10} {row[key]}")
    else:
        output.table(rows, form)

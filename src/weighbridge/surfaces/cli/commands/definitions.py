"""`weighbridge definitions`."""

from __future__ import annotations

from pathlib import Path

import click

from weighbridge.surfaces.cli import options, output


@click.command("definitions", short_help="Named definitions, scopes and cleaning rules.")
@options.listing
def command(store: Path | None, form: str, as_json: bool) -> None:
    """All named definitions, and the scopes and cleaning rules that they are made of."""
    from weighbridge.surfaces.views.definitions import document

    found = document()
    if as_json:
        output.document(found)
    else:
        output.table(
            [{key: row[key] for key in ("id", "kind", "title")} for part in found.values() for row in part], form
        )

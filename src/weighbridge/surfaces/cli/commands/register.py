"""`weighbridge register`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from weighbridge.surfaces.cli import options, output

SHOWN = ("namespace", "downloads", "share", "models", "kind", "title", "website", "location", "verified")


@click.group("register", short_help="Check rows for the register of parties, or get some.")
def command() -> None:
    """The register of who is behind a namespace."""


@command.command("check", short_help="Check a file of corrections.")
@click.argument("file", type=click.Path(path_type=Path))
@options.listing
@click.pass_context
def check(ctx: click.Context, file: Path, store: Path | None, form: str, as_json: bool) -> None:
    """Check a CSV FILE of one's own rows (columns of the register's namespaces.csv; namespace and organisation are
    needed), and say what they change and how much weight they touch. Use them with --register FILE.csv."""
    from weighbridge.surfaces.cli.opening import opened

    found = opened(store).check_register(file)
    if as_json:
        output.document(found)
    else:
        heads = ("row", "namespace", "status", "house", "yours", "downloads", "reason")
        output.table([{head: row.get(head) for head in heads} for row in found["rows"]], form)
        if form == "text":
            print(f"\n{found['faults']} rows with faults of {len(found['rows'])}")
    ctx.exit(1 if found["faults"] else 0)


@command.command("suggest", short_help="Heaviest namespaces that nobody has looked at, as rows to review.")
@click.option("--top", type=click.IntRange(1, 1_000_000), default=50, show_default=True, help="How many rows.")
@options.asking
@options.form
def suggest(top: int, store: Path | None, as_json: bool, form: str, **asked: Any) -> None:
    """List the heaviest unregistered namespaces with what is known of them; the register itself is not changed.

    With --format csv the rows have the columns of the register's namespaces.csv. Fill in who is behind each
    (organisation), see to grade and evidence, and check the file with `weighbridge register check`.

    Example: weighbridge register suggest --top 200 --format csv > review.csv
    """
    from weighbridge.measures.suggestions import register_columns
    from weighbridge.surfaces.cli.opening import opened

    observatory = opened(store)
    with output.waiting("weighing"):
        result = observatory.suggest_register(top, **asked)
    if as_json:
        output.document(result.to_dict())
        return
    heads = register_columns() if form == "csv" else SHOWN
    rows = [{head: row[head] for head in heads} for row in result.rows]
    if form != "csv":
        rows = [{**row, "share": f"{row['share']:.2%}"} for row in rows]
    output.table(rows, form)
    aside = sys.stderr if form == "csv" else sys.stdout
    print(file=aside)
    for note in result.notes:
        print(output.said(note, form), file=aside)

"""`weighbridge register`."""

from __future__ import annotations

from pathlib import Path

import click

from weighbridge.surfaces.cli import options, output


@click.group("register", short_help="Check one's own rows for the register of parties.")
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

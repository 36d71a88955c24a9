"""`weighbridge lineage`."""

from __future__ import annotations

from pathlib import Path

import click

from weighbridge.surfaces.cli import options, output

SHOWN_CHILDREN = 15


@click.command("lineage", short_help="Parents, roots and children of a model.")
@click.argument("model")
@click.option("--hub", help="Hub of the model.")
@click.option("--as-of", metavar="DATE", help="Only what was known then.")
@click.option("--vintage", metavar="ID", help="From this vintage alone.")
@options.single
def command(
    model: str,
    hub: str | None,
    as_of: str | None,
    vintage: str | None,
    store: Path | None,
    as_json: bool,
) -> None:
    """Draw the declared line of a MODEL: its ancestors, the roots that get the credit, and what descends from it."""
    from weighbridge.records.shown import plain
    from weighbridge.surfaces.cli.opening import opened

    found = opened(store).lineage(model, hub, as_of, vintage)
    if as_json:
        output.document(found)
        return
    for line in found["tree"]:
        note = f"  ({line['note']})" if line["note"] else ""
        arrow = "└─ " if line["depth"] else ""
        print(f"{'   ' * max(line['depth'] - 1, 0)}{arrow}{plain(line['model'])}{note}")
    inferred = " (inferred)" if found["relation"]["inferred"] else ""
    print(f"\nRelation   {found['relation']['name']}{inferred}")
    roots = ", ".join(f"{r['model']} {r['weight']:.1%}" for r in found["roots"])
    print(f"Roots      {plain(roots)}")
    children = found["children"]
    more = f" and {len(children) - SHOWN_CHILDREN:,} more" if len(children) > SHOWN_CHILDREN else ""
    print(
        f"Children   {len(children):,}: {plain(', '.join(children[:SHOWN_CHILDREN]))}{more}"
        if children
        else "Children   none"
    )
    print(f"Vintage    {', '.join(found['vintages'])}")

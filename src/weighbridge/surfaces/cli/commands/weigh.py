"""`weighbridge weigh`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weighbridge.surfaces.cli import options, output


@click.command("weigh", short_help="Weigh a hub's whole history by week, and keep it.")
@click.option("--hub", help="Hub to weigh. [default: the only one held, else huggingface]")
@options.single
def command(hub: str | None, store: Path | None, as_json: bool) -> None:
    """Bring the weekly flows of a hub and their cubes up to date with the readings that are held. They lie beside the
    readings, may be deleted at any time, and answer `weighbridge history`.

    Example: weighbridge weigh --hub ollama
    """
    from weighbridge.cubes.weekly import weigh_history
    from weighbridge.cubes.windows import choose_hub
    from weighbridge.store.home import Store, default_path

    held = Store(store or default_path())
    chosen = choose_hub([v.hub for v in held.vintages() if v.counters], hub)
    with output.waiting("weighing the history"):
        done = weigh_history(held, chosen).to_dict()
    if as_json:
        output.document(done)
    else:
        _print(done)


def _print(done: dict[str, Any]) -> None:
    weeks = f"{done['weeks_added']} added, {done['weeks_rewritten']} rewritten; {done['weeks_provisional']} provisional"
    print(f"Hub         {done['hub']}: {done['models']:,} models, readings: {done['vintages']}")
    print(f"Weeks       {done['weeks']} held: {weeks}")
    print(f"Flows       {done['rows']:,} rows in {done['bytes']:,} bytes; {done['rows_written']:,} rows written")
    for name, cube in done["cubes"].items():
        print(f"Cube        {name}: {cube['weeks']} weeks weighed{', made anew' if cube['anew'] else ''}")
    print(f"Seconds     flows {done['seconds']['flows']}, cubes {done['seconds']['cubes']}")

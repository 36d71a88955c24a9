"""`weighbridge history`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from weighbridge.records.clock import GRAINS
from weighbridge.surfaces.cli import options, output

BY = ("country", "type", "family", "size", "quantised")


@click.command("history", short_help="Shares week by week from a weighed history.")
@click.option("--hub", help="Hub to ask about. [default: the only one held, else huggingface]")
@click.option("--by", type=click.Choice(BY), default="country", show_default=True, help="What to group by.")
@click.option(
    "--attribution", type=click.Choice(("uploader", "base")), default="uploader", show_default=True,
    help="Who gets the credit.",
)  # fmt: skip
@click.option("--where", multiple=True, metavar="BY=LABEL,...", help="Only these labels of a dimension; repeatable.")
@click.option("--scope", help="Which models: everything, language, without-quantised, open-weights, ...")
@click.option("--max-age", type=click.Choice(("365", "730")), help="Only models of at most so many days.")
@click.option("--from", "from_", metavar="DATE", help="Whole weeks from this day on.")
@click.option("--to", metavar="DATE", help="Whole weeks before this day.")
@click.option("--over", type=click.Choice(GRAINS), default="week", show_default=True, help="Sums of whole weeks.")
@options.listing
def command(
    hub: str | None,
    by: str,
    attribution: str,
    where: tuple[str, ...],
    scope: str | None,
    max_age: str | None,
    from_: str | None,
    to: str | None,
    over: str,
    store: Path | None,
    form: str,
    as_json: bool,
) -> None:
    """The share of each group, week by week, from the cubes that `weighbridge weigh` keeps. No cleaning rule runs.

    Example: weighbridge history --by country --where size=1-9 --over quarter
    """
    from weighbridge.cubes.windows import choose_hub
    from weighbridge.measures.history import Asked, history
    from weighbridge.records.clock import parse_day
    from weighbridge.store.home import Store, default_path

    held = Store(store or default_path())
    chosen = choose_hub([v.hub for v in held.vintages() if v.counters], hub)
    asked = Asked(
        by=by,
        attribution=attribution,
        where=_filters(where),
        scope=scope,
        start=parse_day(from_, "--from") if from_ is not None else None,
        end=parse_day(to, "--to") if to is not None else None,
        over=over,
        max_age_days=int(max_age) if max_age else None,
    )
    found = history(held, chosen, asked)
    if as_json:
        output.document(found)
    else:
        _print(found, form)


def _filters(given: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in given:
        name, equals, labels = text.partition("=")
        if not equals or not labels:
            raise click.UsageError(f"--where {text!r} names no labels; write it as size=1-9,9-30")
        found.setdefault(name, []).extend(labels.split(","))
    return found


def _print(found: dict[str, Any], form: str) -> None:
    aside = sys.stderr if form == "csv" else sys.stdout
    definition, window, known = found["definition"], found["window"], found["coverage"]
    age = f"models of at most {definition['max_age_days']} days" if definition["max_age_days"] else "models of any age"
    filters = "".join(f", {name} {' or '.join(labels)}" for name, labels in definition["where"].items())
    for line in (
        f"Shares of {found['unit']} by {found['by']}{' (SIMULATED DATA)' if found['simulated'] else ''}",
        f"Definition  {definition['name']} v{definition['version']}: {definition['scope']}{filters}, {age}, credited "
        f"to the {definition['attribution']}, cleaned by nothing, register {definition['register']}",
        f"Window      {window['from']} to {window['to']}, {found['total']:,} {found['unit']} on {found['hub']}",
        f"Vintages    {len(found['vintages'])}, the newest {found['vintages'][-1]}",
        f"Coverage    {known['registered_share']:.1%} of the weight registered, {known['located_share']:.1%} with a "
        "country",
    ):
        print(output.wrapped(line), file=aside)
    print(file=aside)
    output.table(found["rows"] if form == "csv" else [_shown(row) for row in found["rows"]], form)
    print(file=aside)
    for note in found["notes"]:
        print(output.wrapped(f"Note        {note}"), file=aside)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row for people: shares in per cent."""
    shares = {name: f"{row[name]:.2%}" for name in ("value", "lo", "hi")}
    return {
        "period": row["period"],
        "group": row["group"],
        **shares,
        "downloads": row["downloads"],
        "models": row["models"],
    }

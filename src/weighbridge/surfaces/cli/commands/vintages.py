"""`weighbridge vintages`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weighbridge.records.written import cell
from weighbridge.surfaces.cli import options, output

if TYPE_CHECKING:
    from weighbridge.store.home import Store

SHOWN = {"text": 50, "md": 50, "csv": 1000}
SHOWN_IN_JSON = 1000
WIDEST = 40  # characters of a value in a table of text
LISTED = ("id", "hub", "population", "known", "observed_from", "observed_to", "models", "counters")


@click.command("vintages", short_help="The readings that the store holds; what differs.")
@click.argument("action", type=click.Choice(("list", "diff")), default="list")
@click.argument("pair", nargs=-1, metavar="[A B]")
@click.option("--as-of", metavar="DATE", help="list: only what was known then.")
@click.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"diff: show so many rows. [default: {SHOWN['text']}; {SHOWN_IN_JSON:,} with --json and --format csv]",
)
@click.option("--change", multiple=True, metavar="CHANGE", help="diff: only rows of this change, repeatable.")
@options.listing
def command(
    action: str,
    pair: tuple[str, ...],
    as_of: str | None,
    top: int | None,
    change: tuple[str, ...],
    store: Path | None,
    form: str,
    as_json: bool,
) -> None:
    """All vintages in order of when they became known; or, with diff, what differs from vintage A to vintage B: models
    that appeared, vanished or were renamed, attributes that changed (licence, gated, base_models, ...), and counters
    that were restated or fell, those of the largest weight first.

    Example: weighbridge vintages diff A B --change licence --change gated
    """
    from weighbridge.store.home import Store, default_path

    _check(action, pair, as_of, top, change)
    held = Store(store or default_path())
    if action == "list":
        _list(held, as_of, form, as_json)
        return
    shown = top or (SHOWN_IN_JSON if as_json else SHOWN[form])
    found = _differences(held, pair[0], pair[1], shown, change)
    if as_json:
        output.document(found)
    else:
        _print(found, form)


def _check(action: str, pair: tuple[str, ...], as_of: str | None, top: int | None, change: tuple[str, ...]) -> None:
    """Refuse what belongs to the other action."""
    if action == "diff":
        if len(pair) != 2:
            raise click.UsageError(f"diff needs the ids of two vintages, A and B; {len(pair)} given")
        if as_of is not None:
            raise click.UsageError("--as-of is an option of list; diff compares the two vintages named")
    elif pair:
        raise click.UsageError(f"list takes no vintage, but {pair[0]!r} was given")
    elif top is not None or change:
        raise click.UsageError("--top and --change are options of diff")


def _list(held: Store, as_of: str | None, form: str, as_json: bool) -> None:
    from weighbridge.records.clock import parse_moment

    when = parse_moment(as_of, "--as-of", end_of_day=True) if as_of else None
    rows = [vintage.to_dict() for vintage in held.vintages(when)]
    if as_json:
        output.document({"rows": rows})
    else:
        output.table(rows if form != "text" else [{key: row[key] for key in LISTED} for row in rows], form)


def _differences(held: Store, a: str, b: str, top: int, only: tuple[str, ...]) -> dict[str, Any]:
    from weighbridge.cubes.frame import links
    from weighbridge.store.differences import differences

    first, second = held.vintage(a), held.vintage(b)
    with output.waiting("comparing"):
        return differences(first, second, links(first.hub)).to_dict(top, only)


def _print(found: dict[str, Any], form: str) -> None:
    """Print the document for people; with CSV the rows alone stand on standard output."""
    aside = sys.stderr if form == "csv" else sys.stdout
    print(f"From        {found['from']}\nTo          {found['to']}", file=aside)
    weight = f"the newest {found['weight_of']} of a model in either" if found["weight_of"] else "none: no counters"
    print(f"Weight      {weight}, on {found['hub']}\n", file=aside)
    if form != "csv":
        output.table(found["summary"], form)
        print()
    output.table(found["rows"] if form == "csv" else _columns(found["rows"], form), form)
    print(file=aside)
    if found["rows_shown"] < found["rows_in_all"]:
        print(f"{found['rows_shown']:,} of {found['rows_in_all']:,} rows; --top shows more", file=aside)
    for moved in found["counters"]:
        largest = moved["largest"]
        words = (
            f"{moved['change'].capitalize():<11} {moved['quantity']}: counters {moved['counters']:,}, models "
            f"{moved['models']:,}, {moved['up']:,} up and {moved['down']:,} down; the largest "
            f"{cell(largest['model'])} on {largest['day']}, {largest['was']:,} to {largest['now']:,}"
        )
        print(output.said(words, form), file=aside)
    for note in found["notes"]:
        print(output.said(f"Note        {note}", form), file=aside)


def _columns(rows: list[dict[str, Any]], form: str) -> list[dict[str, Any]]:
    """Rows without the columns that say nothing here; in text, long values are cut."""
    quantities = {row["quantity"] for row in rows} - {None}
    idle = {"quantity"} if len(quantities) == 1 else set() if quantities else {"quantity", "by", "days"}
    shown = [{key: value for key, value in row.items() if key not in idle} for row in rows]
    return [row | {key: _short(row[key]) for key in ("was", "now")} for row in shown] if form == "text" else shown


def _short(value: Any) -> Any:
    """A text or list, cut where it would widen a table too much."""
    if not isinstance(value, (str, list)):
        return value
    text = cell(value)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"

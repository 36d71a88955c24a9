"""`weighbridge watch`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weighbridge.records.written import cell
from weighbridge.surfaces.cli import options, output

if TYPE_CHECKING:
    from weighbridge.upkeep.watching import Watch

SHOWN = ("day", "title", "hub", "model", "weight", "detail")
ENTRIES = 100


@click.command("watch", short_help="Tell what changed since the last watch, by rules.")
@click.option("--rules", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              help="A TOML file with rules of your own, repeatable.")  # fmt: skip
@click.option("--rule", "only", multiple=True, metavar="ID", help="Follow only this rule, repeatable.")
@click.option("--since", metavar="MOMENT", help="What became known after it. [default: the last watch, else now]")
@click.option("--feed", type=click.Path(path_type=Path), metavar="FILE", help="Write an Atom feed.")
@click.option("--entries", type=click.IntRange(1, 5000), default=ENTRIES, show_default=True, metavar="N",
              help="How many entries the feed keeps.")  # fmt: skip
@click.option("--webhook", metavar="URL", help="Send each alert there, signed with WEIGHBRIDGE_WEBHOOK_SECRET.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 though there are alerts.")
@click.option("--list", "listed", is_flag=True, help="Only list the rules.")
@options.listing
def command(
    files: tuple[Path, ...],
    only: tuple[str, ...],
    since: str | None,
    feed: Path | None,
    entries: int,
    webhook: str | None,
    exit_zero: bool,
    listed: bool,
    store: Path | None,
    form: str,
    as_json: bool,
) -> int:
    """Tell what rules find in what became known since the last watch: a lead that changed, a licence, a model that
    vanished, an impostor, counters that were restated, a source that does not answer. Nothing is told twice; the first
    watch tells where it begins.

    Exit status: 0 no alert, 1 there are alerts, 4 the webhook or feed could not be told.

    Example: weighbridge watch --feed alerts.atom
    """
    from weighbridge.errors import UsageError
    from weighbridge.records.clock import parse_moment
    from weighbridge.store.home import Store, default_path
    from weighbridge.upkeep.feed import check_feed
    from weighbridge.upkeep.ruling import rules_for
    from weighbridge.upkeep.watching import watch
    from weighbridge.upkeep.webhook import webhook_to

    rules = rules_for(files, only)
    if listed:
        _list([rule.to_dict() for rule in rules], form, as_json)
        return 0
    where = store or default_path()
    if where.is_file():
        raise UsageError(f"{where} is a file; a cube holds no readings to watch", "give a store's folder with --store")
    if feed is not None:
        check_feed(feed)
    sink = webhook_to(webhook) if webhook is not None else None
    moment = parse_moment(since, "--since", end_of_day=True) if since is not None else None
    with output.waiting("watching"):
        found = watch(Store(where), rules, since=moment, feed=feed, entries=entries, webhook=sink)
    _print(found, form, as_json)
    if found.failed:
        return 4
    return 1 if found.alerts and not exit_zero else 0


def _list(rules: list[dict[str, Any]], form: str, as_json: bool) -> None:
    if as_json:
        output.document({"rows": rules})
        return
    shown = [{key: value for key, value in rule.items() if key != "of"} for rule in rules]
    output.table(shown, form)


def _print(found: Watch, form: str, as_json: bool) -> None:
    aside = sys.stdout if form == "text" and not as_json else sys.stderr
    if as_json:
        output.document(found.to_dict())
    else:
        output.table([{key: row[key] for key in SHOWN} for row in found.alerts], form)
    for note in found.notes:
        print(output.said(f"Note        {cell(note)}", "text"), file=aside)
    for outlet in found.outlets:
        if outlet["error"]:
            line = f"{outlet['error']['message']} ({outlet['error']['hint']}); {outlet['waiting']} waiting"
            print(cell(line), file=aside)
    print(f"watch: {len(found.alerts):,} new of {len(found.rules)} rules", file=aside)

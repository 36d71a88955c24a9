"""`weighbridge sync`."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from weighbridge.records.written import cell
from weighbridge.surfaces.cli import options, output

if TYPE_CHECKING:
    from weighbridge.upkeep.rounds import Round

SHOWN = ("source", "status", "vintages", "models", "counters", "rejected", "doubtful", "seconds", "next")


@click.command("sync", short_help="Fetch sources over the network into the store.")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--all", "everything", is_flag=True, help="All sources that can be fetched, the newest state of each.")
@click.option("--if-older-than", "age", metavar="SPAN", help="Leave out what was looked at within 12h, 1d, 2w, ...")
@click.option("--since", metavar="MOMENT", help="Only what changed at or after it; a chosen set, no census.")
@click.option("--revision", metavar="REV", help="Of a data set: branch, tag or commit.")
@click.option("--from", "from_", metavar="DATE", help="What the source showed on each day from this one on.")
@click.option("--to", metavar="DATE", help="The day after the last. [default: tomorrow]")
@click.option("--at", metavar="DATE", help="What the source showed on this day.")
@click.option("--top", type=click.IntRange(1), metavar="N", help="Only the so many largest.")
@click.option("--anew", is_flag=True, help="Compare with no earlier reading: for a hub that really lost many models.")
@click.option("--alone", is_flag=True, help="Do not fetch what a source answers less without.")
@options.listing
def command(
    sources: tuple[str, ...],
    everything: bool,
    age: str | None,
    since: str | None,
    revision: str | None,
    from_: str | None,
    to: str | None,
    at: str | None,
    top: int | None,
    anew: bool,
    alone: bool,
    store: Path | None,
    form: str,
    as_json: bool,
) -> int:
    """Fetch each SOURCE (`weighbridge sources` lists them), or all, and read what is new; what is there is never
    changed. What is stopped goes on at the next run.

    Exit status: 0 something or nothing new, 4 a source is down, 1 none is down but one changed its form.

    Example: weighbridge sync --all --if-older-than 1d
    """
    from weighbridge.errors import UsageError
    from weighbridge.store.home import Store, default_path
    from weighbridge.upkeep.asking import asked_for, given, span
    from weighbridge.upkeep.rounds import sync_all, sync_named
    from weighbridge.upkeep.syncing import Telling, live_sources

    asked = asked_for(since=since, revision=revision, start=from_, end=to, at=at, top=top, anew=anew)
    older_than = span(age) if age is not None else None
    if everything and (sources or given(asked) or anew):
        raise UsageError("--all fetches the newest state of all sources", "name sources, or leave out all but --all")
    if not everything and not sources:
        raise UsageError("no source is named", f"one or more of: {', '.join(live_sources())}; or --all")
    where = store or default_path()
    if where.is_file():
        raise UsageError(f"{where} is a file; a cube cannot take data in", "give a folder with --store")
    held = Store(where)
    with _ended_by_signal(), output.progress(f"fetching {', '.join(sources) or 'all'}") as tell:
        telling = Telling(tell, lambda words: print(cell(words), file=sys.stderr, flush=True))
        if everything:
            done = sync_all(held, telling, older_than=older_than)
        else:
            done = sync_named(held, sources, asked, telling, older_than=older_than, alone_only=alone)
    _print(done, form, as_json)
    return done.exit_code


def _print(done: Round, form: str, as_json: bool) -> None:
    document = done.to_dict()
    aside = sys.stdout if form == "text" and not as_json else sys.stderr
    if as_json:
        output.document(document)
    else:
        output.table([{key: row[key] for key in SHOWN} for row in document["rows"]], form)
    for row in document["rows"]:
        if row["error"]:
            error = row["error"]
            line = f"{row['source']}: {error['message']}" + (f" ({error['hint']})" if error["hint"] else "")
            print(cell(line), file=aside)
    print(done.summary, file=aside)


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """A request to end, as services get it, is an interruption like any other: what has landed stays."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

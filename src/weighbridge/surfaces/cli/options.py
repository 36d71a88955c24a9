"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from weighbridge.records.clock import GRAINS
from weighbridge.records.definition import ATTRIBUTIONS, BOUNDS, CONTESTED, EVIDENCE

F = TypeVar("F", bound=Callable[..., Any])


class StorePath(click.Path):
    """A path that is not empty."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        if value == "":
            self.fail("an empty path is no store", param, ctx)
        return super().convert(value, param, ctx)


store = click.option(
    "--store",
    type=StorePath(path_type=Path),
    envvar="WEIGHBRIDGE_STORE",
    help="Folder of the store, or a cube file. [default: WEIGHBRIDGE_STORE, else the user data folder]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
form = click.option(
    "--format", "form", type=click.Choice(("text", "csv", "md")), default="text", help="Form of tables."
)

QUESTION = (
    click.option("--hub", help="Hub to ask about. [default: the only one held, else huggingface]"),
    click.option("--definition", default="house", show_default=True, help="A named definition."),
    click.option("--attribution", type=click.Choice(ATTRIBUTIONS), help="Who gets the credit."),
    click.option("--max-age", type=int, help="Count only so many days after a model's creation."),
    click.option("--scope", help="Which models: everything, language, without-quantised, open-weights, ..."),
    click.option("--clean", multiple=True, help="Cleaning rule, repeatable; none: no rule."),
    click.option("--register", help="Register of parties: house, one that a source brought, or a .csv of corrections."),
    click.option("--evidence", type=click.Choice(EVIDENCE), help="At least this grade of evidence."),
    click.option("--contested", type=click.Choice(CONTESTED), help="widest: bounds take in contested attributions."),
    click.option("--bounds", type=click.Choice(BOUNDS), help="strict: the unaffiliated count as unknown too."),
    click.option("--at", metavar="DATE", help="The 30-day counters observed that day."),
    click.option("--from", "from_", metavar="DATE", help="Flows from this day on."),
    click.option("--to", metavar="DATE", help="Flows before this day."),
    click.option("--trailing", metavar="SPAN", help="Flows of the last weeks or days held, e.g. 52w."),
    click.option("--over", type=click.Choice(GRAINS), help="One answer a period."),
    click.option("--as-of", metavar="DATE", help="Only what was known then."),
    click.option("--vintage", metavar="ID", help="Answer from this vintage alone."),
    click.option("--splice", is_flag=True, help="Fill periods without cumulative counters from 30-day windows."),
)

ENGINE = (
    click.option("--engine", default="embedded", show_default=True, help="What makes the sums: embedded or spark."),
    click.option("--spark-remote", metavar="URL", help="A Spark Connect server, e.g. sc://host:15002."),
)


def question(command: F) -> F:
    """All options that make a question, with --store, --json and --format."""
    for option in reversed((*QUESTION, *ENGINE, store, form, as_json)):
        command = option(command)
    return command


def single(command: F) -> F:
    """--store and --json, for commands that print no table."""
    for option in (as_json, store):
        command = option(command)
    return command


def asking(command: F) -> F:
    """All options that make a question, with --store and --json."""
    for option in reversed(QUESTION):
        command = option(command)
    return single(command)


def listing(command: F) -> F:
    """--store, --json and --format."""
    for option in (as_json, form, store):
        command = option(command)
    return command

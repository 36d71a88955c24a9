"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from weighbridge.measures import Option, offered

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


def parameter(option: Option) -> Callable[[F], F]:
    """What can be asked with, as an option or argument of a command."""
    kind = _type(option)
    if option.argument:
        return click.argument(option.name, type=kind)
    if option.flag:
        return click.option(f"--{option.name}", option.keyword, is_flag=True, help=option.help)
    default = ",".join(option.default) if option.many and option.default else option.default
    return click.option(
        f"--{option.name}",
        option.keyword,
        type=kind,
        default=default,
        show_default=default is not None,
        metavar=option.form,
        multiple=option.repeated,
        help=option.help,
    )


def _type(option: Option) -> Any:
    if option.number:
        return click.IntRange(option.least, option.most)
    return click.Choice(option.choices) if option.choices else None


QUESTION = tuple(parameter(option) for option in offered.QUESTION)

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

"""A command for each registered measure, made from what the measure says of itself."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weighbridge.surfaces.cli import options, output

if TYPE_CHECKING:
    from weighbridge.measures import Described, Option

SAID = re.compile(r'^    (id|title) = "(.*)"$', re.MULTILINE)


@cache
def titles() -> dict[str, str]:
    """Titles of all measures by id, read from their files: importing them all would make `--help` slow."""
    found = {}
    for file in resources.files("weighbridge.measures").iterdir():
        text = file.read_text(encoding="utf-8") if file.name.endswith(".py") else ""
        if "\nMEASURE = " in text:
            said = dict(SAID.findall(text))
            found[said["id"]] = said["title"]
    return found


def command_for(name: str) -> click.Command:
    """The command of a measure."""
    from weighbridge.measures import measures

    measure = measures()[name]

    @options.question
    def answer(store: Path | None, as_json: bool, form: str, **asked: Any) -> None:
        from weighbridge.surfaces.cli.opening import opened

        own = {option.name: asked.pop(option.name) for option in measure.options}
        observatory = opened(store)
        with output.waiting("weighing"):
            result = observatory.ask(measure.id, own, **asked)
        output.answer(result, as_json, form)

    for option in reversed(measure.options):
        answer = parameter(option)(answer)
    return click.command(measure.id, short_help=measure.title, help=_help(measure))(answer)


def _help(measure: Described) -> str:
    return f"{measure.title}.\n\n{measure.words}"


def _type(option: Option) -> Any:
    if option.number:
        return click.IntRange(option.least, option.most)
    return click.Choice(option.choices) if option.choices else None


def parameter(option: Option) -> Any:
    """An option of a measure as one of a command."""
    kind = _type(option)
    if option.argument:
        return click.argument(option.name, type=kind)
    default = ",".join(option.default) if option.many and option.default else option.default
    shown = default is not None
    return click.option(f"--{option.name}", type=kind, default=default, show_default=shown, help=option.help)

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
    from weighbridge.measures import Described

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

        own = {option.name: asked.pop(option.keyword) for option in measure.options}
        observatory = opened(store)
        with output.waiting("weighing"):
            result = observatory.ask(measure.id, own, **asked)
        output.answer(result, as_json, form)

    for option in reversed(measure.options):
        answer = options.parameter(option)(answer)
    own = frozenset(option.name for option in measure.options)
    command = MeasureCommand(
        measure.id, callback=answer, params=parameters(answer), short_help=measure.title, help=_help(measure)
    )
    command.own = own
    return command


def parameters(callback: Any) -> list[click.Parameter]:
    """Parameters that decorators left on a function, in their order."""
    return list(reversed(callback.__click_params__))


class MeasureCommand(click.Command):
    """A command whose help lists the measure's own options before those of every question."""

    own: frozenset[str] = frozenset()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options under two headings."""
        told = [(param.name, param.get_help_record(ctx)) for param in self.get_params(ctx)]
        parts = {"Its own options": True, "Options of every question": False}
        for heading, mine in parts.items():
            records = [record for name, record in told if record is not None and (name in self.own) == mine]
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)


def _help(measure: Described) -> str:
    example = measure.example.split(" | ")[0]
    return f"{measure.title}.\n\n{measure.words}\n\n\b\nExample: weighbridge {measure.id} {example}"

"""Write `docs/reference` from what is registered: `python docs/generate.py`; with `--check`, name what has drifted."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from weighbridge.definitions.named import define, definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.errors import WeighbridgeError
from weighbridge.measures import measures
from weighbridge.sources import sources
from weighbridge.surfaces.cli.main import cli, main

FOLDER = Path(__file__).resolve().parent / "reference"
MARK = "<!-- Written by `python docs/generate.py` from what is registered. Change that, not this file. -->"
WIDTH = 100  # columns of the help texts, whatever the terminal
NOT_CHOICES = ("name", "version", "changed")


def pages() -> dict[str, str]:
    """The text of every page of the reference, by file name."""
    written = {
        "commands.md": _commands(),
        "measures.md": _measures(),
        "definitions.md": _definitions(),
        "sources.md": _sources(),
    }
    return {name: "\n".join([MARK, "", *lines]).rstrip() + "\n" for name, lines in written.items()}


def _commands() -> Iterator[str]:
    root = click.Context(
        cli, info_name="weighbridge", terminal_width=WIDTH, max_content_width=WIDTH, color=False,
        help_option_names=cli.context_settings["help_option_names"],
    )  # fmt: skip
    yield from ("# Commands", "", "What `weighbridge COMMAND --help` prints.", "")
    for context in _walk(root):
        yield from (f"## {context.command_path}", "", "```text", context.get_help().rstrip(), "```", "")
    statuses = " ".join((main.__doc__ or "").split("\n\n", 1)[1].split()).rstrip(".")
    yield from ("## Exit statuses", "", "| status | meaning |", "| ---: | --- |")
    for status in statuses.split(" · "):
        number, meaning = status.split(" ", 1)
        yield f"| {number} | {meaning} |"
    yield from ("", "## Kinds of error", "", "| `kind` | status | meaning |", "| --- | ---: | --- |")
    for error in sorted(_below(WeighbridgeError), key=lambda e: (e.exit_code, e.kind)):
        yield f"| `{error.kind}` | {error.exit_code} | {_line(error.__doc__)} |"
    yield "| `interrupted` | 130 | The command was stopped from outside. |"
    yield f"| `{WeighbridgeError.kind}` | {WeighbridgeError.exit_code} | A fault of the program. |"


def _below(error: type[WeighbridgeError]) -> Iterator[type[WeighbridgeError]]:
    """All errors of a tree but its root."""
    for kind in error.__subclasses__():
        yield kind
        yield from _below(kind)


def _walk(context: click.Context) -> Iterator[click.Context]:
    """A command and all below it, in order of name."""
    yield context
    if isinstance(context.command, click.Group) and not getattr(context.command, "as_measures", False):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command is not None:
                yield from _walk(click.Context(command, info_name=name, parent=context))


def _measures() -> Iterator[str]:
    yield from ("# Measures", "", "`weighbridge measures --json` lists the same.", "")
    for measure in sorted(measures().values(), key=lambda m: m.id):
        yield from (f"## {measure.id}", "", f"{measure.title}.", "", measure.words, "")
        yield from (f"- Formula: `{measure.formula}`", f"- Source: {measure.source}", "")


def _definitions() -> Iterator[str]:
    yield from ("# Definitions, scopes and cleaning rules", "")
    yield from ("`weighbridge definitions --json` lists the same.", "", "## Named definitions", "")
    for name, document in sorted(definitions().items()):
        chosen = define(name, hub="").to_dict()
        yield from (f"### {name}, version {chosen['version']}", "", f"{document['title']}.", "")
        yield from (_line(document["words"]), "")
        yield from _table({key: value for key, value in chosen.items() if key not in NOT_CHOICES}, "choice")
        for hub in sorted(document.get("hubs", {})):
            there = define(name, hub=hub).to_dict()
            changes = ", ".join(f"`{k}` is `{_shown(v)}`" for k, v in there.items() if v != chosen[k])
            yield from (f"On the hub `{hub}`: {changes or 'the same'}.", "")
    yield from ("## Scopes", "", "| scope | models in it |", "| --- | --- |")
    yield from (f"| `{scope.id}` | {_cell(scope.title)} |" for scope in sorted(scopes().values(), key=lambda s: s.id))
    yield from ("", "## Cleaning rules", "")
    for rule in sorted(rules().values(), key=lambda r: r.id):
        yield from (f"### {rule.id}, version {rule.version}", "", f"Leaves out: {rule.title}.", "", rule.words, "")


def _sources() -> Iterator[str]:
    yield from ("# Sources", "", "`weighbridge sources --json` lists the same.", "")
    for name, source in sorted(sources().items()):
        yield from (f"## {name}", "")
        yield from _table(source.descriptor.to_dict(), "field")


def _table(values: Mapping[str, Any], head: str) -> Iterator[str]:
    yield from (f"| {head} | value |", "| --- | --- |")
    yield from (f"| `{key}` | {_cell(_shown(value))} |" for key, value in values.items())
    yield ""


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value) or "none"
    return "none" if value is None else str(value)


def _line(text: str | None) -> str:
    return " ".join(str(text or "").split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def drifted(wanted: Mapping[str, str]) -> list[str]:
    """Names of the pages that are missing, differ, or should not be there."""
    there = {file.name for file in FOLDER.iterdir()} if FOLDER.is_dir() else set()
    differ = {n for n, text in wanted.items() if n not in there or (FOLDER / n).read_text(encoding="utf-8") != text}
    return sorted(differ | (there - set(wanted)))


def run(arguments: list[str]) -> int:
    """Write the pages, or compare them; the exit status."""
    if arguments not in ([], ["--check"]):
        print("python docs/generate.py [--check]", file=sys.stderr)
        return 2
    wanted = pages()
    names = drifted(wanted)
    if arguments:
        for name in names:
            print(f"docs/reference/{name} is not what docs/generate.py writes; run it and commit", file=sys.stderr)
        return 1 if names else 0
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        if name in wanted:
            (FOLDER / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (FOLDER / name).unlink()
    print(f"{len(names)} of {len(wanted)} pages written")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))

"""Write `docs/reference` and `docs/measures` from what is registered: `python docs/generate.py`.

With `--check` it names what has drifted. The answers on the pages of measures are `docs/outputs.py`'s to write.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from weighbridge.definitions.named import define, definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.errors import WeighbridgeError
from weighbridge.measures import Comparison, Described, Option, measures
from weighbridge.sources import sources
from weighbridge.surfaces.cli.main import cli, main

ROOT = Path(__file__).resolve().parent
FOLDERS = ("reference", "measures")
MARK = "<!-- Written by `python docs/generate.py` from what is registered. Change that, not this file. -->"
WIDTH = 100  # columns of the help texts, whatever the terminal
NOT_CHOICES = ("name", "version", "changed")
KNOWN_THEN = "2026-06-30"  # examples are answered as of this day, so that a later reading does not change them
SHOWN = re.compile(r"```console real\n\$ ([^\n]*)\n(.*?)```\n", re.DOTALL)


def pages() -> dict[str, str]:
    """The text of every page, by its path in the documents."""
    written = {
        "reference/commands.md": _commands(),
        "reference/definitions.md": _definitions(),
        "reference/sources.md": _sources(),
        "measures/README.md": _measures(),
        **{f"measures/{measure.id}.md": _measure(measure) for measure in measures().values()},
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
    yield from ("# Measures", "", "Each is a command of its name; `weighbridge measures --json` lists the same.", "")
    yield from ("| measure | what it says |", "| --- | --- |")
    for measure in sorted(measures().values(), key=lambda m: m.id):
        yield f"| [{measure.id}]({measure.id}.md) | {_cell(measure.title)} |"


def _measure(measure: Described) -> Iterator[str]:
    yield from (f"# {measure.id}: {measure.title[0].lower()}{measure.title[1:]}", "", measure.words, "")
    yield from (f"- Formula: `{measure.formula}`", f"- Source: {measure.source}")
    kind = "several weighings, or of single models" if isinstance(measure, Comparison) else "one weighing"
    yield from (f"- It is a figure of {kind}.", "")
    if measure.options:
        yield from ("| its own options | | default |", "| --- | --- | --- |")
        yield from (_option(option) for option in measure.options)
        yield ""
    yield from ("It takes the options of every question too (see [commands](../reference/commands.md)).", "")
    asked, pipe, part = measure.example.partition(" | ")
    command = f"weighbridge {measure.id} {asked} --as-of {KNOWN_THEN}{pipe}{part}"
    yield from ("## An answer from real data", "", "```console real", f"$ {command}")
    yield from (*_printed_before(f"measures/{measure.id}.md", command), "```")


def _option(option: Option) -> str:
    name = option.name.upper() if option.argument else f"--{option.name}"
    words = option.help + (f" One of: {', '.join(option.choices)}." if option.choices else "")
    return f"| `{name}` | {_cell(words)} | {_cell(_shown(option.default))} |"


def _printed_before(page: str, command: str) -> list[str]:
    """What stands on a page as the answer to this very command; none where it was another."""
    path = ROOT / page
    found = SHOWN.search(path.read_text(encoding="utf-8")) if path.exists() else None
    return found[2].splitlines() if found and found[1] == command else []


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
    """Pages that are missing, differ, or should not be there."""
    there = {f"{folder}/{file.name}" for folder in FOLDERS for file in (ROOT / folder).glob("*")}
    differ = {n for n, text in wanted.items() if n not in there or (ROOT / n).read_text(encoding="utf-8") != text}
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
            print(f"docs/{name} is not what docs/generate.py writes; run it and commit", file=sys.stderr)
        return 1 if names else 0
    for name in names:
        (ROOT / name).parent.mkdir(exist_ok=True)
        if name in wanted:
            (ROOT / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (ROOT / name).unlink()
    print(f"{len(names)} of {len(wanted)} pages written")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))

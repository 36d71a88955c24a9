"""The entry point: finds the commands, and turns every failure into one document or two lines, and a status."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence

import click

from weighbridge import __version__
from weighbridge.errors import WeighbridgeError
from weighbridge.records.shown import plain
from weighbridge.surfaces.cli import commands

INTERRUPTED = "nothing was half-written; a sync goes on with what has landed when it is run again"


class Commands(click.Group):
    """A group whose commands are the modules of `commands`, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return commands.names()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands with one line each."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, commands.summary(name)) for name in commands.names()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or null."""
        return commands.load(cmd_name)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="weighbridge")
def cli() -> None:
    """Weigh the open-model ecosystem: whose open-weight models the world takes, by country, organisation and
    family, with the definition, the uncertainty and the vintage beside every number."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command and exit with its status.

    0 ok · 1 a check found something · 2 wrong usage · 3 data missing · 4 a source or the network failed ·
    5 the store is damaged · 130 interrupted · 70 a fault of the program.
    """
    given = sys.argv[1:] if argv is None else argv
    arguments = [argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for argument in given]
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:  # closed by the caller
            setattr(sys, stream, io.StringIO())
    sys.exit(_run(arguments))


def _run(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        status = cli.main(arguments, prog_name="weighbridge", standalone_mode=False)
        sys.stdout.flush()
    except WeighbridgeError as error:
        return _fail(as_json, error.kind, error.message, error.hint, error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        if not as_json:
            print(error.ctx.get_help() if error.ctx else "", file=sys.stderr)
            return 2
        return _fail(as_json, "usage", "no command was given", "weighbridge --help", 2)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = context.get_usage() if context else "weighbridge --help"
        return _fail(as_json, "usage", error.format_message(), hint, 2)
    except (KeyboardInterrupt, click.Abort):
        return _fail(as_json, "interrupted", "interrupted", INTERRUPTED, 130)
    except (BrokenPipeError, SystemExit):  # click leaves by SystemExit where the reader of a pipe has gone
        return _silenced(0)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(as_json, "source-failed", f"{where}{error.strerror or error}", "check the path and its rights", 4)
    except Exception as error:
        if "WEIGHBRIDGE_DEBUG" in os.environ:
            raise
        hint = "this is a fault of the program; WEIGHBRIDGE_DEBUG=1 shows where, please report it"
        return _fail(as_json, "internal", f"{type(error).__name__}: {error}", hint, 70)
    return status if isinstance(status, int) else 0


def _fail(as_json: bool, kind: str, message: str, hint: str, status: int) -> int:
    message, hint = plain(message), "\n".join(plain(line) for line in hint.splitlines())
    try:
        if as_json:
            print(json.dumps({"error": {"kind": kind, "message": message, "hint": hint}}), flush=True)
        else:
            print(f"error: {message}" + (f"\n  hint: {hint}" if hint else ""), file=sys.stderr, flush=True)
    except OSError:  # nobody can be told: the stream is full or closed
        return _silenced(status)
    return status


def _silenced(status: int) -> int:
    """A status, with standard output turned away, so that leaving does not fail on it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
    return status

"""The entry point: finds the commands, and turns every failure into one document or two lines, and a status."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

import click

from weighbridge import __version__
from weighbridge.errors import WeighbridgeError
from weighbridge.surfaces.cli import commands


class Commands(click.Group):
    """A group whose commands are the modules of `commands`, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return commands.names()

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
    arguments = list(sys.argv[1:] if argv is None else argv)
    sys.exit(_run(arguments))


def _run(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    try:
        status = cli.main(arguments, prog_name="weighbridge", standalone_mode=False)
        sys.stdout.flush()
    except WeighbridgeError as error:
        return _fail(as_json, error.kind, error.message, error.hint, error.exit_code)
    except click.UsageError as error:
        hint = error.ctx.get_usage() if error.ctx else "weighbridge --help"
        return _fail(as_json, "usage", error.format_message(), hint, 2)
    except click.ClickException as error:
        return _fail(as_json, "usage", error.format_message(), "weighbridge --help", 2)
    except (KeyboardInterrupt, click.Abort):
        return _fail(as_json, "interrupted", "interrupted", "nothing was half-written", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
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
    if as_json:
        print(json.dumps({"error": {"kind": kind, "message": message, "hint": hint}}, ensure_ascii=False))
    else:
        print(f"error: {message}" + (f"\n  hint: {hint}" if hint else ""), file=sys.stderr)
    return status

"""One file a command that is no measure. A module that defines `command` is found by its name; `_` stands for `-`."""

from __future__ import annotations

import importlib
import pkgutil

import click

from weighbridge.surfaces.cli import measured


def names() -> list[str]:
    """Names of all commands, those of measures too, sorted."""
    return sorted([*_modules(), *measured.titles()])


def load(name: str) -> click.Command | None:
    """The command of a name, or null."""
    if name in measured.titles():
        return measured.command_for(name)
    if name not in _modules():
        return None
    command = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").command
    return command if isinstance(command, click.Command) else None


def summary(name: str) -> str:
    """One line on a command, without importing what it needs."""
    command = None if name in measured.titles() else load(name)
    return command.get_short_help_str(80) if command else f"{measured.titles()[name]}."


def _modules() -> list[str]:
    return [module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__)]

"""One file a command. A module that defines `command` is found by its name; `_` stands for `-`."""

from __future__ import annotations

import importlib
import pkgutil

import click


def names() -> list[str]:
    """Names of all commands, sorted."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))


def load(name: str) -> click.Command | None:
    """The command of a name, or null."""
    if name not in names():
        return None
    command = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").command
    return command if isinstance(command, click.Command) else None

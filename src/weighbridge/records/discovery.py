"""Finding what is registered: every module of a package that defines a given name."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any


def registered(package: ModuleType, attribute: str) -> dict[str, Any]:
    """The values of `attribute` in all modules of a package, by the value's `id`, in order of module name.

    Raises:
        ValueError: two modules register the same id.
    """
    found: dict[str, Any] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        value = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), attribute, None)
        if value is None:
            continue
        if value.id in found:
            raise ValueError(f"{package.__name__}: {value.id!r} is registered twice")
        found[value.id] = value
    return found

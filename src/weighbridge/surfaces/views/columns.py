"""What the columns of an answer's rows mean, and their units, from `data/columns.toml`."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from weighbridge.records.shown import plain
from weighbridge.records.written import spread

GENERAL, ANY = "general", "*"
UNITS = {
    "part": "part of one",
    "models": "models",
    "organisations": "organisations",
    "days": "days",
    "billions": "billions of parameters",
    "number": "number",
    "name": "name",
    "day": "day",
    "text": "text",
    "yes-no": "yes or no",
    "list": "list",
}
"""In words; `weight` is in the answer's own unit."""


def columns(measure: str, rows: Sequence[Mapping[str, Any]], unit: str) -> list[dict[str, str]]:
    """Each column of a CSV file: `{"name", "means", "unit"}`, in order. What nobody has described means nothing.

    Args:
        measure: id.
        rows: of the answer's document.
        unit: what the answer counts, such as `downloads`.
    """
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        for field, value in row.items():
            for name in spread({field: value}, whole=True):
                found.setdefault(str(name), (field, _rest(field, str(name), value)))
    return [
        {"name": plain(name), "means": means, "unit": in_unit}
        for name, (field, rest) in found.items()
        for means, in_unit in [_described(measure, field, rest, unit)]
    ]


def _rest(field: str, name: str, value: Any) -> str:
    """What a column of a nested field is of; the column's own name for others."""
    return name.removeprefix(f"{field} ") if isinstance(value, dict) else name


def _described(measure: str, field: str, rest: str, unit: str) -> tuple[str, str]:
    told = _told()
    own, general = told.get(measure, {}), told[GENERAL]
    found = own.get(field) or general.get(field) or own.get(ANY)
    if found is None:
        return "", ""
    means = found[1].replace("{rest}", plain(rest))
    return means, plain(unit) if found[0] == "weight" else UNITS[found[0]]


@functools.cache
def _told() -> dict[str, dict[str, list[str]]]:
    text = resources.files("weighbridge.surfaces.views").joinpath("data/columns.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

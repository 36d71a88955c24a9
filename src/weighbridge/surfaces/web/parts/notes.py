"""What an answer says of itself, what was removed from it, and what could not be answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from htpy import Node, div, h2, h3, li, p, section, strong, ul

from weighbridge.charts.text import clean
from weighbridge.surfaces.views import told


def notes(document: Mapping[str, Any]) -> Node:
    """The notes of an answer as a list; nothing if it has none."""
    lines = [clean(note) for note in document.get("notes") or ()]
    return section(".notes")[h3["Notes"], ul[(li[line] for line in lines)]] if lines else None


def removals(document: Mapping[str, Any]) -> Node:
    """What each cleaning rule removed and how that moved the answer; nothing if no rule was asked for."""
    lines = [told.removed(document, removal) for removal in document.get("removed") or ()]
    if not lines:
        return None
    return section(".removals")[h3["What was removed, and what that moved"], ul[(li[clean(line)] for line in lines)]]


def problem(message: str, hint: str = "", head: str = "This cannot be answered here") -> Node:
    """An error as part of a page: what was wrong, and what can be asked instead."""
    return div(".problem", role="alert")[
        h2[head], p[clean(message), "."], hint and p[strong["What can be done: "], clean(hint), "."]
    ]


def simulated(document: Mapping[str, Any]) -> Node:
    """A banner over what comes from simulated readings."""
    return (
        p(".simulated")["SIMULATED DATA: these figures say nothing of the world."]
        if document.get("simulated")
        else None
    )

"""Which choice matters most: main effects and interactions of a difference over a full grid of definitions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.measures.grid import CHOICES

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """The cells of the grid that form a full factorial design, and the difference in each.

    Attributes:
        levels: levels of each choice, by name of the choice; choices with one level are left out.
        difference: array with one axis a choice.
    """

    levels: dict[str, list[Any]]
    difference: Floats


def _design(rows: Sequence[dict[str, Any]], groups: tuple[str, ...]) -> Design | None:
    """The full design, less what was skipped: a level of the age, scope or register that not all cells have."""
    kept = list(rows)
    while kept:
        levels = {choice: list(dict.fromkeys(row[choice] for row in kept)) for choice in CHOICES}
        if len(kept) == np.prod([len(level) for level in levels.values()]):
            break
        count = {(c, level): sum(row[c] == level for row in kept) / len(kept) * len(levels[c])
                 for c in CHOICES for level in levels[c]}  # fmt: skip
        least = min(count, key=lambda at: count[at])
        kept = [row for row in kept if row[least[0]] != least[1]]
    varied = {choice: level for choice, level in levels.items() if len(level) > 1} if kept else {}
    if not varied:
        return None
    difference = np.zeros([len(level) for level in varied.values()])
    for row in kept:
        at = tuple(level.index(row[choice]) for choice, level in varied.items())
        difference[at] = row["values"][groups[0]] - row["values"][groups[1]]
    return Design(varied, difference)


def summary(rows: Sequence[dict[str, Any]], groups: tuple[str, ...]) -> dict[str, Any]:
    """Main effects and interactions of the difference between the first two groups, over the full grid."""
    design = _design(rows, groups)
    if design is None:
        differences = [row["values"][groups[0]] - row["values"][groups[1]] for row in rows]
        return {
            "difference": f"{groups[0]} - {groups[1]}",
            "cells": len(rows),
            "least": min(differences, default=None),
            "most": max(differences, default=None),
            "matters_most": None,
            "effects": [],
            "interactions": [],
        }
    d, names = design.difference, list(design.levels)
    whole = float(((d - d.mean()) ** 2).sum())
    effects: list[dict[str, Any]] = []
    explained: dict[tuple[int, ...], float] = {}
    for axis, name in enumerate(names):
        means = d.mean(axis=tuple(a for a in range(d.ndim) if a != axis))
        explained[axis,] = _explained(d, (axis,))
        effects.append(
            {
                "choice": name,
                "means": [
                    {"level": level, "difference": float(mean)}
                    for level, mean in zip(design.levels[name], means, strict=True)
                ],
                "range": float(means.max() - means.min()),
                "part": explained[axis,] / whole if whole else 0.0,
                "turns": _turns(d, axis),
            }
        )
    interactions = []
    for a, b in itertools.combinations(range(d.ndim), 2):
        joint = _explained(d, (a, b)) - explained[a,] - explained[b,]
        interactions.append({"choices": [names[a], names[b]], "part": max(joint, 0.0) / whole if whole else 0.0})
    effects.sort(key=lambda effect: -effect["range"])
    return {
        "difference": f"{groups[0]} - {groups[1]}",
        "cells": int(d.size),
        "least": float(d.min()),
        "most": float(d.max()),
        "matters_most": effects[0]["choice"] if effects[0]["range"] else None,
        "effects": effects,
        "interactions": sorted(interactions, key=lambda pair: -pair["part"]),
    }


def _explained(d: Floats, axes: tuple[int, ...]) -> float:
    """Sum of squares of the means over all other choices."""
    means = d.mean(axis=tuple(a for a in range(d.ndim) if a not in axes), keepdims=True)
    return float(((means - d.mean()) ** 2).sum() * (d.size / means.size))


def _turns(d: Floats, axis: int) -> float:
    """Part of the settings of all other choices in which the levels of this one do not agree who leads."""
    sign = np.sign(d)
    return float((sign.max(axis=axis) != sign.min(axis=axis)).mean())

"""Models whose line ends at a copy that bears a family's name and declares no way to the family's developer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.roster import Roster
from weighbridge.measures.descent_groups import Lines, owned
from weighbridge.measures.descent_sums import held_or_own
from weighbridge.records.shown import plain

Mask = npt.NDArray[np.bool_]

EXAMPLES = 2


@dataclass(frozen=True)
class Copied:
    """How many such models there are.

    Attributes:
        models: that declare a base and reach no model of the developer of the family whose name their line bears.
        bases: those that most of them name as base, with how many do, the most first.
    """

    models: int
    bases: tuple[tuple[str, int], ...]

    def most(self) -> str:
        """The bases that most of them name, in brackets; empty where no base has several."""
        told = [f"{plain(name)} {count:,}" for name, count in self.bases if count > 1]
        return f" (most of them name {', '.join(told)})" if told else ""


def copies_named(lines: Lines, counted: Mask, families: Sequence[int] | None = None) -> Copied:
    """Models with a base that belong to a family by name alone.

    Args:
        lines: families with what descends from them.
        counted: models that count, bool[models].
        families: only these; null: all that have models of their own.
    """
    frame = lines.frame
    wanted = np.unique(lines.owned.of[lines.owned.of >= 0]) if families is None else np.asarray(families)
    mine = counted & frame.declared & np.isin(frame.family, wanted) & ~held_or_own(lines)
    parent = frame.parent[mine[frame.child]]
    bases, count = np.unique(parent, return_counts=True)
    largest = np.lexsort((bases, -count))[:EXAMPLES].tolist()
    return Copied(int(mine.sum()), tuple((_name(lines, int(bases[at])), int(count[at])) for at in largest))


def families_by_name(roster: Roster) -> Copied:
    """The same of all models of a roster that count."""
    return copies_named(Lines(roster.frame, owned(roster, "family")), roster.weight > 0)


def _name(lines: Lines, node: int) -> str:
    names, outside = lines.frame.names, lines.frame.outside
    return str((names[node] if node < len(names) else outside[node - len(names)]).as_py())

"""What indexes of openness that were read in say of systems, and which models of a hub these are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.cubes.frame import links
from weighbridge.definitions.licences import OPEN, class_of
from weighbridge.errors import DataMissing
from weighbridge.lineage.listed_sizes import places
from weighbridge.measures.asking import Asking, StoreBacking
from weighbridge.records.vintage import Vintage
from weighbridge.store.parts import has_part, read_part

Codes = npt.NDArray[np.int64]

RATINGS = "ratings"
DATA = ("datasources_basemodel", "datasources_endmodel", "Datasets")
CODE = ("trainingcode", "Training code")
"""How the known indexes call what a model was trained on and with."""
YES, NO, UNKNOWN = 1, 0, -1


@dataclass(frozen=True)
class System:
    """A system that an index rates.

    Attributes:
        name, organisation: as the index writes them.
        repositories: that the index links, the system's own first.
        grades: by criterion the grade as written, and its score where there is one.
    """

    name: str
    organisation: str
    repositories: tuple[str, ...]
    grades: dict[str, tuple[str, float | None]]

    def opened(self, criteria: Iterable[str]) -> bool:
        """Whether the index rates some criteria, and all that it rates of them are wholly open."""
        there = [self.grades[name] for name in criteria if name in self.grades]
        return bool(there) and all(_open(grade, score) for grade, score in there)


@dataclass(frozen=True)
class Index:
    """One reading of an index."""

    vintage: Vintage
    systems: tuple[System, ...]

    def score(self, system: System) -> float:
        """Openness of a system from 0 to 1.

        The mean of its scores; of an index that gives licences of components, the part of all components it knows
        that the system releases under a licence which allows any use.
        """
        scores = [score for _, score in system.grades.values() if score is not None]
        if scores:
            return float(np.mean(scores))
        known = {name for other in self.systems for name in other.grades}
        return sum(_open(grade, None) for grade, _ in system.grades.values()) / len(known)


def indexes(asking: Asking) -> dict[str, Index]:
    """The latest reading of each index that was known, by its source; empty for a cube file."""
    if not isinstance(asking.backing, StoreBacking):
        return {}
    held = [v for v in asking.backing.store.vintages(asking.question.as_of) if not v.counters and not v.models]
    return {v.source: Index(v, _systems(v)) for v in held if has_part(v, RATINGS)}


def index(asking: Asking, source: str) -> Index:
    """The latest reading of an index.

    Raises:
        DataMissing: it has not been read in.
    """
    found = indexes(asking)
    if source not in found:
        raise DataMissing(f"no ratings of {source} are held", f"read them in: `weighbridge ingest {source} PATH`")
    return found[source]


def opened(hub: str, names: pa.Array, held: Iterable[Index]) -> tuple[Codes, Codes]:
    """What indexes say of models: whether the data can be had, and whether data and code can; -1 where they differ or
    nobody says; int64[models] each.
    """
    data, both = (np.full((2, len(names)), False) for _ in range(2))
    for reading in held:
        pairs = [(name, system) for system in reading.systems for name in system.repositories]
        for at, (_, system) in zip(places(names, [n for n, _ in pairs], links(hub)).tolist(), pairs, strict=True):
            if at < 0:
                continue
            says = system.opened(DATA)
            data[int(says), at] = True
            both[int(says and system.opened(CODE)), at] = True
    return _agreed(data), _agreed(both)


def _agreed(said: npt.NDArray[np.bool_]) -> Codes:
    return np.where(said[1] & ~said[0], YES, np.where(said[0] & ~said[1], NO, UNKNOWN)).astype(np.int64)


def _open(grade: str, score: float | None) -> bool:
    return score == 1.0 if score is not None else class_of(grade) in OPEN


def _systems(vintage: Vintage) -> tuple[System, ...]:
    made: dict[tuple[str, tuple[str, ...]], System] = {}
    for row in read_part(vintage, RATINGS).to_pylist():
        repositories = tuple(row["repositories"] or ())
        system = made.setdefault(
            (row["system"], repositories), System(row["system"], row["organisation"] or "", repositories, {})
        )
        system.grades[row["criterion"]] = (row["grade"] or "", row["score"])
    return tuple(made.values())

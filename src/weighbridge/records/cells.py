"""What is weighed: cells with labels and downloads. A cell is one model and window, or many models alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

UNNAMED, SMALL = "(not named here)", "(small namespaces)"
"""What a cube writes for models and namespaces that it sums; no groups of their own, but part of the rest."""
MODELS = "models"
"""The unit of slices that count models and not what was downloaded of them."""
LABELS = ("model", "task", "library", "licence", "size", "quantised", "relation")
"""Labels that belong to the downloaded model under every attribution."""


@dataclass(frozen=True)
class Coded:
    """A column of texts: `names[codes[i]]` is the text of row `i`."""

    codes: Codes
    names: pa.Array

    def take(self, rows: Ints | Mask) -> Coded:
        """The same names, fewer rows."""
        return Coded(self.codes[rows], self.names)


@dataclass(frozen=True)
class Window:
    """A span that was weighed, `start ≤ t < end` in day numbers.

    Attributes:
        name: `2024-06` and the like, or empty for a window without a name.
        complete: whether the hub was observed over the whole of it.
        kind: `windowed`, `measured`, `mixed`, or `created` where models are counted.
        grain: week, month, quarter, year, or empty.
    """

    start: int
    end: int
    kind: str
    name: str = ""
    complete: bool = True
    grain: str = ""


@dataclass(frozen=True)
class Entries:
    """To whom the weight of cells goes: one row a cell and holder.

    Attributes:
        cell: row number of the cell, int64[n].
        holder: what the register is asked for (a namespace, or an entry of a republishing hub).
        family: code of the family the weight goes to, int32[n].
        model: the model credited.
        value: whole downloads, int64[n]; summed over the entries of a cell they are the cell's.
        lo: least, int64[n].
        hi: most, int64[n].
    """

    cell: Ints
    holder: Coded
    family: Codes
    model: Coded
    value: Ints
    lo: Ints
    hi: Ints

    def take(self, rows: Ints | Mask) -> Entries:
        """Fewer rows."""
        return Entries(
            self.cell[rows],
            self.holder.take(rows),
            self.family[rows],
            self.model.take(rows),
            self.value[rows],
            self.lo[rows],
            self.hi[rows],
        )


@dataclass(frozen=True)
class Cells:
    """The model-level vector, or a cube made from it.

    Attributes:
        window: index into the windows, int32[n].
        value: whole downloads, int64[n]; `lo` and `hi` are its limits.
        models: repositories with weight in the cell, int64[n].
        by_kind: value by kind of flow, int64[n, kinds].
        labels: columns of `LABELS`.
        scopes: for each scope whether the cell lies in it.
        within_age: whether the models are within the age limit that was asked.
        unknown_age: whether their age against that limit is unknown.
        declared: whether the models declare a base.
        facts: columns that cleaning rules decide on, by rule.
        silent: rules that lack what they need here.
        entries: to whom the weight goes, under the attribution that was asked.
    """

    window: Codes
    value: Ints
    lo: Ints
    hi: Ints
    models: Ints
    by_kind: Ints
    labels: Mapping[str, Coded]
    scopes: Mapping[str, Mask]
    within_age: Mask
    unknown_age: Mask
    declared: Mask
    facts: Mapping[str, npt.NDArray[Any]]
    silent: frozenset[str]
    entries: Entries

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True)
class Slice:
    """The answer of a store, or of a cube file, to *what was downloaded in these windows*.

    Attributes:
        hub: the hub.
        unit: `downloads`, `pulls` or `models`.
        windows: what `Cells.window` counts.
        cells: the weight.
        population: `census` or `selection`.
        vintages: ids of the vintages that were read.
        as_of: the moment of knowledge, ISO 8601.
        simulated: whether a vintage holds made-up data.
        families: names of the family codes.
        notes: what the reader must know.
        whole: whether every model, or namespace, that a question may ask for is in cells of its own; not so in a cube.
        engine: what made the sums.
        sources: title, producer and digest of each vintage.
        totalled: whether the weight of a window is that of the unit; false where only shares of days are known.
        per_unit: what one of the unit weighs in the cells; over 1 where one thing is divided among several holders.
    """

    hub: str
    unit: str
    windows: tuple[Window, ...]
    cells: Cells
    population: str
    vintages: tuple[str, ...]
    as_of: str
    simulated: bool
    families: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())
    whole: bool = True
    engine: str = "embedded"
    sources: tuple[dict[str, str], ...] = ()
    per_unit: int = 1
    totalled: bool = True

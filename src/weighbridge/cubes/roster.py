"""Single models with their attributes and their weight: for measures that need more of a model than a cell carries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.cubes.frame import Frame, flat, links
from weighbridge.cubes.origins import Origins, origins
from weighbridge.cubes.vector import subject_of
from weighbridge.cubes.weigh import Groups, Weighed
from weighbridge.definitions.scopes import scopes
from weighbridge.errors import UsageError
from weighbridge.lineage.descent import Edges, ordered
from weighbridge.records.observations import ATTRIBUTES
from weighbridge.records.vintage import Vintage
from weighbridge.store.catalogue import listed_where_given, read_models

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Roster:
    """The models of some vintages of a hub, in the order of their frame, and what they weigh in a question.

    Attributes:
        read: vintages that were read.
        frame: names, creation days, labels and the graph of all models.
        weighed: the question's weighing, a cell a model and window; of downloads, or of models counted one each.
    """

    read: tuple[Vintage, ...]
    frame: Frame
    weighed: Weighed

    def __len__(self) -> int:
        return len(self.frame.names)

    def attributes(self, *names: str) -> dict[str, pa.Array]:
        """Columns of the models as the sources gave them, in the frame's order; null where not given.

        Args:
            names: of `weighbridge.records.observations.ATTRIBUTES`, such as `parameters`, `gated` or `tags`.

        Raises:
            UsageError: there is no such column.
        """
        for name in names:
            if name not in ATTRIBUTES:
                raise UsageError(f"models have no attribute {name!r}", f"one of: {', '.join(ATTRIBUTES)}")
        table = read_models(self.read, names, links(self.read[0].hub))
        return {name: flat(table[name]) for name in names}

    def told(self, name: str) -> Mask:
        """Models that a reading lists which gives an attribute of any model; of the others nobody looked; bool[models].

        Args:
            name: of the attribute, as for `attributes`.
        """
        return listed_where_given(self.read, name, links(self.read[0].hub))

    @cached_property
    def edges(self) -> Edges:
        """Declared edges from models to their bases, in the order in which descent follows them."""
        frame = self.frame
        return ordered(len(frame.names) + len(frame.outside), frame.child, frame.parent)

    @cached_property
    def origins(self) -> Origins:
        """Relations of all models to their bases."""
        return origins(self.frame)

    @cached_property
    def model(self) -> Ints:
        """Model of each cell of the weighing, int64[cells]; a model has one cell a window or none."""
        return self.weighed.slice.cells.labels["model"].codes.astype(np.int64)

    @cached_property
    def entry_model(self) -> Ints:
        """Model that was downloaded (or created) behind each of `weighed.entries`, not the credited one; int64[n]."""
        return self.model[self.weighed.entries.cell]

    @cached_property
    def weight(self) -> Ints:
        """Weight of each model over all windows, int64[models]: 0 where it has none or is left out.

        Whole downloads; where models are counted 1 for each that counts.
        """
        cells = self.weighed.slice.cells
        value = np.where(self.weighed.kept, cells.value, 0)
        return self._sums(value)

    def weight_in(self, number: int) -> Ints:
        """Weight of each model in one window, int64[models]."""
        cells = self.weighed.slice.cells
        return self._sums(np.where(self.weighed.kept & (cells.window == number), cells.value, 0))

    def limits_in(self, number: int) -> tuple[Ints, Ints]:
        """Least and most that each model can weigh in one window, int64[models] each."""
        cells = self.weighed.slice.cells
        here = self.weighed.kept & (cells.window == number)
        return self._sums(np.where(here, cells.lo, 0)), self._sums(np.where(here, cells.hi, 0))

    def _sums(self, value: Ints) -> Ints:
        summed = np.bincount(self.model, weights=value, minlength=len(self)).astype(np.int64)
        return summed // self.weighed.slice.per_unit

    @cached_property
    def kept(self) -> Mask:
        """Models that count: in scope, and not left out by age or a rule in all windows, bool[models].

        Models without a cell have no weight and count if they are in scope: whoever needs only those with weight
        takes `weight > 0`.
        """
        cell = np.zeros(len(self), bool)
        some = np.zeros(len(self), bool)
        cell[self.model] = True
        some[self.model[self.weighed.kept]] = True
        return np.where(cell, some, scopes()[self.weighed.definition.scope].holds(subject_of(self.frame)))

    def labelled(
        self,
        codes: npt.NDArray[np.integer],
        names: Sequence[str],
        dark: Collection[str] = (),
        buckets: Mapping[str, Collection[str]] | None = None,
    ) -> Groups:
        """Groups of one's own, by a label of each model, as `Weighed.groups` gives them for a dimension.

        Args:
            codes: index into `names` of each model, int[models].
            names: of the groups.
            dark: groups whose weight could belong to any other, such as `unknown`.
            buckets: broad groups, with the groups that each could hold.
        """
        holds = {name: frozenset(held) for name, held in (buckets or {}).items()}
        return Groups(codes[self.entry_model].astype(np.int32), list(names), frozenset(dark), holds)

    def narrowed(self, models: Mask) -> Roster:
        """The same with some models only: the others are left out as if out of scope.

        Args:
            models: bool[models].
        """
        weighed = self.weighed
        return replace(self, weighed=replace(weighed, kept=weighed.kept & models[self.model]))

"""Who acts as one: an organisation with all its namespaces; a person, or a namespace that nobody knows, alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.weigh import Groups, Weighed
from weighbridge.records.cells import Coded, Entries
from weighbridge.register.parties import INDIVIDUALS, ROOT_MARK

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Clusters:
    """The cluster of each entry.

    Attributes:
        code: number of the cluster, from 0 in no order, int64[entries].
        count: how many clusters there are.
        keys: for each cluster the organisation's code, or the holder's beyond the organisations.
    """

    code: Ints
    count: int
    keys: Ints
    organisations: Groups
    holder: Coded

    def name(self, cluster: int) -> str:
        """Name of the organisation, or of the namespace that stands alone."""
        key, own = int(self.keys[cluster]), len(self.organisations.names)
        return self.organisations.names[key] if key < own else str(self.holder.names[key - own]).split(ROOT_MARK)[0]


def clusters_of(weighed: Weighed, entries: Entries | None = None) -> Clusters:
    """Clusters of the entries that count, or of others."""
    chosen = weighed.entries if entries is None else entries
    groups = weighed.groups("organisation", entries)
    alone = np.array([name in groups.dark or name == INDIVIDUALS for name in groups.names], bool)
    key = np.where(alone[groups.codes], len(groups.names) + chosen.holder.codes.astype(np.int64), groups.codes)
    seen = np.bincount(key) > 0
    keys = np.flatnonzero(seen)
    place = np.cumsum(seen) - 1
    return Clusters(place[key], len(keys), keys, groups, chosen.holder)

"""Jumps of one model in a series, told from restatements, in which many models jump on one day."""

from __future__ import annotations

import numpy as np

from weighbridge.definitions.rules import Evidence, Facts, Mask
from weighbridge.records.cells import Cells

DOMINANT = 0.5


class Spike:
    """Removes a model's flow of a period if most of it is one jump that no other model shares."""

    id = "spike"
    version = 1
    title = "a period of a model most of whose flow is one sudden jump of its own"
    words = (
        "A spike is a day's flow of one model of over 20 times its mean over the 60 days around, of at "
        "least 100,000 downloads, that is gone within 3 days, on a day on which fewer than 5 models do the same "
        "(where more do, the hub restated its counters, and nothing is removed). A period of a model is left out "
        "if spikes are over half of its flow. Says nothing of a single census."
    )

    def facts(self, evidence: Evidence) -> Facts:
        """Whether spikes are over half of the cell's flow."""
        return np.asarray(evidence.spikes > DOMINANT * np.maximum(evidence.value, 1), dtype=bool)

    def removes(self, cells: Cells, considered: Mask) -> Mask:
        """Which cells are dominated by a spike."""
        return np.asarray(considered & cells.facts[self.id].astype(bool), dtype=bool)


RULE = Spike()

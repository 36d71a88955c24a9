"""Jumps of one model in a series, told from restatements, in which many models jump on one day."""

from __future__ import annotations

import numpy as np

from weighbridge.definitions.rules import Evidence, Facts, Mask
from weighbridge.records.cells import Cells


class Spike:
    """Removes what a sudden jump of one model alone added to its flow; the rest of its flow stays."""

    id = "spike"
    version = 1
    title = "what a sudden jump of one model alone added to a series"
    words = (
        "A jump is a day's change of a counter of over 20 times the usual one (the mean of the calmest nine tenths of "
        "the 60 days around) and at least 1,000 downloads. A rise of one model of at least 100,000 and 5 rounding "
        "steps is a spike; of a cumulative counter it must be gone within 3 days. Where at least 5 models and 1 % of "
        "those observed jump on one day, the hub restated its counters, and nothing is removed. What the spike added "
        "beyond the usual day is left out, whatever the grain of the series. Says nothing of a single census."
    )

    needs = "a series of daily readings"

    def runs(self, evidence: Evidence) -> bool:
        """See `Rule.runs`."""
        return "at" not in evidence.ways

    def facts(self, evidence: Evidence) -> Facts:
        """Whether the cell is what a spike added."""
        return evidence.spike

    def removes(self, cells: Cells, considered: Mask) -> Mask:
        """See `Rule.removes`."""
        return np.asarray(considered & cells.facts[self.id].astype(bool), dtype=bool)


RULE = Spike()

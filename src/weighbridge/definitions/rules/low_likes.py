"""Much-downloaded models that hardly anybody likes: parts of pipelines and dependencies. Optional."""

from __future__ import annotations

import numpy as np

from weighbridge.definitions.rules import Evidence, Facts, Mask
from weighbridge.records.cells import Cells

LIKES = 5
DOWNLOADS = 100_000


class LowLikes:
    """Removes models with over 100,000 downloads in the window and fewer than 5 likes."""

    id = "low-likes"
    version = 1
    title = "over 100,000 downloads and fewer than 5 likes: a dependency that software fetches, not a choice"
    words = (
        "Many downloads and almost no likes mark models that a program fetches by default. They are used, so the "
        "rule is off unless asked for. Models whose likes are not known stay."
    )

    needs = "likes"

    def runs(self, evidence: Evidence) -> bool:
        """See `Rule.runs`."""
        return bool((evidence.likes >= 0).any())

    def facts(self, evidence: Evidence) -> Facts:
        """Whether the cell is such a model."""
        known = evidence.likes >= 0
        return np.asarray(known & (evidence.likes < LIKES) & (evidence.value > DOWNLOADS), dtype=bool)

    def removes(self, cells: Cells, considered: Mask) -> Mask:
        """See `Rule.removes`."""
        return np.asarray(considered & cells.facts[self.id].astype(bool), dtype=bool)


RULE = LowLikes()

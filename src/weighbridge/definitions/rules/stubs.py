"""Tiny random models that exist for the tests of software. Optional."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from weighbridge.definitions.rules import Evidence, Facts, Mask
from weighbridge.records.cells import Cells

STUB = (
    r"(?:^|/|[-_.])(?:tiny[-_]?(?:[a-z0-9]+[-_])?(?:random|dummy|testing)|dummy[-_]|random[-_]tiny)"
    r"|(?:^|/)(?:hf-internal-testing|peft-internal-testing|trl-internal-testing|optimum-internal-testing)/"
)


class Stubs:
    """Removes models whose name says that they are stubs for tests."""

    id = "test-stubs"
    version = 1
    title = "models named as stubs for the tests of software (tiny-random and the like)"
    words = (
        "Downloads of tiny random models are runs of test suites, not use of a model. The rule goes by the name and "
        "by namespaces kept for internal tests; it is off unless asked for."
    )

    needs = ""

    def runs(self, evidence: Evidence) -> bool:
        """See `Rule.runs`."""
        return True

    def facts(self, evidence: Evidence) -> Facts:
        """Whether the name says so."""
        low = pc.utf8_lower(evidence.names.names)
        hit = pc.match_substring_regex(low, STUB).to_numpy(zero_copy_only=False).astype(bool)
        return np.asarray(hit[evidence.names.codes], dtype=bool)

    def removes(self, cells: Cells, considered: Mask) -> Mask:
        """See `Rule.removes`."""
        return np.asarray(considered & cells.facts[self.id].astype(bool), dtype=bool)


RULE = Stubs()

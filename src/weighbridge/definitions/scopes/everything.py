"""All models of the hub."""

from __future__ import annotations

import numpy as np

from weighbridge.definitions.scopes import Mask, Subject


class Everything:
    """No choice is made."""

    id = "everything"
    title = "all models of the hub"

    def holds(self, subject: Subject) -> Mask:
        """See `Scope.holds`."""
        return np.ones(len(subject.quantised), bool)


SCOPE = Everything()

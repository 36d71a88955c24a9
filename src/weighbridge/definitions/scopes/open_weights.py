"""Models whose weights can be downloaded."""

from __future__ import annotations

from weighbridge.definitions.scopes import Mask, Subject


class OpenWeights:
    """On hubs that also list hosted models, those are left out; on the Hugging Face Hub all have weights."""

    id = "open-weights"
    title = "models whose weights can be downloaded (leaves out a library's hosted-only entries)"

    def holds(self, subject: Subject) -> Mask:
        """See `Scope.holds`."""
        return subject.weights


SCOPE = OpenWeights()

"""What the ATOM Project's published inclusion policy comes closest to, from public tags alone."""

from __future__ import annotations

from weighbridge.definitions.scopes import LANGUAGE_TASKS, Mask, Subject, in_labels
from weighbridge.records.clock import parse_day

AFTER = parse_day("2022-12-01")


class AtomLike:
    """Language models after November 2022 without quantised copies and adapters; embeddings have other task tags."""

    id = "atom-like"
    title = "language models created after 2022-11, without quantised copies and adapters"

    def holds(self, subject: Subject) -> Mask:
        """See `Scope.holds`."""
        language = in_labels(subject.task, LANGUAGE_TASKS)
        adapter = in_labels(subject.relation, ("adapter",))
        return language & ~adapter & ~subject.quantised & (subject.created >= AFTER)


SCOPE = AtomLike()

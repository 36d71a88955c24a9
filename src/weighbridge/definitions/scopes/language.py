"""Language and vision-language models, by the Hub's task tag."""

from __future__ import annotations

from weighbridge.definitions.scopes import LANGUAGE_TASKS, Mask, Subject, in_labels


class Language:
    """Models without a task tag are left out, whatever they are."""

    id = "language"
    title = "language and vision-language models, by task tag (text generation in all its forms)"

    def holds(self, subject: Subject) -> Mask:
        """See `Scope.holds`."""
        return in_labels(subject.task, LANGUAGE_TASKS)


SCOPE = Language()

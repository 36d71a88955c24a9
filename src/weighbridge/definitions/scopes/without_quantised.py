"""Everything but quantised copies."""

from __future__ import annotations

from weighbridge.definitions.scopes import Mask, Subject


class WithoutQuantised:
    """Copies are those declared, named or tagged as quantised."""

    id = "without-quantised"
    title = "all models but quantised copies (declared, named or tagged so)"

    def holds(self, subject: Subject) -> Mask:
        """See `Scope.holds`."""
        return ~subject.quantised


SCOPE = WithoutQuantised()

"""What a build asks: as of the newest reading, so that the same store gives the same bytes on any day, and once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import Backing, StoreBacking
from weighbridge.records.clock import moment_text
from weighbridge.records.question import Question
from weighbridge.surfaces.python import Observatory
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Kept, Shelf, Told

LARGE_MOST = 64
"""Large things that are kept: a build goes through all pages, and none of them may be made twice."""


class Settled(Observatory):
    """Answers as of one moment where a question names none.

    Nothing became known after the newest reading, so the figures are those of any later moment.
    """

    def __init__(self, backing: Backing) -> None:
        super().__init__(backing)
        self.as_of = newest(backing)

    def question(self, **options: Any) -> Question:
        """See `Observatory.question`."""
        given = super().question(**options)
        if self.as_of is None or given.as_of is not None:
            return given
        return super().question(**{**options, "as_of": moment_text(self.as_of)})

    def quality(
        self,
        hub: str | None = None,
        event: str | None = None,
        as_of: str | None = None,
        vintage: str | None = None,
        top: int | None = None,
    ) -> dict[str, Any]:
        """See `Observatory.quality`."""
        then = as_of if as_of is not None or self.as_of is None else moment_text(self.as_of)
        return super().quality(hub, event, then, vintage, top)


class SettledShelf(Shelf):
    """Answers of a settled observatory; what cannot be answered is not asked again from every page either."""

    def __init__(self, backing: Backing) -> None:
        super().__init__(Settled(backing), _large=Kept(LARGE_MOST))
        self._refused: dict[Asked, UsageError | DataMissing] = {}

    def told(self, asked: Asked) -> Told:
        """See `Shelf.told`."""
        if asked in self._refused:
            raise self._refused[asked]
        try:
            return super().told(asked)
        except (UsageError, DataMissing) as error:
            self._refused[asked] = error
            raise


def newest(backing: Backing) -> datetime | None:
    """When the newest reading became known; null for a cube file, which says itself as of when it answers."""
    if not isinstance(backing, StoreBacking):
        return None
    return max((vintage.known for vintage in backing.store.vintages()), default=None)

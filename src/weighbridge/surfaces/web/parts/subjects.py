"""What the pages of organisations, families and models have in common: a ranked list of all, a profile of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from htpy import Node, h1, p

from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.profiles import profile as document_of
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts import entries, profile, text
from weighbridge.surfaces.web.parts.notes import simulated
from weighbridge.surfaces.web.parts.ranking import Ranking


class SubjectPage:
    """Of all: a ranked list. Of one: its profile.

    Attributes:
        id: kind of subject.
        ranking: its list.
        most: so many of the heaviest are published.
        least: all with a share from here on are published too.
    """

    id: ClassVar[str]
    ranking: ClassVar[Ranking]
    most: ClassVar[int]
    least: ClassVar[float] = 1.0

    def body(self, view: View, document: Mapping[str, Any], called: str) -> Sequence[Node]:
        """What its profile says below the terms.

        Args:
            view: of the page.
            document: the profile.
            called: its name as plain text.
        """
        raise NotImplementedError

    def make(self, view: View) -> Made:
        """See `Page.make`."""
        if view.subject is None:
            return self.ranking.make(view)
        document = document_of(view.shelf, self.id, view.subject, view.value("hub") or None)
        called = entries.told(document["name"])
        return Made(
            title=called,
            summary=profile.titled(self.id, document),
            body=[
                h1[text.name(document["name"])],
                p(".lead")[profile.titled(self.id, document)],
                simulated(document),
                profile.terms_of(document),
                self.body(view, document, called),
            ],
            canonical=tuple((key, value) for key, value in view.given if key == "hub" and value),
        )

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """The list, and those that are heavy."""
        return self.ranking.pages(shelf, self.most, self.least)

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """The list."""
        return (self.ranking.asked,)

"""The page of all subjects of a kind: a ranked list, and which of them a published folder has pages of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from htpy import h1, p

from weighbridge.charts.subject import Subject
from weighbridge.errors import DataMissing
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts.answer_table import answer_table
from weighbridge.surfaces.web.parts.figure import figure
from weighbridge.surfaces.web.parts.notes import notes, removals

LISTED = 100
"""Rows of a ranked list."""


@dataclass(frozen=True)
class Ranking:
    """The heaviest of a kind.

    Attributes:
        kind: of subject.
        title: of its page.
        words: what is listed.
    """

    kind: str
    title: str
    words: str

    @property
    def asked(self) -> Asked:
        """What the list answers."""
        return Asked.of("top", (("of", _PLURAL[self.kind]), ("top", str(LISTED))))

    def make(self, view: View) -> Made:
        """The page of the list."""
        document = view.shelf.document(self.asked)
        return Made(
            title=self.title,
            summary=f"{self.title} of {document['hub']}, with definition, bounds and vintage.",
            body=[
                h1[self.title],
                p(".lead")[self.words],
                figure(view, self.asked, first=True, full=False),
                answer_table(view, self.asked, self.title, LISTED),
                removals(document),
                notes(document),
            ],
        )

    def pages(self, shelf: Shelf, most: int, least: float = 1.0) -> Sequence[tuple[str | None, Given]]:
        """The list, and the subjects that have a page of their own: the so many heaviest, and all from a share on."""
        found: list[tuple[str | None, Given]] = [(None, ())]
        names = ((name, value) for name, value in self._heaviest(shelf, max(most, LISTED)))
        for place, (name, value) in enumerate(names):
            if place < most or value >= least:
                found.append((name, ()))
        return found

    def _heaviest(self, shelf: Shelf, most: int) -> Iterator[tuple[str, float]]:
        """Names and shares of those that are somebody, the heaviest first."""
        asked = Asked.of("top", (("of", _PLURAL[self.kind]), ("top", str(min(2 * most, 1_000)))))
        try:
            document = shelf.document(asked)
        except DataMissing:
            return
        about = Subject.of(document)
        rows: list[dict[str, Any]] = [row for row in document["rows"] if about.is_party(row["group"])]
        yield from ((str(row["group"]), float(row["value"])) for row in rows if row["downloads"])


_PLURAL = {"organisation": "organisations", "family": "families", "model": "models"}

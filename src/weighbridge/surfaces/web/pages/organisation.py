"""An organisation: who it is, what it weighs under each definition, with which models, and what is built on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from htpy import Node, h1, h2, p, section

from weighbridge.charts.wording import day
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.profiles import profile as document_of
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts import entries, profile
from weighbridge.surfaces.web.parts.events import events
from weighbridge.surfaces.web.parts.facts import facts
from weighbridge.surfaces.web.parts.notes import simulated
from weighbridge.surfaces.web.parts.ranking import Ranking
from weighbridge.surfaces.web.parts.text import name

RANKING = Ranking(
    "organisation",
    "The most downloaded organisations",
    "Organisations behind the accounts that publish models. Persons are summed as individuals; accounts that nobody "
    "has looked at stand as unregistered.",
)
PUBLISHED, LEAST = 150, 0.0005


class Organisation:
    """Of all: a ranked list. Of one: its profile."""

    id = "organisation"
    title = "Organisations"
    rank = 110

    def make(self, view: View) -> Made:
        """See `Page.make`."""
        if view.subject is None:
            return RANKING.make(view)
        document = document_of(view.shelf, self.id, view.subject, view.value("hub") or None)
        called = entries.told(document["name"])
        return Made(
            title=called,
            summary=profile.titled(self.id, document),
            body=[
                h1[name(document["name"])],
                p(".lead")[profile.titled(self.id, document)],
                simulated(document),
                profile.terms_of(document),
                facts(_facts(view, document)),
                profile.by_definition(document),
                profile.series(document),
                profile.elsewhere(view, document),
                profile.heaviest(view, document, called),
                profile.divided(view, document, called),
                _accounts(view, document),
                profile.derivatives(document, "its own models"),
                _events(view, document),
                profile.foot(document),
            ],
            canonical=tuple((key, value) for key, value in view.given if key == "hub" and value),
        )

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """The list; the heaviest, and all with a share that shows."""
        return RANKING.pages(shelf, PUBLISHED, LEAST)

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """The list."""
        return (RANKING.asked,)


def _facts(view: View, document: Mapping[str, Any]) -> list[tuple[Node, Node]]:
    found = document["share"]
    weight = profile.amount(document, found["downloads"] if found else None)
    many = f", by {found['models']:,} models" if found and found["models"] else ""
    return [
        (f"Share of all {profile.unit_of(document)}", profile.share(document)),
        ("Weight", f"{weight}{many}" if weight else None),
        *profile.who(view, document),
    ]


def _accounts(view: View, document: Mapping[str, Any]) -> Node:
    rows = document["accounts"]
    if not rows:
        return None
    return profile.section_of(
        "accounts",
        "Its accounts",
        profile.groups(view, document, "namespace", rows, "Accounts whose weight is the organisation's"),
    )


def _events(view: View, document: Mapping[str, Any]) -> Node:
    rows = document["events"]
    if not rows:
        return None
    return section(aria_labelledby="events")[
        h2(id="events")["What is odd about its readings"],
        events(view, rows, f"Quality events, as of {day(document['as_of'])}", len(rows)),
    ]


PAGE = Organisation()

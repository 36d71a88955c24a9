"""An organisation: who it is, what it weighs under each definition, with which models, and what is built on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from htpy import Node, h2, section

from weighbridge.charts.wording import day
from weighbridge.surfaces.web.page import View
from weighbridge.surfaces.web.parts import profile
from weighbridge.surfaces.web.parts.events import events
from weighbridge.surfaces.web.parts.facts import facts
from weighbridge.surfaces.web.parts.ranking import Ranking
from weighbridge.surfaces.web.parts.subjects import SubjectPage

RANKING = Ranking(
    "organisation",
    "The most downloaded organisations",
    "Organisations behind the accounts that publish models. Persons are summed as individuals; accounts that nobody "
    "has looked at stand as unregistered.",
)
PUBLISHED, LEAST = 150, 0.0005


class Organisation(SubjectPage):
    """Of all: a ranked list. Of one: its profile."""

    id = "organisation"
    title = "Organisations"
    rank = 110
    ranking = RANKING
    most = PUBLISHED
    least = LEAST

    def body(self, view: View, document: Mapping[str, Any], called: str) -> Sequence[Node]:
        """See `SubjectPage.body`."""
        return [
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
        ]


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

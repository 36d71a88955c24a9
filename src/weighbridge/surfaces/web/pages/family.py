"""A family of models: whose it is, what it weighs under each definition, who publishes it and who builds on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from htpy import Node, details, li, p, summary, ul

from weighbridge.surfaces.web.page import View
from weighbridge.surfaces.web.parts import entries, profile, text
from weighbridge.surfaces.web.parts.facts import facts
from weighbridge.surfaces.web.parts.ranking import Ranking
from weighbridge.surfaces.web.parts.subjects import SubjectPage
from weighbridge.surfaces.web.parts.table import table

RANKING = Ranking(
    "family",
    "The most downloaded families",
    "Families of models by the name at their declared root, else by their own name. What tells no family stands as "
    "not stated.",
)
PUBLISHED = 100


class Family(SubjectPage):
    """Of all: a ranked list. Of one: its profile."""

    id = "family"
    title = "Families"
    rank = 120
    ranking = RANKING
    most = PUBLISHED

    def body(self, view: View, document: Mapping[str, Any], called: str) -> Sequence[Node]:
        """See `SubjectPage.body`."""
        return [
            facts(_facts(view, document)),
            profile.by_definition(document),
            profile.series(document),
            profile.elsewhere(view, document),
            _roots(view, document),
            profile.heaviest(view, document, called),
            _uploaders(view, document),
            profile.derivatives(document, "the models of its name in its developer's accounts"),
            profile.divided(view, document, called),
            profile.foot(document),
        ]


def _facts(view: View, document: Mapping[str, Any]) -> list[tuple[Node, Node]]:
    found, developer = document["share"], document["developer"]
    weight = profile.amount(document, found["downloads"] if found else None)
    many = f", by {found['models']:,} models" if found and found["models"] else ""
    return [
        (f"Share of all {profile.unit_of(document)}", profile.share(document)),
        ("Weight", f"{weight}{many}" if weight else None),
        ("Developer", text.subject(view, "organisation", developer) if developer else "the register names none"),
        ("First release", entries.told(document["first_release"]) if document["first_release"] else None),
        ("Developer's accounts", entries.told(", ".join(document["root_accounts"])) or None),
        ("Note", entries.told(document["note"]) if document["note"] else None),
        ("How its models are told", _patterns(document["patterns"])),
    ]


def _patterns(rows: Sequence[Mapping[str, Any]]) -> Node:
    """The patterns of names, which the register holds as data."""
    if not rows:
        return None
    return details[
        summary["by these patterns of names"],
        ul[
            (
                li[text.typed(row["pattern"]), [" but not ", text.typed(row["not"])] if row["not"] else None]
                for row in rows
            )
        ],
    ]


def _roots(view: View, document: Mapping[str, Any]) -> Node:
    found = document["roots"]
    if not found or not found["rows"]:
        return profile.section_of("roots", "Its own roots", profile.missing_line(document, "roots"))
    return profile.section_of(
        "roots",
        f"Its own roots ({len(found['rows'])} of {found['models']:,})",
        p["Models of its name in its developer's accounts that declare no base: what the others descend from."],
        table(
            found["rows"],
            "The heaviest roots of the family",
            cells={"model": profile.names(view, "model")},
            heads={"downloads": profile.unit_of(document)},
        ),
    )


def _uploaders(view: View, document: Mapping[str, Any]) -> Node:
    return profile.section_of(
        "uploaders",
        "Who publishes it",
        p["Whose accounts hold models of the family, whoever gets the credit."],
        [
            profile.groups(view, document, by, rows, f"Publishers of its models: {profile.DIMENSIONS[by]}")
            for by, rows in document["uploaders"].items()
        ],
    )


PAGE = Family()

"""A model: what it is, whose, where it comes from, what came of it, and what it weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from htpy import Node, article, div, h3, li, p, strong, ul

from weighbridge.charts.text import counted, percent
from weighbridge.charts.wording import day
from weighbridge.measures.profiles.lineage import document as tree_of
from weighbridge.records.amounts import several
from weighbridge.surfaces.web.page import View
from weighbridge.surfaces.web.parts import entries, profile, text
from weighbridge.surfaces.web.parts.drawn import drawn
from weighbridge.surfaces.web.parts.events import events
from weighbridge.surfaces.web.parts.facts import facts
from weighbridge.surfaces.web.parts.ranking import Ranking
from weighbridge.surfaces.web.parts.subjects import SubjectPage

RANKING = Ranking(
    "model",
    "The most downloaded models",
    "Single repositories. One of them can be a large part of a hub, since software fetches models again and again.",
)
PUBLISHED = 150
FLAT_DATE = "2022-03-02"
"""The day that the Hub gives to all that was created up to it."""
ITSELF = 1


class Model(SubjectPage):
    """Of all: a ranked list. Of one: its profile."""

    id = "model"
    title = "Models"
    rank = 130
    ranking = RANKING
    most = PUBLISHED

    def body(self, view: View, document: Mapping[str, Any], called: str) -> Sequence[Node]:
        """See `SubjectPage.body`."""
        return [
            facts(_weight(document)),
            facts(_attributes(document)),
            _credited(view, document),
            _lineage(view, document),
            profile.derivatives(document, "this model"),
            profile.series(document),
            _events(view, document),
            _elsewhere(view, document),
            profile.foot(document),
            p(".command")["The same on the command line: ", text.typed(f"weighbridge explain {document['name']}")],
        ]


def _weight(document: Mapping[str, Any]) -> list[tuple[Node, Node]]:
    always = document["all_time"]
    return [
        (f"Share of all {profile.unit_of(document)}", profile.share(document)),
        ("Weight in the window", profile.amount(document, document["downloads"])),
        ("Of all time", _always(document, always) if always else None),
        ("Does it count?", _counts(document)),
    ]


def _always(document: Mapping[str, Any], always: Mapping[str, Any]) -> str:
    step = f", rounded to {always['step']:,}" if always.get("step") else ""
    return f"{profile.amount(document, always['downloads'])} up to {day(always['day'])}{step}"


def _counts(document: Mapping[str, Any]) -> Node:
    answer = "yes" if document["counts"] else "no"
    return [answer, ul[(li[entries.told(reason)] for reason in document["because"])] if document["because"] else None]


def _attributes(document: Mapping[str, Any]) -> list[tuple[Node, Node]]:
    created = document["created"]
    early = " or before" if created == FLAT_DATE and document["hub"] == "huggingface" else ""
    return [
        ("Created", f"{day(created)}{early}" if created else None),
        ("Licence", _declared(document, "licence")),
        ("Size", _size(document)),
        ("Task", _declared(document, "task")),
        ("Library", _declared(document, "library")),
        ("Relation to a base", _declared(document, "relation")),
        ("A quantised copy", _declared(document, "quantised")),
        ("Gated", _declared(document, "gated")),
        ("Likes", counted(document["likes"]) if document["likes"] is not None else None),
    ]


def _declared(document: Mapping[str, Any], name: str) -> Node:
    """An attribute as it was declared; null where the reading does not give it."""
    value = document[name]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else "none declared" if value in ("(none)", "none") else text.name(value)


def _size(document: Mapping[str, Any]) -> str:
    known = [
        f"{counted(document[key])} {words}"
        for key, words in (("parameters", "parameters"), ("active_parameters", "of them active"))
        if document[key] is not None
    ]
    size = entries.told(document["size"])
    stated = "not known" if size == "unknown" else f"{size} billion parameters"
    return ", ".join(known) or stated


def _credited(view: View, document: Mapping[str, Any]) -> Node:
    family = document["family"]
    parts = document["credited"]
    return profile.section_of(
        "credit",
        "Who is credited, and why",
        p["The weight of a model that descends from several is split among them."] if len(parts) > ITSELF else None,
        [_credit(view, document, one) for one in parts],
        facts(
            [
                ("Family", [[" ", text.subject(view, "family", one)] for one in family["names"]] or None),
                ("Told", entries.told(family["because"]) if family["because"] else None),
            ]
        ),
    )


def _credit(view: View, document: Mapping[str, Any], one: Mapping[str, Any]) -> Node:
    other = one["model"] if one["model"] != document["name"] else None
    return article(".credit")[
        h3[text.subject(view, "organisation", one["organisation"])],
        facts(
            [
                ("Account", text.name(one["holder"])),
                ("For", text.subject(view, "model", other) if other else None),
                ("Weight", profile.amount(document, one["counted"])),
                *profile.who(view, {**one, "country": one["registered_country"]}),
                ("Counted for", profile.names(view, "country")(one["country"], {})),
                ("Decision", entries.told(one["decision"]) if one.get("decision") else None),
            ]
        ),
    ]


def _lineage(view: View, document: Mapping[str, Any]) -> Node:
    if document["parents"] is None:
        return profile.section_of("lineage", "Where it comes from", profile.missing_line(document, "lineage"))
    children = document["children"]
    return profile.section_of(
        "lineage",
        "Where it comes from, and what came of it",
        drawn(tree_of(document), "lineage"),
        p["By the bases that cards declare; a relation that no card declares is inferred, and marked so."],
        ul(".tree")[
            li[_ancestors(view, document), ul[li[strong[text.name(document["name"])], _children(view, children)]]]
        ],
        facts([("Descends in the end from", _roots(view, document))]),
    )


def _ancestors(view: View, document: Mapping[str, Any]) -> Node:
    parents = document["parents"]
    if not parents:
        return "It declares no base."
    return [["; " if place else "", _node(view, one)] for place, one in enumerate(parents)]


def _children(view: View, children: Mapping[str, Any]) -> Node:
    if not children["models"]:
        return ul[li["Nothing that is held declares it as its base."]]
    left = children["models"] - len(children["rows"])
    return [
        div(".under")[f"base of {several(children['models'], 'model')}, which weigh {counted(children['downloads'])}"],
        ul[
            (li[_node(view, one)] for one in children["rows"]),
            li[f"and {left:,} more"] if left else None,
        ],
    ]


def _node(view: View, one: Mapping[str, Any]) -> Node:
    relation = one.get("relation")
    told = [
        f"{entries.told(relation)}{' (inferred)' if one.get('inferred') else ''}"
        if relation not in (None, "none")
        else "",
        counted(one["downloads"]) if one["downloads"] is not None else "not held here",
    ]
    label = text.subject(view, "model", one["model"]) if one["held"] else text.name(one["model"])
    return [label, f" {', '.join(filter(None, told))}"]


def _roots(view: View, document: Mapping[str, Any]) -> Node:
    roots = [one for one in document["roots"] if one["model"] != document["name"]]
    if not roots:
        return None
    return ul[(li[text.subject(view, "model", one["model"]), f" {percent(one['weight'])}"] for one in roots)]


def _events(view: View, document: Mapping[str, Any]) -> Node:
    rows = document["events"]
    if not rows:
        return None
    title = "What is odd about its readings"
    return profile.section_of("events", title, events(view, rows, title, len(rows), models=False))


def _elsewhere(view: View, document: Mapping[str, Any]) -> Node:
    rows = document["elsewhere"]
    if not rows:
        return None
    return profile.section_of(
        "elsewhere",
        "The same name on other hubs",
        p["These need not be the same model, and their units are others."],
        ul[
            (
                li[text.subject(view, "model", one["model"], hub=one["hub"]), f" on {profile.hub_of(one)}"]
                for one in rows
            )
        ],
    )


PAGE = Model()

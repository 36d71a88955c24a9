"""The answer of the overview in sentences: who had which share, of which reading, without what, and what is newer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from htpy import Node, a, h2, li, p, section, time, ul

from weighbridge.charts.subject import HUBS, Subject, number
from weighbridge.charts.text import clean, counted, percent
from weighbridge.charts.wording import day, days_of, leads_outside, spoken
from weighbridge.errors import WeighbridgeError
from weighbridge.records.amounts import several
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.dataset import readings
from weighbridge.surfaces.web.page import View
from weighbridge.surfaces.web.parts.ways import explore, way

FIRST = 3
"""Groups that the answer names."""
Document = Mapping[str, Any]


def answer(document: Document) -> str:
    """Who had which share in which days, with its bounds; that nobody is known to, where that is so."""
    about, span = Subject.of(document), f"From {days_of(document['window'])}"
    whole = (
        f"{about.unit} {'of a chosen set of models ' if document['population'] == 'selection' else ''}on {about.hub}"
    )
    named = parties(document)
    if not named:
        return f"{span}, nobody is known to have {whole}."
    first = named[0]
    rest = " and ".join(f"{spoken(about, row['group'])} {percent(row['value'])}" for row in named[1:FIRST])
    sure = "more than any other could have" if leads_outside(about, document["rows"], first) else (
        "which another could exceed")  # fmt: skip
    return (
        f"{span}, models from {spoken(about, first['group'])} had {percent(first['value'])} of {whole} "
        f"(at least {percent(first['lo'])}, at most {percent(first['hi'])}, by what is unregistered or unknown), {sure}"
        f"{f'; those from {rest}' if rest else ''}."
    )


def window(document: Document) -> Node:
    """The window as files have it, for those who ask for the same."""
    start, end = (time(datetime=str(day))[clean(day)] for day in (document["window"]["from"], document["window"]["to"]))
    return ["Window in files and addresses: ", start, " up to and without ", end, "."]


def parties(document: Document) -> list[Mapping[str, Any]]:
    """Rows of those that can lead and have weight, the largest first."""
    about = Subject.of(document)
    return [row for row in document["rows"] if about.is_party(row["group"]) and (number(row["value"]) or 0) > 0]


def standing(view: View) -> str:
    """What stands on every answer, such as that the bundled sample answers."""
    return " ".join(clean(note) for note in view.shelf.observatory.notes)


def left_out(document: Document) -> str:
    """What rules of cleaning left out, and what the first would have with it, where the answer says so."""
    found = [removal for removal in document.get("removed") or () if removal["downloads"]]
    return " ".join(_left_out(document, removal, alone=len(found) == 1) for removal in found)


def _left_out(document: Document, removal: Mapping[str, Any], alone: bool) -> str:
    about, named, many = Subject.of(document), parties(document), removal["models"]
    which = ", ".join(clean(name) for name in removal["examples"])
    what = which if many == len(removal["examples"]) else f"{several(many, 'model')}, such as {which}"
    said = f"Left out by the rule {clean(removal['rule'])}: {what}, {counted(removal['downloads'])} {about.unit}"
    reason = f" ({clean(removal['title'])})"
    moved = number(removal["moved"].get(named[0]["group"])) if named and alone else None
    if moved is None:
        return f"{said}{reason}."
    would = percent(named[0]["value"] - moved)
    return (
        f"{said}{reason}; with {'it' if many == 1 else 'them'} {spoken(about, named[0]['group'])} would have {would}."
    )


def newer(view: View, document: Document) -> Node:
    """Who is ahead on hubs of which a newer reading is held, with the way to the answer."""
    known: dict[str, str] = {}
    for row in readings(view.shelf):
        known[str(row["hub"])] = max(str(row["known"]), known.get(str(row["hub"]), ""))
    there = view.shelf.observatory.backing.hubs()
    lines = [
        _newer(view, hub, last)
        for hub, last in known.items()
        if hub in there and hub != document["hub"] and last > known.get(str(document["hub"]), "")
    ]
    return ul(".newer")[lines] if any(lines) else None


def _newer(view: View, hub: str, known: str) -> Node:
    asked = Asked.of("share", [("hub", hub)])
    try:
        said = answer(view.shelf.document(asked))
    except WeighbridgeError:
        return None
    name = HUBS.get(hub, clean(hub))
    return li[
        f"A newer reading is held of {name} ({day(known)}). {said} ", way(explore(view, asked), f"See {name}"), "."
    ]


def unweighed(view: View, error: WeighbridgeError) -> Node:
    """What is held where no share can be given, with the ways to what can be asked of it.

    Args:
        view: of the page.
        error: why there is no share.
    """
    held = readings(view.shelf)
    hubs = dict.fromkeys(str(row["hub"]) for row in held)
    usage = explore(view, Asked("usage"))
    return section("#held", aria_labelledby="held-title")[
        h2("#held-title")["What is held"],
        p[clean(f"No share of downloads can be given: {error.message}.")],
        ul[(
            li[f"{HUBS.get(hub, clean(hub))}: ",
               "; ".join(f"{clean(row['title'])}, known {day(row['known'])}" for row in held if row["hub"] == hub)]
            for hub in hubs
        )],
        usage and p[a(href=usage)["Usage: downloads, pulls and tokens side by side"]],
    ]  # fmt: skip

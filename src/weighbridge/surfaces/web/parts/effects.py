"""What a matrix of definitions says as a whole: who leads in how many, how far the lead runs, which choice moves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from htpy import Node, li, strong, ul

from weighbridge.charts import grids
from weighbridge.charts.subject import Subject
from weighbridge.charts.text import points
from weighbridge.charts.wording import capital, spoken
from weighbridge.measures.matrix import TIE

CHOICES = {
    "max_age_days": "how old the models may be",
    "attribution": "who gets the credit",
    "scope": "which models are counted",
    "clean": "whether odd counters are left out",
    "register": "whose register of parties is used",
    "contested": "how disputed rows are read",
}
Document = Mapping[str, Any]


def verdict(document: Document) -> str:
    """Who leads in how many definitions, and in how many outside the bounds."""
    rows, about = document["rows"], Subject.of(document)
    sure = Counter(row["leader"] for row in rows if row["outside_bounds"])
    if len(document["leaders"]) == 1:
        return _always(document, next(iter(document["leaders"])), sum(sure.values()))
    parts = [
        f"{spoken(about, leader)} leads in {count}" if leader != TIE else f"nobody leads in {count}"
        for leader, count in document["leaders"].items()
    ]
    beyond = ", ".join(f"{spoken(about, leader)} in {count}" for leader, count in sure.most_common())
    return (
        f"Under {len(rows)} defensible definitions {', '.join(parts)}; outside the bounds {beyond or 'nobody in any'}."
    )


def _always(document: Document, leader: str, sure: int) -> str:
    """The verdict where every definition has the same: who is ahead, and in how many nothing unknown could turn it."""
    about, count = Subject.of(document), len(document["rows"])
    where = f"under all {count} defensible definitions" if count > 1 else "under the only definition that can be asked"
    if leader == TIE:
        names = _listed([spoken(about, group) for group in document["groups"]])
        same = f"{names} have the same" if len(document["groups"]) == 2 else f"None of {names} leads"
        return f"{capital(same)} {where}."
    others = _listed([spoken(about, group) for group in document["groups"] if group != leader])
    said = f"{capital(spoken(about, leader))} is ahead of {others} {where}"
    if not sure:
        return f"{said}, but never outside the bounds: an answer to what is unknown could turn it every time."
    if sure == count:
        return f"{said}, and always outside the bounds: no answer to what is unknown could turn it."
    return (
        f"{said}, and under {sure} of them outside the bounds: there no answer to what is unknown could turn it; "
        f"under the other {count - sure} one could."
    )


def reach(document: Document) -> str:
    """The least and the most of the difference."""
    summary = document["summary"]
    about = Subject.of(document)
    first, second = (spoken(about, group) for group in document["groups"][:2])
    least, most = summary["least"], summary["most"]
    if least is None or most is None:
        return ""
    if not least and not most:
        return f"{capital(first)} and {second} have the same share."
    if least <= 0 and most <= 0:
        return f"{capital(second)} is ahead of {first} by {_span(most, least)} points."
    if least >= 0:
        return f"{capital(first)} is ahead of {second} by {_span(least, most)} points."
    return f"{capital(first)} less {second} runs from {points(least)} to {points(most)} points."


def matters(document: Document) -> str:
    """The choice that moves the difference most."""
    most = document["summary"]["matters_most"]
    if not most:
        return "No choice moves the difference."
    effect = next(effect for effect in document["summary"]["effects"] if effect["choice"] == most)
    share, by = effect["turns"], _size(effect["range"])
    turns = f"it turns the lead in {share:.0%} of the settings of the others" if share else "it never turns the lead"
    return f"What moves it most is {CHOICES.get(most, most)}: by {by} points on average; {turns}."


def effects(document: Document) -> Node:
    """Every choice with its mean differences, the strongest first."""
    found = document["summary"]["effects"]
    return ul(".effects")[
        (
            li[
                strong[CHOICES.get(effect["choice"], effect["choice"])],
                f" moves it by {_size(effect['range'])} points on average: ",
                "; ".join(
                    f"{grids.word(effect['choice'], mean['level'])} {points(mean['difference'])}"
                    for mean in effect["means"]
                ),
            ]
            for effect in found
        )
    ]


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _span(near: float, far: float) -> str:
    """Two sizes of a difference, the smaller first; one where they read alike."""
    if not near:
        return f"up to {_size(far)}"
    return _size(near) if _size(near) == _size(far) else f"{_size(near)} to {_size(far)}"


def _size(part: float) -> str:
    return points(abs(part)).removeprefix("+")

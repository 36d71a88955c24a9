"""What a matrix of definitions says as a whole: who leads in how many, how far the lead runs, which choice moves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from htpy import Node, li, strong, ul

from weighbridge.charts import grids
from weighbridge.charts.subject import Subject
from weighbridge.charts.text import points
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
    if len(document["leaders"]) == 1 and TIE not in document["leaders"]:
        leader = next(iter(document["leaders"]))
        others = " and ".join(about.name(group) for group in document["groups"] if group != leader)
        return (
            f"{about.name(leader)} is ahead of {others} under all {len(rows)} defensible definitions, and under "
            f"{sure[leader]} of them outside the bounds: no answer to what is unknown could turn it."
        )
    parts = [
        f"{about.name(leader)} leads in {count}" if leader != TIE else f"nobody leads in {count}"
        for leader, count in document["leaders"].items()
    ]
    beyond = ", ".join(f"{about.name(leader)} in {count}" for leader, count in sure.most_common()) or "nobody in any"
    return f"Under {len(rows)} defensible definitions {', '.join(parts)}; outside the bounds {beyond}."


def reach(document: Document) -> str:
    """The least and the most of the difference."""
    summary = document["summary"]
    first, second = (Subject.of(document).name(group) for group in document["groups"][:2])
    least, most = summary["least"], summary["most"]
    if least is None or most is None:
        return ""
    if least <= 0 and most <= 0:
        return f"{second} is ahead of {first} by {_size(most)} to {_size(least)} points."
    if least >= 0:
        return f"{first} is ahead of {second} by {_size(least)} to {_size(most)} points."
    return f"{first} less {second} runs from {points(least)} to {points(most)} points."


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


def _size(part: float) -> str:
    return points(abs(part)).removeprefix("+")

"""Grades of evidence as badges that say in words what they mean."""

from __future__ import annotations

from htpy import Node, span

from weighbridge.charts.text import clean

GRADES = {
    "stated": "the party itself or a public record says so",
    "inferred": "it follows from something that a source states",
    "recalled": "from memory, without a source that states it",
}


def badge(grade: object) -> Node:
    """A grade with its meaning; an unknown grade as it is."""
    text = clean(grade)
    return span(class_=["badge", f"badge-{text}" if text in GRADES else None], title=GRADES.get(text))[text]


def meanings() -> list[tuple[Node, Node]]:
    """Each grade with its meaning, as a list of facts takes them."""
    return [(badge(grade), words) for grade, words in GRADES.items()]

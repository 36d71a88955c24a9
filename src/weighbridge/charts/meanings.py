"""What the value of a measure is, in words, and where a comparison of groups means anything.

A group leads others only where all are parts of one whole. Elsewhere groups overlap, or a figure is a quantile, a
number of days or a part of each group's own weight: there a chart says what the value is and claims nothing.
"""

from __future__ import annotations

from weighbridge.charts.subject import Subject, asked

PARTS_OF_ONE_WHOLE = ("share", "history", "top", "new-models")
"""Measures whose groups divide one whole, so that the largest leads."""
OWN_CHARTS_ONLY = ("cadence", "derivatives", "licence-drift", "openness", "size", "usage")
"""Measures whose rows mean different things by what was asked, so that bars of just any rows would mislead."""

ANSWER_ORDER = ("cadence", "derivatives")
"""Measures whose largest value is not what matters most; their answers name groups in a better order."""


def divides(subject: Subject) -> bool:
    """Whether the groups are parts of one whole."""
    return subject.measure in PARTS_OF_ONE_WHOLE and subject.is_part


def any_bars(subject: Subject) -> bool:
    """Whether ranked bars of all rows say something true."""
    return subject.measure not in OWN_CHARTS_ONLY


def any_lines(subject: Subject) -> bool:
    """Whether lines of all rows by period say something true: each row is of one group, in one unit."""
    if subject.measure == "size" and asked(subject, "show") == "figures":
        return False
    places = [(row.get("group"), row.get("period")) for row in subject.rows]
    return len(set(places)) == len(places)


def named_first(subject: Subject) -> bool:
    """Whether groups matter in the order of the answer and not of their values."""
    return subject.measure in ANSWER_ORDER


def meaning(subject: Subject) -> str:
    """What the value is, as the beginning of a subtitle; empty where only the title tells."""
    by, unit = subject.by or "group", subject.unit
    if subject.measure == "cadence":
        return f"Median days between own releases by {by}"
    if subject.measure == "derivatives":
        return descent(subject)
    if subject.measure == "licence-drift":
        return f"Part of {unit} of models that declare a base"
    if subject.measure in ("openness", "size"):
        return f"Part of {unit}"
    return f"Share of {unit} by {by}" if subject.is_part and subject.measure in PARTS_OF_ONE_WHOLE else ""


def descent(subject: Subject) -> str:
    """What the value of `derivatives` is."""
    if asked(subject, "show") == "intermediaries":
        of = asked(subject, "of")
        whole = f"the {subject.unit} of {of} and what descends from it" if of else f"all {subject.unit}"
        return f"Part of {whole} that goes through an account's copies of others' models"
    if asked(subject, "count") == "new":
        return f"Part of all new models with a base that descend from each {subject.by}"
    return f"Part of the {subject.unit} of a {subject.by} and of its descendants that goes through the descendants"

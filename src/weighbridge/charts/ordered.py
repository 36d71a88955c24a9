"""Bars in an order of their own (rungs, kinds, classes), what is unknown hollow and last."""

from __future__ import annotations

from collections.abc import Mapping

from weighbridge.charts import bars
from weighbridge.charts.bars import Bars
from weighbridge.charts.sheet import Sheet
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import clean

UNKNOWN = ("unknown", "unknown licence")
HOLLOW = "Hollow: unknown, so possibly in any of the others."
PALE = "Pale parts lie between the bounds."


def ordered(subject: Subject, sheet: Sheet, mark: str, names: Mapping[str, str] | None = None) -> Bars:
    """Bars of all rows with a figure, in the order of the answer.

    Args:
        mark: their colour.
        names: what groups are called here; others by their own name.
    """
    drawn = []
    for row in subject.rows:
        if number(row.get("value")) is None:
            continue
        group = str(row["group"])
        one = bars.bar(subject, sheet, row) | {"colour": mark, "label": told(group, names)}
        if group in UNKNOWN:
            one |= {"unknown": True, "range": ""}
        drawn.append(one)
    return bars.placed(subject, sheet, drawn)


def told(group: str, names: Mapping[str, str] | None = None) -> str:
    """A rung's, kind's or class's name as it stands beside a bar."""
    text = clean((names or {}).get(group, group))
    return text[:1].upper() + text[1:]


def signs(drawn: Bars) -> str:
    """What the parts of the bars mean, said only of those that are there."""
    return " ".join([PALE] * bool(drawn.data["pale"]) + [HOLLOW] * bool(drawn.data["hollow"]))

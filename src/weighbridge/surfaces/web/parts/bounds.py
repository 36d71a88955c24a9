"""A value between its bounds, as a strip in a table."""

from __future__ import annotations

import htpy
from htpy import Node

from weighbridge.charts.subject import number
from weighbridge.charts.text import percent

WIDTH, HEIGHT, TICK = 120, 12, 3


def strip(value: object, lo: object, hi: object, most: float = 1.0) -> Node:
    """A drawing of a value with its bounds; nothing where one of them is not known.

    Args:
        value, lo, hi: numbers of one scale, such as parts of a whole.
        most: the right end of the scale, so that all strips of a table are alike.
    """
    found, least, limit = number(value), number(lo), number(hi)
    if found is None or least is None or limit is None or most <= 0:
        return None
    start, end, at = (WIDTH * min(max(part / most, 0.0), 1.0) for part in (least, limit, found))
    said = f"{percent(found)}, from {percent(least)} to {percent(limit)}"
    return htpy.svg(".strip", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=said)[
        htpy.rect(".track", x="0", y="5", width=str(WIDTH), height="2"),
        htpy.rect(".sure", x="0", y="3", width=f"{start:.1f}", height="6"),
        htpy.rect(".range", x=f"{start:.1f}", y="3", width=f"{max(end - start, 0.5):.1f}", height="6"),
        htpy.rect(".tick", x=f"{min(max(at - TICK / 2, 0), WIDTH - TICK):.1f}", y="0", width=str(TICK), height="12"),
    ]

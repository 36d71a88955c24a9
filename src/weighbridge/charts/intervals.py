"""Dots with ranges on one scale: a row a figure, its limits as a line, numbers beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from weighbridge.charts.series import nice_ticks
from weighbridge.charts.sheet import SAYS, Layer, Sheet, coloured, plot_width, said, shapes, texts
from weighbridge.charts.text import shortened, widest, width
from weighbridge.charts.theme import BASE, SMALL

STEP, ABOVE_STEP, STACKED_STEP = 32, 48, 62
LABEL_PART = 0.34
BELOW = 22
TICK_GAP = 22


@dataclass(frozen=True)
class Interval:
    """One row.

    Attributes:
        name: of it.
        value: the dot; null for none.
        lo, hi: ends of the line; null for none.
        other: a second figure to compare with, drawn as a hollow diamond; null for none.
        reach: ends of a thin line around the other; null for none.
        told: what is written beside it.
        mark: its colour.
    """

    name: str
    value: float | None
    lo: float | None
    hi: float | None
    told: str
    mark: str
    other: float | None = None
    reach: tuple[float, float] | None = None


@dataclass(frozen=True)
class Intervals:
    """What intervals need of a picture; see `Picture` for the fields."""

    layers: list[Layer]
    data: dict[str, list[dict[str, Any]]]
    height: int
    left: int
    right: int
    below: int


def intervals(
    rows: Sequence[Interval], sheet: Sheet, shown: Callable[[float], str], zero: bool = True,
    ticks: Sequence[tuple[float, str]] | None = None,
) -> Intervals:  # fmt: skip
    """Rows in the order given, with the axis below.

    Args:
        shown: a tick as text.
        zero: whether the scale must reach zero.
        ticks: places and texts of the axis; null: round numbers.
    """
    theme = sheet.theme
    figures = [v for row in rows for v in (row.value, row.lo, row.hi, row.other) if v is not None]
    figures += [end for row in rows for end in row.reach or ()]
    least, most = min(figures), max(figures)
    if zero:
        least, most = min(least, 0.0), max(most, 0.0)
    marks = list(ticks) if ticks else [(tick, shown(tick)) for tick in nice_ticks(least, most)]
    low, high = min(least, marks[0][0]), max(most, marks[-1][0])
    high = high if high > low else low + 1.0
    ends = [round(width(marks[n][1], SMALL) / 2) - sheet.margin + 4 for n in (0, -1)]  # texts reach over the plot
    beside = widest((row.name for row in rows), BASE) + 14 <= LABEL_PART * sheet.inner and not sheet.narrow
    left = round(widest((row.name for row in rows), BASE)) + 14 if beside else max(8, ends[0])
    right = round(widest((row.told for row in rows), SMALL)) + 14 if beside else max(12, ends[1])
    across = plot_width(left, right, sheet)
    stacked = not beside and any(width(r.name, BASE) + width(r.told, SMALL) + 16 > sheet.inner for r in rows)
    step = STEP if beside else STACKED_STEP if stacked else ABOVE_STEP

    def x_of(value: float) -> float:
        return (value - low) / (high - low) * across

    ranges, thin, dots, others, names, told = ([] for _ in range(6))
    for place, row in enumerate(rows):
        y = place * step + (step / 2 if beside else step - 13)
        at = {"y": y, SAYS: said(row.name, row.told)}
        if row.lo is not None and row.hi is not None:
            ranges.append({"x": x_of(row.lo), "x2": x_of(row.hi), "colour": row.mark, **at})
        if row.reach is not None:
            thin.append({"x": x_of(row.reach[0]), "x2": x_of(row.reach[1]), "colour": row.mark, **at})
        if row.value is not None:
            dots.append({"x": x_of(row.value), "colour": row.mark, **at})
        if row.other is not None:
            others.append({"x": x_of(row.other), **at})
        room = sheet.inner if beside or stacked else sheet.inner - width(row.told, SMALL) - 16
        above = 0 if beside else 36 if stacked else 20
        names.append({**at, "x": -12 if beside else -8, "y": y - above, "text": shortened(row.name, room, BASE)})
        told.append({
            "x": across + 12 if beside else -8 if stacked else across + 10,
            "y": y if beside else y - (19 if stacked else 20),
            "text": row.told,
        })  # fmt: skip
    height = len(rows) * step
    free = -1e9
    ticked: list[dict[str, Any]] = []
    for value, text in marks:
        if x_of(value) - free > width(text, SMALL) + TICK_GAP:
            ticked.append({"x": x_of(value), "y": height + 13, "text": text})
            free = x_of(value)
    data: dict[str, list[dict[str, Any]]] = {
        "grid": [{"x": tick["x"], "y": 0, "y2": height} for tick in ticked],
        "ticks": ticked, "thin": thin, "ranges": ranges, "dots": dots, "others": others, "names": names, "told": told,
    }  # fmt: skip
    layers = [
        shapes("grid", "rule", ("x", "y", "y2"), stroke=theme.grid, strokeWidth=1),
        texts("ticks", SMALL, "center", theme.faint),
        coloured(shapes("thin", "rule", ("x", "x2", "y"), strokeWidth=1.4, opacity=0.8)),
        coloured(shapes("ranges", "rule", ("x", "x2", "y"), strokeWidth=7, opacity=0.35)),
        coloured(shapes("dots", "point", ("x", "y"), size=90, filled=True, opacity=1)),
        shapes("others", "point", ("x", "y"), size=80, shape="diamond", filled=True, fill=theme.ground,
               stroke=theme.ink, strokeWidth=1.6, opacity=1),
        texts("names", align="right" if beside else "left", fill=theme.ink),
        texts("told", SMALL, align="left" if beside or stacked else "right", fill=theme.soft),
    ]  # fmt: skip
    return Intervals([layer for layer in layers if data[layer["data"]["name"]]], data, height, left, right, BELOW)

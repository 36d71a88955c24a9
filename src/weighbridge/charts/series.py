"""Lines over time: one a group, bounds as bands, what is not whole marked, names at the ends of the lines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weighbridge.charts import wording
from weighbridge.charts.sheet import SAYS, Layer, Sheet, colour, coloured, plot_width, said, shapes, spread, texts
from weighbridge.charts.subject import number
from weighbridge.charts.text import ELLIPSIS, shortened, widest, width
from weighbridge.charts.theme import BAND, BASE, SMALL

HEIGHT, HEIGHT_NARROW = 340, 260
LABEL_STEP = 17
LABELS_PART = 0.34
STEPS = (1, 2, 2.5, 5, 10, 20, 25, 50)
TICKS_WANTED = 5
TINY = 1e-9
BELOW = 38
FEW_BANDS = 3
OVERHANG = 22
"""Pixels by which words may be wider than the stretch that they are about."""


@dataclass(frozen=True)
class Point:
    """One figure of a line.

    Attributes:
        start, end: first day and the day after the last, as ordinals.
        value, lo, hi: the figure and its limits; these may be null.
        whole: whether the period was observed over its whole length.
    """

    start: int
    end: int
    value: float
    lo: float | None = None
    hi: float | None = None
    whole: bool = True

    @property
    def middle(self) -> float:
        """The day at which it is drawn."""
        return (self.start + self.end) / 2


@dataclass(frozen=True)
class Line:
    """A series.

    Attributes:
        name: for its label.
        points: in order of time.
        mark, ink: colours of the line and of its label.
        dashed: whether it is of what nobody knows.
        quiet: whether it is drawn thin and without label or band.
        banded: whether its limits are drawn.
    """

    name: str
    points: Sequence[Point]
    mark: str
    ink: str
    dashed: bool = False
    quiet: bool = False
    banded: bool = True


@dataclass(frozen=True)
class Lines:
    """What lines need of a picture; see `Picture` for the fields."""

    layers: list[Layer]
    data: dict[str, list[dict[str, Any]]]
    height: int
    left: int
    right: int
    below: int


def lines(drawn: Sequence[Line], sheet: Sheet, shown: Callable[[float], str], partial: str = "not whole") -> Lines:
    """Lines with bands, labels and axes.

    Args:
        drawn: at least one line with at least one point.
        shown: a value as text.
        partial: what is written over a stretch that is not whole.
    """
    height = HEIGHT_NARROW if sheet.narrow else HEIGHT
    spoken = [line for line in drawn if not line.quiet]
    limits = [v for line in spoken if line.banded for p in line.points for v in (p.value, p.hi, p.lo) if v is not None]
    limits += [p.value for line in drawn for p in line.points]
    ticks = nice_ticks(min(0.0, *limits), max(limits))
    tick_texts = [shown(tick) for tick in ticks]
    room = LABELS_PART * sheet.inner
    labels = [_label(line, shown, room) for line in spoken]
    left = round(widest(tick_texts, SMALL)) + 10
    right = round(widest(labels, BASE, bold=True)) + 16
    across = plot_width(left, right, sheet)
    days = [d for line in drawn for p in line.points for d in (p.start, p.end)]
    first, last = min(days), max(days)

    def x_of(moment: float) -> float:
        return (moment - first) / max(last - first, 1) * across

    def y_of(value: float) -> float:
        return height * (1 - (value - ticks[0]) / ((ticks[-1] - ticks[0]) or 1.0))

    data: dict[str, list[dict[str, Any]]] = {
        "grid": [{"y": y_of(t), "x": 0, "x2": across} for t in ticks],
        "ticks": [{"x": -8, "y": y_of(t), "text": text} for t, text in zip(ticks, tick_texts, strict=True)],
        **_time_axis(drawn, x_of, height, across),
        **_partial(drawn, x_of, height, partial),
        **_drawn(drawn, x_of, y_of, shown),
        **_labels(spoken, labels, x_of, y_of, height, across),
    }
    return Lines(_layers(sheet, data), data, height, left, right, BELOW)


def nice_ticks(least: float, most: float) -> list[float]:
    """Round numbers that enclose a range, at most six or so; a range of nothing is one wide."""
    span = most - least if most - least > TINY else 1.0
    size = 10.0 ** (math.floor(math.log10(span)) - 1)
    step = next(size * s for s in STEPS if span / (size * s) <= TICKS_WANTED)
    low, high = math.floor(least / step + TINY), math.ceil(most / step - TINY)
    return [round(n * step, 12) for n in range(low, max(high, low + 1) + 1)]


def _label(line: Line, shown: Callable[[float], str], room: float) -> str:
    """A name with its last figure; the name gives way."""
    told = shown(line.points[-1].value)
    most = room - width(f" {told}", BASE, bold=True)
    name = shortened(line.name, most, BASE, bold=True) if most > width(f"Mm{ELLIPSIS}", BASE, bold=True) else ""
    return f"{name} {told}".strip()


def _time_axis(
    drawn: Sequence[Line], x_of: Callable[[float], float], height: int, across: int
) -> dict[str, list[dict[str, Any]]]:
    """Names of periods under the plot, as many as there is room for; a year under the first of its own."""
    spans = sorted({(p.start, p.end) for line in drawn for p in line.points})
    named = [(x_of((start + end) / 2), *wording.on_axis(start, end)) for start, end in spans]
    wide = widest((text for _, text, _ in named), SMALL) + 14
    step = max(1, -(-int(len(named) * wide) // max(across, 1)))
    texts_, years, last_year, free = [], [], "", -1e9
    for place, text, year in named[::step]:
        texts_.append({"x": place, "y": height + 14, "text": text})
        if year and year != last_year and place - free > width(year, SMALL) + 10:
            years.append({"x": place, "y": height + 29, "text": year})
            last_year, free = year, place
    return {"moments": texts_, "years": years}


def _partial(
    drawn: Sequence[Line], x_of: Callable[[float], float], height: int, words: str
) -> dict[str, list[dict[str, Any]]]:
    """Shades behind the periods that were not observed over their whole length."""
    spans = sorted({(p.start, p.end) for line in drawn for p in line.points if not p.whole})
    shades = [{"x": x_of(start), "x2": x_of(end), "y": 0, "y2": height} for start, end in spans]
    wide = width(words, SMALL)
    said = [
        {"x": (shade["x"] + shade["x2"]) / 2, "y": 10, "text": words}
        for shade in shades
        if shade["x2"] - shade["x"] > wide - OVERHANG
    ]
    return {"shades": shades, "shade_words": said}


def _drawn(
    drawn: Sequence[Line], x_of: Callable[[float], float], y_of: Callable[[float], float],
    shown: Callable[[float], str],
) -> dict[str, list[dict[str, Any]]]:  # fmt: skip
    """Bands, lines and dots; a line to or from a period that is not whole is dashed, and its dot hollow."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in ("bands", "solid", "thin", "dashed", "dots")}
    for place, line in enumerate(drawn):
        for p in line.points:
            if p.lo is not None and p.hi is not None and line.banded and not line.quiet and not line.dashed:
                edges = {"y": y_of(p.lo), "y2": y_of(p.hi), "colour": line.mark}
                found["bands"].append({"line": place, "x": x_of(p.middle), **edges})
            at = {"x": x_of(p.middle), "y": y_of(p.value), "colour": line.mark}
            if not line.quiet:
                at[SAYS] = _says(line, p, shown)
                found["dots"].append(at | {"inside": line.mark if p.whole and not line.dashed else "hollow"})
        for a, b in itertools.pairwise(line.points):
            piece = {
                "colour": line.mark, SAYS: line.name,
                "x": x_of(a.middle), "y": y_of(a.value), "x2": x_of(b.middle), "y2": y_of(b.value),
            }  # fmt: skip
            broken = line.dashed or not (a.whole and b.whole)
            found["thin" if line.quiet else "dashed" if broken else "solid"].append(piece)
    found["whiskers"] = [] if len({band["x"] for band in found["bands"]}) > 1 else found["bands"]
    found["bands"] = [] if found["whiskers"] else found["bands"]  # one period has no area
    return found


def _says(line: Line, point: Point, shown: Callable[[float], str]) -> str:
    """Name, period and figure of a dot, with its limits."""
    limits = ""
    if point.lo is not None and point.hi is not None and not point.lo == point.hi == point.value:
        limits = f"{shown(point.lo)} to {shown(point.hi)}"
    period = " ".join(filter(None, wording.on_axis(point.start, point.end)))
    return said(f"{line.name}, {period}", shown(point.value), limits)


def _labels(
    spoken: Sequence[Line], labels: Sequence[str], x_of: Callable[[float], float], y_of: Callable[[float], float],
    height: int, across: int,
) -> dict[str, list[dict[str, Any]]]:  # fmt: skip
    """Names at the right, kept apart, each joined to the end of its line."""
    ends = [y_of(line.points[-1].value) for line in spoken]
    places = spread(ends, LABEL_STEP, 4.0, height - 2.0)
    names, joints = [], []
    for line, text, end, place in zip(spoken, labels, ends, places, strict=True):
        names.append({"x": across + 10, "y": place, "text": text, "colour": line.ink})
        start = x_of(line.points[-1].middle) + 5
        joints.append({"x": start, "x2": across + 7, "y": end, "y2": place, "colour": line.mark})
    return {"labels": names, "joints": joints}


def _layers(sheet: Sheet, data: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Layer]:
    theme = sheet.theme
    ends = ("x", "x2", "y", "y2")
    few = len({band["line"] for band in data["bands"]}) <= FEW_BANDS
    area = shapes("bands", "area", ("x", "y", "y2"), fillOpacity=BAND if few else BAND * 0.7)
    area["encoding"] |= {"detail": {"field": "line", "type": "nominal"}, "fill": colour()}
    dots = shapes("dots", "point", ("x", "y"), size=26, strokeWidth=1.6, filled=False)
    dots["encoding"] |= {
        "stroke": colour(),
        "fill": {
            "condition": {"test": {"field": "inside", "equal": "hollow"}, "value": theme.ground},
            "field": "inside", "type": "nominal", "scale": None, "legend": None,
        },
    }  # fmt: skip
    layers = [
        shapes("shades", "rect", fill=theme.shade),
        texts("shade_words", SMALL, "center", theme.faint),
        shapes("grid", "rule", ("x", "x2", "y"), stroke=theme.grid, strokeWidth=1),
        texts("ticks", SMALL, "right", theme.faint),
        texts("moments", SMALL, "center", theme.faint),
        texts("years", SMALL, "center", theme.faint, fontWeight=600),
        area,
        coloured(shapes("whiskers", "rule", ("x", "y", "y2"), strokeWidth=9, opacity=BAND * 1.5)),
        shapes("thin", "rule", ends, stroke=theme.grid, strokeWidth=1.2),
        coloured(shapes("joints", "rule", ends, strokeWidth=0.8, opacity=0.6)),
        coloured(shapes("dashed", "rule", ends, strokeWidth=1.8, strokeDash=[4, 3])),
        coloured(shapes("solid", "rule", ends, strokeWidth=2.4, strokeCap="round")),
        dots,
        texts("labels", BASE, fontWeight=600),
    ]
    return [layer for layer in layers if data.get(layer["data"]["name"])]


def moments(
    subject_rows: Sequence[Mapping[str, Any]], span: Callable[[str], tuple[int, int]], whole: Callable[[str], bool]
) -> list[Point]:
    """Points of one group's rows, in order of time; rows without a figure are left out."""
    found = []
    for row in subject_rows:
        value = number(row.get("value"))
        if value is None:
            continue
        start, end = span(str(row["period"]))
        found.append(Point(start, end, value, number(row.get("lo")), number(row.get("hi")), whole(str(row["period"]))))
    return sorted(found, key=lambda point: point.start)

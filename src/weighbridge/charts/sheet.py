"""The sheet a chart is drawn on: its width and theme, and the way from a picture to a Vega-Lite specification.

Every place is worked out here and in the charts, in pixels: Vega's own layout measures text, and so would differ from
machine to machine. Values reach the specification as data and never as part of an expression, a format or a signal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weighbridge.charts.text import balanced, folded, width
from weighbridge.charts.theme import BASE, LINE, SMALL, Theme

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
NARROW = 560
"""Sheets under so many pixels are drawn as on a telephone."""
LEAST_WIDTH, MOST_WIDTH = 300, 2_000
FOOT_GAP = 18
ROWS_MOST = 1_000
"""Rows of an answer that a specification holds; the CSV holds all."""
SAYS = "says"
"""Field of a mark's row that a page shows where the mark is pointed at; nothing is drawn of it."""
Layer = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """What is drawn on.

    Attributes:
        theme: its colours.
        width: of everything, in pixels.
        head: whether title, subtitle and source line are part of the picture; a page may say them itself.
    """

    theme: Theme
    width: int
    head: bool = True

    @property
    def narrow(self) -> bool:
        """Whether it is as on a telephone."""
        return self.width < NARROW

    @property
    def margin(self) -> int:
        """Empty pixels at all edges."""
        return 14 if self.narrow else 24

    @property
    def inner(self) -> int:
        """Pixels between the margins."""
        return self.width - 2 * self.margin

    @property
    def title_size(self) -> float:
        """Size of the title."""
        return 17 if self.narrow else 21

    @property
    def subtitle_size(self) -> float:
        """Size of the subtitle."""
        return BASE - 0.5 if self.narrow else BASE


@dataclass(frozen=True)
class Picture:
    """What a chart makes of a subject.

    Attributes:
        title: what the data say, in one sentence.
        subtitle: unit, definition and window.
        left, right: pixels beside the plot, within the margins.
        height: pixels of the plot.
        below: pixels under the plot that its own texts take.
        layers: of the plot, in order; each names its data.
        data: tables by name; `rows` holds the rows of the answer.
        note: a line above the source line.
    """

    title: str
    subtitle: str
    height: int
    layers: Sequence[Layer]
    data: Mapping[str, Sequence[Mapping[str, Any]]]
    left: int = 0
    right: int = 0
    below: int = 0
    note: str = ""


def composed(picture: Picture, sheet: Sheet, source: str) -> dict[str, Any]:
    """The specification of a picture on a sheet, with the source line below it."""
    theme, margin, left = sheet.theme, sheet.margin, picture.left
    above, title, under = _head(picture, sheet) if sheet.head else (margin, [], [])
    foot = _foot(picture, sheet, source) if sheet.head else []
    foot_height = round(len(foot) * SMALL * LINE) + (FOOT_GAP if foot else 0)
    across = plot_width(left, picture.right, sheet)
    data = {name: list(rows) for name, rows in picture.data.items()}
    layers = list(picture.layers)
    for name, lines, size, fill, weight in (
        ("title", title, sheet.title_size, theme.ink, 700),
        ("subtitle", under, sheet.subtitle_size, theme.soft, 400),
        ("foot", foot, SMALL, theme.faint, 400),
    ):
        if lines:
            data[name] = [{"x": -left, **line} for line in lines]
            layers.append(texts(name, size, fill=fill, fontWeight=weight))
    return {
        "$schema": SCHEMA,
        "description": f"{picture.title}. {picture.subtitle}",
        "width": across,
        "height": picture.height,
        "autosize": {"type": "none"},
        "padding": {
            "left": margin + left,
            "right": margin + picture.right,
            "top": above,
            "bottom": picture.below + foot_height + margin // 2,
        },
        "config": theme.config(),
        "usermeta": {
            "weighbridge": {
                "title": picture.title,
                "subtitle": picture.subtitle,
                "source": source,
                "note": picture.note,
                "theme": theme.id,
            }
        },
        "datasets": data,
        "data": {"name": "rows"},
        "layer": [_with_shared_scales(layer, across, picture.height) for layer in layers],
    }


def plot_width(left: int, right: int, sheet: Sheet) -> int:
    """Pixels of the plot between what stands beside it."""
    return max(sheet.inner - left - right, 40)


def _head(picture: Picture, sheet: Sheet) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]]]:
    """Height above the plot, and the lines of the title and of the subtitle.

    They are texts of the plot and not Vega's own title, whose place depends on what stands highest in the plot.
    """
    size, small = sheet.title_size, sheet.subtitle_size
    title = balanced(picture.title, sheet.inner, size, bold=True, lines=5)
    under = folded(picture.subtitle, sheet.inner, small, lines=9)
    step, under_step = round(size * 1.25), round(small * LINE)
    height = sheet.margin + len(title) * step + 7 + len(under) * under_step + 20
    top = sheet.margin - height
    lines = [{"text": line, "y": top + round((n + 0.5) * step)} for n, line in enumerate(title)]
    top += len(title) * step + 7
    more = [{"text": line, "y": top + round((n + 0.5) * under_step)} for n, line in enumerate(under)]
    return height, lines, more


def _foot(picture: Picture, sheet: Sheet, source: str) -> list[dict[str, Any]]:
    """The lines under the plot: what its signs mean, and where the figures come from."""
    lines = [line for text in (picture.note, source) if text for line in folded(text, sheet.inner, SMALL)]
    top = picture.height + picture.below + FOOT_GAP
    return [{"text": line, "y": top + round((n + 0.5) * SMALL * LINE)} for n, line in enumerate(lines)]


def pixels(name: str) -> dict[str, Any]:
    """An encoding whose field holds a place in pixels, from the left or from the top."""
    return {"field": name, "type": "quantitative", "axis": None}


def _with_shared_scales(layer: Layer, across: int, down: int) -> Layer:
    """A layer whose places in pixels are what they say, since all layers share one scale for each direction."""
    encoding = dict(layer.get("encoding", {}))
    for channel, end in (("x", across), ("y", down)):
        if "field" in encoding.get(channel, {}):
            domain = [0, end] if channel == "x" else [end, 0]
            encoding[channel] = encoding[channel] | {"scale": {"domain": domain, "nice": False, "zero": False}}
    return layer | {"encoding": encoding}


def texts(data: str, size: float = BASE, align: str = "left", fill: str | None = None, **mark: Any) -> Layer:
    """Text at `x`, `y` from the field `text`; in the field `colour` unless a fill is given."""
    layer: Layer = {
        "data": {"name": data},
        "mark": {"type": "text", "align": align, "baseline": "middle", "fontSize": size} | mark,
        "encoding": {"x": pixels("x"), "y": pixels("y"), "text": {"field": "text"}},
    }
    if fill is None:
        layer["encoding"]["color"] = colour()
    else:
        layer["mark"]["fill"] = fill
    return layer


def shapes(data: str, kind: str, fields: Sequence[str] = ("x", "x2", "y", "y2"), **mark: Any) -> Layer:
    """Rectangles, rules, lines, areas or points whose places are in the named fields, in pixels."""
    encoding: dict[str, Any] = {}
    for name in fields:
        encoding[name] = {"field": name} if name.endswith("2") else pixels(name)
    return {"data": {"name": data}, "mark": {"type": kind} | mark, "encoding": encoding}


def colour(name: str = "colour") -> dict[str, Any]:
    """An encoding whose field holds the colour itself."""
    return {"field": name, "type": "nominal", "scale": None, "legend": None}


def coloured(layer: Layer, name: str = "colour") -> Layer:
    """A layer in the colours of a field."""
    return layer | {"encoding": layer["encoding"] | {"color": colour(name)}}


def spread(places: Sequence[float], gap: float, least: float, most: float) -> list[float]:
    """Places for labels that want to be at some heights, moved as little as keeps them so far apart.

    Args:
        places: wanted, in any order.
        gap: least distance between two.
        least, most: ends of the range; too many labels overrun it downwards.
    """
    order = sorted(range(len(places)), key=lambda n: places[n])
    found = [min(max(places[n], least), most) for n in order]
    for _ in range(len(found)):
        for n in range(1, len(found)):
            short = gap - (found[n] - found[n - 1])
            if short > 1e-9:
                up = min(short / 2, max(found[n - 1] - least, 0.0)) if n == 1 else short / 2
                found[n - 1] -= up
                found[n] += short - up
        over = found[-1] - most if found else 0.0
        if over > 0:
            found = [place - over for place in found]
    for n in range(len(found)):  # what is left after so many rounds, downwards
        floor = least if n == 0 else found[n - 1] + gap
        found[n] = max(found[n], floor)
    placed = [0.0] * len(places)
    for n, place in zip(order, found, strict=True):
        placed[n] = place
    return placed


def said(name: str, figure: str, limits: str = "") -> str:
    """What a mark says: its whole name, its figure, and its limits where there are any."""
    return ": ".join(filter(None, (name, f"{figure} ({limits})" if figure and limits else figure or limits)))


def fits(text: str, room: float, size: float = SMALL) -> bool:
    """Whether a text fits into so many pixels."""
    return width(text, size) <= room

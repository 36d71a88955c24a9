"""Columns of dots with ranges beside each other, all on one scale: a row a group, a column a unit or a class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weighbridge.charts.sheet import SAYS, Layer, Sheet, coloured, plot_width, said, shapes, texts
from weighbridge.charts.text import folded, shortened, widest
from weighbridge.charts.theme import BASE, LINE, SMALL

LEAST_WIDE, LEAST_NARROW = 112, 104
"""Pixels that a column needs; where all have not so many, they stand in blocks below each other."""
STEP, ABOVE_STEP = 25, 40
NAMES_PART = 0.28
BLOCK_GAP = 16
TOLD_GAP = 9
HEAD_LINES = 3
MISSING = "–"


@dataclass(frozen=True)
class Cell:
    """One figure: its place on the common scale, its limits (null for none), and how it is written."""

    value: float
    lo: float | None
    hi: float | None
    told: str


@dataclass(frozen=True)
class Column:
    """A column: what stands above it, its colour, and a cell a row; null where nothing is known."""

    head: str
    mark: str
    cells: Sequence[Cell | None]


@dataclass(frozen=True)
class Columns:
    """What columns need of a picture; see `Picture` for the fields."""

    layers: list[Layer]
    data: dict[str, list[dict[str, Any]]]
    height: int
    left: int


def columns(names: Sequence[str], drawn: Sequence[Column], sheet: Sheet) -> Columns:
    """Columns in the order given, rows in the order of the names."""
    theme = sheet.theme
    beside = not sheet.narrow and widest(names, BASE) + 14 <= NAMES_PART * sheet.inner
    left = round(widest(names, BASE)) + 14 if beside else 0
    across = plot_width(left, 0, sheet)
    fit = max(1, across // (LEAST_NARROW if sheet.narrow else LEAST_WIDE))
    blocks = -(-len(drawn) // fit)
    per = -(-len(drawn) // blocks)
    wide, step = across / per, STEP if beside else ABOVE_STEP
    cells = [cell for column in drawn for cell in column.cells if cell]
    room = wide - widest((cell.told for cell in cells), SMALL) - 2 * TOLD_GAP - 4
    most = max((end for cell in cells for end in (cell.value, cell.hi) if end is not None), default=0.0) or 1.0
    names_of = ("heads", "bases", "ranges", "dots", "told", "names", "lines")
    data: dict[str, list[dict[str, Any]]] = {name: [] for name in names_of}
    top = 0.0
    for first in range(0, len(drawn), per):
        block = drawn[first : first + per]
        heads = [folded(column.head, wide - 8, SMALL, bold=True, lines=HEAD_LINES) for column in block]
        under = top + max(len(lines) for lines in heads) * SMALL * LINE + 6
        for place, (column, lines) in enumerate(zip(block, heads, strict=True)):
            x = place * wide + 4
            data["heads"] += [
                {"x": x - 4, "y": under - 6 - (len(lines) - n - 0.5) * SMALL * LINE, "text": line}
                for n, line in enumerate(lines)
            ]
            data["bases"].append({"x": x, "y": under, "y2": under + len(names) * step})
            for row, cell in enumerate(column.cells):
                y = under + row * step + (step / 2 if beside else step - 11)
                says = said(f"{names[row]}, {column.head}", cell.told if cell else "")
                _put(data, cell, {"y": y, "colour": column.mark, SAYS: says}, x, room / most)
        for row, name in enumerate(names):
            y = under + row * step + (step / 2 if beside else 11)
            data["names"].append(
                {"x": -9 if beside else 8, "y": y, "text": shortened(name, sheet.inner - 8, BASE), SAYS: name}
            )
        data["lines"] += [{"x": -left, "x2": across, "y": under + row * step} for row in range(len(names) + 1)]
        top = under + len(names) * step + BLOCK_GAP
    layers = [
        shapes("lines", "rule", ("x", "x2", "y"), stroke=theme.grid, strokeWidth=0.7),
        shapes("bases", "rule", ("x", "y", "y2"), stroke=theme.grid, strokeWidth=1.2),
        coloured(shapes("ranges", "rule", ("x", "x2", "y"), strokeWidth=6, opacity=0.35)),
        coloured(shapes("dots", "point", ("x", "y"), size=46, filled=True, opacity=1)),
        texts("heads", SMALL, fill=theme.soft, fontWeight=700),
        texts("told", SMALL, fill=theme.ink),
        texts("names", align="right" if beside else "left", fill=theme.ink),
    ]
    return Columns([layer for layer in layers if data[layer["data"]["name"]]], data, round(top - BLOCK_GAP), left)


def _put(
    data: dict[str, list[dict[str, Any]]], cell: Cell | None, at: Mapping[str, Any], x: float, scale: float
) -> None:
    """The marks of one cell."""
    if cell is None:
        data["told"].append({"x": x + TOLD_GAP, "y": at["y"], "text": MISSING})
        return
    if cell.lo is not None and cell.hi is not None and (cell.hi - cell.lo) * scale > 1:
        data["ranges"].append({"x": x + cell.lo * scale, "x2": x + cell.hi * scale, **at})
    data["dots"].append({"x": x + cell.value * scale, **at})
    end = max(cell.value, cell.hi or 0.0)
    data["told"].append({"x": x + end * scale + TOLD_GAP, "y": at["y"], "text": cell.told})

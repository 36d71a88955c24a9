"""Places of a model, its ancestors and children as boxes with links: across a wide sheet, down a narrow one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEEPEST = 2
"""Generations of ancestors that are drawn."""
BOX, STEP, GAP = 38.0, 46.0, 34.0
INDENT = 14.0
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Box:
    """A model's place: its left upper corner and its width in pixels; the height is `BOX`."""

    row: Row
    x: float
    y: float
    wide: float


@dataclass(frozen=True)
class Tree:
    """Boxes, and links as straight pieces `(x, y, x2, y2)`; `height` in pixels."""

    boxes: Sequence[Box]
    links: Sequence[tuple[float, float, float, float]]
    height: float


def above(rows: Sequence[Row], deepest: int) -> list[tuple[Row, int]]:
    """Ancestors up to a depth, each with the place of the one below it in this list; -1: the model itself."""
    found: list[tuple[Row, int]] = []
    line: dict[int, int] = {0: -1}
    for row in rows:
        depth = int(row["depth"])
        if 1 <= depth <= deepest:
            found.append((row, line[depth - 1]))
            line[depth] = len(found) - 1
    return found


def across(model: Row, ancestors: Sequence[tuple[Row, int]], children: Sequence[Row], inner: float) -> Tree:
    """Ancestors to the left, the model in the middle, children to the right."""
    deep = max((int(row["depth"]) for row, _ in ancestors), default=0)
    columns = deep + 1 + bool(children)
    wide = (inner - GAP * (columns - 1)) / columns
    height_left = _leaves(ancestors) * STEP
    height = max(height_left, len(children) * STEP, STEP)
    middle = (height - STEP) / 2
    places = _heights(ancestors, (height - height_left) / 2)
    boxes = [Box(model, deep * (wide + GAP), middle, wide)]
    links = []
    for n, (row, below) in enumerate(ancestors):
        depth = int(row["depth"])
        boxes.append(Box(row, (deep - depth) * (wide + GAP), places[n], wide))
        end = (deep - depth + 1) * (wide + GAP)
        links += _elbow(end - GAP, places[n], end, middle if below < 0 else places[below])
    top = (height - len(children) * STEP) / 2
    for n, row in enumerate(children):
        boxes.append(Box(row, (deep + 1) * (wide + GAP), top + n * STEP, wide))
        links += _elbow((deep + 1) * (wide + GAP) - GAP, middle, (deep + 1) * (wide + GAP), top + n * STEP)
    return Tree(boxes, links, height - STEP + BOX)


def down(model: Row, ancestors: Sequence[tuple[Row, int]], children: Sequence[Row], inner: float) -> Tree:
    """Ancestors on top, the furthest first, then the model, then its children; a step to the right each generation."""
    deep = max((int(row["depth"]) for row, _ in ancestors), default=0)
    order = _furthest_first(ancestors)
    boxes: list[Box] = []
    y_of: dict[int, float] = {}
    for place, n in enumerate(order):
        row = ancestors[n][0]
        x = INDENT / 2 + (deep - int(row["depth"])) * INDENT
        y_of[n] = place * STEP
        boxes.append(Box(row, x, place * STEP, inner - x))
    own_x, own_y = INDENT / 2 + deep * INDENT, len(order) * STEP
    y_of[-1] = own_y
    boxes.append(Box(model, own_x, own_y, inner - own_x))
    links = []
    for box, n in zip(boxes, order, strict=False):
        end, side = y_of[ancestors[n][1]] + BOX / 2, box.x - INDENT / 2
        links += [(box.x, box.y + BOX / 2, side, box.y + BOX / 2), (side, box.y + BOX / 2, side, end),
                  (side, end, box.x + INDENT, end)]  # fmt: skip
    for n, row in enumerate(children):
        y = own_y + (n + 1) * STEP
        x = own_x + INDENT
        boxes.append(Box(row, x, y, inner - x))
        links.append((own_x + INDENT / 2, y + BOX / 2, x, y + BOX / 2))
    if children:
        end = own_y + len(children) * STEP + BOX / 2
        links.append((own_x + INDENT / 2, own_y + BOX, own_x + INDENT / 2, end))
    return Tree(boxes, links, own_y + len(children) * STEP + BOX)


def _elbow(x: float, y: float, x2: float, y2: float) -> list[tuple[float, float, float, float]]:
    """From the side of one box to that of another, by way of the middle between them."""
    turn, start, end = (x + x2) / 2, y + BOX / 2, y2 + BOX / 2
    if start == end:
        return [(x, start, x2, end)]
    return [(x, start, turn, start), (turn, start, turn, end), (turn, end, x2, end)]


def _leaves(ancestors: Sequence[tuple[Row, int]]) -> int:
    """How many ancestors have none above them here."""
    return len(ancestors) - len({below for _, below in ancestors if below >= 0})


def _heights(ancestors: Sequence[tuple[Row, int]], top: float) -> list[float]:
    """Heights of ancestors: those without any above stand one under another, others amid those above them."""
    found = [0.0] * len(ancestors)
    leaves = 0
    over: dict[int, list[int]] = {}
    for n, (_, below) in enumerate(ancestors):
        over.setdefault(below, []).append(n)
    for n in range(len(ancestors)):
        if n not in over:
            found[n] = top + leaves * STEP
            leaves += 1
    for n in reversed(range(len(ancestors))):
        if n in over:
            found[n] = sum(found[up] for up in over[n]) / len(over[n])
    return found


def _furthest_first(ancestors: Sequence[tuple[Row, int]]) -> list[int]:
    """An order in which each stands after all that are above it."""
    over: dict[int, list[int]] = {}
    for n, (_, below) in enumerate(ancestors):
        over.setdefault(below, []).append(n)

    def order(below: int) -> list[int]:
        return [place for n in over.get(below, ()) for place in (*order(n), n)]

    return order(-1)

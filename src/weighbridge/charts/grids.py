"""Grids of definitions: every combination of choices a cell, the choices named along both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weighbridge.charts.sheet import SAYS, Layer, Sheet, coloured, plot_width, said, shapes, texts
from weighbridge.charts.text import clean, shortened, widest
from weighbridge.charts.theme import BASE, SMALL

ACROSS = ("max_age_days", "attribution")
DOWN = ("scope", "clean", "register", "contested")
ROW, GAP, HEAD = 26, 5, 20
LABELS_PART = 0.5
"""Part of the sheet that the names of rows may take."""
WORDS = {
    ("clean", "none"): "as counted", ("clean", "house"): "cleaned", ("contested", "main"): "main bounds",
    ("contested", "widest"): "widest bounds", ("scope", "without-quantised"): "no quantised copies",
    ("scope", "open-weights"): "open weights",
}  # fmt: skip
BRIEF = WORDS | {
    ("clean", "none"): "raw", ("contested", "main"): "main", ("contested", "widest"): "widest",
    ("attribution", "uploader"): "upload",
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """What stands in a cell.

    Attributes:
        text: in it.
        fill: colour of it.
        ink: colour of the text.
        sure: whether it holds outside the bounds; else it is only outlined.
    """

    text: str
    fill: str
    ink: str
    sure: bool


@dataclass(frozen=True)
class Grid:
    """What a grid needs of a picture; see `Picture` for the fields."""

    layers: list[Layer]
    data: dict[str, list[dict[str, Any]]]
    height: int
    left: int


def grid(rows: Sequence[Mapping[str, Any]], cells: Sequence[Cell], sheet: Sheet) -> Grid:
    """A grid of the rows of `matrix` or `crossover`, a cell each.

    Ages and attributions stand across, the other choices down; a choice that is the same everywhere is left out. Where
    two rows fall into one cell, which happens in no answer of these measures, the later is drawn.
    """
    across = [choice for choice in ACROSS if varies(rows, choice)]
    down = all_down = [choice for choice in DOWN if varies(rows, choice)]
    columns, lines = levels(rows, across), levels(rows, down)
    headed = sheet.narrow and len(down) > 1  # the first choice stands over its rows, since there is no room beside
    brief = sheet.narrow
    names = [[word(choice, value, brief) for choice, value in zip(down, line, strict=True)] for line in lines]
    over = [name[0] for name in names] if headed else []
    if headed:
        down, names = down[1:], [name[1:] for name in names]
    most = LABELS_PART * sheet.inner
    widths = [widest((name[n] for name in names), SMALL) + 10 for n in range(len(down))]
    squeeze = min(1.0, most / max(sum(widths), 1.0))
    widths = [wide * squeeze for wide in widths]
    left = round(sum(widths))
    plot = plot_width(left, 0, sheet)
    wide = plot / max(len(columns), 1)
    tops = _tops(lines, HEAD if headed else 0)
    top_of_cells = HEAD * max(len(across), 1)
    placed: list[dict[str, Any]] = []
    for row, cell in zip(rows, cells, strict=True):
        column = columns.index(tuple(row.get(choice) for choice in across))
        line = lines.index(tuple(row.get(choice) for choice in all_down))
        x, y = column * wide, top_of_cells + tops[line]
        placed.append(
            {"x": x + 1.5, "x2": x + wide - 1.5, "y": y + 1.5, "y2": y + ROW - 1.5, "colour": cell.fill,
             "text": cell.text, "ink": cell.ink, "sure": cell.sure, "xm": x + wide / 2, "ym": y + ROW / 2,
             SAYS: said(_chosen(row, (*across, *all_down)), cell.text)}
        )  # fmt: skip
    data = {
        "sure": [place for place in placed if place["sure"]],
        "unsure": [place for place in placed if not place["sure"]],
        "cells": [{"x": p["xm"], "y": p["ym"], "text": p["text"], "colour": p["ink"], SAYS: p[SAYS]} for p in placed],
        "heads": _heads(columns, across, wide, brief),
        "names": _names(names, widths, tops, top_of_cells, left),
        "over": [
            {"x": -left, "y": top_of_cells + tops[n] - HEAD / 2, "text": text}
            for n, text in enumerate(over)
            if n == 0 or text != over[n - 1]
        ],
    }
    theme = sheet.theme
    size = SMALL if wide < 60 else BASE
    layers = [
        coloured(shapes("sure", "rect")),
        coloured(shapes("unsure", "rect", fillOpacity=0.0, strokeOpacity=1, strokeWidth=1.5, strokeDash=[3, 2])),
        texts("cells", size, "center"),
        texts("heads", SMALL, "center", theme.soft),
        texts("names", SMALL, "left", theme.ink),
        texts("over", SMALL, "left", theme.ink, fontWeight=700),
    ]
    layers[1]["encoding"]["stroke"] = layers[1]["encoding"]["color"]
    height = round(top_of_cells + tops[-1] + ROW) if tops else 0
    return Grid([layer for layer in layers if data[layer["data"]["name"]]], data, height, left)


def _chosen(row: Mapping[str, Any], choices: Sequence[str]) -> str:
    """The choices of a row in words."""
    return ", ".join(f"{LABELS[choice]} {word(choice, row.get(choice))}".strip() for choice in choices)


def columns(rows: Sequence[Mapping[str, Any]]) -> int:
    """How many columns the grid of some rows has."""
    return len(levels(rows, [choice for choice in ACROSS if varies(rows, choice)]))


def same_everywhere(rows: Sequence[Mapping[str, Any]]) -> str:
    """The choices that are the same in all cells, in words."""
    said = [
        f"{LABELS[choice]} {word(choice, rows[0][choice])}".strip()
        for choice in (*ACROSS, *DOWN)
        if rows and choice in rows[0] and not varies(rows, choice)
    ]
    return f"The same in all: {', '.join(said)}." if said else ""


LABELS = {
    "max_age_days": "", "attribution": "credit to", "scope": "scope", "clean": "cleaning", "register": "register",
    "contested": "contested rows",
}  # fmt: skip


def varies(rows: Sequence[Mapping[str, Any]], choice: str) -> bool:
    """Whether a choice is not the same in all rows."""
    return len({row.get(choice) for row in rows}) > 1


def levels(rows: Sequence[Mapping[str, Any]], choices: Sequence[str]) -> list[tuple[Any, ...]]:
    """Combinations of some choices that there are, each choice's levels in order of first sight."""
    seen = [list(dict.fromkeys(row.get(choice) for row in rows)) for choice in choices]
    found = {tuple(row.get(choice) for choice in choices) for row in rows}
    return sorted(found, key=lambda line: [order.index(value) for order, value in zip(seen, line, strict=True)])


def word(choice: str, value: Any, brief: bool = False) -> str:
    """A level as readers read it."""
    if choice == "max_age_days":
        return "any age" if value is None else f"≤ {value} d" if brief else f"first {value} days"
    words = BRIEF if brief else WORDS
    return words.get((choice, str(value)), clean(value))


def _tops(lines: Sequence[tuple[Any, ...]], heading: int) -> list[float]:
    """Where each row begins; a gap stands where its first choice changes, and room for its heading."""
    tops: list[float] = []
    top = 0.0
    for n, line in enumerate(lines):
        if len(line) > 1 and (n == 0 or line[0] != lines[n - 1][0]):
            top += heading + (GAP if n else 0)
        tops.append(top)
        top += ROW
    return tops


def _heads(columns: Sequence[tuple[Any, ...]], across: Sequence[str], wide: float, brief: bool) -> list[dict[str, Any]]:
    """Names over the columns: of the first choice over all that share it."""
    heads = []
    for level, choice in enumerate(across):
        start = 0
        for n in range(1, len(columns) + 1):
            if n < len(columns) and columns[n][: level + 1] == columns[start][: level + 1]:
                continue
            room = (n - start) * wide + 4
            text = shortened(word(choice, columns[start][level], brief), room, SMALL)
            heads.append({"x": (start + n) / 2 * wide, "y": level * HEAD + HEAD / 2 - 4, "text": text})
            start = n
    return heads


def _names(
    names: Sequence[Sequence[str]], widths: Sequence[float], tops: Sequence[float], below: float, left: int
) -> list[dict[str, Any]]:
    """Names beside the rows; one that is as in the row above is not said again, the last always is."""
    found = []
    for n, name in enumerate(names):
        x = -float(left)
        for level, text in enumerate(name):
            same = n > 0 and list(name[: level + 1]) == list(names[n - 1][: level + 1])
            if not same or level == len(name) - 1:
                said = shortened(text, widths[level] - 8, SMALL)
                found.append({"x": x, "y": below + tops[n] + ROW / 2, "text": said})
            x += widths[level]
    return found

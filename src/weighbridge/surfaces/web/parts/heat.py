"""The matrix of definitions as a table that can be read, and gone through by keyboard: a cell a definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import htpy
from htpy import Node, a, b, caption, code, div, h2, section, span, tbody, td, th, thead, tr

from weighbridge.charts import grids
from weighbridge.charts.subject import Subject
from weighbridge.charts.text import clean, percent, points
from weighbridge.definitions.named import define
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.web.page import View
from weighbridge.surfaces.web.parts.table import table
from weighbridge.surfaces.web.parts.ways import explore

Row = Mapping[str, Any]
STEPS = (5, 15, 30, 50)
"""Points of difference from which the colour of a cell is stronger."""
COLOURS = 6
"""Colours of groups, those that they have in charts: classes `lead-1` to `lead-6`."""


def heat(view: View, document: Mapping[str, Any]) -> Node:
    """The table of a matrix, each cell a link to the share under its definition.

    Args:
        view: of the page.
        document: of `matrix`.
    """
    rows: Sequence[Row] = document["rows"]
    across = [choice for choice in grids.ACROSS if grids.varies(rows, choice)]
    down = [choice for choice in grids.DOWN if grids.varies(rows, choice)]
    columns, lines = grids.levels(rows, across), grids.levels(rows, down)
    placed = {(_at(row, down), _at(row, across)): row for row in rows}
    return div(".table", role="region", tabindex="0", aria_label="Table: who leads under every definition")[
        htpy.table(".heat", role="grid", aria_label="Who leads under every definition")[
            caption[
                "A cell a definition: who leads, by how many points, and whether what is unknown could turn it (dashed "
                "border). Choose a cell to see the shares under it. Arrow keys go from cell to cell."
            ],
            thead[_heads(across, down, columns)],
            tbody[(
                tr[
                    (_names(lines, number, level, down) for level in range(len(down))),
                    (_cell(view, document, placed.get((line, column)), number, place)
                     for place, column in enumerate(columns)),
                ]
                for number, line in enumerate(lines)
            )],
        ]
    ]  # fmt: skip


def _at(row: Row, choices: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row.get(choice) for choice in choices)


def _heads(across: Sequence[str], down: Sequence[str], columns: Sequence[tuple[Any, ...]]) -> Node:
    """A line a choice that stands across; equal neighbours share a head."""
    return [_head(across, down, columns, level) for level in range(len(across))]


def _head(across: Sequence[str], down: Sequence[str], columns: Sequence[tuple[Any, ...]], level: int) -> Node:
    choice, last = across[level], level == len(across) - 1
    spans = [(key, len(list(some))) for key, some in groupby(columns, key=lambda column: column[: level + 1])]
    return tr[
        [th(scope="col")[grids.LABELS[name]] if last else td for name in down],
        [
            th(scope="col" if last else "colgroup", colspan=None if last else str(wide))[grids.word(choice, key[level])]
            for key, wide in spans
        ],
    ]


def _names(lines: Sequence[tuple[Any, ...]], number: int, level: int, down: Sequence[str]) -> Node:
    """The name of a line's choice, over all lines that share it and the choices before."""
    line = lines[number]
    if level == len(down) - 1:
        return th(scope="row")[grids.word(down[level], line[level])]
    if number and lines[number - 1][: level + 1] == line[: level + 1]:
        return None
    many = sum(other[: level + 1] == line[: level + 1] for other in lines)
    return th(scope="rowgroup", rowspan=str(many))[grids.word(down[level], line[level])]


def _cell(view: View, document: Mapping[str, Any], row: Row | None, number: int, place: int) -> Node:
    at = {"data_row": str(number), "data_col": str(place), "role": "gridcell"}
    if row is None:
        return td(**at)[span(".missing")["not asked"]]
    about, groups = Subject.of(document), [str(group) for group in document["groups"]]
    values = row["values"]
    leader = row["leader"]
    others = [float(values[group]) for group in groups if group != leader]
    ahead = float(values[leader]) - max(others) if leader is not None and others else 0.0
    slots = about.slots(groups, COLOURS)
    kind = f"lead-{1 + slots[leader]}" if leader in slots else None
    step = f"step-{1 + sum(100 * ahead >= least for least in STEPS)}"
    sure = "outside the bounds" if row["outside_bounds"] else "not outside the bounds"
    told = ", ".join(f"{about.name(group)} {percent(values[group])}" for group in groups)
    said = f"{about.name(leader)} leads, {sure}: {told}" if leader is not None else f"Nobody leads: {told}"
    who = clean(about.name(leader, brief=True)) if leader is not None else "tie"
    shown: Node = [b[who], " ", points(ahead), span(".hidden")[f" points. {said}"]]
    address = explore(view, under(document, row)) or f"#{_place(document, row)}"
    return td(class_=[kind, step, None if row["outside_bounds"] else "inside"], **at)[
        a(href=address, title=said)[shown]
    ]


def _place(document: Mapping[str, Any], row: Row) -> str:
    """Where `figures` says what a cell holds."""
    return f"cell-{document['rows'].index(row)}"


def figures(view: View, document: Mapping[str, Any]) -> Node:
    """The cells in figures, for those whose own page is not published; nothing if all have one."""
    rows: Sequence[Row] = document["rows"]
    asked = [(row, under(document, row)) for row in rows]
    if all(explore(view, question) for _, question in asked):
        return None
    about = Subject.of(document)
    choices = [choice for choice in (*grids.DOWN, *grids.ACROSS) if grids.varies(rows, choice)]
    shown = [
        {
            "definition": span(id=_place(document, row))[", ".join(grids.word(c, row[c]) for c in choices)],
            **{about.name(group): _bounded(row, group) for group in document["groups"]},
            "outside the bounds": "yes" if row["outside_bounds"] else "no",
            "command": code[question.command],
        }
        for row, question in asked
    ]
    title = "Shares under each definition, and the command that says all of it"
    return section(aria_labelledby="cells")[h2(id="cells")["The cells in figures"], table(shown, title)]


def _bounded(row: Row, group: str) -> str:
    least, most = row["bounds"][group]
    return f"{percent(row['values'][group])} ({percent(least)} to {percent(most)})"


def under(document: Mapping[str, Any], row: Row) -> Asked:
    """The share under the definition of a cell, what the house's definition says anyway left out."""
    house = define("house", document["hub"])
    given = [("by", str(document["by"])), ("hub", str(document["hub"]) if document["hub"] != "huggingface" else "")]
    if row["max_age_days"] != house.max_age_days:
        given.append(("max-age", str(row["max_age_days"] or "")))
    for choice in ("attribution", "scope", "register", "contested"):
        if row.get(choice) is not None and row[choice] != getattr(house, choice):
            given.append((choice, str(row[choice])))
    if row.get("clean") == "none":
        given.append(("clean", "none"))
    return Asked.of("share", given)

"""The lineage of one model: what it is built on, and the heaviest of what is built on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.charts import tree, wording
from weighbridge.charts.sheet import ROWS_MOST, Layer, Picture, Sheet, shapes, texts
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import clean, counted, shortened
from weighbridge.charts.theme import BASE, SMALL

CHILDREN, CHILDREN_NARROW = 10, 6
ANCESTORS = 8
INSIDE = 9.0  # pixels between a box and its text
SAID = {"finetune": "fine-tuned", "adapter": "adapter", "quantized": "quantised copy", "merge": "merge"}
"""Relations to a base, as they stand in a box."""
IN_TITLE = 420.0


class LineageTree:
    """Boxes from left to right (on a narrow sheet from top to bottom): ancestors, the model, its heaviest children."""

    id = "lineage-tree"
    title = "What a model is built on, and what is built on it"
    answers = ("lineage",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether the model has a parent or a child."""
        roles = {row.get("role") for row in subject.rows}
        return "model" in roles and len(roles) > 1

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme = sheet.theme
        model = next(row for row in subject.rows if row["role"] == "model")
        line = [row for row in subject.rows if row["role"] == "ancestor"]
        ancestors = tree.above(line, tree.DEEPEST)
        if len(ancestors) > ANCESTORS:
            ancestors = [(row, -1) for row, below in ancestors if below < 0][:ANCESTORS]
        children = [row for row in subject.rows if row["role"] == "child"]
        children = children[: CHILDREN_NARROW if sheet.narrow else CHILDREN]
        lay = tree.down if sheet.narrow else tree.across
        drawn = lay(model, ancestors, children, sheet.inner)
        own = [box for box in drawn.boxes if box.row is model]
        others = [box for box in drawn.boxes if box.row is not model]
        data: dict[str, list[dict[str, Any]]] = {
            "rows": [_row(row) for row in subject.rows[:ROWS_MOST]],
            "links": [{"x": x, "y": y, "x2": x2, "y2": y2} for x, y, x2, y2 in drawn.links],
            "boxes": [_edges(box) for box in others],
            "own": [_edges(box) for box in own],
            "names": [_name(box) for box in others],
            "own_names": [_name(box, bold=True) for box in own],
            "told": [_told(subject, box) for box in drawn.boxes],
        }
        layers: list[Layer] = [
            shapes("links", "rule", stroke=theme.neutral, strokeWidth=1.2),
            shapes("boxes", "rect", fill=theme.shade, stroke=theme.grid, strokeWidth=1),
            shapes("own", "rect", fill=theme.ground, stroke=theme.marks[0], strokeWidth=2),
            texts("names", SMALL, fill=theme.ink),
            texts("own_names", SMALL, fill=theme.ink, fontWeight=700),
            texts("told", SMALL, fill=theme.soft),
        ]
        return Picture(
            title=_title(subject),
            subtitle=wording.terms(subject, f"Declared bases, with the {subject.unit} of each model"),
            height=round(drawn.height),
            layers=[layer for layer in layers if data[layer["data"]["name"]]],
            data=data,
            note=_note(subject, line, ancestors, len(children)),
        )


def _edges(box: tree.Box) -> dict[str, Any]:
    return {"x": box.x, "x2": box.x + box.wide, "y": box.y, "y2": box.y + tree.BOX}


def _name(box: tree.Box, bold: bool = False) -> dict[str, Any]:
    """The name in a box, shortened at its end."""
    text = shortened(clean(box.row["model"]), box.wide - 2 * INSIDE, SMALL, bold)
    return {"x": box.x + INSIDE, "y": box.y + 12, "text": text}


def _told(subject: Subject, box: tree.Box) -> dict[str, Any]:
    """The line under a name: downloads where they are known, and what it is to its base."""
    weight, relation = number(box.row.get("downloads")), SAID.get(str(box.row.get("relation")), "")
    guess = f"{relation}, inferred" if relation and box.row.get("inferred") else relation
    what = f"{counted(weight)} {subject.unit}" if weight is not None else ""
    text = ", ".join(filter(None, (what, guess if box.row["role"] != "ancestor" else "")))
    room = box.wide - 2 * INSIDE
    return {"x": box.x + INSIDE, "y": box.y + 27, "text": shortened(text or "not weighed here", room, SMALL)}


def _title(subject: Subject) -> str:
    """What is built on the model; where nothing is, what it is built on."""
    name = _in_title(subject.document.get("name"))
    children = int(number(subject.document.get("children")) or 0)
    parents = [row for row in subject.rows if row["role"] == "ancestor" and row["depth"] == 1]
    if children:
        what = "model declares" if children == 1 else "models declare"
        return f"{children:,} {what} {name} as a base"
    if len(parents) == 1:
        return f"{name} is built on {_in_title(parents[0]['model'])}"
    return f"{name} is built on {len(parents)} models"


def _in_title(name: Any) -> str:
    return shortened(wording.isolated(clean(name)), IN_TITLE, BASE)


def _note(
    subject: Subject, line: Sequence[Mapping[str, Any]], drawn: Sequence[tuple[Mapping[str, Any], int]], shown: int
) -> str:
    """What is not drawn: other children, further ancestors, and who says all this."""
    said = ["Lineage is what model cards declare."]
    children = int(number(subject.document.get("children")) or 0)
    if children > shown:
        said.append(f"The {shown} with most {subject.unit} of {children:,} models built on it are drawn.")
    if len(line) > len(drawn):
        further = len(line) - len(drawn)
        said.append(f"{further} further {'ancestor is' if further == 1 else 'ancestors are'} not drawn.")
    return " ".join(said)


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: clean(row[key]) if row.get(key) is not None else None for key in ("role", "model", "relation")}
    return {**told, "depth": row.get("depth"), "downloads": number(row.get("downloads")),
            "inferred": bool(row.get("inferred"))}  # fmt: skip


CHART = LineageTree()

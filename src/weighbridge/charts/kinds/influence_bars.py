"""The models and organisations that carry a lead: how far the difference moves without each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.charts import wording
from weighbridge.charts.sheet import ROWS_MOST, Picture, Sheet, coloured, plot_width, shapes, texts
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import clean, points, shortened, widest
from weighbridge.charts.theme import BASE

SHOWN, SHOWN_NARROW = 10, 7
STEP, THICK, HEADING = 40, 12, 30
SIDE_STEP = 26
SIDE_PART = 0.42
HEADINGS = {"model": "Without one model", "organisation": "Without one organisation"}


class InfluenceBars:
    """A bar a model or organisation, to the side to which the difference moves when it is left out."""

    id = "influence-bars"
    title = "What carries a lead"
    answers = ("influence",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether anything moves the difference."""
        return any(number(row.get("moves")) for row in subject.rows)

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        most = SHOWN_NARROW if sheet.narrow else SHOWN
        parts = {what: [row for row in subject.rows if row.get("what") == what][:most] for what in HEADINGS}
        shown = [row for rows in parts.values() for row in rows]
        groups = [str(group) for group in subject.document.get("groups") or ()]
        slots = subject.slots([*groups, *(str(row["group"]) for row in shown)], len(sheet.theme.marks))
        wide = widest((clean(row["name"]) for row in shown), BASE) + 12
        beside = not sheet.narrow and wide <= SIDE_PART * sheet.inner
        left = round(wide) if beside else 0
        data, height = _placed(subject, sheet, parts, slots, left, beside)
        data["rows"] = [_row(row) for row in subject.rows[:ROWS_MOST]]
        first, second = (wording.named(subject, group) for group in groups[:2])
        theme = sheet.theme
        layers = [
            coloured(shapes("bars", "rect")),
            shapes("zero", "rule", ("x", "y", "y2"), stroke=theme.soft, strokeWidth=1),
            texts("names", align="right" if beside else "left", fill=theme.ink),
            texts("plus", align="left", fill=theme.ink, fontWeight=700),
            texts("minus", align="right", fill=theme.ink, fontWeight=700),
            texts("heads", BASE, fill=theme.soft, fontWeight=700),
        ]
        said = f"Points by which {first} less {second}, as shares of {subject.unit}, moves without it,"
        return Picture(
            title=_title(subject, groups),
            subtitle=wording.terms(subject, said),
            height=height,
            layers=[layer for layer in layers if data[layer["data"]["name"]]],
            data=data,
            left=left,
            note=_note(subject),
        )


def _placed(
    subject: Subject, sheet: Sheet, parts: Mapping[str, Sequence[Mapping[str, Any]]], slots: Mapping[str, int],
    left: int, beside: bool,
) -> tuple[dict[str, list[dict[str, Any]]], int]:  # fmt: skip
    """All bars with their places, models above organisations, and the height they take."""
    moves = [float(row["moves"]) for rows in parts.values() for row in rows]
    room = widest((points(move) for move in moves), BASE, bold=True) + 8
    across = plot_width(left, 0, sheet)
    low, high = min(0.0, *moves), max(0.0, *moves)
    pads = room * (low < 0), room * (high > 0)
    scale = (across - sum(pads)) / ((high - low) or 1.0)
    zero = pads[0] - low * scale
    step, theme = SIDE_STEP if beside else STEP, sheet.theme
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in ("bars", "names", "plus", "minus", "heads", "zero")}
    top = 0.0
    for what, rows in parts.items():
        if not rows:
            continue
        found["heads"].append({"x": -left, "y": top + HEADING / 2 - 4, "text": HEADINGS[what]})
        top += HEADING
        for row in rows:
            middle = top + (step / 2 if beside else step - THICK / 2 - 8)
            reach = step / 2 if beside else THICK / 2 + 3
            found["zero"].append({"x": zero, "y": middle - reach, "y2": middle + reach})
            move = float(row["moves"])
            slot = slots.get(str(row["group"]))
            mark = theme.neutral if slot is None or not subject.is_party(row["group"]) else theme.marks[slot]
            ends = sorted((zero, zero + move * scale))
            found["bars"].append(
                {"x": ends[0], "x2": ends[1], "y": middle - THICK / 2, "y2": middle + THICK / 2, "colour": mark}
            )
            end = {"x": zero + move * scale + (6 if move > 0 else -6), "y": middle, "text": points(move)}
            found["plus" if move > 0 else "minus"].append(end)
            name = clean(row["name"])
            name = name if beside else shortened(name, across, BASE)
            found["names"].append({"x": -10 if beside else 0, "y": middle if beside else middle - 17, "text": name})
            top += step
        top += 12
    return found, round(top - 12)


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "what": clean(row.get("what")), "name": clean(row["name"]), "group": clean(row["group"]),
        "downloads": number(row.get("downloads")), "value": number(row.get("moves")),
    }  # fmt: skip


def _title(subject: Subject, groups: list[str]) -> str:
    """How few turn the lead; where no few do, who leads by how much."""
    document = subject.document
    ahead, gap = document.get("leader"), number(document.get("difference")) or 0.0
    if ahead is None:
        return f"Neither {wording.named(subject, groups[0])} nor {wording.named(subject, groups[1])} leads"
    other = next(group for group in groups if group != ahead)
    names = wording.named(subject, ahead), wording.named(subject, other)
    lead = f"the lead of {names[0]} over {names[1]}, {points(abs(gap)).lstrip('+')} points"
    few = [
        f"{count:,} {what[:-1] if count == 1 else what}"
        for what, count in (document.get("breakdown") or {}).items()
        if count is not None
    ]
    if few:
        return f"{' or '.join(few)} carry {lead}"
    return f"No few models or organisations carry {lead}"


def _note(subject: Subject) -> str:
    known = (
        ""
        if subject.document.get("exact", True)
        else " Small models and namespaces are summed in what answers here, and not among these."
    )
    return f"Colours are of the group that most of its weight goes to.{known}"


CHART = InfluenceBars()

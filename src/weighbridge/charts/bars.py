"""Ranked bars: one bar a group, its bounds drawn apart from its value, the number beside it and no axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weighbridge.charts import wording
from weighbridge.charts.sheet import ROWS_MOST, SAYS, Layer, Sheet, coloured, plot_width, said, shapes, texts
from weighbridge.charts.subject import NAMES, OTHER, Subject, number
from weighbridge.charts.text import clean, shortened, widest, width
from weighbridge.charts.theme import BASE, PALE, SMALL
from weighbridge.register.parties import UNREGISTERED

SHOWN, SHOWN_NARROW = 14, 10
LABEL_PART = 0.34
"""Part of the sheet that names beside the bars may take; longer ones stand above them."""
SIDE_STEP, ABOVE_STEP = 27, 40
THICK, THICK_ABOVE = 15, 13
NOTHING = 1e-12
"""Figures as small as this have no length."""
REST_MOST = 1.5
"""Multiple of the largest bar over which all others together are said and not drawn."""


@dataclass(frozen=True)
class Bars:
    """What ranked bars need of a picture; see `Picture` for the fields."""

    layers: list[Layer]
    data: dict[str, list[dict[str, Any]]]
    height: int
    left: int
    right: int


def table(subject: Subject, extra: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The answer's rows as data: names made fit to be drawn, figures finite or null."""
    kept = ("value", "lo", "hi", "downloads", "models", *extra)
    rows = []
    for row in subject.rows[:ROWS_MOST]:
        found: dict[str, Any] = {"group": clean(row["group"]), "name": subject.name(row["group"])}
        if row.get("period") is not None:
            found["period"] = clean(row["period"])
        for key in kept:
            if key in row:
                value = row[key]
                found[key] = number(value) if not isinstance(value, str) else clean(value)
        rows.append(found)
    return rows


def ranked(subject: Subject) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Rows in the order of bars, those of which nobody knows whose they are last; and those rows apart."""
    known = [row for row in subject.rows if number(row.get("value")) is not None]
    dark = [row for row in known if subject.nobody_knows(row["group"])]
    rest = [row for row in known if row["group"] == OTHER]
    lit = [row for row in known if not subject.nobody_knows(row["group"]) and row["group"] != OTHER]
    return [*sorted(lit, key=lambda row: -abs(row["value"])), *rest], dark


def bars(subject: Subject, sheet: Sheet) -> Bars:
    """Bars of the largest groups, of all others together, and of what nobody knows."""
    lit, dark = ranked(subject)
    most = SHOWN_NARROW if sheet.narrow else SHOWN
    others = [row for row in lit if row["group"] == OTHER]
    single = [row for row in lit if row["group"] != OTHER]
    shown = single if len(single) + len(others) <= most + 1 else single[:most]
    left_out = single[len(shown) :]
    drawn = [bar(subject, sheet, row) for row in shown]
    if left_out or others:
        drawn.append(_rest(subject, sheet, left_out, others))
    drawn += [bar(subject, sheet, row) for row in dark if row["value"] > 0]
    largest = max((one["hi"] for one in drawn if not one["rest"]), default=0.0)
    for one in drawn:
        if one["rest"] and one["value"] > REST_MOST * largest > 0:  # else it would press all others together
            one |= {"value": 0.0, "lo": 0.0, "hi": 0.0, "range": "not to scale"}
    return placed(subject, sheet, drawn)


def bar(subject: Subject, sheet: Sheet, row: Mapping[str, Any]) -> dict[str, Any]:
    """A bar with its texts, before its place is known; `placed` takes such bars in any order."""
    theme, value = sheet.theme, float(row["value"])
    unknown = subject.nobody_knows(row["group"])
    lo, hi = number(row.get("lo")), number(row.get("hi"))
    mark = theme.marks[0] if subject.is_party(row["group"]) else theme.neutral
    return {
        "label": subject.name(row["group"]),
        "value": value,
        "lo": value if lo is None else lo,
        "hi": value if hi is None else max(hi, value),
        "colour": mark,
        "unknown": unknown,
        "rest": False,
        "number": wording.figure(subject, value),
        "range": "" if unknown else limits(subject, value, lo, hi),
    }


def limits(subject: Subject, value: float, lo: float | None, hi: float | None) -> str:
    """The bounds beside a value, where they differ from it: `to 51 %`, `40 % to 67 %`."""
    if lo is None or hi is None or (lo == value and hi == value):
        return ""
    told = wording.figure(subject, value)
    least, most = wording.figure(subject, lo), wording.figure(subject, hi)
    if least == told and most == told:
        return ""
    return f"to {most}" if lo == value or least == told else f"{least} to {most}"


def _rest(
    subject: Subject, sheet: Sheet, left_out: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """One bar for all that have none of their own; its bounds are not those of its parts together."""
    summed = (*left_out, *others) if subject.is_part else others
    value = sum(float(row["value"]) for row in summed)
    many = f"{len(left_out):,} smaller ones" if left_out and not others else "All others"
    return {
        "label": many,
        "value": value,
        "lo": value,
        "hi": value,
        "colour": sheet.theme.neutral,
        "unknown": False,
        "rest": True,
        "number": wording.figure(subject, value) if summed else "",
        "range": "",
    }


def placed(subject: Subject, sheet: Sheet, drawn: Sequence[dict[str, Any]]) -> Bars:
    """Bars with their places, beside names or under them."""
    theme = sheet.theme
    beside = widest((one["label"] for one in drawn), BASE) + 10 <= LABEL_PART * sheet.inner
    left = round(widest((one["label"] for one in drawn), BASE)) + 10 if beside else 0
    right = round(max((_told(one) for one in drawn), default=0.0)) + 12
    across = plot_width(left, right, sheet)
    most = max((one["hi"] for one in drawn), default=0.0)
    least = min((min(one["lo"], 0.0) for one in drawn), default=0.0)
    scale = across / (most - least if most - least > NOTHING else 1.0)
    zero = -least * scale
    step, thick = (SIDE_STEP, THICK) if beside else (ABOVE_STEP, THICK_ABOVE)
    solid, pale, hollow, caps, names, numbers, ranges = ([] for _ in range(7))
    for place, one in enumerate(drawn):
        middle = place * step + (step / 2 if beside else step - THICK_ABOVE / 2 - 5)
        says = said(one["label"], one["number"], one["range"])
        edges = {"y": middle - thick / 2, "y2": middle + thick / 2, "colour": one["colour"], SAYS: says}
        at = {key: zero + one[key] * scale for key in ("value", "lo", "hi")}
        if one["unknown"]:
            hollow.append(edges | {"x": zero, "x2": at["value"]})
        else:
            solid.append(edges | {"x": zero, "x2": min(at["lo"], at["value"]) if one["value"] >= 0 else at["value"]})
            pale.append(edges | {"x": min(at["lo"], at["value"]), "x2": at["hi"]})
            if at["hi"] - at["lo"] > 1:
                caps.append({"x": at["value"], "y": edges["y"] - 2, "y2": edges["y2"] + 2, "colour": one["colour"]})
        end = max(at["hi"], at["value"], zero)
        label = one["label"] if beside else shortened(one["label"], sheet.inner, BASE)
        names.append(
            {"x": -9 if beside else 0, "y": middle if beside else middle - thick / 2 - 10, "text": label, SAYS: says}
        )
        numbers.append({"x": end + 7, "y": middle, "text": one["number"]})
        ranges.append({"x": end + 13 + width(one["number"], BASE, bold=True), "y": middle, "text": one["range"]})
    data = {
        "rows": table(subject), "solid": solid, "pale": [p for p in pale if p["x2"] - p["x"] > 0.5], "hollow": hollow,
        "caps": caps, "names": names, "numbers": numbers, "ranges": [r for r in ranges if r["text"]],
        "zero": [{"x": zero, "y": 0, "y2": len(drawn) * step}],
    }  # fmt: skip
    layers = [
        coloured(shapes("pale", "rect", fillOpacity=PALE)),
        coloured(shapes("solid", "rect")),
        shapes("hollow", "rect", fill="transparent", stroke=theme.dark, strokeDash=[3, 2], strokeWidth=1.2),
        coloured(shapes("caps", "rule", ("x", "y", "y2"), strokeWidth=2)),
        shapes("zero", "rule", ("x", "y", "y2"), stroke=theme.grid, strokeWidth=1),
        texts("names", align="right" if beside else "left", fill=theme.ink),
        texts("numbers", fill=theme.ink, fontWeight=700),
        texts("ranges", SMALL, fill=theme.soft),
    ]
    return Bars(layers, data, len(drawn) * step, left, right)


def _told(bar: Mapping[str, Any]) -> float:
    """Pixels of the numbers beside a bar."""
    beside = width(bar["range"], SMALL) + 6 if bar["range"] else 0.0
    return 7 + width(bar["number"], BASE, bold=True) + beside


def key(drawn: Bars) -> str:
    """What the parts of the bars mean, said only of those that are there."""
    said = []
    if drawn.data["pale"]:
        said.append("The pale part of a bar lies between its bounds")
    if drawn.data["hollow"]:
        said.append("Hollow bars are weight that could be anyone's")
        if any(name["text"] == NAMES[UNREGISTERED] for name in drawn.data["names"]):
            said[-1] += ": unknown was looked at, unregistered was not"
    return " ".join(f"{sentence}." for sentence in said)

"""The quality ledger over time: a lane a kind of event."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.charts import wording
from weighbridge.charts.sheet import ROWS_MOST, Picture, Sheet, plot_width, shapes, texts
from weighbridge.charts.subject import Subject, day_of, number
from weighbridge.charts.text import clean, counted, percent, shortened, widest, width
from weighbridge.charts.theme import BASE, SMALL

LANE, LANE_NARROW = 34, 50
LEAST_DOT, LARGEST_DOT = 14.0, 420.0
LEAST_BAR = 3.0
DRAWN_MOST = 400
"""Events of a kind that are drawn, the weightiest; a picture of thousands says no more."""


class QualityEvents:
    """A bar from an event's first day to its last, a dot by its part of the hub's weight."""

    id = "quality-events"
    title = "What is wrong or odd in the readings, over time"
    answers = ("quality",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether there are events."""
        return any(_days(row) for row in subject.rows)

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme, lanes = sheet.theme, _lanes(subject)
        names = [f"{_word(kind)}" for kind in lanes]
        counts = _counts(subject, lanes)
        left = 0 if sheet.narrow else round(widest(names, BASE)) + 14
        right = 0 if sheet.narrow else round(widest(counts, SMALL)) + 14
        across, step = plot_width(left, right, sheet), LANE_NARROW if sheet.narrow else LANE
        spans = [span for rows in lanes.values() for row in rows if (span := _days(row))]
        first, last = min(start for start, _ in spans), max(end for _, end in spans)

        def x_of(day: float) -> float:
            return 10 + (day - first) / max(last - first, 1) * (across - 20)

        bars_, dots, labels, told, lines = ([] for _ in range(5))
        for place, (kind, rows) in enumerate(lanes.items()):
            y = place * step + (step - 14 if sheet.narrow else step / 2)
            lines.append({"x": 0, "x2": across, "y": y})
            labels.append({"x": 0 if sheet.narrow else -12, "y": y - 22 if sheet.narrow else y, "text": _word(kind)})
            told.append({"x": across + (0 if sheet.narrow else 12), "y": y - 22 if sheet.narrow else y,
                         "text": counts[place]})  # fmt: skip
            for row in rows[:DRAWN_MOST]:
                span = _days(row)
                if span is None:
                    continue
                x, x2 = x_of(span[0]), x_of(span[1])
                middle = (x + x2) / 2
                wide = max(x2 - x, LEAST_BAR)
                bars_.append({"x": middle - wide / 2, "x2": middle + wide / 2, "y": y - 4, "y2": y + 4})
                share = number(row.get("share"))
                if share:
                    size = min(LEAST_DOT + (LARGEST_DOT - LEAST_DOT) * math.sqrt(share), LARGEST_DOT)
                    dots.append({"x": middle, "y": y, "size": size})
        height = len(lanes) * step
        data: dict[str, list[dict[str, Any]]] = {
            "rows": [_row(row) for row in subject.rows[:ROWS_MOST]], "lines": lines, "spans": bars_, "dots": dots,
            "lanes": labels, "counts": told, "days": _axis(first, last, x_of, height, across),
        }  # fmt: skip
        circles = shapes("dots", "point", ("x", "y"), filled=True, fill=theme.marks[1], opacity=0.55)
        circles["encoding"]["size"] = {"field": "size", "type": "quantitative", "scale": None, "legend": None}
        layers = [
            shapes("lines", "rule", ("x", "x2", "y"), stroke=theme.grid, strokeWidth=1),
            shapes("spans", "rect", fill=theme.marks[0], fillOpacity=0.5),
            circles,
            texts("lanes", align="left" if sheet.narrow else "right", fill=theme.ink),
            texts("counts", SMALL, align="right" if sheet.narrow else "left", fill=theme.soft),
            texts("days", SMALL, "center", theme.faint),
        ]
        return Picture(
            title=_title(subject),
            subtitle=wording.terms(
                subject, f"Events about the readings, by kind; weight as a part of the hub's {subject.unit}"
            ),
            height=height,
            layers=[layer for layer in layers if data[layer["data"]["name"]]],
            data=data,
            left=left,
            right=right,
            below=24,
            note="Bars run from the first day to the last that an event touches; circles grow with its part of the "
            "hub's weight in the 30 days before.",
        )


def _days(row: Mapping[str, Any]) -> tuple[int, int] | None:
    start, end = day_of(row.get("from")), day_of(row.get("to"))
    return (start, end) if start is not None and end is not None else None


def _lanes(subject: Subject) -> dict[str, list[Mapping[str, Any]]]:
    """Events by kind, in order of the summary, then of sight."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in subject.rows:
        if _days(row):
            found[str(row["event"])].append(row)
    order = [str(kind["event"]) for kind in subject.document.get("summary") or ()]
    return {kind: found[kind] for kind in (*order, *(k for k in found if k not in order)) if kind in found}


def _counts(subject: Subject, lanes: Mapping[str, Sequence[Any]]) -> list[str]:
    """How many events of each kind there are, and what part of the weight they touch."""
    summary = {str(kind["event"]): kind for kind in subject.document.get("summary") or ()}
    said = []
    for kind, rows in lanes.items():
        share = number(summary.get(kind, {}).get("share"))
        many = summary.get(kind, {}).get("events", len(rows))
        part = "" if share is None else f", {percent(share) if share <= 1 else f'×{counted(share)}'}"
        said.append(f"{many:,}{part}")
    return said


def _axis(first: int, last: int, x_of: Any, height: int, across: int) -> list[dict[str, Any]]:
    """First and last day, and one between where there is room."""
    days = list(dict.fromkeys([first, (first + last) // 2, last]))
    texts_ = [wording.from_ordinal(day) for day in days]
    if len(days) == 3 and 3 * width(texts_[0], SMALL) + 20 > across:
        days, texts_ = [days[0], days[2]], [texts_[0], texts_[2]]
    found = []
    for day, text in zip(days, texts_, strict=True):
        half = width(text, SMALL) / 2
        place = min(max(x_of(day), half), across - half)
        found.append({"x": place, "y": height + 12, "text": shortened(text, across, SMALL)})
    return found


def _word(kind: str) -> str:
    text = clean(kind).replace("-", " ")
    return text[:1].upper() + text[1:]


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: clean(row.get(key) or "") for key in ("event", "model", "from", "to", "detail")}
    return kept | {"weight": number(row.get("weight")), "value": number(row.get("share"))}


def _title(subject: Subject) -> str:
    """How many events there are, and the kind that touches most weight."""
    summary = [kind for kind in subject.document.get("summary") or () if kind.get("events")]
    many = sum(int(kind["events"]) for kind in summary) or len(subject.rows)
    known = [kind for kind in summary if number(kind.get("share")) is not None]
    events = f"{many:,} event{'' if many == 1 else 's'} in the readings"
    if not known:
        return events
    most = max(known, key=lambda kind: kind["share"])
    share = most["share"]
    part = f"{percent(share)} of all" if share <= 1 else f"{counted(share)} times all"
    return f"{events}; most weight is touched by: {_word(str(most['event'])).lower()}, {part} {subject.unit}"


CHART = QualityEvents()

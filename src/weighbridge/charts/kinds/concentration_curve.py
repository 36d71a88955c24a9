"""How much of all the largest take: the part of the whole against how many of the largest are counted."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

from weighbridge.charts import bars, wording
from weighbridge.charts.sheet import Picture, Sheet, plot_width, shapes, texts
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import counted, percent, widest
from weighbridge.charts.theme import BASE, SMALL

HEIGHT, HEIGHT_NARROW = 320, 250
PART = "top_"
"""How the names of rows begin that say what part the k largest take; k follows."""
GRID = (0.0, 0.25, 0.5, 0.75, 1.0)
JOINED = "Dots are known and straight lines join them."
WHAT = {"model": "models", "organisation": "organisations", "country": "countries"}


class ConcentrationCurve:
    """Points of the curve of the largest, with their limits; indices are said beside it."""

    id = "concentration-curve"
    title = "What part the largest take"
    answers = ("concentration",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether parts of the largest are known in one window."""
        return not subject.periods and len(_points(subject)) > 1

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme, rows = sheet.theme, _points(subject)
        height = HEIGHT_NARROW if sheet.narrow else HEIGHT
        ticks = [percent(part) for part in GRID]
        left, right = round(widest(ticks, SMALL)) + 10, 46
        across = plot_width(left, right, sheet)
        counts = number(subject.document.get("counted"))
        last = max(counts or 0.0, float(rows[-1][0]))
        span = math.log10(last) or 1.0
        pad = 18.0

        def place(count: float, part: float) -> dict[str, Any]:
            return {"x": pad + math.log10(count) / span * (across - 2 * pad), "y": height * (1 - part)}

        ends = [place(count, row["value"]) for count, row in rows]
        if counts and counts > rows[-1][0]:
            ends.append(place(counts, 1.0))
        limits = [
            {"x": place(count, 0)["x"], "y": height * (1 - row["lo"]), "y2": height * (1 - row["hi"])}
            for count, row in rows
            if number(row.get("lo")) is not None and number(row.get("hi")) is not None
        ]
        what = WHAT.get(subject.by, subject.by)
        of = f"{subject.unit} that have a country" if subject.by == "country" else subject.unit
        data = {
            "rows": bars.table(subject),
            "grid": [{"x": 0, "x2": across, "y": height * (1 - part)} for part in GRID],
            "ticks": [{"x": -8, "y": height * (1 - p), "text": t} for p, t in zip(GRID, ticks, strict=True)],
            "counts": [
                {"x": place(count, 0)["x"], "y": height + 14, "text": _count(count)}
                for count in dict.fromkeys([*(count for count, _ in rows), *([counts] if counts else [])])
            ],
            "under": [{"x": across / 2, "y": height + 32, "text": f"so many of the largest {what} (logarithmic)"}],
            "pieces": [
                {"x": a["x"], "y": a["y"], "x2": b["x"], "y2": b["y"]} for a, b in itertools.pairwise(ends)
            ],
            "limits": limits,
            "dots": ends,
            "told": [
                end | {"x": end["x"] + 7, "y": end["y"] + 14, "text": percent(row["value"])}
                for end, (_, row) in zip(ends, rows, strict=False)
            ],
        }  # fmt: skip
        layers = [
            shapes("grid", "rule", ("x", "x2", "y"), stroke=theme.grid, strokeWidth=1),
            texts("ticks", SMALL, "right", theme.faint),
            texts("counts", SMALL, "center", theme.faint),
            texts("under", SMALL, "center", theme.faint),
            shapes("limits", "rule", ("x", "y", "y2"), stroke=theme.marks[0], strokeWidth=8, opacity=0.3),
            shapes("pieces", "rule", ("x", "x2", "y", "y2"), stroke=theme.marks[0], strokeWidth=2.4),
            shapes("dots", "point", ("x", "y"), size=60, filled=True, fill=theme.marks[0], opacity=1),
            texts("told", BASE, fill=theme.ink, fontWeight=700),
        ]
        first = rows[1] if len(rows) > 1 else rows[0]
        return Picture(
            title=f"The {first[0]:,} largest{f' of {counts:,.0f}' if counts else ''} {what} take "
            f"{percent(first[1]['value'])} of {of}",
            subtitle=wording.terms(subject, f"Part of {of} that the largest {what} take"),
            height=height,
            layers=[layer for layer in layers if data[layer["data"]["name"]]],
            data=data,
            left=left,
            right=right,
            below=42,
            note=_indices(subject, bool(limits)),
        )


def _points(subject: Subject) -> list[tuple[int, Mapping[str, Any]]]:
    """How many of the largest, no more than there are, and the row that says what they take, in order."""
    found = [
        (int(str(row["group"]).removeprefix(PART)), row)
        for row in subject.rows
        if str(row.get("group", "")).removeprefix(PART).isdecimal() and number(row.get("value")) is not None
    ]
    counts = number(subject.document.get("counted")) or math.inf
    return sorted((point for point in found if point[0] <= counts), key=lambda point: point[0])


def _count(count: float) -> str:
    return f"{count:,.0f}" if count < 1e6 else counted(count)


def _indices(subject: Subject, limited: bool) -> str:
    """The indices in words."""
    figures = {str(row["group"]): number(row.get("value")) for row in subject.rows}
    words = {
        "hhi": "Herfindahl-Hirschman index",
        "gini": "Gini coefficient",
        "effective_number": "effective number",
    }
    said = [f"{name} {counted(figures[key] or 0.0)}" for key, name in words.items() if figures.get(key) is not None]
    bounds = "Dots are known and straight lines join them; pale bars: bounds." if limited else JOINED
    return f"{bounds} {', '.join(said)}." if said else bounds


CHART = ConcentrationCurve()

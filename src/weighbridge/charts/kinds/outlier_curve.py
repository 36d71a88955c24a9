"""Shares after the outlier rule at other thresholds: how far the answer hangs on where the line is drawn."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.charts import wording
from weighbridge.charts.series import nice_ticks
from weighbridge.charts.sheet import ROWS_MOST, Picture, Sheet, colour, coloured, plot_width, shapes, spread, texts
from weighbridge.charts.subject import Subject, number
from weighbridge.charts.text import clean, percent, shortened, widest
from weighbridge.charts.theme import BAND, BASE, SMALL
from weighbridge.definitions.rules.material_outlier import DEVIATIONS, MATERIAL

HEIGHT, HEIGHT_NARROW = 320, 250
OWN = ("deviations", "material", "models", "downloads", "largest")
"""Fields of a row that are no group's share."""


class OutlierCurve:
    """A line a group at the rule's own part of all weight; the band holds all other parts."""

    id = "outlier-curve"
    title = "Shares at other thresholds of the outlier rule"
    answers = ("outlier-curve",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether some thresholds and groups are there."""
        return len({row.get("deviations") for row in subject.rows}) > 1 and bool(_groups(subject))

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        theme, groups = sheet.theme, _groups(subject)
        height = HEIGHT_NARROW if sheet.narrow else HEIGHT
        slots = subject.slots(groups, len(theme.marks))
        groups = [group for group in groups if group in slots]
        most = max(float(row[group]) for row in subject.rows for group in groups)
        ticks = nice_ticks(0.0, most or 1.0)
        names = [subject.name(group, brief=sheet.narrow) for group in groups]
        left = round(widest((percent(tick) for tick in ticks), SMALL)) + 10
        right = round(min(widest(names, BASE, bold=True), 0.3 * sheet.inner)) + 14
        across = plot_width(left, right, sheet)
        steps = sorted({float(row["deviations"]) for row in subject.rows})

        def x_of(deviations: float) -> float:
            return 14 + (deviations - steps[0]) / (steps[-1] - steps[0]) * (across - 28)

        def y_of(share: float) -> float:
            return height * (1 - share / ticks[-1])

        bands, pieces, dots, ends = [], [], [], []
        for group in groups:
            mark = theme.marks[slots[group]]
            line = [(x_of(step), y_of(_own(subject.rows, step, group))) for step in steps]
            for step in steps:
                shares = [float(row[group]) for row in subject.rows if row["deviations"] == step]
                bands.append({"line": slots[group], "x": x_of(step), "y": y_of(min(shares)), "y2": y_of(max(shares)),
                              "colour": mark})  # fmt: skip
            pieces += [
                {"x": a[0], "y": a[1], "x2": b[0], "y2": b[1], "colour": mark} for a, b in itertools.pairwise(line)
            ]
            dots += [{"x": x, "y": y, "colour": mark} for x, y in line]
            ends.append(line[-1][1])
        labels = spread(ends, 17, 4, height - 2)
        data: dict[str, list[dict[str, Any]]] = {
            "rows": _table(subject, groups),
            "grid": [{"x": 0, "x2": across, "y": y_of(tick)} for tick in ticks],
            "ticks": [{"x": -8, "y": y_of(tick), "text": percent(tick)} for tick in ticks],
            "steps": [{"x": x_of(s), "y": height + 14, "text": f"{s:g}"} for s in _far_enough(steps, x_of)],
            "under": [{"x": across / 2, "y": height + 32, "text": "robust standard deviations from what is usual"}],
            "rule": [{"x": x_of(DEVIATIONS), "y": 0, "y2": height}] if steps[0] <= DEVIATIONS <= steps[-1] else [],
            "rule_word": [{"x": x_of(DEVIATIONS) - 6, "y": 10, "text": "the rule"}],
            "bands": bands, "pieces": pieces, "dots": dots,
            "names": [
                {"x": across + 8, "y": y, "text": shortened(name, right - 8, BASE, bold=True),
                 "colour": theme.inks[slots[group]]}
                for name, y, group in zip(names, labels, groups, strict=True)
            ],
        }  # fmt: skip
        area = shapes("bands", "area", ("x", "y", "y2"), fillOpacity=BAND)
        area["encoding"] |= {"detail": {"field": "line", "type": "nominal"}, "fill": colour()}
        layers = [
            shapes("grid", "rule", ("x", "x2", "y"), stroke=theme.grid, strokeWidth=1),
            shapes("rule", "rule", ("x", "y", "y2"), stroke=theme.faint, strokeWidth=1, strokeDash=[2, 3]),
            texts("rule_word", SMALL, "right", theme.faint),
            texts("ticks", SMALL, "right", theme.faint),
            texts("steps", SMALL, "center", theme.faint),
            texts("under", SMALL, "center", theme.faint),
            area,
            coloured(shapes("pieces", "rule", ("x", "x2", "y", "y2"), strokeWidth=2.4)),
            coloured(shapes("dots", "point", ("x", "y"), size=28, filled=True, opacity=1)),
            texts("names", fontWeight=600),
        ]
        return Picture(
            title=_title(subject, groups),
            subtitle=wording.terms(subject, f"Share of {subject.unit} by country after the rule at other thresholds"),
            height=height,
            layers=[layer for layer in layers if data[layer["data"]["name"]]],
            data=data,
            left=left,
            right=right,
            below=42,
            note=f"Lines: models over {percent(MATERIAL)} of all weight may be removed, as in the rule, or the nearest "
            "part that is known; bands: all parts. Fewer deviations remove more models.",
        )


def _groups(subject: Subject) -> list[str]:
    rows = subject.rows
    return [key for key in (rows[0] if rows else {}) if key not in OWN and number(rows[0][key]) is not None]


def _own(rows: Sequence[Mapping[str, Any]], step: float, group: str) -> float:
    """A group's share at a step, at the part of all weight that is nearest to the rule's own."""
    here = [row for row in rows if row["deviations"] == step]
    return float(min(here, key=lambda row: abs(row["material"] - MATERIAL))[group])


def _far_enough(steps: Sequence[float], x_of: Any) -> list[float]:
    found: list[float] = []
    for step in steps:
        if not found or x_of(step) - x_of(found[-1]) > 30:
            found.append(step)
    return found


def _table(subject: Subject, groups: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"group": clean(group), "value": number(row[group]), "deviations": number(row["deviations"]),
         "material": number(row["material"]), "models": number(row["models"]), "downloads": number(row["downloads"])}
        for row in subject.rows[: ROWS_MOST // max(len(groups), 1)]
        for group in groups
    ]  # fmt: skip


def _title(subject: Subject, groups: Sequence[str]) -> str:
    """How far the first two groups' shares move over all thresholds."""
    said = []
    for group in groups[:2]:
        shares = [float(row[group]) for row in subject.rows]
        said.append(f"{wording.named(subject, group)} has {percent(min(shares))} to {percent(max(shares))}")
    return f"Wherever the line for outliers is drawn, {' and '.join(said)}"


CHART = OutlierCurve()

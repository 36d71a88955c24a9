"""Sizes of models: quantiles and mean in billions of parameters on a logarithmic scale, the unknown part in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.charts import bars, intervals, wording
from weighbridge.charts.intervals import Interval
from weighbridge.charts.sheet import ROWS_MOST, Picture, Sheet
from weighbridge.charts.subject import Subject, asked, number
from weighbridge.charts.text import clean, counted, percent

BILLION = 1e9
UNKNOWN = "part unknown"
QUANTILES = ("p10", "p25", "median", "p75", "p90")
NAMES = {"p10": "10 % are below", "p25": "25 % are below", "median": "Median", "p75": "75 % are below",
         "p90": "90 % are below", "mean": "Mean"}  # fmt: skip
SHOWN, SHOWN_NARROW = 12, 8
WEIGHED = {"downloads": "download", "models": "new model", "active-parameters": "download"}


class SizeQuantiles:
    """A strip of quantiles: of all, with the limits of each figure below it, or a strip a group."""

    id = "size-quantiles"
    title = "Quantiles of size in one window (--show figures)"
    answers = ("size",)
    rank = 10

    def fits(self, subject: Subject) -> bool:
        """Whether quantiles of one window are known."""
        return asked(subject, "show") == "figures" and not subject.periods and bool(_strips(subject))

    def draw(self, subject: Subject, sheet: Sheet) -> Picture:
        """See `Chart.draw`."""
        strips = _strips(subject)[: SHOWN_NARROW if sheet.narrow else SHOWN]
        plain = asked(subject, "by") in ("", "none")
        ends = [strip[name] for strip in strips for name in ("p10", "p90", "mean") if strip.get(name)]
        lowest, highest = math.floor(math.log10(min(ends)) - 0.01), math.ceil(math.log10(max(ends)) + 0.01)
        drawn = [_strip(subject, sheet, strip, plain) for strip in strips]
        if plain:
            drawn += _limits(subject, sheet, lowest, highest)
        ticks = [(float(n), counted(10.0**n * BILLION)) for n in range(lowest, highest + 1)]
        made = intervals.intervals(drawn, sheet, counted, zero=False, ticks=ticks)
        used = "active parameters" if asked(subject, "of") == "active-parameters" else "parameters"
        limits = " Grey: each figure, and its limits if all unknown sizes were smaller, or larger." if plain else ""
        return Picture(
            title=_title(subject, strips, plain),
            subtitle=wording.terms(
                subject, f"{used.capitalize()} of models of known size, quantiles by {subject.unit},"
            ),
            height=made.height,
            layers=made.layers,
            data={"rows": _rows(subject), **made.data},
            left=made.left,
            right=made.right,
            below=made.below,
            note="Dot: median; bar: the middle half; thin line: from 10 % to 90 %; diamond: mean. "
            f"Logarithmic scale.{limits}",
        )


def _strips(subject: Subject) -> list[dict[str, Any]]:
    """Figures by name, one mapping a group; of all: one."""
    if any(row.get("group") == "median" for row in subject.rows) and asked(subject, "by") in ("", "none"):
        one = {str(row["group"]): number(row.get("value")) for row in subject.rows}
        return [one | {"group": "", "unknown": one.get(UNKNOWN)}] if all(one.get(name) for name in QUANTILES) else []
    return [dict(row) for row in subject.rows if all(number(row.get(name)) for name in QUANTILES)]


def _strip(subject: Subject, sheet: Sheet, strip: Mapping[str, Any], plain: bool) -> Interval:
    at = {name: math.log10(strip[name]) for name in (*QUANTILES, "mean") if strip.get(name)}
    missing = f"{percent(strip['unknown'])} unknown" if number(strip.get("unknown")) is not None else ""
    told = missing if plain else f"{counted(strip['median'] * BILLION)}{f', {missing}' if missing else ''}"
    party = plain or subject.is_party(strip["group"])
    return Interval(
        "Where the size is known" if plain else subject.name(strip["group"]),
        at["median"], at["p25"], at["p75"], told, sheet.theme.marks[0] if party else sheet.theme.neutral,
        at.get("mean"), (at["p10"], at["p90"]),
    )  # fmt: skip


def _limits(subject: Subject, sheet: Sheet, lowest: int, highest: int) -> list[Interval]:
    """A row a figure, its line from the least to the most that it can be; to the edge where there is no limit."""
    found = []
    for row in subject.rows:
        value = number(row.get("value"))
        if row["group"] not in NAMES or not value:
            continue
        lo, hi = number(row.get("lo")), number(row.get("hi"))
        ends = (
            max(math.log10(lo), lowest) if lo else float(lowest),
            float(highest) if hi is None else min(math.log10(hi), highest) if hi else float(lowest),
        )
        least = counted(lo * BILLION) if lo else "0"
        most = "no limit" if hi is None else counted(hi * BILLION)
        told = f"{counted(value * BILLION)} ({least} to {most})"
        found.append(Interval(NAMES[row["group"]], math.log10(value), *ends, told, sheet.theme.neutral))
    return found


def _title(subject: Subject, strips: Sequence[Mapping[str, Any]], plain: bool) -> str:
    what = WEIGHED.get(asked(subject, "of"), "model")
    if plain:
        missing = strips[0].get("unknown")
        rest = f"; the size of {percent(missing)} is not known" if missing else ""
        return f"The median {what} of known size is of {counted(strips[0]['median'] * BILLION)} parameters{rest}"
    medians = [strip["median"] * BILLION for strip in strips]
    least, most = counted(min(medians)), counted(max(medians))
    span = f"{least} to {most}" if least != most else most
    return f"By {subject.by}, the median {what} of known size is of {span} parameters"


def _rows(subject: Subject) -> list[dict[str, Any]]:
    if asked(subject, "by") in ("", "none"):
        return bars.table(subject)
    kept = ("part", "unknown", "mean", *QUANTILES, "median_lo", "median_hi", "models")
    return [
        {"group": clean(row["group"]), "name": subject.name(row["group"])} | {key: number(row.get(key)) for key in kept}
        for row in subject.rows[:ROWS_MOST]
    ]


CHART = SizeQuantiles()

"""Rows of mean and quantiles of sizes by weight: of all, or of each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.roster import Roster
from weighbridge.cubes.weigh import Groups
from weighbridge.measures.quantiles import Limited, Weights, summary, weights
from weighbridge.records.cells import Window
from weighbridge.records.group_row import GroupRow

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

QUANTILES = (("p10", 0.1), ("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p90", 0.9))
UNKNOWN = "part unknown"


def figures(roster: Roster, size: Floats) -> list[GroupRow]:
    """A row a figure and window; the last of each window is the part of the weight whose size is not known.

    Args:
        roster: the weighed models.
        size: of each model, float64[models]; NaN: not known.
    """
    rows = []
    entries, window = roster.weighed.entries, _window(roster)
    windows = roster.weighed.slice.windows
    for number, span in enumerate(windows):
        here = window == number
        if not entries.value[here].sum():
            continue
        weighed = _weights(roster, size, here)
        known, unknown = weighed.known // _unit(roster), weighed.unknown // _unit(roster)
        of_known, of_unknown = (_models(roster, here, models) for models in (~np.isnan(size), np.isnan(size)))
        told = [(name, found, known, of_known) for name, found in summary(weighed, QUANTILES).items()]
        for name, found, weight, models in [*told, (UNKNOWN, part_unknown(weighed), unknown, of_unknown)]:
            counts = {_counted(roster): weight, "models": models}
            rows.append(_row(name, found, span, counts))
    return rows


def figures_by(roster: Roster, groups: Groups, size: Floats, chosen: Sequence[int]) -> list[dict[str, Any]]:
    """A row a group and window with all figures in columns, the heaviest group first.

    Args:
        roster: the weighed models.
        groups: of `roster.weighed.entries`.
        size: of each model, float64[models]; NaN: not known.
        chosen: groups with rows.

    Returns:
        Rows `{period, group, part, unknown, mean, p10, ..., median, ..., median_lo, median_hi, <unit>, models,
        limits}`: `part` is the group's of all weight, `unknown` the part of the group's whose size is not known,
        `limits` a pair for each figure.
    """
    entries, window = roster.weighed.entries, _window(roster)
    rows = []
    for number, span in enumerate(roster.weighed.slice.windows):
        total = int(entries.value[window == number].sum())
        found = []
        for group in chosen:
            here = (window == number) & (groups.codes == group)
            weighed = _weights(roster, size, here)
            mine = weighed.known + weighed.unknown
            if mine:
                found.append(_wide(roster, groups.names[group], span, mine / total, weighed, here))
        rows += sorted(found, key=lambda row: (-row["part"], row["group"]))
    return rows


def _wide(roster: Roster, group: str, span: Window, part: float, weighed: Weights, here: Mask) -> dict[str, Any]:
    told = summary(weighed, QUANTILES)
    median = told.get("median")
    mine = weighed.known + weighed.unknown
    return {
        "period": span.name or None,
        "group": group,
        "part": part,
        "unknown": weighed.unknown / mine,
        **{name: told[name].value if name in told else None for name in ("mean", *(name for name, _ in QUANTILES))},
        "median_lo": median.lo if median else None,
        "median_hi": median.hi if median else None,
        _counted(roster): mine // _unit(roster),
        "models": _models(roster, here, np.ones(len(roster), bool)),
        "limits": {name: [found.lo, found.hi] for name, found in told.items()},
    }


def _counted(roster: Roster) -> str:
    """Name of the column with the weight, which is its unit; where models are counted it is the models'."""
    return roster.weighed.slice.unit


def _row(name: str, found: Limited, span: Window, counts: Mapping[str, int]) -> GroupRow:
    period = span.name or None
    fields = ({"period": period} if period else {}) | {"group": name} | vars(found) | dict(counts)
    weight = next(iter(counts.values()))
    return GroupRow(
        fields=fields, group=name, **vars(found), downloads=weight, models=counts["models"], kind=None, period=period
    )


def part_unknown(weighed: Weights) -> Limited:
    """The part of all weight without a known size, with the limits that those of the weights give."""
    whole = weighed.known + weighed.unknown
    low, high = int(weighed.lo.sum()), int(weighed.hi.sum())
    least = weighed.unknown_lo / max(weighed.unknown_lo + high, 1)
    most = weighed.unknown_hi / max(weighed.unknown_hi + low, 1)
    value = weighed.unknown / whole
    return Limited(value, min(least, value), max(most, value))


def _weights(roster: Roster, size: Floats, here: Mask) -> Weights:
    entries = roster.weighed.entries
    return weights(size[roster.entry_model[here]], entries.value[here], entries.lo[here], entries.hi[here])


def _models(roster: Roster, here: Mask, models: Mask) -> int:
    """Different models with weight among some entries that are also among some models."""
    some = roster.entry_model[here & (roster.weighed.entries.value > 0)]
    return int(np.unique(some[models[some]]).size)


def _window(roster: Roster) -> npt.NDArray[np.int32]:
    return roster.weighed.slice.cells.window[roster.weighed.entries.cell]


def _unit(roster: Roster) -> int:
    return roster.weighed.slice.per_unit

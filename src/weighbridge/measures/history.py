"""Series of shares from the cubes of a weighed history: no reading is opened, and no cleaning rule runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.ages import Ages
from weighbridge.cubes.coding import Coding
from weighbridge.cubes.weekcube import WeekCube
from weighbridge.cubes.weeklabels import ATTRIBUTIONS, DIMENSIONS, JOINT
from weighbridge.cubes.weekly import censuses, open_cube
from weighbridge.cubes.weigh import Groups
from weighbridge.definitions.named import define
from weighbridge.definitions.scopes import scopes
from weighbridge.errors import DataMissing, UsageError
from weighbridge.lineage.sizes import SIZES
from weighbridge.measures.bounds import share_bounds
from weighbridge.records.clock import GRAINS, Period, day_text, period_holding
from weighbridge.register import families
from weighbridge.register.parties import (
    ELSEWHERE,
    EUROPE,
    INTERNATIONAL,
    UNKNOWN,
    UNREGISTERED,
    could_hold,
    is_country,
)
from weighbridge.store.home import Store
from weighbridge.store.weekflows import DAYS
from weighbridge.store.weekly import State, Weekly

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SUMMED = ("downloads", "lo", "hi", "models")
KINDS = ("interpolated", "first_seen")
THURSDAY = 3
GROUPINGS = tuple(name for name in DIMENSIONS if name != "scope")


@dataclass(frozen=True)
class Asked:
    """What is asked of a history.

    Attributes:
        by: one of `GROUPINGS`.
        attribution: one of `ATTRIBUTIONS`.
        where: for some dimensions the labels that count.
        scope: id of a scope; null: that of the definition `raw`.
        start, end: only weeks wholly in `start ≤ t < end`; null: all.
        over: week, or the month, quarter or year that a week's Thursday lies in.
        max_age_days: 365 or 730; null: models of any age.
    """

    by: str = "country"
    attribution: str = "uploader"
    where: Mapping[str, Sequence[str]] | None = None
    scope: str | None = None
    start: int | None = None
    end: int | None = None
    over: str = "week"
    max_age_days: int | None = None


def history(store: Store, hub: str, asked: Asked) -> dict[str, Any]:
    """The document of `history`.

    Raises:
        DataMissing: the history was not weighed yet, or holds no such weeks.
        UsageError: there is no such dimension, label, scope, period or age limit.
    """
    _check(asked)
    weekly = Weekly(store, hub)
    state = weekly.state()
    if state is None:
        raise DataMissing(f"the history of {hub} was not weighed yet", "weigh it with: weighbridge weigh")
    cube, held = open_cube(weekly, asked.attribution, (*SUMMED, *KINDS))
    definition = define(
        "raw", hub, attribution=asked.attribution, scope=asked.scope, max_age_days=asked.max_age_days
    )  # fmt: skip
    where = dict(asked.where or {}) | {"scope": _in_scope(cube.coding, definition.scope)}
    chosen = cube.coding.chosen(where)
    kept = _weeks(cube, asked)
    periods, of = _periods(cube.weeks[kept], asked.over)
    names = cube.coding.names_of(asked.by)
    sums = _summed(cube, cube.coding.labels[asked.by], len(names), chosen, asked.max_age_days)
    columns = {name: _by_period(sums[name][kept], of, len(periods)) for name in SUMMED}
    vintages = [v for v in censuses(store, hub) if v.id in set(held.vintages)]
    rows = [
        row
        for number, period in enumerate(periods)
        for row in _rows(asked, names, {name: column[number] for name, column in columns.items()}, period.name)
    ]
    totals = _Totals.of(cube, chosen, kept, asked.max_age_days)
    unsure = 0
    if asked.max_age_days is not None:
        unknown = Ages(np.zeros(0, np.int32), cube.limits).unknown(asked.max_age_days)
        unsure = int(totals.downloads[:, unknown].sum())
    provisional = int((cube.weeks[kept].astype(np.int64) + DAYS > state.settled).sum())
    return {
        "measure": "history",
        "by": asked.by,
        "hub": hub,
        "unit": vintages[0].unit if vintages else "downloads",
        "definition": definition.to_dict()
        | {"where": {name: list(labels) for name, labels in (asked.where or {}).items()}},
        "window": {"from": day_text(periods[0].start), "to": day_text(periods[-1].end), "kind": "measured"},
        "as_of": vintages[-1].known.isoformat().replace("+00:00", "Z") if vintages else None,
        "vintages": list(held.vintages),
        "population": "census",
        "simulated": any(v.simulated for v in vintages),
        "total": int(columns["downloads"].sum()),
        "unknown_age": unsure,
        "coverage": totals.coverage(),
        "periods": [
            {
                "period": period.name,
                "from": day_text(period.start),
                "to": day_text(period.end),
                "total": int(columns["downloads"][number].sum()),
                "complete": state.first_day <= period.start and period.end <= state.last_day,
                "provisional": bool(period.end > state.settled),
            }
            for number, period in enumerate(periods)
        ],
        "rows": rows,
        "notes": _notes(asked, state, held.vintages, totals.kinds_note(), provisional),
    }


def _check(asked: Asked) -> None:
    for value, valid, what in (
        (asked.by, GROUPINGS, "dimension"), (asked.attribution, ATTRIBUTIONS, "attribution"),
        (asked.over, GRAINS, "period"),
    ):  # fmt: skip
        if value not in valid:
            raise UsageError(f"there is no {what} {value!r} here", f"one of: {', '.join(valid)}")
    for name in asked.where or {}:
        if name not in GROUPINGS:
            raise UsageError(f"there is no dimension {name!r} here", f"one of: {', '.join(GROUPINGS)}")
    if asked.scope is not None and asked.scope not in scopes():
        raise UsageError(f"there is no scope {asked.scope!r}", f"one of: {', '.join(scopes())}")


def _in_scope(coding: Coding, scope: str) -> list[str]:
    return [name for name in coding.names_of("scope") if scope in name.split(JOINT)]


def _weeks(cube: WeekCube, asked: Asked) -> npt.NDArray[np.intp]:
    low = -(2**31) if asked.start is None else asked.start
    high = 2**31 if asked.end is None else asked.end
    kept = np.flatnonzero((cube.weeks >= low) & (cube.weeks.astype(np.int64) + DAYS <= high))
    if not len(kept):
        first, last = (day_text(day) for day in (int(cube.weeks[0]), int(cube.weeks[-1]) + DAYS))
        raise DataMissing("no whole week lies in that window", f"weeks that were weighed: {first} to {last}")
    return kept


def _periods(weeks: npt.NDArray[np.int32], over: str) -> tuple[list[Period], Ints]:
    """Spans of whole weeks, and the place of each week's."""
    named = [period_holding(int(week) + (0 if over == "week" else THURSDAY), over).name for week in weeks]
    place: dict[str, int] = {}
    of = np.array([place.setdefault(name, len(place)) for name in named], np.int64)
    spans = [weeks[of == number] for number in range(len(place))]
    return [
        Period(int(span[0]), int(span[-1]) + DAYS, name) for name, span in zip(place, spans, strict=True)
    ], of  # fmt: skip


def _summed(
    cube: WeekCube, label: npt.NDArray[np.int32], groups: int, chosen: npt.NDArray[np.bool_], limit: int | None
) -> dict[str, Ints]:
    """Sums by week and group of all columns, int64[weeks, groups]."""
    coding = Coding({"group": np.where(chosen, label, np.int32(groups)).astype(np.int32)}, {"group": ("",) * groups})
    grouped = WeekCube(coding, cube.limits, cube.weeks, cube.start, cube.cell, cube.values)
    return dict(grouped.series("group", {}, limit, SUMMED).values)


def _by_period(column: Ints, of: Ints, periods: int) -> Ints:
    total = np.zeros((periods, column.shape[1]), np.int64)
    np.add.at(total, of, column)
    return total


def _rows(asked: Asked, names: Sequence[str], sums: Mapping[str, Ints], period: str) -> list[dict[str, Any]]:
    """Groups with weight in a period, the heaviest first."""
    value, lo, hi, models = (sums[name] for name in SUMMED)
    total = int(value.sum())
    if not total:
        return []
    nothing = np.zeros(len(names), np.int64)
    low, high = share_bounds(
        value, np.minimum(lo, value), np.maximum(hi, value), _groups(asked.by, names, hi > 0), nothing, nothing
    )
    some = sorted(np.flatnonzero(value > 0).tolist(), key=lambda g: (-value[g], names[g]))
    return [
        {
            "group": names[g],
            "period": period,
            "value": int(value[g]) / total,
            "lo": float(low[g]),
            "hi": float(high[g]),
            "downloads": int(value[g]),
            "models": int(models[g]) if asked.over == "week" else None,
        }
        for g in some
    ]


def _groups(by: str, names: Sequence[str], there: npt.NDArray[np.bool_]) -> Groups:
    """Which groups are dark, and which are broad; as `weigh` has them."""
    dark = {"family": {families.NONE}, "size": {SIZES[-1]}, "quantised": set()}.get(by, {UNREGISTERED, UNKNOWN})
    buckets: dict[str, frozenset[str]] = {}
    if by == "family":
        buckets[families.SEVERAL] = frozenset(names) - {families.NONE, families.SEVERAL}
    elif by == "country":
        buckets = {b: frozenset(name for name in names if could_hold(b, name)) for b in (EUROPE, ELSEWHERE)}
    present = {bucket: held for bucket, held in buckets.items() if bucket in names}
    return Groups(np.zeros(0, np.int32), list(names), frozenset(dark), present)


@dataclass(frozen=True)
class _Totals:
    """Sums over all weeks in question by label code and class of age, int64[codes, classes] each."""

    coding: Coding
    downloads: Ints
    kinds: Mapping[str, Ints]
    within: Mask

    @classmethod
    def of(cls, cube: WeekCube, chosen: Mask, kept: npt.NDArray[np.intp], limit: int | None) -> _Totals:
        """Those of the chosen codes in the weeks kept, which follow each other."""
        ages = Ages(np.zeros(0, np.int32), cube.limits)
        part = slice(int(cube.start[kept[0]]), int(cube.start[kept[-1] + 1]))
        shape = (len(cube.coding), ages.classes)

        def total(name: str) -> Ints:
            sums = np.zeros(shape[0] * shape[1], np.int64)
            np.add.at(sums, cube.cell[part], cube.values[name][part])
            return np.asarray(sums.reshape(shape) * chosen[:, None])

        within = np.ones(ages.classes, bool) if limit is None else ages.within(limit)
        return cls(cube.coding, total("downloads"), {kind: total(kind) for kind in KINDS}, within)

    def coverage(self) -> dict[str, float]:
        """What part of the weight has somebody behind it who is known, and a country."""
        weight = self.downloads[:, self.within].sum(axis=1)
        found = []
        for by, wanted in (("type", _registered), ("country", _located)):
            known = np.array([wanted(name) for name in self.coding.names_of(by)], bool)
            found.append(int(weight[known[self.coding.labels[by]]].sum()) / max(int(weight.sum()), 1))
        return {"registered_share": found[0], "located_share": found[1]}

    def kinds_note(self) -> list[str]:
        """What part of the weight was not measured, in words."""
        total = max(int(self.downloads[:, self.within].sum()), 1)
        parts = {kind.replace("_", " "): int(sums[:, self.within].sum()) / total for kind, sums in self.kinds.items()}
        if not any(parts.values()):
            return []
        named = {"measured": 1 - sum(parts.values()), **parts}
        return [f"Kinds of flow: {', '.join(f'{part:.1%} {kind}' for kind, part in named.items() if part)}."]


def _located(country: str) -> bool:
    return is_country(country) or country == INTERNATIONAL


def _registered(kind: str) -> bool:
    return kind not in (UNREGISTERED, UNKNOWN)


def _notes(asked: Asked, state: State, weighed: Sequence[str], kinds: Sequence[str], provisional: int) -> list[str]:
    notes = ["Not cleaned: no rule runs on a weighed history. `share --over week` runs them.", *kinds]
    if asked.max_age_days is not None:
        notes.append("The age is that on a week's first day, and the week counts whole.")
    if asked.over != "week":
        notes.append(f"Whole weeks are summed; a week belongs to the {asked.over} of its Thursday.")
        if state.rounded:  # what rounding may do to a span is at its two ends only, but weeks are all that is held
            notes.append(f"Limits are sums of those of the weeks; `share --over {asked.over}` has narrower ones.")
    if provisional:
        notes.append(f"The last {provisional} weeks are provisional: later readings may change them.")
    if tuple(weighed) != state.vintages:
        notes.append("The cubes are behind the flows: `weighbridge weigh` brings them up to date.")
    return notes

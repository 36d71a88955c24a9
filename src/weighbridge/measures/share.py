"""The share of each group in all that was downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.weigh import DIMENSIONS, PARTY_DIMENSIONS, ROOT_DIMENSIONS, Groups, Removal, Weighed
from weighbridge.measures import Option
from weighbridge.measures.bounds import share_bounds
from weighbridge.records.answer import Answer, Row
from weighbridge.records.cells import SMALL, UNNAMED
from weighbridge.records.clock import day_text
from weighbridge.register.parties import GRADES, UNAFFILIATED, UNKNOWN, UNREGISTERED, Party, is_country
from weighbridge.store.flows import KINDS
from weighbridge.store.flows import UNKNOWN as UNKNOWN_FLOW

Ints = npt.NDArray[np.int64]

OTHER = "(other)"
MOVED_AT_LEAST = 0.0005
MOVED_MOST = 10
LEAST_PART = 0.0005
WORTH_A_NOTE = 0.01


class Share:
    """Part of the weight in scope, window by window."""

    id = "share"
    title = "Share of downloads by group"
    words = "What part of all downloads in scope went to each group; what is unregistered is part of the whole."
    formula = "value_g = D_g / Σ_j D_j, with D_g the whole downloads credited to group g in the window"
    source = "own definition; bounds after Manski (1989), worst-case bounds under missing data"

    options = (
        Option("by", "What to group by.", DIMENSIONS, "country"),
        Option("top", "Keep so many groups; the rest is summed as (other).", number=True),
    )
    clean = None

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """Rows of all groups, or of the `top` largest and the rest."""
        by, top = options["by"], options["top"]
        groups = weighed.groups(by)
        table = _Table(weighed, groups)
        chosen = _chosen(table, top)
        rows = [row for number in range(len(weighed.slice.windows)) for row in table.rows(number, chosen)]
        return answer(self.id, self.title, weighed, by, rows)


class _Table:
    """Sums by window and group."""

    def __init__(self, weighed: Weighed, groups: Groups) -> None:
        entries, cells = weighed.entries, weighed.slice.cells
        code = groups.codes
        self.names = groups.names
        self.groups = groups
        self.windows = weighed.slice.windows
        window = cells.window[entries.cell].astype(np.int64)
        key = window * len(self.names) + code
        shape = (len(self.windows), len(self.names))

        def total(weights: Ints) -> Ints:
            return np.bincount(key, weights=weights, minlength=shape[0] * shape[1]).astype(np.int64).reshape(shape)

        self.value, self.lo, self.hi = total(entries.value), total(entries.lo), total(entries.hi)
        kind = np.argmax(cells.by_kind[:, :UNKNOWN_FLOW], axis=1)[entries.cell]
        used = np.unique(kind[entries.value > 0])
        self.kinds = used[np.argmax(np.stack([total(np.where(kind == k, entries.value, 0)) for k in used]), axis=0)]
        self.models = _models(key, entries.cell, entries.value, cells.models, shape)
        self.dark = np.array([name in groups.dark for name in self.names], bool)
        self._window, self._entries, self._cell_models = window, entries, cells.models
        self.moved_in, self.moved_out = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for number in range(shape[0]):
            for g in range(shape[1]) if groups.contested else ():
                inside = np.arange(shape[1]) == g
                self.moved_in[number, g], self.moved_out[number, g] = self._moves(number, inside)

    def _moves(self, number: int, inside: npt.NDArray[np.bool_]) -> tuple[int, int]:
        """Of a window, the most that others would give to some groups, and the least that they would take."""
        entries, code = self._entries, self.groups.codes
        coming, going = np.zeros(len(code), bool), np.zeros(len(code), bool)
        for rows, alternative in self.groups.contested:
            here = rows[(self._window[rows] == number) & ~self.dark[code[rows]]]
            within = inside[code[here]]
            if inside[alternative]:
                coming[here[~within]] = True
            else:
                going[here[within]] = True
        return int(entries.hi[coming].sum()), int(entries.lo[going].sum())

    def rows(self, number: int, chosen: Ints) -> list[Row]:
        """Rows of one window: the chosen groups with weight by value, then the rest as `(other)`."""
        total = int(self.value[number].sum())
        if not total:
            return []
        low, high = share_bounds(
            self.value[number],
            self.lo[number],
            self.hi[number],
            self.groups,
            self.moved_in[number],
            self.moved_out[number],
        )
        period = self.windows[number].name or None
        some = (self.value[number] > 0) | (self.moved_in[number] > 0)
        rows = [
            Row(
                group=self.names[g],
                value=int(self.value[number, g]) / total,
                lo=float(low[g]),
                hi=float(high[g]),
                downloads=int(self.value[number, g]),
                models=int(self.models[number, g]),
                kind=KINDS[self.kinds[number, g]],
                period=period,
            )
            for g in chosen.tolist()
            if some[g]
        ]
        rows.sort(key=lambda row: (-row.value, row.group))
        rest = np.setdiff1d(np.flatnonzero(some), chosen)
        return [*rows, self._other(number, rest, period)] if len(rest) else rows

    def _models_of(self, number: int, inside: npt.NDArray[np.bool_]) -> int:
        """Repositories with weight in some groups of a window, each once."""
        entries = self._entries
        here = inside[self.groups.codes] & (self._window == number) & (entries.value > 0)
        return int(self._cell_models[np.unique(entries.cell[here])].sum())

    def _other(self, number: int, rest: Ints, period: str | None) -> Row:
        """The rest as one group; what is dark in it has the least 0, what is dark elsewhere may belong to it."""
        inside = np.zeros(len(self.names), bool)
        inside[rest] = True
        known, nobody = inside & ~self.dark, inside | self.dark
        value, lo, hi = self.value[number], self.lo[number], self.hi[number]
        total = int(value.sum())
        coming, going = self._moves(number, inside) if self.groups.contested else (0, 0)
        least, most = int(lo[known].sum()) - going, int(hi[nobody].sum()) + coming
        others_most, others_least = int(hi[~known].sum()) + going, int(lo[~nobody].sum()) - coming
        share = int(value[rest].sum()) / total
        return Row(
            group=OTHER,
            value=share,
            lo=min(max(least, 0) / max(least + others_most, 1), share),
            hi=min(max(most / max(most + max(others_least, 0), 1), share), 1.0),
            downloads=int(value[rest].sum()),
            models=self._models_of(number, inside),
            kind=KINDS[int(np.bincount(self.kinds[number, rest], weights=value[rest]).argmax())],
            period=period,
        )


def answer(
    measure: str, title: str, weighed: Weighed, by: str, rows: list[Row], values: dict[str, Any] | None = None
) -> Answer:
    """An answer with the definition, window, coverage, removals and notes that belong to weighed cells."""
    sliced, windows = weighed.slice, weighed.slice.windows
    cells = sliced.cells
    kept_value = np.where(weighed.kept, cells.value, 0)
    totals = np.bincount(cells.window, weights=kept_value, minlength=len(windows)).astype(np.int64)
    named = any(window.name for window in windows)
    return Answer(
        measure=measure,
        title=title,
        by=by,
        hub=sliced.hub,
        unit=sliced.unit,
        engine="embedded",
        definition=weighed.definition.to_dict() | {"register": weighed.register.name},
        window={
            "from": day_text(min(w.start for w in windows)),
            "to": day_text(max(w.end for w in windows)),
            "kind": windows[0].kind if len({w.kind for w in windows}) == 1 else "mixed",
        },
        as_of=sliced.as_of,
        vintages=sliced.vintages,
        population=sliced.population,
        simulated=sliced.simulated,
        total=int(totals.sum()),
        unknown_age=weighed.unknown_age,
        coverage=coverage(weighed),
        removed=tuple(_removed(weighed, by, removal) for removal in weighed.removals),
        periods=tuple(
            {
                "period": w.name,
                "from": day_text(w.start),
                "to": day_text(w.end),
                "total": int(t),
                "complete": w.complete,
                "kind": w.kind,
            }
            for w, t in zip(windows, totals, strict=True)
        )
        if named
        else None,
        rows=tuple(rows),
        notes=(*sliced.notes, *_notes(weighed, by)),
        values=values or {},
    )


def coverage(weighed: Weighed) -> dict[str, Any]:
    """What part of the weight has a known answer, and on which grade of evidence it rests."""
    least = GRADES.index(weighed.definition.evidence)
    parties = weighed.register.parties
    weight = np.bincount(weighed.party, weights=weighed.entries.value, minlength=len(parties))
    total = max(weight.sum(), 1)
    known = np.array([p.grade <= least and p.organisation not in (UNKNOWN, UNREGISTERED) for p in parties])
    place = known & np.array([p.country_grade <= least and _located(p) for p in parties])
    grade = np.array([p.grade for p in parties])
    weakest = np.array([max(p.grade, p.country_grade) for p in parties])
    cells = weighed.slice.cells
    declared = int(cells.value[weighed.kept & cells.declared].sum())
    return {
        "registered_share": float(weight[known].sum() / total),
        "located_share": float(weight[place].sum() / total),
        "declared_base_share": declared / max(int(cells.value[weighed.kept].sum()), 1),
        "by_grade": {g: float(weight[known & (grade == i)].sum() / total) for i, g in enumerate(GRADES)},
        "located_by_grade": {g: float(weight[place & (weakest == i)].sum() / total) for i, g in enumerate(GRADES)},
    }


def _located(party: Party) -> bool:
    return is_country(party.country) or party.country == "INT"


def _chosen(table: _Table, top: int | None) -> Ints:
    """Groups that get a row of their own: all, or those with most weight over all windows."""
    weight = table.value.sum(axis=0)
    weight[[g for g, name in enumerate(table.names) if name in (UNNAMED, SMALL)]] = -1
    candidates = weight >= (np.partition(weight, -top)[-top] if top is not None and top < len(weight) else 0)
    order = sorted(np.flatnonzero(candidates & (weight >= 0)).tolist(), key=lambda g: (-weight[g], table.names[g]))
    return np.array(order[:top], np.int64)


def _models(key: Ints, cell: Ints, value: Ints, models: Ints, shape: tuple[int, int]) -> Ints:
    """Repositories with weight by window and group; one that is split within a group counts once there."""
    some = value > 0
    pair = np.unique(np.stack([cell[some], key[some]]), axis=1) if _split(cell) else np.stack([cell[some], key[some]])
    counted = np.bincount(pair[1], weights=models[pair[0]], minlength=shape[0] * shape[1])
    return counted.astype(np.int64).reshape(shape)


def _split(cell: Ints) -> bool:
    return bool((cell[1:] == cell[:-1]).any())


def _removed(weighed: Weighed, by: str, removal: Removal) -> dict[str, Any]:
    document: dict[str, Any] = {
        "rule": removal.rule,
        "version": removal.version,
        "title": removal.title,
        "models": removal.models,
        "downloads": removal.downloads,
        "examples": list(removal.examples),
        "moved": _moved(weighed, by, removal) if removal.downloads else {},
    }
    return document | ({"because": removal.because} if removal.because else {})


def _moved(weighed: Weighed, by: str, removal: Removal) -> dict[str, float]:
    """How the shares of the groups that moved most changed through a rule."""
    entries = weighed.slice.cells.entries
    groups = weighed.groups(by, entries)
    code, names = groups.codes, groups.names

    def shares(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        weights = np.bincount(code, weights=np.where(mask[entries.cell], entries.value, 0), minlength=len(names))
        return np.asarray(weights / max(weights.sum(), 1.0))

    change = shares(removal.kept & ~removal.gone) - shares(removal.kept)
    order = sorted(range(len(names)), key=lambda g: (-abs(change[g]), names[g]))[:MOVED_MOST]
    return {names[g]: round(float(change[g]), 6) for g in order if abs(change[g]) >= MOVED_AT_LEAST}


def _notes(weighed: Weighed, by: str) -> list[str]:
    notes = _doubts(weighed, by)
    cells, sliced = weighed.slice.cells, weighed.slice
    kinds = cells.by_kind[weighed.kept].sum(axis=0)
    if (kinds[:UNKNOWN_FLOW] > 0).sum() > 1:
        parts = [
            f"{k / kinds.sum():.1%} {name}"
            for name, k in zip(KINDS, kinds, strict=True)
            if k > LEAST_PART * kinds.sum()
        ]
        if len(parts) > 1:
            notes.append(f"Kinds of flow: {', '.join(parts)}.")
    if weighed.unknown_age:
        notes.append(f"{weighed.unknown_age:,} {sliced.unit} of models of unknown age are left out.")
    if weighed.definition.attribution != "uploader" and by in ROOT_DIMENSIONS:
        declared = coverage(weighed)["declared_base_share"]
        notes.append(f"{declared:.1%} of the weight declares a base; the rest stays with its uploader.")
    partial = [w.name for w in sliced.windows if w.name and not w.complete]
    if partial:
        notes.append(f"* Not observed over their whole length: {', '.join(partial)}.")
    elif not all(w.complete for w in sliced.windows):
        notes.append("The window was not observed over its whole length.")
    return notes


def _doubts(weighed: Weighed, by: str) -> list[str]:
    """What the bounds of a party's dimension leave out, where it is much."""
    if by not in PARTY_DIMENSIONS:
        return []
    groups, value = weighed.groups(by), weighed.entries.value
    total = max(int(value.sum()), 1)
    notes = []
    loose = value[np.array([name == UNAFFILIATED for name in groups.names], bool)[groups.codes]].sum() / total
    if loose > WORTH_A_NOTE and weighed.definition.bounds == "plain":
        notes.append(
            f"{loose:.1%} of the weight is of persons and communities without a stated country, and is in nobody's "
            "bounds; --bounds strict counts it as unknown."
        )
    disputed = weighed.disputed(by) / total
    if disputed > WORTH_A_NOTE and weighed.definition.contested == "main":
        notes.append(
            f"The {by} of {disputed:.1%} of the weight is disputed; --contested widest takes that into bounds."
        )
    return notes


MEASURE = Share()

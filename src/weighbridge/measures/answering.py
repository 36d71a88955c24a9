"""What stands beside the rows of every measure: definition, window, coverage, removals and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.weigh import ROOT_DIMENSIONS, Removal, Weighed
from weighbridge.records.amounts import amount
from weighbridge.records.answer import Answer, OwnRow, Row
from weighbridge.records.cells import MODELS
from weighbridge.records.clock import day_text
from weighbridge.records.presented import Presented
from weighbridge.register.parties import GRADES, UNKNOWN, UNREGISTERED, Party, is_country
from weighbridge.store.flows import KINDS
from weighbridge.store.flows import UNKNOWN as UNKNOWN_FLOW

MOVED_AT_LEAST = 0.0005
MOVED_MOST = 10
LEAST_PART = 0.0005


def answer(
    measure: str,
    title: str,
    weighed: Weighed,
    by: str,
    rows: Sequence[Row | Mapping[str, Any]],
    values: dict[str, Any] | None = None,
    notes: list[str] | None = None,
    presented: Presented | None = None,
) -> Answer:
    """An answer with the definition, window, coverage, removals and notes that belong to weighed cells.

    Args:
        measure, title, by: of the measure; `by` is the dimension whose movement removals report.
        weighed: what was measured.
        rows: the measure's rows; fields of its own as mappings that share their keys.
        values: further keys of the JSON document.
        notes: what this measure adds to the notes.
        presented: how tables for people show rows of its own; null: field by field.
    """
    sliced, windows = weighed.slice, weighed.slice.windows
    cells = sliced.cells
    kept_value = np.where(weighed.kept, cells.value, 0)
    totals = np.bincount(cells.window, weights=kept_value, minlength=len(windows)).astype(np.int64) // sliced.per_unit
    named = any(window.name for window in windows)
    return Answer(
        measure=measure,
        title=title,
        by=by,
        hub=sliced.hub,
        unit=sliced.unit,
        engine=sliced.engine,
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
        totalled=sliced.totalled,
        unknown_age=weighed.unknown_age // sliced.per_unit,
        coverage=coverage(weighed),
        removed=tuple(_removed(weighed, by, removal) for removal in weighed.removals),
        periods=tuple(
            {
                "period": w.name,
                "from": day_text(w.start),
                "to": day_text(w.end),
                "total": int(t) if sliced.totalled else None,
                "complete": w.complete,
                "kind": w.kind,
            }
            for w, t in zip(windows, totals, strict=True)
        )
        if named
        else None,
        rows=tuple(row if isinstance(row, Row) else OwnRow(row) for row in rows),
        notes=(*sliced.notes, *(notes or ()), *_notes(weighed, by)),
        sources=sliced.sources,
        values=values or {},
        presented=presented or Presented(),
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


def _removed(weighed: Weighed, by: str, removal: Removal) -> dict[str, Any]:
    document: dict[str, Any] = {
        "rule": removal.rule,
        "version": removal.version,
        "title": removal.title,
        "models": removal.models,
        "downloads": removal.downloads // weighed.slice.per_unit,
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
    moved = np.flatnonzero(np.abs(change) >= MOVED_AT_LEAST).tolist()
    order = sorted(moved, key=lambda g: (-abs(change[g]), names[g]))[:MOVED_MOST]
    return {names[g]: round(float(change[g]), 6) for g in order}


def _notes(weighed: Weighed, by: str) -> list[str]:
    notes: list[str] = []
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
    unknown = weighed.unknown_age // sliced.per_unit
    if unknown:
        verb = "is" if unknown == 1 else "are"
        whose = "whose creation date is not known" if sliced.unit == MODELS else "of models of unknown age"
        notes.append(f"{amount(unknown, sliced.unit)} {whose} {verb} left out.")
    if weighed.definition.attribution != "uploader" and by in ROOT_DIMENSIONS:
        declared = coverage(weighed)["declared_base_share"]
        what = "the models declare" if sliced.unit == MODELS else "the weight declares"
        notes.append(f"{declared:.1%} of {what} a base; the rest stays with its uploader.")
    partial = [w.name for w in sliced.windows if w.name and not w.complete]
    if partial:
        notes.append(f"* Not observed over their whole length: {', '.join(partial)}.")
    elif not all(w.complete for w in sliced.windows):
        notes.append("The window was not observed over its whole length.")
    return notes

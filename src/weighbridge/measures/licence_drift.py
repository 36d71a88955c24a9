"""What becomes of licences along declared lineage: kept, tightened, loosened, contradicted or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.roster import Roster
from weighbridge.cubes.weigh import DIMENSIONS, Groups
from weighbridge.errors import DataMissing
from weighbridge.measures import LISTED_MOST, Option
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.classified import heaviest, rows_by, rows_of
from weighbridge.measures.drift import KINDS, WHY, Drift, drift, licence_names
from weighbridge.measures.leaving_out import taken
from weighbridge.measures.only import ONLY, named, needs_groups, shown_of
from weighbridge.records.answer import Answer
from weighbridge.records.presented import parts

Mask = npt.NDArray[np.bool_]

BY = ("none", "pair", *(name for name in DIMENSIONS if name not in ("namespace", "model")), "relation")
SHOWN = 20
GROUPS_SHOWN = 10
LISTED_PAIRS = 20


class LicenceDrift:
    """Kinds of change between the declared licences of models and of their declared parents."""

    id = "licence-drift"
    title = "What becomes of licences along lineage"
    words = (
        "Models that declare a base, by how their declared licence relates to that of the base; of several bases all "
        "limits count together. Limits are: no commercial use, fields of use, scale of the user, share-alike, no "
        "derivatives. kept: the same licence, or one that sets the same limits. tightened: all limits of the parent "
        "and more. loosened: a limit is missing that the parent's licence does not ask to be passed on. "
        "contradictory: one is missing that it does ask to be passed on, or the parent is under share-alike and the "
        "child under other limits, or the parent allows no derivatives and the child is no mere quantised copy. "
        "dropped: the parent declares a licence, the child none. added: the other way round. neither: none declares "
        "one. unknown: the parent is not held, its reading gives no licences, or an identifier does not tell; it may "
        "be any kind. No commercial use "
        "covers a limit of scale. Credit and rules of naming are not compared. --by pair lists the pairs of licences "
        "that carry most weight. This compares identifiers that were declared; a contradiction of identifiers need "
        "not be one of rights, since a licence can be given beside another. It is no legal advice."
    )
    formula = (
        "T = limits of a licence, T_p the union over parents, P_p those that must be passed on, C = T_c and scale if "
        "T_c forbids commerce; contradictory if P_p ⊄ C, or share-alike ∈ T_p and T_c ≠ T_p, or no derivatives ∈ T_p "
        "and c is no quantised copy; else loosened if T_p ⊄ C, kept if T_c = T_p, tightened otherwise; value_k = Σ D_m "
        "over models m of kind k / Σ D_m over models with a declared parent"
    )
    source = "own definition; the classes of licences are described in docs/design/licences.md"
    example = "--at 2024-07-11"

    options = (
        Option("of", "What is weighed.", ("downloads", "models"), "downloads"),
        Option("by", "Divide each group; pair: the pairs of licences.", BY, "none"),
        ONLY,
        Option(
            "top",
            f"How many groups, or pairs. [default: {GROUPS_SHOWN} groups, {SHOWN} pairs]",
            number=True,
            most=LISTED_MOST,
        ),
    )

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row a kind; with `by` one a group and kind, or one a pair of licences and kind.

        Raises:
            DataMissing: a cube file is asked, which names no single models, or no model with weight declares a base.
        """
        needs_groups(options["only"], "none" if options["by"] == "pair" else options["by"])
        models = taken(asking, options["of"])
        roster = models.roster
        told = roster.told("licence")
        found = drift(roster.frame, told)
        whole = int(roster.weight.sum())
        roster = roster.narrowed(found.strictest >= 0)
        if not roster.weight.sum():
            raise DataMissing("no model that counts here declares a base", "widen scope, age or window")
        by, top = options["by"], options["top"]
        pairs = _pairs(roster, found, told)
        values = {
            "asked": {"of": options["of"], "by": by},
            "part_with_a_parent": float(roster.weight.sum() / whole),
            "contradictory": _reasons(roster, found),
            "pairs": pairs[:LISTED_PAIRS],
        }
        unit = roster.weighed.slice.unit
        notes = [
            f"The whole here is the {values['part_with_a_parent']:.1%} of the {unit} whose models declare a base.",
            *_explained(roster, found, told),
            *models.notes,
            "Declared identifiers are compared; this is no legal advice.",
        ]
        title = f"{self.title}, by {unit}"
        if by == "pair":
            made = answer(self.id, title, roster.weighed, "licence", pairs[: top or SHOWN], values, notes, parts())
            return models.told(replace(made, by=by))
        if by != "none":
            along = _relation(roster) if by == "relation" else roster.weighed.groups(by)
            only = named(options["only"], along.names, by)
            chosen = heaviest(roster, along, top or GROUPS_SHOWN, only)
            rows = rows_by(roster, along, found.classes, "drift", chosen)
            notes = [*(shown_of(len(chosen), len(heaviest(roster, along))) if only is None else ()), *notes]
            shown = by if by in DIMENSIONS else "licence"
            made = answer(self.id, title, roster.weighed, shown, rows, values, notes, parts("part"))
            return models.told(replace(made, by=by))
        kinds = rows_of(roster, found.classes)
        made = answer(self.id, title, roster.weighed, "licence", kinds, values, notes)
        return models.told(replace(made, by="drift"))


def _relation(roster: Roster) -> Groups:
    coded = roster.frame.labels["relation"]
    return roster.labelled(coded.codes, coded.names.to_pylist())


def _pairs(roster: Roster, found: Drift, told: Mask) -> list[dict[str, Any]]:
    """Pairs of licences (of the strictest parent, and of the child) with kind, models and weight; heaviest first."""
    some = np.flatnonzero(roster.weight > 0)
    frame, weight = roster.frame, roster.weight[some]
    parents = licence_names(frame, found.strictest[some], told)
    children = licence_names(frame, some, told)
    sums: dict[tuple[str, str, int, int], list[int]] = {}
    keys = zip(parents, children, found.classes.recorded[some].tolist(), found.why[some].tolist(), strict=True)
    for key, value in zip(keys, weight.tolist(), strict=True):
        held = sums.setdefault(key, [0, 0])
        held[0] += 1
        held[1] += value
    total, unit = int(weight.sum()), roster.weighed.slice.unit
    rows = [
        {
            "parent": parent,
            "child": child,
            "drift": KINDS[kind],
            "because": WHY[why] or None,
            "value": value / total,
            unit: value,
            "models": models,
        }
        for (parent, child, kind, why), (models, value) in sums.items()
    ]
    return sorted(rows, key=lambda row: (-row[unit], row["parent"], row["child"], row["drift"], row["because"] or ""))


def _reasons(roster: Roster, found: Drift) -> list[dict[str, Any]]:
    """Why licences contradict those of parents, with models and part of the whole."""
    counted, total = roster.weight > 0, roster.weight.sum()
    return [
        {
            "because": why,
            "value": float(roster.weight[mine].sum() / total),
            roster.weighed.slice.unit: int(roster.weight[mine].sum()),
            "models": int((mine & counted).sum()),
        }
        for code, why in enumerate(WHY)
        if code and (mine := found.why == code).any()
    ]


def _explained(roster: Roster, found: Drift, told: Mask) -> list[str]:
    """How much is unknown since the parent is not held, since no licences were read, or since one does not tell."""
    total = roster.weight.sum()
    unknown = found.classes.recorded == KINDS.index("unknown")
    if not roster.weight[unknown].sum():
        return []
    outside = np.zeros(len(roster), bool)
    away = roster.frame.parent >= len(roster)
    outside[roster.frame.child[away]] = True
    ungiven = ~told
    ungiven[roster.frame.child[~away][~told[roster.frame.parent[~away]]]] = True
    parts = {
        "the parent is not held": roster.weight[unknown & outside].sum() / total,
        "the readings give no licences": roster.weight[unknown & ~outside & ungiven].sum() / total,
        "a licence's identifier does not tell": roster.weight[unknown & ~outside & ~ungiven].sum() / total,
    }
    said = "; ".join(f"{part:.1%}: {why}" for why, part in parts.items() if part)
    return [f"Unknown, and so possibly of any kind: {said}."]


MEASURE = LicenceDrift()

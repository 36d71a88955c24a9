"""How open the models are that are downloaded, or made: a ladder of recorded facts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from weighbridge.cubes.frame import FLAT_DAY, UNKNOWN_DAY
from weighbridge.cubes.roster import Roster
from weighbridge.cubes.weigh import DIMENSIONS, Groups
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import LISTED_MOST, Option
from weighbridge.measures.against_index import against
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.classified import Classes, cumulative, heaviest, rows_by, rows_of
from weighbridge.measures.ladder import Facts, at_least, facts, ladder, steps, without_gating
from weighbridge.measures.leaving_out import taken
from weighbridge.measures.only import ONLY, named, needs_groups, shown_of
from weighbridge.measures.rated import UNKNOWN, indexes
from weighbridge.records.answer import Answer, Row
from weighbridge.records.clock import day_text
from weighbridge.records.definition import Definition
from weighbridge.records.presented import parts

GATING = ("auto", "step", "left-out")
CLIMBS = ("ladder", "at-least")
LEAVES_GATING = ("licence", "training-data", "code-and-data")
STEPS = (*CLIMBS, "gating", *LEAVES_GATING)
BY = ("none", *(name for name in DIMENSIONS if name not in ("namespace", "model")), "year")
INDEXES = ("openness-index", "model-openness-framework")
FLAT_YEAR = f"≤{day_text(FLAT_DAY)}"
NO_YEAR = "(unknown)"
GROUPS_SHOWN = 10
SYSTEMS_SHOWN = 20
WORTH_A_NOTE = 0.0005
SUMMED = ("restricted licence", "open licence", "training data declared")
"""Rungs whose sum with all above them is what most ask for."""
UNSAID = (
    "No model's reading says whether it is gated, so that step is left out; --gating step keeps it, and every model "
    "may then be gated.",
)


class Openness:
    """Parts of the weight by how open the models are."""

    id = "openness"
    title = "How open the models are"
    words = (
        "A ladder of recorded facts; a model stands on the highest rung up to which it takes every step, so a rung "
        "holds what goes no further; a note sums it with all above it.\n\ngated: one "
        "must ask or agree before the weights can be downloaded. no licence: anybody can download, but the hub knows "
        "of no licence. restricted licence: a licence that rules out users, purposes or commerce. open licence: any "
        "use by anybody (permissive, for credit, or copyleft). training data declared: the card names data sets, or "
        "an index that was read in says that the data can be had. code and data open: such an index says so of the "
        "training's code and data. unknown licence: one is declared, but its identifier does not tell. licence not "
        "given: the reading gives no licences at all.\n\n"
        "value goes by what is recorded; lo and hi are over all that is not: where a reading does not say "
        "what is gated, every model may be. Where no reading says it of any model that step is left "
        "out (--gating step keeps it).\n\n"
        "--step shows one step by itself, or each rung with all "
        "above it (at-least). Under base credit the rung stays that of the downloaded model. "
        "--of models counts the models created in the window. --against compares the ladder "
        "with an index. The classes are a reading of identifiers for statistics, no legal advice."
    )
    formula = (
        "value_r = Σ_{m on rung r} D_m / Σ_m D_m by recorded facts; lo_r, hi_r: the same with every model of which "
        "rung r is not sure left out, and with every model that may stand on r taken in, by the bounds of share"
    )
    source = "own definition; the order of steps follows Solaiman (2023), The gradient of generative AI release"
    example = "--at 2024-07-11"

    options = (
        Option("of", "What is weighed.", ("downloads", "models"), "downloads"),
        Option("by", "Divide each group; year is that of creation.", BY, "none"),
        Option("step", "The whole ladder, or one step.", STEPS, "ladder"),
        Option("gating", "Whether gating is a step of the ladder; auto: where any model says.", GATING, "auto"),
        Option("against", "Compare the ladder with an index that was read in.", INDEXES),
        ONLY,
        Option(
            "top",
            f"How many groups, or disagreements. [default: {GROUPS_SHOWN} groups, all years, {SYSTEMS_SHOWN} systems]",
            number=True,
            most=LISTED_MOST,
        ),
    )

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row a rung; with `by` one a group and rung, with `against` one a system.

        Raises:
            DataMissing: a cube file is asked, which names no single models, or the index has not been read in.
            UsageError: groups are asked beside an index.
        """
        needs_groups(options["only"], options["by"])
        _agreeing(options, asking.question.definition)
        models = taken(asking, options["of"])
        roster = models.roster
        if not roster.weight.sum():
            raise DataMissing("no model that counts has any weight here", "widen scope, age or window")
        if options["against"] is not None:
            return against(self, asking, roster, options["against"], options["top"] or SYSTEMS_SHOWN)
        held = indexes(asking)
        known = facts(roster, held.values())
        by, step = options["by"], options["step"]
        gating = _gating(known, options["gating"], step)
        climbed = without_gating(known) if gating == "left-out" else known
        rungs = ladder(climbed)
        levels = cumulative(rungs, at_least())
        asked = {"ladder": [rungs], "at-least": levels}.get(step) or [steps(climbed)[step]]
        summed = [row.to_dict() for row in _rows(roster, levels)]
        values = {
            "asked": {name: options[name] for name in ("of", "by", "step", "gating")},
            "gating": gating,
            "at_least": summed,
            "indexes": {name: found.vintage.id for name, found in held.items()},
        }
        notes = [
            *_rungs(summed, step),
            *(UNSAID if step in CLIMBS and gating == "left-out" and options["gating"] == "auto" else ()),
            *_notes(roster, climbed, step, held),
            *models.notes,
        ]
        title = f"{self.title}, by {roster.weighed.slice.unit}" + ("" if step == "ladder" else f": {step}")
        if by == "none":
            rows = _rows(roster, asked)
            return models.told(
                replace(answer(self.id, title, roster.weighed, "country", rows, values, notes), by="rung")
            )
        divided, there = _divided(roster, by, asked, options["top"], options["only"])
        notes = [*there, *notes]
        shown = by if by in DIMENSIONS else "country"
        made = answer(self.id, title, roster.weighed, shown, divided, values, notes, parts("part"))
        return models.told(replace(made, by=by))


def _agreeing(options: Mapping[str, Any], definition: Definition) -> None:
    """Do nothing where each option that is given says something beside the others.

    Raises:
        UsageError: one does not.
    """
    against, step, gating = options["against"] is not None, options["step"], options["gating"]
    others = {"by": "none", "step": STEPS[0], "gating": GATING[0], "of": "downloads"}
    if against and (given := [f"--{name}" for name, default in others.items() if options[name] != default]):
        raise UsageError(f"--against goes with no {' and no '.join(given)}", "leave out one of them")
    if against and "scope" in definition.given:
        raise UsageError("--against goes with no --scope: an index says which systems are compared", "leave it out")
    if gating != GATING[0] and step in LEAVES_GATING:
        raise UsageError(f"--gating says nothing of --step {step}", "leave it out, or ask the ladder or at-least")
    if gating == "left-out" and step == "gating":
        raise UsageError("--gating left-out leaves out the step that --step gating asks", "leave out one of them")


def _rows(roster: Roster, asked: Sequence[Classes]) -> list[Row]:
    """A row a class and window; of several divisions into two, those of what is named."""
    return [row for classes in asked for row in rows_of(roster, classes) if row.group]


def _gating(known: Facts, asked: str, step: str) -> str:
    """Whether gating is a step: as asked, or by itself where any model says whether it is gated."""
    if asked != "auto":
        return asked
    return "step" if step == "gating" or bool((known.gated != UNKNOWN).any()) else "left-out"


def _rungs(levels: Sequence[Mapping[str, Any]], step: str) -> list[str]:
    """What a rung holds with all above it, since a rung alone holds only what goes no further."""
    found = {row["group"]: row for row in levels if row["group"] in SUMMED}
    last = levels[-1]["period"] if levels else None
    if step != "ladder" or not found:
        return []
    told = "; ".join(f"{name} {row['value']:.1%} ({row['lo']:.1%} to {row['hi']:.1%})" for name, row in found.items())
    when = f" in {last}" if last else ""
    return [f"A rung holds what goes no further. Of all, each with the rungs above it{when}: {told} (--step at-least)."]


def _divided(
    roster: Roster, by: str, asked: Sequence[Classes], top: int | None, only: Sequence[str] | None
) -> tuple[list[dict[str, Any]], list[str]]:
    """The same within each group, the heaviest first, and a note on groups without a row; years in their order."""
    most = top if top is not None or by == "year" else GROUPS_SHOWN
    along = groups(roster, by)
    chosen = heaviest(roster, along, most, named(only, along.names, by))
    rows = [row for classes in asked for row in rows_by(roster, along, classes, "rung", chosen) if row["rung"]]
    notes = [] if only else shown_of(len(chosen), len(heaviest(roster, along)))
    order = {window.name or None: number for number, window in enumerate(roster.weighed.slice.windows)}
    if by == "year":
        rows.sort(key=lambda row: (order[row["period"]], row["group"] != FLAT_YEAR, row["group"]))
    else:
        rows.sort(key=lambda row: (order[row["period"]], -row["part"], row["group"]))
    return rows, notes


def groups(roster: Roster, by: str) -> Groups:
    """Groups of the entries along a dimension, or by the year in which the downloaded model was created."""
    if by != "year":
        return roster.weighed.groups(by)
    created = roster.frame.created
    years = created.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    texts = np.where(created == UNKNOWN_DAY, NO_YEAR, np.where(created == FLAT_DAY, FLAT_YEAR, years.astype(str)))
    names, codes = np.unique(texts, return_inverse=True)
    return roster.labelled(codes, [str(name) for name in names])


def _notes(roster: Roster, known: Facts, step: str, held: Collection[str]) -> list[str]:
    """How much of the answer rests on what nobody recorded."""
    weight = roster.weight / roster.weight.sum()
    ungiven = float(weight[known.licence == UNKNOWN].sum())
    gated, data, unrated = (
        float(weight[fact == UNKNOWN].sum()) for fact in (known.gated, known.declared, known.opened)
    )
    climbs, notes = step in CLIMBS, []
    if gated > WORTH_A_NOTE and (climbs or step == "gating"):
        taken = ": value takes these as not gated, lo and hi as either; --gating left-out leaves this step out"
        notes.append(f"Whether a model is gated is not known of {gated:.1%} of the weight{taken if climbs else ''}.")
    if ungiven > WORTH_A_NOTE and (climbs or step == "licence"):
        notes.append(f"The readings give no licences of {ungiven:.1%} of the weight: any is possible.")
    if data > WORTH_A_NOTE and (climbs or step == "training-data"):
        notes.append(f"What a model was trained on is not in the readings of {data:.1%} of the weight.")
    if step not in ("gating", "licence"):
        sources = ", ".join(held) or "none was read in"
        notes.append(
            f"Open code and data are known from indexes alone ({sources}): of {1 - unrated:.1%} of the weight."
        )
    if climbs or step == "licence":
        notes.append("Licences are compared by their declared identifiers; this is no legal advice.")
    return notes


MEASURE = Openness()

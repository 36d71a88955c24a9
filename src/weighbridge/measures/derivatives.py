"""Derivatives: what descends from a family, an organisation, an account or a model, and what goes through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.frame import Frame
from weighbridge.lineage.by_name import infer_parents
from weighbridge.measures import LISTED_MOST, Option
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.descent_asked import LEAST_COPIES, refuse_idle, refuse_rowless
from weighbridge.measures.descent_groups import BY, Lines, group_named, owned
from weighbridge.measures.descent_rows import Descendants
from weighbridge.measures.intermediaries import intermediaries
from weighbridge.measures.leaving_out import left_out, without_effect
from weighbridge.measures.only import ONLY
from weighbridge.records.answer import Answer
from weighbridge.records.presented import parts

Ints = npt.NDArray[np.int64]

SHOW = ("groups", "detail", "intermediaries")
SHOWN = 30
COLUMNS = ("period", "group", "models", "new", "named", "own_models", "value", "lo", "hi", "downloads")
ALL = replace(parts(value="part through"), columns=COLUMNS)
NEW = replace(parts(value="part of new"), columns=COLUMNS)


class Derivatives:
    """Models that descend from a group's own."""

    id = "derivatives"
    title = "Models that descend from others"
    words = (
        "How many models descend from a group's own models, by their relation to a base and by generation: 1 for "
        "a child, and for others the shortest way. A family's own are the models of its name in its developer's "
        "accounts; an organisation's and an account's are all that they publish. Each model counts once a group, "
        "however many ways lead there; a merge descends from each of its parents, so groups overlap and do not "
        "add up.\n\n"
        "models: all created by the window's end or with weight in it; new: those created in it. value: of the "
        "group's weight, its own models' and its descendants', the part that goes through descendants; a merge "
        "counts by the parts of its parents, as under base credit. Its own variants of its own models are its own "
        "(--own counted: descendants). Of a group of which no own model is held there is no value.\n\n"
        "--count new counts models by their creation instead: value is then the part of all new models with a "
        "base, and what bears a family's name is in hi.\n\n"
        "Only declared bases count; --inferred yes adds undeclared quantised copies by their name. lo and hi: "
        "limits of flows; what nobody has registered may be an organisation's own; what bears a family's name "
        "without declaring a base (named) may descend from it. Accounts of persons are no organisation.\n\n"
        "--show detail: relations and generations crossed, with the part of the group's descendants (models, not "
        "weight); intermediaries: accounts at least half of whose models are quantised, converted or adapter "
        "copies of others' models, with the part of the weight that goes through these copies (with --of: of that "
        "group's weight; what bears a family's name is in the whole of value and lo, not of hi); copies of no known "
        "base are in value and hi, not in lo."
    )
    formula = (
        "models_g = |{m: a way of declared bases leads from m to an own model of g}|; part_mg = Σ_{p ∈ parents(m)} "
        "part_pg / |parents(m)|, 1 for g's own; T_g = Σ_m part_mg D_m over descendants, S_g = Σ D over own; "
        "value_g = T_g / (T_g + S_g)"
    )
    source = "own definition; parts as in base credit; bounds after Manski (2003)"

    example = "--at 2024-07-11 --top 15"
    options = (
        Option("by", "Whose descendants.", BY, "family"),
        Option("of", "One group by its name."),
        ONLY,
        Option("show", "Totals a group, relations by generations, or who repackages.", SHOW, "groups"),
        Option("count", "All models there are, or new ones by their creation.", ("all", "new"), "all"),
        Option("inferred", "Take quantised copies of undeclared base by their name.", ("yes", "no"), "no"),
        Option("own", "Whether own variants of own models are descendants.", ("counted", "left-out"), "left-out"),
        Option("within", "Count so many generations.", number=True),
        Option("least", "Of intermediaries: so many copies at least.", default=LEAST_COPIES, number=True),
        Option("top", "Keep so many rows of groups.", default=SHOWN, number=True, most=LISTED_MOST),
    )  # fmt: skip

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row a group and window, a relation and generation of it, or an intermediary.

        Raises:
            DataMissing: a cube file is asked, there is no such group, or nothing descends from any.
            UsageError: options do not go together, or the group stands for many accounts.
        """
        by, of, new = options["by"], options["of"], options["count"] == "new"
        refuse_idle(options, asking.question)
        cleaning = left_out(asking, None) if new else None
        roster = asking.created(None if cleaning is None else ~cleaning.gone) if new else asking.models()
        frame = roster.frame
        groups = owned(roster, by)
        number = None if of is None else group_named(roster, groups, by, of)
        refuse_rowless(groups, number)
        lines = Lines(
            frame,
            groups if number is None else groups.only(number),
            _inferred(frame) if options["inferred"] == "yes" else None,
        )
        asked = {name: options[name] for name in ("by", "of", "show", "count", "inferred", "own", "within")}
        said = without_effect(asking.question.definition, cleaning) if new else []
        if options["show"] == "intermediaries":
            made = intermediaries(self.id, roster, lines, number, options, asked, said)
            return made if cleaning is None else cleaning.told(made)
        only = options["only"] and [group_named(roster, groups, by, name, "--only") for name in options["only"]]
        for group in only or ():
            refuse_rowless(groups, group)
        found = Descendants(roster, lines, by, number, new, options, only)
        rows = found.detail() if options["show"] == "detail" else found.rows()
        presented = parts(value="part of models") if options["show"] == "detail" else NEW if new else ALL
        values = {"asked": asked, "whole": found.whole()}
        title = f"{self.title}, by {by}" + ("" if number is None else f": {lines.owned.name(number)}")
        made = answer(self.id, title, roster.weighed, by, rows, values, [*found.notes(), *said], presented)
        return made if cleaning is None else cleaning.told(made)


def _inferred(frame: Frame) -> tuple[Ints, Ints]:
    """Edges from undeclared quantised copies to the one full model that bears the rest of their name."""
    return infer_parents(frame.names, frame.labels["quantised"].codes.astype(bool), frame.declared)


MEASURE = Derivatives()

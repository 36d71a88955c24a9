"""Models by when they were created: all uploads, first releases, or derivatives, each model once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from weighbridge.cubes.origins import NONE, Origins, origins
from weighbridge.cubes.roster import Roster
from weighbridge.cubes.uploads import periods_of
from weighbridge.cubes.weigh import DIMENSIONS
from weighbridge.lineage.relations import RELATIONS
from weighbridge.measures import LISTED_MOST, Option
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.counting import count_rows
from weighbridge.measures.descent_copies import families_by_name
from weighbridge.measures.leaving_out import left_out, without_effect
from weighbridge.measures.only import ONLY, named
from weighbridge.measures.share import doubts
from weighbridge.measures.table import GroupTable
from weighbridge.records.amounts import amount
from weighbridge.records.answer import Answer

Mask = npt.NDArray[np.bool_]

BY = tuple(name for name in DIMENSIONS if name != "model")
ASKED = {
    None: "all uploads",
    "any": "derivatives of any relation",
    "none": "first releases",
    "finetune": "fine-tunes",
    "adapter": "adapters",
    "quantized": "quantised copies",
    "merge": "merges",
}


class NewModels:
    """Part of the models that were created in a period."""

    id = "new-models"
    title = "New models by group"
    words = (
        "What part of the models that were created in a period belongs to each group, each model once, whatever "
        "its downloads. All uploads, or with --relation first releases only (none), derivatives only (any), or "
        "those of one relation: then the whole is all such models. With --attribution base a derivative goes to "
        "the developer and family of its root, and a merge in equal parts to its roots.\n\n"
        "A relation that is not declared is inferred: library peft: adapter; marks of quantisation in name or "
        "tags: quantised copy; several bases: merge; another named base: fine-tune.\n\n"
        "The models are those that the newest known census lists, or that of the day --at: what was deleted "
        "before is not among them. The Hub's first creation date, 2022-03-02, means on or before and is a period "
        "of its own. Cleaning is off unless asked; it leaves out the models whose downloads it would."
    )
    formula = "value_g = N_g / Σ_j N_j, with N_g the models (and parts of merges) of group g created in the period"
    source = "own definition; bounds as those of share"
    example = "--by family --scope language --from 2024-06-01 --to 2024-07-01 | head -24"
    options = (
        Option("by", "What to group by.", BY, "family"),
        Option(
            "relation",
            "Only models of this relation to a base; any: derivatives, none: first releases. [default: all uploads]",
            ("any", *RELATIONS),
        ),
        ONLY,
        Option("top", "Keep so many groups; the rest is summed as (other).", number=True, most=LISTED_MOST),
    )

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row a group and period.

        Raises:
            DataMissing: no such model was created in the scope and time asked, or the source tells no dates.
        """
        by, relation = options["by"], options["relation"]
        found = origins(asking.uploads.frame)
        asked = None if relation is None else found.of(relation)
        cleaning = left_out(asking, asked)
        only = asked if cleaning is None else ~cleaning.gone & (True if asked is None else asked)
        roster = asking.created(only)
        weighed = roster.weighed
        table = GroupTable(weighed, weighed.groups(by))
        places = named(options["only"], table.names, by)
        chosen = table.largest(options["top"]) if places is None else np.array(places, np.int64)
        per_unit = weighed.slice.per_unit
        rows = [row for number in range(len(table.windows)) for row in count_rows(table, number, chosen, per_unit)]
        counted = roster.weight > 0
        gone = int((counted & _flagged(roster)).sum())
        values = {
            "asked": {"relation": relation, "models": ASKED[relation]},
            "relations": _relations(found, counted),
            "inferred": int((found.inferred & counted).sum()),
            "removed_models": gone,
        }
        created = periods_of(roster.frame.created, weighed.slice.windows) >= 0
        notes = [
            *_inferences(relation, found, counted, created),
            *([f"{amount(gone, 'models')} of these are gone from the hub; they count as created."] if gone else []),
            *_by_name(roster, by, relation),
            *without_effect(asking.question.definition, cleaning),
            *doubts(weighed, by, table, chosen),
        ]
        made = answer(self.id, f"{self.title}: {ASKED[relation]}", weighed, by, rows, values, notes)
        return made if cleaning is None else cleaning.told(made)


def _relations(found: Origins, counted: Mask) -> list[dict[str, Any]]:
    """How many of the counted models are of each relation, and for how many of these it was inferred."""
    codes = found.relation[counted]
    every = np.bincount(codes, minlength=len(RELATIONS))
    inferred = np.bincount(codes[found.inferred[counted]], minlength=len(RELATIONS))
    return [
        {"relation": name, "models": int(models), "inferred": int(guessed)}
        for name, models, guessed in zip(RELATIONS, every, inferred, strict=True)
    ]


def _inferences(relation: str | None, found: Origins, counted: Mask, created: Mask) -> list[str]:
    """How much of what is counted, or left out, rests on relations that were inferred.

    Args:
        relation: that was asked.
        found: relations of all models.
        counted: models that are counted, bool[models].
        created: models that were created in the asked time, bool[models].
    """
    if relation is None:
        return []
    if relation == "none":
        others = created & (found.relation != NONE)
        what, of, said = others, "models that are left out since they come from others", "their relation to a base"
    else:
        what, of, said = counted, "models counted", "this relation to a base"
    guessed, whole = int((found.inferred & what).sum()), int(what.sum())
    return [f"Of {whole:,} {of}, {guessed:,} do not declare {said}: it is inferred from library, tags, name or bases."]


def _by_name(roster: Roster, by: str, relation: str | None) -> list[str]:
    """How many derivatives stand with a family by the name at their root alone, and the measure that leaves these out.

    Args:
        roster: models that are counted.
        by: dimension.
        relation: that was asked.
    """
    if by != "family" or relation in (None, "none") or roster.weighed.definition.attribution != "base":
        return []
    found = families_by_name(roster)
    return [
        f"{found.models:,} of these stand with a family by the name at their root alone: no declared way leads to its "
        f"developer's accounts{found.most()}. `derivatives --by family --count new` counts declared ways only, so it "
        "leaves these out, and families can change places."
    ] * (found.models > 0)


def _flagged(roster: Roster) -> Mask:
    """Models of which the census says that the hub no longer has them."""
    removed = roster.attributes("removed")["removed"]
    return np.asarray(pc.fill_null(removed, False).to_numpy(zero_copy_only=False), dtype=bool)


MEASURE = NewModels()

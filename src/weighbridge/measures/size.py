"""How large the models are that are downloaded, or made: parameters, their classes, and kinds of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.parameters import ATOM, COUNTED, EPOCH, ORIGINS, Lists, Parameters, lists, parameters
from weighbridge.cubes.roster import Roster
from weighbridge.cubes.weigh import DIMENSIONS, PARTY_DIMENSIONS
from weighbridge.cubes.windows import DEFAULT_HUB
from weighbridge.definitions.kinds import KINDS, UNKNOWN, YES, Signs, kinds
from weighbridge.errors import DataMissing, UsageError
from weighbridge.lineage.sizes import BILLION, SIZES, size_class
from weighbridge.measures import LISTED_MOST, Option
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking, StoreBacking
from weighbridge.measures.classified import Classes, heaviest, rows_by, rows_of
from weighbridge.measures.leaving_out import taken
from weighbridge.measures.one_size import one_size
from weighbridge.measures.only import ONLY, named, needs_groups, shown_of
from weighbridge.measures.size_figures import figures, figures_by
from weighbridge.records.answer import Answer, Row
from weighbridge.records.presented import Presented, parts

Floats = npt.NDArray[np.float64]

OF = ("downloads", "models", "active-parameters")
SHOWN = ("figures", "classes", "kinds", "origins")
BY = ("none", *(name for name in DIMENSIONS if name not in ("namespace", "model", "size")))
GROUPS_SHOWN = 10
PACKED = 0.8
"""A count under this part of what the name states is one of packed values."""
WORTH_A_NOTE = 0.0005


class Size:
    """Figures, classes and kinds by weight."""

    id = "size"
    title = "How large the models are"
    example = "--at 2024-07-11 --definition raw"
    words = (
        "Parameters of each model by the first that tells: the files (safetensors, then gguf), the ATOM list and "
        "Epoch's tables where they were read in (Epoch's only where a row is surely the repository: linked or named "
        "alike within its organisation, and no other size in the name), the card, a listing's own column, the name "
        "(7b, 350m; 8x7b counts shared layers more than once). Figures are mean and quantiles in billions of "
        "parameters, by weight, of what is known; the part unknown stands beside them, and the limits "
        "place it all below, then all above: where the unknown alone makes the part that is asked, lo is 0, and hi is "
        "null: no limit. A mean has no upper limit then. Files count packed values, so quantised copies look smaller "
        "than they are. --of models counts the models created in the window; --of active-parameters "
        "weighs by downloads what is used for one token, which for models that are no mixture of experts is all. "
        "--show classes: weight by size class; kinds: parts that are quantised copies, mixtures of experts, adapters, "
        "multimodal by task; origins: who tells the sizes. --model gives the size of one model."
    )
    formula = (
        "mean = Σ w_m s_m / Σ w_m, Q_p = min{s : Σ_{s_m ≤ s} w_m ≥ p Σ w_m} over models of known size s_m; "
        "lo, hi: the same with all unknown weight at 0, then at infinity"
    )
    source = "own definition; limits after Manski (2003); download-weighted sizes after Longpre et al. (2025)"

    options = (
        Option("of", "What is weighed, and which parameters.", OF, "downloads"),
        Option("show", "Which rows.", SHOWN, "figures"),
        Option("by", "Divide each group.", BY, "none"),
        Option("model", "The size of this model alone."),
        ONLY,
        Option("top", "How many groups.", default=GROUPS_SHOWN, number=True, most=LISTED_MOST),
    )

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row a figure, class, kind or origin and window; with `by` the same within each group.

        Raises:
            DataMissing: a cube file is asked, or nothing has weight, or nobody tells the size of the model asked.
        """
        needs_groups(options["only"], options["by"])
        _agreeing(options)
        if options["model"] is not None:
            return one_size(self, asking, options["model"], options["of"] == OF[2])
        models = taken(asking, options["of"])
        roster = models.roster
        if not roster.weight.sum():
            raise DataMissing("no model that counts has any weight here", "widen scope, age or window")
        sized = measured(asking, roster, active=options["of"] == OF[2])
        by, show, top = options["by"], options["show"], options["top"]
        plain = figures(roster, sized.size)
        values = {
            "asked": {name: options[name] for name in ("of", "show", "by")},
            "unit_of_figures": "billion parameters",
            "lists": sized.lists.vintages,
            **{name: [row.to_dict() for row in _rows(roster, sized.classes[name])] for name in SHOWN[1:]},
            "figures": [row.to_dict() for row in plain],
        }
        title = f"{self.title}: {TITLES[show]}, {WEIGHED[options['of']].format(roster.weighed.slice.unit)}"
        notes = [*_notes(roster, sized, by), *(LEAST_VALUES if show == "kinds" else ()), *models.notes]
        if by == "none":
            rows = plain if show == SHOWN[0] else _rows(roster, sized.classes[show])
            return models.told(replace(answer(self.id, title, roster.weighed, "country", rows, values, notes), by=show))
        along = roster.weighed.groups(by)
        only = named(options["only"], along.names, by)
        chosen = heaviest(roster, along, top, only)
        notes = [*(shown_of(len(chosen), len(heaviest(roster, along))) if only is None else ()), *notes]
        presented = Presented(parts=("part", "unknown")) if show == SHOWN[0] else parts("part")
        if show == SHOWN[0]:
            divided = figures_by(roster, along, sized.size, chosen)
        else:
            name = NAMES[show]
            divided = [row for c in sized.classes[show] for row in rows_by(roster, along, c, name, chosen) if row[name]]
            if show == "kinds":
                divided = [row | ({"hi": None} if row[name] in LEAST_KINDS else {}) for row in divided]
            order = {window.name or None: number for number, window in enumerate(roster.weighed.slice.windows)}
            divided.sort(key=lambda row: (order[row["period"]], -row["part"], row["group"]))
        return models.told(answer(self.id, title, roster.weighed, by, divided, values, notes, presented))


TITLES = {"figures": "billions of parameters", "classes": "classes of size", "kinds": "kinds", "origins": "who tells"}
WEIGHED = {OF[0]: "by {}", OF[1]: "each model once", OF[2]: "active parameters by {}"}
NAMES = {"classes": "size", "kinds": "kind", "origins": "origin"}


LEAST_KINDS = tuple(name for name in KINDS if name != "multimodal")
LEAST_VALUES = (
    f"Parts of {', '.join(LEAST_KINDS)} are least values: a model without a sign counts as none, and need not be, so "
    "they have no upper limit.",
)


def _agreeing(options: Mapping[str, Any]) -> None:
    """Do nothing where each option that is given says something beside the others.

    Raises:
        UsageError: one does not.
    """
    others = {"by": "none", "show": SHOWN[0]}
    given = [f"--{name}" for name, default in others.items() if options[name] != default]
    if options["of"] == OF[1]:
        given.append("--of models")
    if options["model"] is not None and given:
        raise UsageError(f"--model is of one model: it goes with no {' and no '.join(given)}", "leave out one of them")
    if options["of"] == OF[2] and options["show"] in ("kinds", "origins"):
        raise UsageError(
            f"--show {options['show']} is the same of active parameters as of all",
            "leave out --of active-parameters, or show figures or classes",
        )


@dataclass(frozen=True)
class Sized:
    """Sizes of the models of a roster, and what they are divided into.

    Attributes:
        size: billions of parameters that are asked about, float64[n]; NaN where nobody tells.
        found: all that is told of them.
        classes: divisions by what is shown.
        quantised: quantised copies, bool[n].
        lists: that were read in.
    """

    size: Floats
    found: Parameters
    classes: dict[str, list[Classes]]
    quantised: npt.NDArray[np.bool_]
    lists: Lists


def measured(asking: Asking, roster: Roster, active: bool) -> Sized:
    """Sizes and kinds of the models of a roster."""
    backing = asking.backing
    known = lists(backing.store, asking.question.as_of) if isinstance(backing, StoreBacking) else Lists(None, None)
    found = parameters(roster, known)
    frame = roster.frame
    copies = frame.labels["quantised"].codes.astype(bool)
    signs = Signs(
        experts=found.experts,
        tags=roster.attributes("tags")["tags"],
        task=frame.labels["task"],
        library=frame.labels["library"],
        relation=frame.labels["relation"],
        quantised=copies,
        sparse=found.sparse,
    )
    of_kind = kinds(signs)
    used = np.where(np.isnan(found.active) & (of_kind["mixture-of-experts"] != YES), found.total, found.active)
    size = used if active else found.total
    classes = {
        "classes": [_known(SIZES, size_class(size).astype(np.int64), dark="unknown")],
        "kinds": [_kind(name, of_kind[name]) for name in KINDS],
        "origins": [_known(ORIGINS, found.origin.astype(np.int64))],
    }
    return Sized(size / BILLION, found, classes, copies, known)


def _known(names: Sequence[str], recorded: npt.NDArray[np.int64], dark: str = "") -> Classes:
    """Classes that are as recorded, but for a dark one, whose models may be in any."""
    possible = recorded[:, None] == np.arange(len(names))[None, :]
    if dark:
        possible |= (recorded == list(names).index(dark))[:, None]
    return Classes(tuple(names), recorded, possible, frozenset({dark} if dark else ()))


def _kind(name: str, states: npt.NDArray[np.int8]) -> Classes:
    """Of a kind, or not; the first has the kind's name, the second none."""
    unknown = states == UNKNOWN
    possible = np.stack([(states == YES) | unknown, states != YES], axis=1)
    return Classes((name, ""), np.where(states == YES, 0, 1).astype(np.int64), possible)


def _rows(roster: Roster, divisions: Sequence[Classes]) -> list[Row]:
    """A row a named class and window, classes in their order."""
    rows = [row for classes in divisions for row in rows_of(roster, classes) if row.group]
    rows = [replace(row, hi=None) if row.group in LEAST_KINDS else row for row in rows]
    order = {window.name or None: number for number, window in enumerate(roster.weighed.slice.windows)}
    return sorted(rows, key=lambda row: order[row.period])


def _notes(roster: Roster, sized: Sized, by: str) -> list[str]:
    """How much is unknown, who tells the rest, and what the counts of files are worth."""
    weight = roster.weight / roster.weight.sum()
    unknown = float(weight[np.isnan(sized.size)].sum())
    parts = np.bincount(sized.found.origin, weights=weight, minlength=len(ORIGINS))
    each = zip(ORIGINS[:-1], parts, strict=False)
    told = ", ".join(f"{name} {part:.1%}" for name, part in each if part > WORTH_A_NOTE)
    notes = [
        f"The size of {unknown:.1%} of the weight is not known"
        + (", which is most of it: figures are of the rest" if unknown > 1 / 2 else "; figures are of the rest")
        + f". Who tells: {told or 'nobody'}."
    ]
    asked = ((ATOM, sized.lists.atom), (EPOCH, sized.lists.epoch))
    missing = [name for name, there in asked if not there]
    if missing and roster.weighed.slice.hub == DEFAULT_HUB:
        notes.append(f"Not read in, so not asked: {', '.join(missing)}.")
    counted = np.isin(sized.found.origin, [ORIGINS.index(name) for name in (*COUNTED, "listed")])
    packed = sized.quantised & counted & (sized.found.total < PACKED * sized.found.by_name)
    if (part := float(weight[packed].sum())) > WORTH_A_NOTE:
        notes.append(
            f"{part:.1%} of the weight are quantised copies whose files count under {PACKED:.0%} of what the name "
            "states: packed values, or a part of the model."
        )
    if by in PARTY_DIMENSIONS:
        notes.append("The limits are those of unknown sizes within a group; who is in it is as the register says.")
    return notes


MEASURE = Size()

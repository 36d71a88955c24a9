"""How open models are, step by step, from what is recorded of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.roster import Roster
from weighbridge.definitions.licences import CLASSES, NONE, OPEN, classes_of
from weighbridge.definitions.licences import UNKNOWN as UNKNOWN_CLASS
from weighbridge.measures.classified import Classes
from weighbridge.measures.rated import NO, UNKNOWN, YES, Index, opened

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

RUNGS = (
    "no weights", "gated", "no licence", "restricted licence", "open licence", "training data declared",
    "code and data open",
)  # fmt: skip
"""From the bottom; a model stands on a rung if it takes all steps up to it."""
WITHOUT, GATED, UNLICENSED, RESTRICTED, LICENSED, DECLARED, OPENED = range(len(RUNGS))
UNCLEAR = "unknown licence"
"""A licence is declared whose identifier does not tell whether it is open."""
UNGIVEN = "licence not given"
"""The readings give no licences at all, so that nobody knows whether one is declared."""
DATA_TAG = "dataset:"


@dataclass(frozen=True)
class Facts:
    """What is recorded of each model; of three-valued facts 1 is yes, 0 no, -1 not known.

    Attributes:
        weights: whether they can be downloaded, bool[models].
        gated: whether one must ask or agree first, int64[models].
        licence: place in `licences.CLASSES`, -1 where the readings give no licences at all, int64[models].
        declared: whether training data is declared on the hub, int64[models].
        data: whether an index says that the training data can be had, int64[models].
        opened: whether it says so of the data and of the code of the training, int64[models].
    """

    weights: Mask
    gated: Codes
    licence: Codes
    declared: Codes
    data: Codes
    opened: Codes


def facts(roster: Roster, held: Iterable[Index]) -> Facts:
    """What a hub and the indexes that were read in record of the models."""
    given = roster.attributes("gated", "datasets", "tags")
    gated = pc.fill_null(pc.cast(given["gated"], pa.int64()), UNKNOWN).to_numpy(zero_copy_only=False)
    coded = roster.frame.labels["licence"]
    data, both = opened(roster.weighed.slice.hub, roster.frame.names, held)
    declared = np.where(data == YES, YES, declares_data(given["datasets"], given["tags"]))
    classes = np.array(classes_of(coded.names.to_pylist()), np.int64)
    licence = np.where(roster.told("licence"), classes[coded.codes], UNKNOWN)
    return Facts(roster.frame.weights, gated.astype(np.int64), licence, declared, data, both)


def declares_data(datasets: pa.Array, tags: pa.Array) -> Codes:
    """Whether models name what they were trained on: in the card's field, or by a tag `dataset:`; int64[models]."""
    named = _mask(pc.fill_null(pc.greater(pc.list_value_length(datasets), 0), False))
    tagged = _mask(pc.fill_null(pc.starts_with(pc.list_flatten(tags), DATA_TAG), False))
    named[pc.list_parent_indices(tags).to_numpy(zero_copy_only=False)[tagged]] = True
    seen = _mask(pc.or_(datasets.is_valid(), tags.is_valid()))
    return np.where(named, YES, np.where(seen, NO, UNKNOWN)).astype(np.int64)


def ladder(known: Facts) -> Classes:
    """The rung of each model, and those it may stand on; a licence that does not tell is told apart, as is one that
    the readings do not give.
    """
    free = np.isin(known.licence, [CLASSES.index(name) for name in OPEN])
    none, unclear = known.licence == CLASSES.index(NONE), known.licence == CLASSES.index(UNKNOWN_CLASS)
    ungiven = known.licence == UNKNOWN
    upper = free | unclear | ungiven
    possible = np.zeros((len(free), len(RUNGS) + 2), bool)
    possible[:, UNLICENSED] = none | ungiven
    possible[:, RESTRICTED] = ~none & ~free
    possible[:, LICENSED] = upper & (known.declared != YES)
    possible[:, DECLARED] = upper & (known.declared != NO) & (known.opened != YES)
    possible[:, OPENED] = upper & (known.declared != NO) & (known.opened != NO)
    possible &= (known.gated != YES)[:, None]
    possible[:, GATED] = known.gated != NO
    possible[~known.weights] = np.arange(possible.shape[1]) == WITHOUT
    rung = np.select(
        [
            ~known.weights, known.gated == YES, none, unclear, ungiven, ~free, known.declared != YES,
            known.opened != YES,
        ],
        [WITHOUT, GATED, UNLICENSED, len(RUNGS), len(RUNGS) + 1, RESTRICTED, LICENSED, DECLARED],
        OPENED,
    )  # fmt: skip
    return Classes((*RUNGS, UNCLEAR, UNGIVEN), rung.astype(np.int64), possible, frozenset({UNCLEAR, UNGIVEN}))


def at_least() -> dict[str, tuple[str, ...]]:
    """Classes of each step of the ladder and all above it; an unknown licence is one that is declared.

    Of one that is not given that is not known, so it counts up to the step of gating alone.
    """
    return {
        name: (
            *RUNGS[place:],
            *((UNCLEAR,) if place <= RESTRICTED else ()),
            *((UNGIVEN,) if place <= UNLICENSED else ()),
        )
        for place, name in enumerate(RUNGS)
        if place > WITHOUT
    }


def steps(known: Facts) -> dict[str, Classes]:
    """Each step by itself."""
    data = np.where(known.declared == UNKNOWN, 3, np.where(known.data == YES, 0, np.where(known.declared == YES, 1, 2)))
    may = np.zeros((len(data), 4), bool)
    may[:, 0] = (known.data == YES) | ((known.data == UNKNOWN) & (known.declared != NO))
    may[:, 1] = (known.declared != NO) & (known.data != YES)
    may[:, 2] = known.declared != YES
    unclear = CLASSES.index(UNKNOWN_CLASS)
    classes = (*CLASSES, UNGIVEN)
    of_licence = np.where(known.licence == UNKNOWN, len(CLASSES), known.licence)
    licence = np.eye(len(classes), dtype=bool)[of_licence]
    licence[known.licence == unclear, :unclear] = True
    licence[known.licence == UNKNOWN, : len(CLASSES)] = np.array(CLASSES) != UNKNOWN_CLASS
    return {
        "gating": _three(known.gated, ("not gated", "gated", "unknown")),
        "licence": Classes(classes, of_licence, licence, frozenset({UNKNOWN_CLASS, UNGIVEN})),
        "training-data": Classes(
            ("available", "declared", "not declared", "unknown"), data.astype(np.int64), may, frozenset({"unknown"})
        ),
        "code-and-data": _three(known.opened, ("not open", "open", "unknown")),
    }


def without_gating(known: Facts) -> Facts:
    """The same with the step of gating left out: as if nothing were gated."""
    return Facts(known.weights, np.zeros_like(known.gated), known.licence, known.declared, known.data, known.opened)


def _three(fact: Codes, names: tuple[str, str, str]) -> Classes:
    """A fact as three classes: no, yes, and not known."""
    recorded = np.where(fact == UNKNOWN, 2, fact)
    possible = np.stack([fact != YES, fact != NO, np.zeros(len(fact), bool)], axis=1)
    return Classes(names, recorded, possible, frozenset({names[2]}))


def _mask(column: pa.Array) -> Mask:
    return np.array(column.to_numpy(zero_copy_only=False), dtype=bool)

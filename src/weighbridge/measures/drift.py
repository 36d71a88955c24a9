"""The declared licence of a model beside those of its parents: by the limits that licences set, as far as known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.cubes.frame import Frame
from weighbridge.definitions.licences import (
    NO_DERIVATIVES,
    NON_COMMERCIAL,
    SCALE,
    SHARE_ALIKE,
    TERMS,
    UNDECLARED,
    licence,
)
from weighbridge.definitions.licences import UNKNOWN as UNKNOWN_CLASS
from weighbridge.lineage.relations import RELATIONS
from weighbridge.measures.classified import Classes

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

KINDS = ("kept", "tightened", "loosened", "contradictory", "dropped", "added", "neither", "unknown")
KEPT, TIGHTENED, LOOSENED, CONTRADICTORY, DROPPED, ADDED, NEITHER, UNKNOWN = range(len(KINDS))
WHY = ("", "no derivatives allowed", "lifts limits that have to be passed on", "other terms under share-alike")
"""Why a child's licence contradicts a parent's; codes of `Drift.why`."""
DECLARES, NAMED, KNOWN = 1, 2, 4
"""What is known of a licence: that one is declared, which identifier, and which limits it sets."""


@dataclass(frozen=True)
class Terms:
    """What is known of the licences of some models or nodes, int64[n] each.

    Attributes:
        state: bits of `DECLARES`, `NAMED` and `KNOWN`; -1 for a model that is not held, or of unread licence.
        limits: limits that it sets, as bits of `licences.TERMS`.
        passed: those that have to hold for changed copies too.
        maybe: those of which that is not known.
        name: code of the identifier, equal for ways of writing one licence; -1 where it names none.
    """

    state: Codes
    limits: Codes
    passed: Codes
    maybe: Codes
    name: Codes

    def take(self, rows: Codes) -> Terms:
        """Of some rows."""
        return Terms(self.state[rows], self.limits[rows], self.passed[rows], self.maybe[rows], self.name[rows])


@dataclass(frozen=True)
class Drift:
    """How the licence of each model relates to those of its parents.

    Attributes:
        classes: kind of each model, and those it may be of; models without a declared parent are `unknown`.
        why: place in `WHY`, int64[models].
        strictest: the parent (a node) whose licence is shown beside the model's, -1 where it has none, int64[models].
    """

    classes: Classes
    why: Codes
    strictest: Codes


def drift(frame: Frame, told: Mask) -> Drift:
    """Compare each model with the strictest of its declared parents: all limits of all of them together.

    Args:
        frame: the models and their graph.
        told: models whose readings give licences, bool[models]; of the others a missing one says nothing.
    """
    nodes = len(frame.names) + len(frame.outside)
    terms = terms_of(frame, told)
    child, parent = frame.child, frame.parent
    own, above = terms.take(child), terms.take(parent)
    limits, passed, maybe, lacking = (np.zeros(len(frame.names), np.int64) for _ in range(4))
    for into, bits in ((limits, above.limits), (passed, above.passed), (maybe, above.maybe)):
        np.bitwise_or.at(into, child, bits)
    same = _all_of(len(frame.names), child, (own.name == above.name) & (own.name >= 0))
    declares = np.zeros(len(frame.names), bool)
    np.logical_or.at(declares, child, above.state > 0)
    held = _all_of(len(frame.names), child, above.state >= 0)
    np.add.at(lacking, child, ((above.state != 0) & (above.state & KNOWN == 0) | (above.state < 0)).astype(np.int64))
    mine = terms.take(np.arange(len(frame.names)))
    code, why, possible = _compared(
        mine, limits, passed, maybe, same, declares, held & (lacking == 0), held, _copies(frame)
    )
    return Drift(Classes(KINDS, code, possible, frozenset({KINDS[UNKNOWN]})), why, _strictest(frame, terms, nodes))


def terms_of(frame: Frame, told: Mask) -> Terms:
    """What is known of the licence of each node; `told` as for `drift`."""
    coded = frame.labels["licence"]
    written = coded.names.to_pylist()
    columns: list[tuple[int, int, int, int, int]] = []
    numbers: dict[str, int] = {}
    for name in written:
        if name == UNDECLARED:
            columns.append((0, 0, 0, 0, -1))
            continue
        found = licence(name)
        if found is None:
            columns.append((DECLARES | NAMED, 0, 0, 0, numbers.setdefault(name, len(numbers))))
        elif found.licence_class == UNKNOWN_CLASS:
            columns.append((DECLARES, 0, 0, 0, -1))
        else:
            limits = found.terms
            passed = limits if found.passes_on == "yes" else 0
            maybe = limits if found.passes_on == "unknown" else 0
            columns.append(
                (DECLARES | NAMED | KNOWN, limits, passed, maybe, numbers.setdefault(found.id, len(numbers)))
            )
    nothing = np.array([[-1, 0, 0, 0, -1]], np.int64)
    table = np.where(told[:, None], np.array(columns, np.int64).reshape(-1, 5)[coded.codes], nothing)
    outside = np.tile(nothing, (len(frame.outside), 1))
    return Terms(*np.concatenate([table, outside]).T)


def _compared(
    mine: Terms, limits: Codes, passed: Codes, maybe: Codes, same: Mask, declares: Mask, known: Mask, held: Mask,
    copies: Mask,
) -> tuple[Codes, Codes, Mask]:  # fmt: skip
    """Kind, reason and possible kinds of each model, from its own licence and its parents' together."""
    mine_declares, untold = mine.state > 0, mine.state < 0
    mine_known = mine_declares & (mine.state & KNOWN > 0)
    covers = covered(mine.limits)
    lifted = limits & ~covers
    fixed = (limits & NO_DERIVATIVES > 0) & ~copies
    must = (passed & ~covers) > 0
    other = (limits & SHARE_ALIKE > 0) & (mine.limits != limits)
    reason = np.select([fixed, must, other], [1, 2, 3], 0)
    reason = np.where((mine_known | (fixed & mine_declares)) & (fixed | ~same), reason, 0)
    kind = np.select(
        [
            untold, ~mine_declares & declares, ~mine_declares & held, ~mine_declares, held & ~declares, reason > 0,
            same, ~mine_known | ~known, lifted > 0, mine.limits == limits,
        ],
        [UNKNOWN, DROPPED, NEITHER, UNKNOWN, ADDED, CONTRADICTORY, KEPT, UNKNOWN, LOOSENED, KEPT],
        TIGHTENED,
    )  # fmt: skip
    possible = np.eye(len(KINDS), dtype=bool)[kind]
    unknown = kind == UNKNOWN
    possible[unknown & mine_declares, :DROPPED] = True
    possible[unknown & mine_declares & ~declares, ADDED] = True
    possible[np.ix_(unknown & ~mine_declares, [DROPPED, NEITHER])] = True
    possible[untold, :UNKNOWN] = True
    possible[untold & declares, ADDED] = False
    possible[untold & declares, NEITHER] = False
    possible[untold & held & ~declares, :ADDED] = False
    possible[(kind == LOOSENED) & (maybe & lifted > 0), CONTRADICTORY] = True
    possible[unknown & mine_known & (lifted > 0), KEPT : TIGHTENED + 1] = False
    return kind.astype(np.int64), np.where(kind == CONTRADICTORY, reason, 0).astype(np.int64), possible


def _copies(frame: Frame) -> Mask:
    """Models that are their parent in another format or precision, which is no changed work."""
    return np.asarray(frame.labels["relation"].codes == RELATIONS.index("quantized"), dtype=bool)


def _all_of(count: int, child: Codes, holds: Mask) -> Mask:
    """Whether something holds for all edges of a child; false for models without a parent."""
    some, failed = np.zeros(count, bool), np.zeros(count, bool)
    some[child] = True
    failed[child[~holds]] = True
    return some & ~failed


def _strictest(frame: Frame, terms: Terms, nodes: int) -> Codes:
    """The parent whose licence is shown: that of which the child lifts most limits, then that which sets most.

    Ties go to the first by name of the licence, then of the model. -1 without parents.
    """
    bits = np.array([number.bit_count() for number in range(1 << len(TERMS))])
    of_licence = np.argsort(np.argsort(frame.labels["licence"].names.to_numpy(zero_copy_only=False).astype(str)))
    rank = np.full(nodes, len(of_licence), np.int64)
    rank[: len(frame.names)] = of_licence[frame.labels["licence"].codes]
    limits, own = terms.limits[frame.parent], covered(terms.limits[frame.child])
    state = terms.state[frame.child]
    lifted = np.where((state > 0) & (state & KNOWN > 0), bits[limits & ~own], 0)
    order = np.lexsort((frame.parent, rank[frame.parent], -bits[limits], -lifted, frame.child))
    child, parent = frame.child[order], frame.parent[order]
    first = np.append(True, child[1:] != child[:-1])[: len(child)]
    found = np.full(len(frame.names), -1, np.int64)
    found[child[first]] = parent[first]
    return found


def covered(limits: Codes) -> Codes:
    """Limits that hold under some others: who may not use a model commercially is under no limit of scale besides."""
    return np.asarray(limits | np.where(limits & NON_COMMERCIAL, SCALE, 0))


def licence_names(frame: Frame, nodes: Codes, told: Mask) -> list[str]:
    """Declared licence of each node; one that is not held is `(outside)`, one of unread licence `(not given)`."""
    coded = frame.labels["licence"]
    inside = nodes < len(frame.names)
    names: pa.Array = coded.names.take(pa.array(coded.codes[np.where(inside, nodes, 0)]))
    given = told[np.where(inside, nodes, 0)]
    return [
        (name if known else "(not given)") if here else "(outside)"
        for name, here, known in zip(names.to_pylist(), inside.tolist(), given.tolist(), strict=True)
    ]

"""How each model came from others: its relation to a base, declared or inferred, whether or not the base is named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.frame import Frame
from weighbridge.definitions.scopes import in_labels
from weighbridge.lineage.relations import RELATIONS

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

NONE = RELATIONS.index("none")


@dataclass(frozen=True)
class Origins:
    """The relation of each model to a base.

    Attributes:
        relation: index into `RELATIONS`, int32[models]; `none`: neither declared nor inferred.
        inferred: whether the relation was inferred, bool[models].
    """

    relation: Codes
    inferred: Mask

    def of(self, relation: str) -> Mask:
        """Models of a relation; `any`: of whichever but `none`, bool[models]."""
        if relation == "any":
            return np.asarray(self.relation != NONE, dtype=bool)
        return np.asarray(self.relation == RELATIONS.index(relation), dtype=bool)


def origins(frame: Frame) -> Origins:
    """Relations of all models.

    Beside those of the frame, which all have a named base: an adapter is made for some base and a quantised copy of
    one even where their cards name none. A base that names no model counts as none.
    """
    relation = frame.labels["relation"].codes.copy()
    inferred = frame.relation_inferred.copy()
    nameless = relation == NONE
    for guess, marked in (
        ("quantized", frame.labels["quantised"].codes.astype(bool)),
        ("adapter", in_labels(frame.labels["library"], ("peft",))),
    ):
        relation[nameless & marked] = RELATIONS.index(guess)
        inferred |= nameless & marked
    return Origins(relation, inferred)

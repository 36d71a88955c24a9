"""Cleaning where models are counted: what rules leave out, by what was downloaded of it on the day of the census."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.uploads import periods_of
from weighbridge.cubes.weigh import EXAMPLES, Removal
from weighbridge.measures.asking import Asking
from weighbridge.records.answer import Answer

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LeftOut:
    """Models that cleaning rules leave out.

    Attributes:
        gone: of the counted frame, bool[models].
        removed: one document a rule, as answers name it.
        names: of the rules.
    """

    gone: Mask
    removed: tuple[dict[str, Any], ...]
    names: tuple[str, ...]

    def told(self, made: Answer) -> Answer:
        """An answer that says what was left out."""
        return replace(made, removed=self.removed, definition=made.definition | {"clean": list(self.names)})


def left_out(asking: Asking, only: Mask | None) -> LeftOut | None:
    """What the rules that were asked for leave out; null where none was asked for by itself.

    A rule looks at downloads: at the 30-day counters that were observed on the day of the census.

    Args:
        asking: a question about models that are counted.
        only: models that are asked about, bool[models]; null: all.

    Raises:
        DataMissing: that day has no 30-day counters.
    """
    definition, uploads = asking.question.definition, asking.uploads
    if "clean" not in definition.given or not definition.clean:
        return None
    span = {"start": None, "end": None, "trailing_days": None, "over": None}
    weighed = asking.instead(at=uploads.census.day, **span).weighed
    names = weighed.slice.cells.labels["model"]
    here = periods_of(uploads.frame.created, uploads.windows) >= 0
    asked = here if only is None else here & only
    gone = np.zeros(len(here), bool)
    removed = []
    for removal in weighed.removals:
        order = np.argsort(-weighed.slice.cells.value, kind="stable")
        cells = order[removal.gone[order]]
        texts = names.names.take(pa.array(names.codes[cells]))
        rows = pc.fill_null(pc.index_in(texts, uploads.frame.names), -1).to_numpy(zero_copy_only=False)
        rows = rows[rows >= 0]
        gone[rows] = True
        removed.append(_told(removal, rows[asked[rows]], uploads.frame.names))
    return LeftOut(gone, tuple(removed), definition.clean)


def _told(removal: Removal, rows: npt.NDArray[np.int64], names: pa.Array) -> dict[str, Any]:
    """A rule with the models it leaves out of what is counted; of counted models it has no downloads to tell."""
    document = {
        "rule": removal.rule,
        "version": removal.version,
        "title": removal.title,
        "models": len(rows),
        "downloads": len(rows),
        "examples": names.take(pa.array(rows[:EXAMPLES])).to_pylist(),
        "moved": {},
    }
    return document | ({"because": removal.because} if removal.because else {})

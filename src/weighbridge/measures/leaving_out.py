"""Models that a measure weighs or counts; cleaning where they are counted, by downloads on the day of the census."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.roster import Roster
from weighbridge.cubes.uploads import Uploads, periods_of
from weighbridge.cubes.weigh import EXAMPLES, Removal
from weighbridge.measures.asking import Asking
from weighbridge.records.answer import Answer
from weighbridge.records.definition import Definition

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


def left_out(asking: Asking, only: Mask | None, asked: Uploads | None = None) -> LeftOut | None:
    """What the rules that were asked for leave out; null where none was asked for by itself.

    A rule looks at downloads: at the 30-day counters that were observed on the day of the census.

    Args:
        asking: a question about models that are counted.
        only: models that are asked about, bool[models]; null: all.
        asked: census and periods; null: those of the question.

    Raises:
        DataMissing: that day has no 30-day counters.
    """
    definition = asking.question.definition
    if "clean" not in definition.given or not definition.clean:
        return None
    uploads = asking.uploads if asked is None else asked
    span = {"start": None, "end": None, "trailing_days": None, "over": None}
    weighed = asking.instead(at=uploads.census.day, **span).weighed
    names = weighed.slice.cells.labels["model"]
    here = periods_of(uploads.frame.created, uploads.windows) >= 0
    wanted = here if only is None else here & only
    gone = np.zeros(len(here), bool)
    removed = []
    for removal in weighed.removals:
        order = np.argsort(-weighed.slice.cells.value, kind="stable")
        cells = order[removal.gone[order]]
        texts = names.names.take(pa.array(names.codes[cells]))
        rows = pc.fill_null(pc.index_in(texts, uploads.frame.names), -1).to_numpy(zero_copy_only=False)
        rows = rows[rows >= 0]
        gone[rows] = True
        removed.append(_told(removal, rows[wanted[rows]], uploads.frame.names))
    return LeftOut(gone, tuple(removed), definition.clean)


@dataclass(frozen=True)
class Taken:
    """The models that a measure of single models is about.

    Attributes:
        roster: weighed by downloads, or counted.
        left: what cleaning leaves out where they are counted; null: nothing was asked.
        notes: choices of the definition that change nothing here.
    """

    roster: Roster
    left: LeftOut | None
    notes: tuple[str, ...]

    def told(self, made: Answer) -> Answer:
        """An answer that says what was left out."""
        return made if self.left is None else self.left.told(made)


def taken(asking: Asking, of: str) -> Taken:
    """The models of a question, by weight, or each once where `of` is `models`.

    Raises:
        DataMissing: a cube file is asked, or nothing is held that answers.
    """
    definition = asking.question.definition
    notes = _sure_of_parties(definition)
    if of != "models":
        return Taken(asking.models(), None, tuple(notes))
    left = left_out(asking, None)
    roster = asking.created(None if left is None else ~left.gone)
    return Taken(roster, left, (*notes, *without_effect(definition, left)))


def _sure_of_parties(definition: Definition) -> Sequence[str]:
    """Choices about limits of groups, of measures whose limits are of what models are and not of who made them."""
    asked = [
        name
        for name, there in (
            ("--bounds strict", definition.bounds == "strict"),
            ("--contested widest", definition.contested == "widest"),
        )
        if there
    ]
    said = "limits are of what is not known of models; who is in a group is as the register says"
    return [f"{' and '.join(asked)} {'changes' if len(asked) == 1 else 'change'} nothing here: {said}."] * bool(asked)


def without_effect(definition: Definition, left: LeftOut | None = None) -> list[str]:
    """What of a definition says nothing where models are counted.

    Args:
        definition: that was asked.
        left: what rules left out; null: none was asked for by itself.
    """
    notes = []
    if definition.clean and "clean" not in definition.given:
        notes.append(f"The definition's cleaning ({', '.join(definition.clean)}) is of downloads and left out here.")
    if definition.max_age_days is not None:
        where = "changes nothing" if left is None else "counts only in the downloads that rules look at"
        notes.append(f"The age limit {where}: a model is counted on the day of its creation.")
    return notes


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

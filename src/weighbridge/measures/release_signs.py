"""What the rules on releases may look at, for the models of a census."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.roster import Roster
from weighbridge.definitions.releases import Signs
from weighbridge.lineage.relations import QUANTISED_NAME

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def signs_of(roster: Roster, rows: Ints, elsewhere: Mask) -> Signs:
    """Signs of some models.

    A model that only tags call quantised is a copy if it declares a base: makers publish originals in few bits too.

    Args:
        roster: all models.
        rows: which of them, int64[n].
        elsewhere: whether a declared root is another organisation's, bool[n].
    """
    frame, chosen = roster.frame, pa.array(rows)
    names = frame.names.cast(pa.string()).take(chosen)
    base = pc.utf8_lower(pc.replace_substring_regex(names, r"^.*/", ""))
    named = pc.match_substring_regex(base, QUANTISED_NAME).to_numpy(zero_copy_only=False).astype(bool)
    return Signs(
        names=names,
        relation=frame.labels["relation"].codes[rows],
        quantised=frame.labels["quantised"].codes[rows].astype(bool) & (named | frame.declared[rows]),
        library=frame.labels["library"].take(rows),
        tags=roster.attributes("tags")["tags"].take(chosen),
        elsewhere=elsewhere,
    )

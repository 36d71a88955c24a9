"""The share of each group in all that was downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.weigh import DIMENSIONS, PARTY_DIMENSIONS, Weighed
from weighbridge.measures import LISTED_MOST, Option
from weighbridge.measures.answering import answer
from weighbridge.measures.table import GroupTable
from weighbridge.records.answer import Answer, Row
from weighbridge.records.cells import MODELS
from weighbridge.register.parties import UNAFFILIATED

Ints = npt.NDArray[np.int64]

WORTH_A_NOTE = 0.01
RANGES_SHOWN = 3


class Share:
    """Part of the weight in scope, window by window."""

    id = "share"
    title = "Share of downloads by group"
    words = "What part of all downloads in scope went to each group; what is unregistered is part of the whole."
    formula = "value_g = D_g / Σ_j D_j, with D_g the whole downloads credited to group g in the window"
    source = "own definition; bounds after Manski (2003), worst-case bounds under missing data"
    example = "--by country --at 2024-07-11 --top 8"
    options = (
        Option("by", "What to group by.", DIMENSIONS, "country"),
        Option("top", "Keep so many groups; the rest is summed as (other).", number=True, most=LISTED_MOST),
    )
    clean = None

    def condensed_by(self, options: Mapping[str, Any]) -> str | None:
        """See `Condensable.condensed_by`."""
        return str(options["by"])

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """Rows of all groups, or of the `top` largest and the rest."""
        by, top = options["by"], options["top"]
        table = GroupTable(weighed, weighed.groups(by))
        chosen = table.largest(top)
        rows = [row for number in range(len(weighed.slice.windows)) for row in table.rows(number, chosen)]
        title = self.title.replace("downloads", weighed.slice.unit)
        return answer(self.id, title, weighed, by, rows, notes=doubts(weighed, by, table, chosen))


def doubts(weighed: Weighed, by: str, table: GroupTable, chosen: Ints) -> list[str]:
    """What the bounds of a dimension of parties leave out, where it is much, and what they would be with it."""
    if by not in PARTY_DIMENSIONS:
        return []
    definition, value = weighed.definition, weighed.entries.value
    total = max(int(value.sum()), 1)
    loose = value[np.array([name == UNAFFILIATED for name in table.names], bool)[table.groups.codes]].sum() / total
    disputed = weighed.disputed(by) / total
    what = "models are" if weighed.slice.unit == MODELS else "weight is"
    said = []
    if loose > WORTH_A_NOTE and definition.bounds == "plain":
        said.append(f"{loose:.1%} of the {what} of persons and communities without a stated country (--bounds strict)")
    if disputed > WORTH_A_NOTE and definition.contested == "main":
        said.append(f"the {by} of {disputed:.1%} is disputed (--contested widest)")
    if not said:
        return []
    note = "Not in the bounds: " + "; ".join(said) + "."
    if len(weighed.slice.windows) > 1:
        return [note]
    wide = replace(weighed, definition=replace(definition, bounds="strict", contested="widest"))
    rows = {row.group: row for row in _all_rows(wide, by)}
    largest = [table.names[g] for g in chosen.tolist() if not table.dark[g] and table.names[g] != UNAFFILIATED]
    ranges = [f"{name} {rows[name].lo:.1%} to {rows[name].hi:.1%}" for name in largest[:RANGES_SHOWN] if name in rows]
    return [f"{note} With both: {', '.join(ranges)}."]


def _all_rows(weighed: Weighed, by: str) -> list[Row]:
    table = GroupTable(weighed, weighed.groups(by))
    return table.rows(0, np.arange(len(table.names)))


MEASURE = Share()

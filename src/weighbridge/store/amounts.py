"""Amounts of periods, such as tokens a day, joined over the vintages that brought them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.records.parts import PARTS
from weighbridge.records.vintage import Vintage
from weighbridge.store.parts import has_part, read_document, read_part

NAME = "amounts"
AMOUNTS = pa.schema([*PARTS[NAME].schema, ("source", pa.string()), ("vintage", pa.string())])
"""Columns of the joined table: those of the part, and where a row is from."""


def with_amounts(vintages: Iterable[Vintage]) -> list[Vintage]:
    """Those of some vintages that brought amounts."""
    return [vintage for vintage in vintages if has_part(vintage, NAME)]


def read_amounts(vintages: Sequence[Vintage]) -> pa.Table:
    """The amounts of some vintages, by start, end, source, level and name.

    Sources restate their figures. Of a source's readings of one period the one that became known last counts, whole:
    a list of the largest names other models when it is restated, and rows of the older reading beside it would count
    those twice that fell into its rest.

    Args:
        vintages: of one unit; in any order.

    Returns:
        table with the schema `AMOUNTS`.
    """
    pieces = []
    for rank, vintage in enumerate(sorted(vintages, key=lambda v: (v.known, v.id))):
        table = read_part(vintage, NAME, PARTS[NAME].schema.names).cast(PARTS[NAME].schema)
        count = table.num_rows
        table = table.append_column("source", pa.array([vintage.source] * count, pa.string()))
        table = table.append_column("vintage", pa.array([vintage.id] * count, pa.string()))
        pieces.append(table.append_column("rank", pa.array(np.full(count, rank))))
    if not pieces:
        return AMOUNTS.empty_table()
    table = pa.concat_tables(pieces)
    period = ["source", "start", "end"]
    latest = table.group_by(period).aggregate([("rank", "max")])
    table = table.join(latest, period, join_type="inner")
    table = table.filter(pc.equal(table["rank"], table["rank_max"]))
    order = [(name, "ascending") for name in ("start", "end", "source", "level", "name")]
    return table.select(AMOUNTS.names).sort_by(order).cast(AMOUNTS)


def citations(vintages: Iterable[Vintage]) -> list[str]:
    """How the sources of some vintages ask to be cited: for each source what its vintage known last says."""
    found: dict[str, str] = {}
    for vintage in sorted(vintages, key=lambda v: (v.known, v.id)):
        origin = read_document(vintage)["weighbridge"].get("origin") or {}
        if isinstance(origin.get("citation"), str):
            found[vintage.source] = origin["citation"]
    return [found[source] for source in sorted(found)]

"""The weighing written for data frames of any library that Narwhals knows: what clusters run.

The same as `reduction`, as joins and group-bys over tables of integers. Frames are lazy; nothing is read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa

from weighbridge.cubes.ages import Ages
from weighbridge.cubes.apportion import Mixtures
from weighbridge.cubes.frame import FLAT_DAY, UNKNOWN_DAY
from weighbridge.cubes.labels import Labelling

ROWS = "rows"
FROM, UNTIL = -(2**31), 2**31 - 1
EXACT = 2**53  # data frames divide in floating point, which is exact up to here

NOBODY = Mixtures(np.array([0, 1]), np.zeros(1, np.int32), np.ones(1, np.int64), np.ones(1, np.int64))

Frame = nw.LazyFrame[Any]


@dataclass(frozen=True)
class Tables:
    """A labelling as tables.

    Attributes:
        models: `model, created, code, since, until`: a row a model and span of weeks in which it has that code.
        parts: `code, part, target, share, whole`: a row a part of each code that is a mixture.
        codes: codes from here on are mixtures.
    """

    models: pa.Table
    parts: pa.Table
    codes: int


def tables(labelling: Labelling, ages: Ages) -> Tables:
    """A labelling as tables."""
    models = np.arange(len(labelling.code), dtype=np.int64)
    changes = labelling.changes
    model = np.concatenate([models, *(change.model for change in changes)]).astype(np.int64)
    code = np.concatenate([labelling.code, *(change.code for change in changes)])
    since = np.repeat([FROM, *(c.week for c in changes)], [len(models), *(len(c.model) for c in changes)])
    order = np.lexsort((since, model))
    model, code, since = model[order], code[order], since[order]
    until = np.append(np.where(model[1:] == model[:-1], since[1:], UNTIL), UNTIL)[: len(model)]
    mixtures = labelling.mixtures if len(labelling.mixtures) else NOBODY  # some libraries refuse empty tables
    row, part = mixtures.parts(np.arange(len(mixtures)))
    return Tables(
        models=_integers(model=model, created=ages.created[model], code=code, since=since, until=until),
        parts=_integers(
            code=row + len(labelling.coding), part=part, target=mixtures.code[part], share=mixtures.share[part],
            whole=mixtures.whole[row],
        ),
        codes=len(labelling.coding),
    )  # fmt: skip


def sums(frame: Frame, keys: Sequence[str], values: Sequence[str]) -> Frame:
    """Sums by keys, and the number of rows."""
    return frame.group_by(*keys).agg(*(nw.col(name).sum() for name in values), nw.len().alias(ROWS))


def weigh(flows: Frame, models: Frame, parts: Frame, codes: int, limits: Sequence[int], values: Sequence[str]) -> Frame:
    """Sums by week and cell, `week, cell, <values>, rows`, in no order.

    Args:
        flows: `week, model, <values>`.
        models: see `Tables`.
        parts: see `Tables`.
        codes: see `Tables`.
        limits: age limits in days.
        values: columns of counts.
    """
    week = nw.col("week").cast(nw.Int64)
    labelled = flows.with_columns(week, nw.col("model").cast(nw.Int64)).join(models, on="model", how="inner")
    labelled = labelled.filter(nw.col("week") >= nw.col("since"), nw.col("week") < nw.col("until"))
    labelled = labelled.with_columns(_age_class(limits).alias("age"))
    classes = 2 * len(limits) + 1
    counted = (nw.col(values[0]) > 0).cast(nw.Int64).alias(ROWS)
    row = nw.lit(1).cast(nw.Int64).alias(ROWS) if len(values) == 1 else counted
    plain = labelled.filter(nw.col("code") < codes).select(
        "week", (nw.col("code") * classes + nw.col("age")).alias("cell"), *values, row
    )
    mixed = labelled.filter(nw.col("code") >= codes).join(parts, on="code", how="inner")
    mixed = mixed.with_columns((nw.col("target") * classes + nw.col("age")).alias("cell"))
    for name in values:
        mixed = _credited(mixed, name)
    once = mixed.group_by("week", "model", "cell").agg(*(nw.col(name).sum() for name in values))
    once = once.select("week", "cell", *(nw.col(name).cast(nw.Int64) for name in values), counted)
    cells = nw.concat([plain, once]).group_by("week", "cell").agg(*(nw.col(n).sum() for n in (*values, ROWS)))
    return cells.filter(nw.any_horizontal(*(nw.col(n) > 0 for n in (*values, ROWS)), ignore_nulls=True))


def _age_class(limits: Sequence[int]) -> nw.Expr:
    """Class of age; see `Ages`."""
    age = nw.col("week") - nw.col("created")
    past = reduce(lambda a, b: a + b, ((age > limit).cast(nw.Int64) for limit in limits), nw.col("week") * 0)
    most = len(limits)
    if not most:
        return past
    flat = nw.when(past < most).then(past + most + 1).otherwise(past)
    sure = nw.when(nw.col("created") == FLAT_DAY).then(flat).otherwise(past)
    return nw.when(nw.col("created") == UNKNOWN_DAY).then(nw.lit(most + 1).cast(nw.Int64)).otherwise(sure)


def _credited(mixed: Frame, name: str) -> Frame:
    """A column of counts divided among the parts by largest remainder; see `apportion`."""
    product, whole = nw.col(name) * nw.col("share"), nw.col("whole")
    mixed = mixed.with_columns(((product - product % whole) / whole).cast(nw.Int64).alias("quota"))
    mixed = mixed.with_columns((nw.col("quota") * whole - product).alias("behind"))
    given = nw.col("quota").sum().over("week", "model")
    place = nw.col("part").cum_count().over("week", "model", order_by=["behind", "part"])
    mixed = mixed.with_columns((nw.col(name) - given).alias("left"), place.alias("place"))
    more = (nw.col("place") <= nw.col("left")).cast(nw.Int64)
    return mixed.with_columns((nw.col("quota") + more).alias(name)).drop("quota", "behind", "left", "place")


def _integers(**columns: object) -> pa.Table:
    return pa.table({name: pa.array(np.asarray(column, dtype=np.int64)) for name, column in columns.items()})

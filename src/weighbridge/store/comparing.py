"""Two vintages side by side: their models under common numbers, and each way in which they can differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.records.vintage import Vintage
from weighbridge.store.catalogue import Today, joined, read_counters
from weighbridge.store.parts import read_part

Int = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ATTRIBUTES = (
    "removed", "licence", "gated", "base_models", "relation", "task", "library", "parameters", "active_parameters",
    "datasets", "created",
)  # fmt: skip
"""What is compared. Likes, tags and the time of the last commit are not: they change of themselves all the time."""
DAY_SPAN = 1_000_000  # more than there are day numbers: a model and a day make one integer


@dataclass(frozen=True)
class Moves:
    """How counters moved, one entry a model.

    Attributes:
        quantity: `downloads_30d` or `downloads_all`.
        up: by how much they rose, summed over days, int64[n].
        down: by how much they fell, summed over days, int64[n].
        days: on how many days they differ, int64[n].
    """

    quantity: str
    up: Int
    down: Int
    days: Int


@dataclass(frozen=True)
class Change:
    """All differences of one kind, one entry a model.

    Attributes:
        name: one of `CHANGES`.
        model: number of the model, int64[n].
        was: value in the first vintage, null where it has none; of a counter that of the day that moved most.
        now: the same in the second.
        day: the day it was observed on, int64[n]; -1 where no counter tells.
        moves: of counters, else null.
    """

    name: str
    model: Int
    was: pa.Array
    now: pa.Array
    day: Int
    moves: Moves | None = None


@dataclass(frozen=True)
class Series:
    """Counters of one vintage under the common numbering, in order of model and day."""

    model: Int
    day: Int
    value: Int
    step: Int

    @property
    def key(self) -> Int:
        """Model and day as one integer, ascending."""
        return self.model * DAY_SPAN + self.day

    def take(self, rows: Any) -> Series:
        """Some of the counters."""
        return Series(self.model[rows], self.day[rows], self.value[rows], self.step[rows])

    def last(self) -> Mask:
        """Which counters are the last of their model."""
        return np.append(self.model[1:] != self.model[:-1], True)[: len(self.model)]


@dataclass(frozen=True)
class Matched:
    """Two vintages whose models have common numbers.

    Attributes:
        vintages: the two.
        numbers: of each vintage its models' numbers, int64[models of the vintage].
        rows: of each vintage the row of each number, int64[count]; -1 where it lacks the model.
        names: name of each number, in the second vintage where it is there; string[count].
        count: how many models there are.
    """

    vintages: tuple[Vintage, Vintage]
    numbers: tuple[Int, Int]
    rows: tuple[Int, Int]
    names: pa.Array
    count: int

    @property
    def both(self) -> Int:
        """Numbers of the models that both hold."""
        return np.flatnonzero((self.rows[0] >= 0) & (self.rows[1] >= 0))

    def column(self, side: int, name: str) -> pa.Array:
        """An attribute of all models of one vintage."""
        return read_part(self.vintages[side], "models", [name])[name].combine_chunks()

    def counted(self, quantity: str) -> bool:
        """Whether either vintage has counters of a quantity."""
        return any(v.days_30d if quantity == "downloads_30d" else v.days_all for v in self.vintages)

    def series(self, quantity: str) -> tuple[Series, Series]:
        """The counters of both vintages."""
        found = []
        for vintage, numbers in zip(self.vintages, self.numbers, strict=True):
            counters = read_counters([vintage], quantity)
            model = numbers[counters.model]
            series = Series(model, counters.day, counters.value, counters.step)
            found.append(series.take(np.lexsort((counters.day, model))))
        return found[0], found[1]


def match(a: Vintage, b: Vintage, today: Today) -> Matched:
    """Join the models of two vintages by key, name and rename link."""
    tables = [read_part(vintage, "models", ["hub_key", "name"]) for vintage in (a, b)]
    numbers, count = joined(tables, today)
    rows = [np.full(count, -1, np.int64) for _ in tables]
    for row, number in zip(rows, numbers, strict=True):
        row[number] = np.arange(len(number))
    old, new = (t["name"].combine_chunks().take(pa.array(r, mask=r < 0)) for t, r in zip(tables, rows, strict=True))
    return Matched((a, b), (numbers[0], numbers[1]), (rows[0], rows[1]), pc.coalesce(new, old), count)


def newest(matched: Matched, was: Series, now: Series) -> Int:
    """The newest counter of each model, -1 where there is none; of one day that of the vintage known later."""
    weight, day = np.full(matched.count, -1, np.int64), np.full(matched.count, -1, np.int64)
    ordered = sorted(zip(matched.vintages, (was, now), strict=True), key=lambda pair: (pair[0].known, pair[0].id))
    for _, series in ordered:
        newest = series.take(series.last())
        newer = newest.take(newest.day >= day[newest.model])
        weight[newer.model], day[newer.model] = newer.value, newer.day
    return weight


def observed_days(count: int, series: Sequence[Series]) -> tuple[Int, Int]:
    """First and last day with a counter of each model, -1 where there is none."""
    first, last = np.full(count, DAY_SPAN, np.int64), np.full(count, -1, np.int64)
    for one in series:
        begins = np.append(True, one.model[1:] != one.model[:-1])[: len(one.model)]
        first[one.model[begins]] = np.minimum(first[one.model[begins]], one.day[begins])
        last[one.model[one.last()]] = np.maximum(last[one.model[one.last()]], one.day[one.last()])
    return np.where(first == DAY_SPAN, -1, first), last


def presence(matched: Matched, first: Int, last: Int) -> Iterator[Change]:
    """Models that only one of the vintages lists.

    Args:
        matched: the two vintages.
        first: first day of each model in the second, int64[count].
        last: last day of each model in the first, int64[count].
    """
    gone = "vanished" if matched.vintages[1].population == "census" else "missing"
    for name, side, day in (("appeared", 1, first), (gone, 0, last)):
        model = np.flatnonzero(matched.rows[1 - side] < 0)
        removed = pc.fill_null(matched.column(side, "removed"), False).take(pa.array(matched.rows[side][model]))
        listed, absent = pc.if_else(removed, "removed", "listed"), pa.nulls(len(model), pa.string())
        was, now = (absent, listed) if side else (listed, absent)
        yield Change(name, model, was, now, day[model])


def renamed(matched: Matched, day: Int) -> Change:
    """Models of both under another name."""
    was, now = (matched.column(side, "name").take(pa.array(matched.rows[side][matched.both])) for side in (0, 1))
    at = np.flatnonzero(_mask(pc.not_equal(was, now)))
    model = matched.both[at]
    return Change("renamed", model, was.take(pa.array(at)), now.take(pa.array(at)), day[model])


def attribute(matched: Matched, name: str, day: Int) -> Change | None:
    """Models of both whose attribute differs; null where only one of the vintages gives it for any model."""
    columns = [matched.column(side, name) for side in (0, 1)]
    if name == "removed":  # a listing that does not say so lists what is there
        columns = [pc.fill_null(column, False) for column in columns]
    if len({column.null_count < len(column) for column in columns}) > 1:
        return None
    if pa.types.is_timestamp(columns[0].type):
        columns = [column.cast(pa.date32()) for column in columns]
    both = matched.both
    was, now = (column.take(pa.array(matched.rows[side][both])) for side, column in enumerate(columns))
    at = np.flatnonzero(_sets_differ(was, now) if pa.types.is_list(was.type) else _differ(was, now))
    return Change(name, both[at], was.take(pa.array(at)), now.take(pa.array(at)), day[both[at]])


def _differ(was: pa.Array, now: pa.Array) -> Mask:
    return _mask(pc.coalesce(pc.not_equal(was, now), pc.xor(was.is_valid(), now.is_valid())))


def _sets_differ(was: pa.Array, now: pa.Array) -> Mask:
    """Where two columns of lists hold different sets; an empty list is no list."""
    values = pa.concat_arrays([pc.list_flatten(was), pc.list_flatten(now)]).dictionary_encode()
    code = pc.fill_null(values.indices, len(values.dictionary)).to_numpy().astype(np.int64)
    owner = np.concatenate([pc.list_parent_indices(column).to_numpy() for column in (was, now)]).astype(np.int64)
    span, cut = len(values.dictionary) + 1, len(pc.list_flatten(was))
    key = owner * span + code
    differ = np.zeros(len(was), bool)
    differ[np.setxor1d(np.unique(key[:cut]), np.unique(key[cut:]), assume_unique=True) // span] = True
    return differ


def restated(quantity: str, was: Series, now: Series) -> Change:
    """Counters of the same model and day with another value."""
    days = np.intersect1d(np.unique(was.day), np.unique(now.day))
    was, now = (series.take(np.isin(series.day, days)) for series in (was, now))
    _, here, there = np.intersect1d(was.key, now.key, assume_unique=True, return_indices=True)
    was, now = was.take(here), now.take(there)
    return _moved("restated", quantity, was, now, now.day)


def fell(quantity: str, was: Series, now: Series) -> Change:
    """Cumulative counters that are lower on the second vintage's first day after the first's last."""
    was = was.take(was.last())
    at = np.searchsorted(now.key, was.key, side="right")
    there = np.flatnonzero(at < len(now.model))
    there = there[now.model[at[there]] == was.model[there]]
    was, now = was.take(there), now.take(at[there])
    lower = now.value < was.value
    return _moved("fell", quantity, was.take(lower), now.take(lower), now.day[lower])


def _moved(name: str, quantity: str, was: Series, now: Series, day: Int) -> Change:
    """Pairs of counters that differ beyond their rounding, summed by model; shown is the pair that differs most."""
    rounding = np.where(was.step == now.step, 0, was.step + now.step)
    at = np.flatnonzero(np.abs(now.value - was.value) > rounding)
    model, by = was.model[at], now.value[at] - was.value[at]
    order = np.lexsort((day[at], -np.abs(by), model))
    at, model, by = at[order], model[order], by[order]
    starts = np.flatnonzero(np.append(True, model[1:] != model[:-1])[: len(model)])
    up, down = (np.add.reduceat(np.maximum(part, 0), starts) if len(starts) else starts for part in (by, -by))
    moves = Moves(quantity, up, down, np.diff(np.append(starts, len(model))))
    most = at[starts]
    return Change(name, model[starts], pa.array(was.value[most]), pa.array(now.value[most]), day[most], moves)


def _mask(column: pa.Array | pa.ChunkedArray) -> Mask:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)

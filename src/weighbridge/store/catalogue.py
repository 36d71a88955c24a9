"""All models of one or several vintages under one numbering, with their counters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.errors import StoreDamaged
from weighbridge.records.observations import ATTRIBUTES, OBSERVATIONS
from weighbridge.records.vintage import Vintage
from weighbridge.store.parts import NOTHING_CONDENSED, Condensing, part_columns, read_part

Int = npt.NDArray[np.int64]
Today = Callable[[str], str | None]
"""From an old name to today's, or null: the links of renamed models."""


@dataclass(frozen=True)
class Counters:
    """Observations of a hub's counters, sorted by model, then day; at most one a model and day.

    Attributes:
        model: row number in the catalogue, int64[n].
        day: UTC day number, int64[n].
        value: the counter, int64[n].
        step: rounding step, int64[n]; 0 where exact.
        days: all days on which the hub was observed, ascending.
        census: whether absence on a day means that the hub did not have the model.
    """

    model: Int
    day: Int
    value: Int
    step: Int
    days: Int
    census: bool

    def part(self, rows: slice | npt.NDArray[np.bool_]) -> Counters:
        """Fewer observations of a hub observed on the same days."""
        return Counters(self.model[rows], self.day[rows], self.value[rows], self.step[rows], self.days, self.census)


def read_models(
    vintages: Sequence[Vintage],
    columns: Sequence[str] = ATTRIBUTES,
    today: Today = lambda name: None,
    condensed: Mapping[str, Condensing] = NOTHING_CONDENSED,
) -> pa.Table:
    """One row a model; of each attribute the latest vintage's value that is given.

    Models are joined by the hub's immutable id where a vintage has it, else by name; a name of a vintage without
    ids stands for the id that another vintage gives it, and an old name for today's, unless the same vintage has both.

    Args:
        vintages: in order of when they became known.
        columns: names of attributes.
        today: links of renamed models.
        condensed: what to take of some of these columns; null stays null.
    """
    if len(vintages) == 1:
        return _attributes(vintages[0], columns, condensed)
    tables = [_attributes(v, list(dict.fromkeys([*columns, "hub_key", "name"])), condensed) for v in vintages]
    codes, count = joined(tables, today)
    latest = [(table, code) for table, code in zip(tables, codes, strict=True)][::-1]
    merged = {}
    for name in columns:
        column: pa.ChunkedArray | pa.Array = pa.nulls(count, tables[0].schema.field(name).type)
        for table, code in latest:
            row = np.full(count, -1, np.int64)
            row[code] = np.arange(len(code))
            here = table[name].combine_chunks().take(pa.array(row, mask=row < 0))
            column = pc.coalesce(column, here)
        merged[name] = column
    return pa.table(merged)


def listed_where_given(
    vintages: Sequence[Vintage], column: str, today: Today = lambda name: None
) -> npt.NDArray[np.bool_]:
    """Models that some vintage lists which gives an attribute of any of its models, in the order of `read_models`.

    Of the others a null says nothing: who read them did not look.

    Args:
        vintages: in order of when they became known.
        column: name of an attribute.
        today: links of renamed models.
    """
    gives = [
        bool(pc.any(table[column].is_valid()).as_py()) for v in vintages for table in [read_models([v], (column,))]
    ]
    if len(vintages) == 1 or len(set(gives)) == 1:
        return np.full(len(read_models(vintages, (column,), today)), gives[0])
    codes, count = joined([_attributes(v, ("hub_key", "name"), NOTHING_CONDENSED) for v in vintages], today)
    found = np.zeros(count, bool)
    for code, given in zip(codes, gives, strict=True):
        found[code] |= given
    return found


def _attributes(vintage: Vintage, columns: Sequence[str], condensed: Mapping[str, Condensing]) -> pa.Table:
    """Attributes of a vintage's models; one that was not yet kept when the vintage was written is null."""
    held = part_columns(vintage, "models")
    there = read_part(vintage, "models", [name for name in columns if name in held], condensed)
    for place, name in enumerate(columns):
        if name not in held:
            absent = pa.nulls(len(there), OBSERVATIONS.field(name).type)
            there = there.add_column(place, name, condensed[name](absent) if name in condensed else absent)
    return there


def read_counters(
    vintages: Sequence[Vintage],
    quantity: str,
    days: Sequence[int] | None = None,
    today: Today = lambda name: None,
) -> Counters:
    """The counters of a quantity over all vintages; on the same model and day the later known vintage wins.

    Args:
        vintages: in order of when they became known.
        quantity: `downloads_30d` or `downloads_all`.
        days: only these days; null: all.
        today: links of renamed models.
    """
    codes: Sequence[Int | None] = [None]
    if len(vintages) > 1:
        codes = joined([read_part(v, "models", ["hub_key", "name"]) for v in vintages], today)[0]
    parts = []
    for order_known, (vintage, code) in enumerate(zip(vintages, codes, strict=True)):
        table = read_part(vintage, "counters", ["model", "day", quantity, "step"])
        if days is not None and set(days) != {*vintage.days_30d, *vintage.days_all}:
            table = table.filter(pc.is_in(table["day"], pa.array(list(days), pa.int32())))
        if table[quantity].null_count:
            table = table.filter(table[quantity].is_valid())
        model = table["model"].to_numpy().astype(np.int64)
        step = pc.fill_null(table["step"], 0).to_numpy()
        day = table["day"].to_numpy().astype(np.int64)
        value = table[quantity].to_numpy()
        if len(model) and not 0 <= model.min() <= model.max() < vintage.models:
            raise StoreDamaged(f"{vintage.folder} counts models that it does not list", "read the source again")
        parts.append((model if code is None else code[model], day, value, step, np.full(len(model), order_known)))
    model, day, value, step, rank = (np.concatenate(column) for column in zip(*parts, strict=True))
    if len(vintages) > 1 or (len(day) and day[0] != day[-1]):
        order = np.lexsort((rank, day, model))
        last = np.append((model[order][1:] != model[order][:-1]) | (day[order][1:] != day[order][:-1]), True)
        kept = order[last[: len(order)]]
        model, day, value, step = model[kept], day[kept], value[kept], step[kept]
    held = [v.days_30d if quantity == "downloads_30d" else v.days_all for v in vintages]
    observed = np.array(sorted({d for ds in held for d in ds if days is None or d in set(days)}), np.int64)
    census = all(v.population == "census" for v in vintages)
    return Counters(model, day, value, step, observed, census)


def model_names(vintage: Vintage) -> set[str]:
    """Names of all models of a vintage."""
    return set(read_part(vintage, "models", ["name"])["name"].to_pylist())


def joined(tables: Sequence[pa.Table], today: Today) -> tuple[list[Int], int]:
    """Number the models of several vintages.

    A model is its hub's key; a row without one has the key that another vintage gives its name of today, unless a row
    of its own vintage has that key; else it is its name. So no two rows of a table share a number.

    Args:
        tables: the columns `hub_key` and `name` of each vintage's models.
        today: links of renamed models.

    Returns:
        For each table its rows' numbers, int64[rows], and how many models there are. Numbers follow the order of keys,
        so they do not depend on which vintage came first.
    """
    ends = np.cumsum([len(table) for table in tables])[:-1]
    encoded = pa.concat_arrays([_flat(table["hub_key"]) for table in tables]).dictionary_encode()
    keys = np.split(pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int64), ends)
    names, texts = _todays_names(tables, today)
    key_of_name = np.full(len(texts), -1, np.int64)
    for key, name in zip(keys, names, strict=True):
        key_of_name[name[key >= 0]] = key[key >= 0]
    count = len(encoded.dictionary)
    found = []
    for key, name in zip(keys, names, strict=True):
        lent = np.where(key >= 0, -1, key_of_name[name])
        lent[np.isin(lent, key)] = -1
        lender, first = np.unique(lent, return_index=True)
        lent = np.full(len(key), -1, np.int64)
        lent[first] = lender
        found.append(np.where(key >= 0, key, np.where(lent >= 0, lent, count + name)))
    ids = np.concatenate(found)
    there = np.zeros(count + len(texts), bool)
    there[ids] = True
    used = np.flatnonzero(there)
    order = pc.sort_indices(pa.concat_arrays([encoded.dictionary, texts]).take(pa.array(used))).to_numpy()
    rank = np.empty(len(there), np.int64)
    rank[used[order]] = np.arange(len(used))
    return np.split(rank[ids], ends), len(used)


def _todays_names(tables: Sequence[pa.Table], today: Today) -> tuple[list[Int], pa.Array]:
    """For each table its rows' names as places in one list of names, and that list.

    A renamed model has its name of today, where that name is still free in the vintage, and the old one is not held
    by all of them.
    """
    encoded = pa.concat_arrays([_flat(table["name"]) for table in tables]).dictionary_encode()
    codes = encoded.indices.to_numpy().astype(np.int64)
    ends = np.cumsum([len(table) for table in tables])[:-1]
    held = np.zeros(len(encoded.dictionary), np.int64)
    for names in np.split(codes, ends):
        held[np.unique(names)] += 1
    some = np.flatnonzero(held < len(tables))  # what all vintages hold is itself, whatever a link says
    named = zip(some.tolist(), encoded.dictionary.take(pa.array(some)).to_pylist(), strict=True)
    links = {old: now for old, name in named if (now := today(name)) is not None}
    more = pa.concat_arrays([encoded.dictionary, pa.array(links.values(), pa.string())]).dictionary_encode()
    target = np.full(len(more.dictionary), -1, np.int64)
    target[list(links)] = more.indices.to_numpy()[len(encoded.dictionary) :]
    found = np.split(codes, ends)
    for names in found:
        there = np.zeros(len(target), bool)
        there[names] = True
        for row in np.flatnonzero(target[names] >= 0).tolist():
            now = target[names[row]]
            if not there[now]:
                names[row] = now
                there[now] = True
    return found, more.dictionary


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.cast(pa.string()).combine_chunks()

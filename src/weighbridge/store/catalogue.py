"""All models of one or several vintages under one numbering, with their counters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from weighbridge.errors import StoreDamaged
from weighbridge.records.observations import ATTRIBUTES
from weighbridge.records.vintage import Vintage

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


def read_models(
    vintages: Sequence[Vintage], columns: Sequence[str] = ATTRIBUTES, today: Today = lambda name: None
) -> pa.Table:
    """One row a model; of each attribute the latest vintage's value that is given.

    Models are joined by the hub's immutable id where a vintage has it, else by name; a name of a vintage without
    ids stands for the id that another vintage gives it, and an old name for today's, unless the same vintage has both.
    """
    if len(vintages) == 1:
        return _table(vintages[0], "models", columns)
    tables = [_table(v, "models", list(dict.fromkeys([*columns, "hub_key", "name"]))) for v in vintages]
    codes, count = _joined(tables, today)
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
        codes = _joined([_table(v, "models", ["hub_key", "name"]) for v in vintages], today)[0]
    parts = []
    for order_known, (vintage, code) in enumerate(zip(vintages, codes, strict=True)):
        table = _table(vintage, "counters", ["model", "day", quantity, "step"])
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
    return set(_table(vintage, "models", ["name"])["name"].to_pylist())


def _joined(tables: Sequence[pa.Table], today: Today) -> tuple[list[Int], int]:
    """For each table its models' numbers in the common numbering, and how many models there are.

    Numbers follow the order of keys, so they do not depend on which vintage came first.
    """
    names = [_todays(table["name"].to_pylist(), today) for table in tables]
    key_of_name: dict[str, str] = {}
    for table, named in zip(tables, names, strict=True):
        given = zip(named, table["hub_key"].to_pylist(), strict=True)
        key_of_name.update((name, key) for name, key in given if key is not None)
    columns = [
        pa.array(
            [key or key_of_name.get(name, name) for name, key in zip(named, table["hub_key"].to_pylist(), strict=True)],
            pa.string(),
        )
        for table, named in zip(tables, names, strict=True)
    ]
    encoded = pa.concat_arrays(columns).dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    codes = rank[encoded.indices.to_numpy()]
    ends = np.cumsum([len(column) for column in columns])[:-1]
    return np.split(codes, ends), len(order)


def _todays(names: list[str], today: Today) -> list[str]:
    """Names with renamed models under their name of today, where that name is still free in the vintage."""
    there = set(names)
    found = []
    for name in names:
        now = today(name)
        if now is None or now in there:
            found.append(name)
        else:
            found.append(now)
            there.add(now)
    return found


def _table(vintage: Vintage, name: str, columns: Sequence[str]) -> pa.Table:
    try:
        return pq.read_table(vintage.folder / f"{name}.parquet", columns=list(columns), page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise StoreDamaged(
            f"{vintage.folder / name}.parquet cannot be read: {error}",
            "restore the vintage from a backup, or delete its folder and read the source again",
        ) from None

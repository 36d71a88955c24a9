"""Condensed slices kept ready: what a share by country, organisation or family needs, without the models."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.records.cells import Cells, Coded, Entries, Slice, Window
from weighbridge.store.flows import KINDS
from weighbridge.store.ready import Shelf

CUBES = Shelf("cubes", 24)
FORMAT = 2  # raised whenever the columns change, or what a condensed slice holds
PLAIN = ("value", "lo", "hi", "models", "within_age", "unknown_age", "declared", "window")
WHOLE_SLICE = ("hub", "unit", "population", "vintages", "as_of", "simulated", "families", "notes", "sources")


def save(sliced: Slice, folder: Path) -> None:
    """Write a condensed slice into an empty folder."""
    cells, entries = sliced.cells, sliced.cells.entries
    columns: dict[str, Any] = {name: getattr(cells, name) for name in PLAIN}
    columns |= {f"kind:{kind}": cells.by_kind[:, at] for at, kind in enumerate(KINDS)}
    columns |= {f"scope:{name}": mask for name, mask in cells.scopes.items()}
    columns |= {f"fact:{name}": fact for name, fact in cells.facts.items()}
    columns |= {f"label:{name}": _texts(coded) for name, coded in cells.labels.items()}
    _write(columns, folder / "cells.arrow")
    numbers = {name: getattr(entries, name) for name in ("cell", "family", "value", "lo", "hi")}
    _write({**numbers, "holder": _texts(entries.holder), "model": _texts(entries.model)}, folder / "entries.arrow")
    document = {name: getattr(sliced, name) for name in WHOLE_SLICE}
    document |= {"windows": [asdict(window) for window in sliced.windows], "silent": sorted(cells.silent)}
    (folder / "slice.json").write_text(json.dumps(document) + "\n", encoding="utf-8")


def load(folder: Path) -> Slice:
    """Read what `save` wrote.

    Raises:
        OSError, ValueError, LookupError, TypeError, ArrowException: the folder is damaged.
    """
    document = json.loads((folder / "slice.json").read_text(encoding="utf-8"))
    table, rows = _read(folder / "cells.arrow"), _read(folder / "entries.arrow")
    made = Cells(
        **{name: _numbers(table, name) for name in PLAIN},
        by_kind=np.column_stack([_numbers(table, f"kind:{kind}") for kind in KINDS]),
        labels={
            name.removeprefix("label:"): _coded(table, name) for name in table.column_names if name.startswith("label:")
        },
        scopes=_named(table, "scope"),
        facts=_named(table, "fact"),
        silent=frozenset(document["silent"]),
        entries=Entries(
            **{name: _numbers(rows, name) for name in ("cell", "family", "value", "lo", "hi")},
            holder=_coded(rows, "holder"),
            model=_coded(rows, "model"),
        ),
    )
    for place, count in ((made.window, len(document["windows"])), (made.entries.cell, len(made))):
        if len(place) and not 0 <= place.min() <= place.max() < count:
            raise ValueError("a position that is not there")
    whole: dict[str, Any] = {name: document[name] for name in WHOLE_SLICE}
    whole |= {name: tuple(held) for name, held in whole.items() if isinstance(held, list)}
    windows = tuple(Window(**window) for window in document["windows"])
    return Slice(windows=windows, cells=made, whole=False, **whole)


def _write(columns: dict[str, Any], path: Path) -> None:
    table = pa.table({name: c if isinstance(c, pa.Array) else pa.array(c) for name, c in columns.items()})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _read(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all().combine_chunks()


def _texts(coded: Coded) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(coded.codes), coded.names)


def _coded(table: pa.Table, name: str) -> Coded:
    column = table[name].combine_chunks()
    chunk = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    codes = chunk.indices.to_numpy()
    if len(codes) and not 0 <= codes.min() <= codes.max() < len(chunk.dictionary):
        raise ValueError("a text that is not there")
    return Coded(codes, chunk.dictionary)


def _numbers(table: pa.Table, name: str) -> npt.NDArray[Any]:
    return np.asarray(table[name].to_numpy())


def _named(table: pa.Table, kind: str) -> dict[str, npt.NDArray[Any]]:
    found = [name for name in table.column_names if name.startswith(f"{kind}:")]
    return {name.removeprefix(f"{kind}:"): _numbers(table, name) for name in found}

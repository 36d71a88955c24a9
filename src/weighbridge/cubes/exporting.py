"""Write a store's cubes to one small file.

Cells hold the labels of models, summed. Single models are named only where they are among the largest; namespaces
that no register names are summed as one unless they are large. The register of parties is applied when the file
is asked, as it is with a store.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from weighbridge.cubes.cubefile import FORMAT
from weighbridge.cubes.slicing import Slicing
from weighbridge.definitions.named import define
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.errors import DataMissing, UsageError, WeighbridgeError
from weighbridge.records.cells import LABELS, SMALL, UNNAMED, Coded, Entries, Slice
from weighbridge.records.clock import day_text, moment_text
from weighbridge.records.question import Question
from weighbridge.register import parties
from weighbridge.register.parties import ROOT_MARK
from weighbridge.store.flows import KINDS
from weighbridge.store.home import Store
from weighbridge.store.parts import read_document

Ints = npt.NDArray[np.int64]

AGE_LIMITS = (365, 730)  # days; other limits need single models
NAMED_MODELS = 200
NAMED_HOLDERS = 300
MATERIAL = 0.02  # models above this part of a window are named too, since a cleaning rule looks at them
GRAINS = ("", "week", "month", "quarter", "year")


@dataclass(frozen=True)
class _Part:
    """The newest window of a hub, or all its periods of one grain, under one attribution."""

    hub: str
    grain: str
    attribution: str
    document: dict[str, Any]
    tables: dict[str, pa.Table]

    @property
    def name(self) -> str:
        return f"{self.hub}-{self.grain or 'newest'}-{self.attribution}"


def export_cube(
    store: Store,
    path: Path,
    command: str,
    origin: str = "",
    grains: Sequence[str] = GRAINS,
    progress: Callable[[str], None] = lambda part: None,
) -> dict[str, Any]:
    """Write the cubes of a store's hubs to one file.

    Args:
        store: a store with at least one census.
        path: the file to write; replaced as a whole.
        command: how it was made, kept in the file.
        grains: which series are written beside the newest window (the empty text).
        origin: where the data came from and under which licence, in words, kept in the file.
        progress: told the name of each part.

    Returns:
        the file's `cube.json`.

    Raises:
        DataMissing: the store holds nothing that a cube could be made of.
    """
    _check_target(store, path)
    vintages = [v for v in store.vintages() if v.counters and v.population == "census"]
    if not vintages:
        raise DataMissing("the store holds no census", "read one first: weighbridge ingest SOURCE PATH")
    parts = []
    for hub in sorted({v.hub for v in vintages}):
        for grain in grains:
            for attribution in ("uploader", "base"):
                progress(f"{hub} {grain or 'newest'} {attribution}")
                parts += _parts(store, hub, grain, attribution)
    used = sorted({name for part in parts for name in part.document["vintages"]})
    document = {
        "format": FORMAT,
        "made": moment_text(datetime.now(UTC).replace(microsecond=0)),
        "command": command,
        "origin": origin,
        "method": "downloads summed over models that share all labels; see docs/design/cubes.md",
        "vintages": [_origin(store, name) for name in used],
        "parts": [part.document for part in parts],
    }
    draft = path.with_name(path.name + ".new")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("cube.json", json.dumps(document, indent=1) + "\n")
            for part in parts:
                for name, table in part.tables.items():
                    sink = io.BytesIO()
                    pq.write_table(_slim(table), sink, compression="zstd", compression_level=19, write_statistics=False)
                    archive.writestr(f"{part.name}-{name}.parquet", sink.getvalue())
        draft.replace(path.resolve())
    finally:
        draft.unlink(missing_ok=True)
    return document


def _check_target(store: Store, path: Path) -> None:
    """Refuse to replace what is no ordinary file, or a part of the store."""
    if not path.name or path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"{path} names no file in a folder that exists", "name a file, e.g. article.cube")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is not an ordinary file", "name another")
    if path.resolve().is_relative_to(store.path.resolve()):
        raise UsageError(f"{path} lies in the store", "name a file outside of it")


def _parts(store: Store, hub: str, grain: str, attribution: str) -> list[_Part]:
    """The part of a hub and grain, or none where the hub's counters cannot answer it."""
    question = Question(define("raw", hub, attribution=attribution), hub=hub, over=grain or None)
    try:
        slicing = Slicing(store, question)
        sliced = slicing.under(question.definition, scopes(), rules())
    except WeighbridgeError:
        if grain:
            return []
        raise
    if grain and len(sliced.windows) < 2 and sliced.windows[0].kind == "windowed":  # no more than the newest window
        return []
    ages = {}
    if not grain and sliced.windows[0].kind == "windowed":
        for limit in AGE_LIMITS:
            aged = slicing.under(replace(question.definition, max_age_days=limit), ("everything",), rules()).cells
            ages[limit] = (aged.within_age, aged.unknown_age)
    cells, entries, bits = _tables(sliced, ages)
    document = {
        "hub": hub,
        "grain": grain,
        "attribution": attribution,
        "unit": sliced.unit,
        "population": sliced.population,
        "simulated": sliced.simulated,
        "vintages": list(sliced.vintages),
        "windows": [vars(window) for window in sliced.windows],
        "ages": sorted(ages),
        "bits": bits,
        "scopes": list(scopes()),
        "rules": list(rules()),
        "silent": sorted(sliced.cells.silent),
        "observed": _last_observed(store, sliced.vintages),
        "notes": list(sliced.notes),
    }
    return [_Part(hub, grain, attribution, document, {"cells": cells, "entries": entries})]


def _tables(sliced: Slice, ages: dict[int, tuple[Any, Any]]) -> tuple[pa.Table, pa.Table, list[str]]:
    """Cells and entries summed over models that share all labels, and the names of the bits."""
    cells = sliced.cells
    some = np.flatnonzero(cells.hi > 0)
    flags = {"declared": cells.declared, **{f"scope:{name}": mask for name, mask in cells.scopes.items()}}
    flags |= {f"age:{limit}": within for limit, (within, _) in ages.items()}
    flags |= {f"unknown_age:{limit}": unknown for limit, (_, unknown) in ages.items()}
    flags |= {f"rule:{name}": fact for name, fact in cells.facts.items() if fact.dtype == bool}
    bits = sum(
        (mask.astype(np.int64) << place for place, mask in enumerate(flags.values())),
        np.zeros(len(cells), np.int64),
    )
    named = _named_models(sliced)
    single = named[cells.labels["model"].codes]
    entries = cells.entries
    members = _members(sliced, named)
    signature = _signatures(entries, members, len(cells))
    columns: dict[str, Any] = {"window": cells.window[some], "signature": signature[some], "bits": bits[some]}
    columns["model"] = pc.if_else(pa.array(single[some]), _texts(cells.labels["model"], some), pa.scalar(UNNAMED))
    for label in LABELS[1:]:
        columns[label] = _texts(cells.labels[label], some)
    for name, fact in cells.facts.items():
        if fact.dtype != bool:
            columns[f"fact:{name}"] = np.where(single[some], np.round(fact[some], 3), np.nan)
    keys = list(columns)
    sums = {"value": cells.value, "lo": cells.lo, "hi": cells.hi, "models": cells.models}
    sums |= {f"kind_{kind}": cells.by_kind[:, place] for place, kind in enumerate(KINDS)}
    table = pa.table(columns | {name: column[some] for name, column in sums.items()})
    for name in [key for key in keys if key.startswith("fact:")]:
        table = table.set_column(table.column_names.index(name), name, pc.fill_null(table[name], np.nan))
    grouped = table.group_by(keys, use_threads=False).aggregate([(name, "sum") for name in sums])
    grouped = grouped.rename_columns([name.removesuffix("_sum") for name in grouped.column_names])
    grouped = grouped.sort_by([(key, "ascending") for key in keys])
    grouped = grouped.append_column("cell", pa.array(np.arange(len(grouped))))
    of_cell = np.full(len(cells), -1, np.int64)
    joined = pa.table(columns).append_column("row", pa.array(some)).join(grouped.select([*keys, "cell"]), keys)
    of_cell[joined["row"].to_numpy()] = joined["cell"].to_numpy()
    return _without(grouped, ("signature", "cell")), _summed_entries(entries, members, of_cell), list(flags)


def _members(sliced: Slice, named: npt.NDArray[np.bool_]) -> dict[str, pa.Array]:
    """Labels of each entry as the file writes them: small holders and unnamed models are summed."""
    entries = sliced.cells.entries
    weight = np.bincount(entries.holder.codes, weights=entries.value, minlength=len(entries.holder.names))
    kept = parties.house().slots(sliced.hub, entries.holder.names) > 0
    kept[np.argsort(-weight, kind="stable")[:NAMED_HOLDERS]] = True
    names = pc.if_else(pa.array(kept), entries.holder.names, pa.scalar(SMALL))
    credited = pc.replace_substring_regex(entries.model.names, f"{ROOT_MARK}.*$", "")
    known = pc.is_in(credited, _named_texts(sliced, named))
    models = pc.if_else(known, entries.model.names, pa.scalar(UNNAMED))
    families = pa.array(sliced.families)
    return {
        "holder": names.take(pa.array(entries.holder.codes)),
        "model": models.take(pa.array(entries.model.codes)),
        "family": families.take(pa.array(entries.family)),
    }


def _signatures(entries: Entries, members: dict[str, pa.Array], cells: int) -> Ints:
    """A number for each set of holders, families and models that a cell's weight goes to."""
    joined = pc.binary_join_element_wise(*members.values(), "\x1f").dictionary_encode()
    code = joined.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    positive = np.flatnonzero(entries.hi > 0)
    signature = np.full(cells, -1, np.int64)
    count = np.bincount(entries.cell[positive], minlength=cells)
    alone = positive[count[entries.cell[positive]] == 1]
    signature[entries.cell[alone]] = code[alone]
    mixed: dict[int, list[int]] = {}
    for row in positive[count[entries.cell[positive]] > 1].tolist():
        mixed.setdefault(int(entries.cell[row]), []).append(int(code[row]))
    numbers: dict[tuple[int, ...], int] = {}
    for cell, codes in mixed.items():
        key = tuple(sorted(set(codes)))
        signature[cell] = key[0] if len(key) == 1 else len(joined.dictionary) + numbers.setdefault(key, len(numbers))
    return signature


def _summed_entries(entries: Entries, members: dict[str, pa.Array], of_cell: Ints) -> pa.Table:
    keep = np.flatnonzero((entries.hi > 0) & (of_cell[entries.cell] >= 0))
    table = pa.table(
        {
            "cell": of_cell[entries.cell[keep]],
            **{name: column.take(pa.array(keep)) for name, column in members.items()},
            "value": entries.value[keep],
            "lo": entries.lo[keep],
            "hi": entries.hi[keep],
        }
    )
    keys = ["cell", *members]
    summed = table.group_by(keys, use_threads=False).aggregate([(name, "sum") for name in ("value", "lo", "hi")])
    summed = summed.rename_columns([name.removesuffix("_sum") for name in summed.column_names])
    return summed.sort_by([(key, "ascending") for key in keys])


def _named_models(sliced: Slice) -> npt.NDArray[np.bool_]:
    """Which models of the catalogue the file names: the largest, and those that a cleaning rule may look at."""
    cells = sliced.cells
    codes = cells.labels["model"].codes
    weight = np.bincount(codes, weights=cells.value, minlength=len(cells.labels["model"].names))
    named = np.zeros(len(weight), bool)
    named[np.argsort(-weight, kind="stable")[:NAMED_MODELS]] = True
    for window in range(len(sliced.windows)):
        here = cells.window == window
        named[codes[here & (cells.value > MATERIAL * cells.value[here].sum())]] = True
    return named & (weight > 0)


def _named_texts(sliced: Slice, named: npt.NDArray[np.bool_]) -> pa.Array:
    return sliced.cells.labels["model"].names.take(pa.array(np.flatnonzero(named)))


def _texts(coded: Coded, rows: Ints) -> pa.Array:
    return coded.names.take(pa.array(coded.codes[rows]))


def _slim(table: pa.Table) -> pa.Table:
    """Without columns that say nothing: limits equal to the value, and kinds of flow that do not occur."""
    said = {name: table[name] for name in table.column_names}
    for name in ("lo", "hi"):
        if name in said and said[name].equals(said["value"]):
            del said[name]
    for name in [f"kind_{kind}" for kind in KINDS]:
        if name in said and not pc.any(pc.not_equal(said[name], 0)).as_py():
            del said[name]
    return pa.table(said)


def _last_observed(store: Store, vintages: tuple[str, ...]) -> str:
    """The last day on which the hub was observed."""
    held = [store.vintage(name) for name in vintages]
    return day_text(max(day for v in held for day in (*v.days_30d, *v.days_all)))


def _without(table: pa.Table, columns: tuple[str, ...]) -> pa.Table:
    return table.drop_columns([name for name in columns if name in table.column_names])


def _origin(store: Store, name: str) -> dict[str, Any]:
    vintage = store.vintage(name)
    document = read_document(vintage)
    ours = document["weighbridge"]
    return {
        "id": vintage.id,
        "source": vintage.source,
        "title": vintage.title,
        "producer": ours["producer"],
        "licence": document["licenses"][0]["title"],
        "known": moment_text(vintage.known),
        "sha256": vintage.sha256,
        "models": vintage.models,
        "counters": vintage.counters,
    }

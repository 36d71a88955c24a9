"""What the Hub's API says of a model, as checked observations: one mapping for listings in files and live ones."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.errors import SourceFailed
from weighbridge.records.observations import MOMENT, Batch, Reject, observations
from weighbridge.records.shown import plain
from weighbridge.sources.checks import CHECKS, UNREADABLE, checked, identified
from weighbridge.sources.tabular import Piece, json_column

COLUMNS = {  # our column: (check, names under which a listing may have it)
    "hub_key": ("words", ("_id",)),
    "name": ("names", ("id", "modelId", "model_id", "model")),
    "observed": ("moments", ("observed_at", "observed_on", "snapshot_at", "date")),
    "created": ("moments", ("created_at", "createdAt")),
    "downloads_30d": ("counts", ("downloads", "downloads_30d")),
    "downloads_all": ("counts", ("downloads_all_time", "downloadsAllTime")),
    "likes": ("counts", ("likes",)),
    "task": ("words", ("pipeline_tag",)),
    "library": ("words", ("library_name", "library")),
    "licence": ("words", ("license",)),
    "base_models": ("lists", ("base_model",)),
    "relation": ("words", ("base_model_relation",)),
    "tags": ("lists", ("tags",)),
    "datasets": ("lists", ("datasets",)),
    "safetensors": ("counts", ("safetensors",)),
    "gguf": ("counts", ("gguf",)),
    "listed": ("counts", ("parameters",)),
    "card": ("words", ("cardData", "card_data")),
    "gated": ("flags", ("gated",)),
    "removed": ("flags", ("removed",)),
    "modified": ("moments", ("last_modified", "lastModified", "updated_at")),
}
WANTED = {ours: names for ours, (_, names) in COLUMNS.items()}
LISTS = tuple(ours for ours, (check, _) in COLUMNS.items() if check == "lists")
NEEDED = (("name",), ("downloads_30d", "downloads_all"))
ESSENTIAL = ("name", "observed", "downloads_30d", "downloads_all")
SIZES = ("safetensors", "gguf", "listed")
"""Where a count of parameters comes from, the surest first: headers of the weights, then what a listing says."""
CARD = {"license": "licence", "base_model": "base_models", "base_model_relation": "relation", "datasets": "datasets"}
"""What is read of a model's card, and the column of ours that it fills where the row itself says nothing."""
RELATIONS = ("finetune", "adapter", "quantized", "merge")
BASE_TAG = re.compile(r"^base_model:(?:(finetune|adapter|quantized|merge):)?(.+)$")
ALL_AT_ONCE = 100
"""Values of one piece from which on a column that is wrong throughout is reported once."""

Mask = npt.NDArray[np.bool_]
Columns = dict[str, pa.Array]


def batch_of(piece: Piece, at: datetime | None) -> Batch:
    """Rows whose name, time and counters are valid; a bad value elsewhere becomes null and is reported.

    Args:
        piece: columns by the names of `COLUMNS`, as they came.
        at: observation time of rows that have none.
    """
    count, numbers = len(piece.numbers), piece.numbers.to_numpy()
    good = np.ones(count, bool)
    rejects, doubts = list(piece.rejects), list[Reject]()
    columns: Columns = {"row": piece.numbers}
    for ours, check, raw in _raw(piece):
        essential = ours in ESSENTIAL
        try:
            values, bad = checked(check, raw, ours)
        except SourceFailed:
            if essential:
                raise
            doubts.append(
                Reject(int(numbers[0]) if count else 0, ours, f"a column of type {raw.type} is not usable here")
            )
            continue
        columns[ours] = values
        if essential:
            rejects += _wrong(ours, raw, numbers, bad & good)
            good &= ~bad
        else:
            doubts += _wrong(ours, raw, numbers, bad, gather=True)
    if at is not None and "observed" not in columns:
        columns["observed"] = pa.array([at] * count, MOMENT)
    missing = ~_mask(columns["observed"].is_valid()) & good
    rejects += [Reject(int(numbers[i]), "observed", "the row has no observation time") for i in np.flatnonzero(missing)]
    good &= ~missing
    doubts += _without_late_creation(columns, numbers)
    _fill_from_card(columns)
    if "tags" in columns:
        _read_tags(columns)
    doubts += _only_relations(columns, numbers)
    _count_parameters(columns, count)
    return Batch(observations(columns, count).filter(pa.array(good)), identified(rejects, columns), doubts)


def piece_of(rows: Sequence[Any], numbers: Sequence[int]) -> Piece:
    """Rows of the API, or of JSON in its shape, as columns; what is no object is a reject.

    Args:
        rows: parsed JSON; an object's keys are the names in `COLUMNS`.
        numbers: the rows' positions in what was read, from 1.
    """
    objects = [(number, row) for number, row in zip(numbers, rows, strict=True) if isinstance(row, dict)]
    rejects = [
        Reject(number, "", "not a JSON object")
        for number, row in zip(numbers, rows, strict=True)
        if not isinstance(row, dict)
    ]
    there = {name for _, row in objects for name in row}
    arrays: Columns = {}
    for ours, names in WANTED.items():
        theirs = next((name for name in names if name in there), None)
        if theirs is not None or (ours in ESSENTIAL and ours != "observed"):
            arrays[ours] = json_column([row.get(theirs) for _, row in objects], ours in LISTS)
    return Piece(arrays, pa.array([number for number, _ in objects], pa.int64()), rejects)


def _raw(piece: Piece) -> list[tuple[str, str, pa.Array]]:
    """Our name, check and values of every column, those of the card by their own names."""
    found = []
    for ours, raw in piece.columns.items():
        if ours == "card":
            found += [(f"card.{name}", COLUMNS[CARD[name]][0], values) for name, values in _of_card(raw).items()]
        else:
            found.append((ours, COLUMNS[ours][0], _totals(raw) if ours in SIZES else raw))
    return found


def _wrong(ours: str, raw: pa.Array, numbers: npt.NDArray[Any], bad: Mask, gather: bool = False) -> list[Reject]:
    """A reject for every wrong value; where `gather` and no value of many is right, one for all of them."""
    at = np.flatnonzero(bad)
    if gather and len(at) > ALL_AT_ONCE and len(at) >= len(raw) - raw.null_count:
        reason = f"none of the {len(at):,} values from here on is valid, as {_shown(raw[at[0]])}"
        return [Reject(int(numbers[at[0]]), ours, reason)]
    return [Reject(int(numbers[index]), ours, f"{_shown(raw[index])} is not valid here") for index in at]


def _totals(column: pa.Array) -> pa.Array:
    """The `total` of objects such as the API's `safetensors`, which a file may hold as structs or as JSON text."""
    if pa.types.is_struct(column.type):
        there = {field.name for field in column.type}
        return pc.struct_field(column, "total") if "total" in there else pa.nulls(len(column), pa.int64())
    if not _is_text(column.type) or not pc.any(pc.starts_with(column, "{")).as_py():
        return column
    values = [_object(text) if text and text.startswith("{") else text for text in column.to_pylist()]
    return json_column(values, False)


def _of_card(column: pa.Array) -> Columns:
    """What is read of the cards, from structs or from JSON text, as raw columns by the card's names."""
    if pa.types.is_struct(column.type):
        there = {field.name for field in column.type}
        return {name: pc.struct_field(column, name) for name in CARD if name in there}
    if not _is_text(column.type):
        return {}
    cards = [_object(text) if text else None for text in column.to_pylist()]
    columns: Columns = {}
    for name, ours in CARD.items():
        values = [card.get(name) if isinstance(card, dict) else None for card in cards]
        columns[name] = json_column(values, ours in LISTS)
    return columns


def _fill_from_card(columns: Columns) -> None:
    """Let a card say what the row itself does not."""
    for name, ours in CARD.items():
        given = columns.pop(f"card.{name}", None)
        if given is None:
            continue
        held = columns.get(ours)
        if held is not None and ours in LISTS:
            empty = pc.equal(pc.list_value_length(held), 0)
            held = pc.if_else(pc.fill_null(empty, True), pa.scalar(None, held.type), held)
        columns[ours] = given if held is None else pc.coalesce(held, given)


def _without_late_creation(columns: Columns, numbers: npt.NDArray[Any]) -> list[Reject]:
    if "created" not in columns:
        return []
    late = pc.greater(columns["created"], pc.add(columns["observed"], pa.scalar(86_400, pa.duration("s"))))
    odd = pc.fill_null(late, False)
    columns["created"] = pc.if_else(odd, pa.scalar(None, MOMENT), columns["created"])
    return [Reject(int(numbers[i]), "created", "is later than the observation") for i in np.flatnonzero(_mask(odd))]


def _read_tags(columns: Columns) -> None:
    """Fill base models, relation and licence from tags such as `base_model:quantized:org/name`, `license:mit`."""
    tags = columns["tags"]
    parents = pc.list_parent_indices(tags).to_numpy()
    flat = pc.list_flatten(tags)
    count = len(tags)
    bases: list[list[str] | None] = columns["base_models"].to_pylist() if "base_models" in columns else [None] * count
    relations: list[str | None] = [None] * count
    declared = [bool(base) for base in bases]
    for at in np.flatnonzero(_mask(pc.fill_null(pc.starts_with(flat, "base_model:"), False))):
        match = BASE_TAG.match(flat[int(at)].as_py())
        if match is None:
            continue
        row = int(parents[at])
        if match[1]:
            relations[row] = match[1]
        if not declared[row]:
            known = bases[row] or []
            bases[row] = known if match[2] in known else [*known, match[2]]
    columns["base_models"] = pa.array(bases, pa.list_(pa.string()))
    tagged = pa.array(relations, pa.string())
    columns["relation"] = pc.coalesce(tagged, columns["relation"]) if "relation" in columns else tagged
    licences = _mask(pc.fill_null(pc.starts_with(flat, "license:"), False))
    named = columns["licence"].to_pylist() if "licence" in columns else [None] * count
    for at in np.flatnonzero(licences):
        row = int(parents[at])
        named[row] = named[row] or flat[int(at)].as_py().removeprefix("license:")
    columns["licence"], _ = CHECKS["words"](pa.array(named, pa.string()))


def _only_relations(columns: Columns, numbers: npt.NDArray[Any]) -> list[Reject]:
    if "relation" not in columns:
        return []
    given = columns["relation"]
    known = pc.is_in(given, pa.array(RELATIONS))
    columns["relation"] = pc.if_else(known, given, pa.scalar(None, pa.string()))
    return _wrong("relation", given, numbers, _mask(given.is_valid()) & ~_mask(known), gather=True)


def _count_parameters(columns: Columns, count: int) -> None:
    """One count a model and where it comes from; a count of 0 is none."""
    total, source = pa.nulls(count, pa.int64()), pa.nulls(count, pa.string())
    for name in SIZES:
        if name in columns:
            given = columns.pop(name)
            given = pc.if_else(pc.greater(given, 0), given, pa.scalar(None, pa.int64()))
            named = pc.if_else(given.is_valid(), pa.scalar(name), pa.scalar(None, pa.string()))
            total, source = pc.coalesce(total, given), pc.coalesce(source, named)
    columns["parameters"], columns["parameters_from"] = total, source


def _object(text: str) -> Any:
    """The value of JSON text; the text itself where it is none, which no check takes for a value."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _mask(column: Any) -> Mask:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)


def _shown(value: pa.Scalar) -> str:
    try:
        text = plain(str(value.as_py()))
    except UNREADABLE:
        return f"a value of type {value.type}"
    return repr(text if len(text) <= 80 else text[:77] + "...")

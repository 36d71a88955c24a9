"""A listing of the Hugging Face Hub in a file: a census, or a chosen set observed once or many times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.errors import SourceFailed, UsageError
from weighbridge.records.observations import MOMENT, Batch, Reject, observations
from weighbridge.records.shown import plain
from weighbridge.records.source import Descriptor
from weighbridge.sources.checks import CHECKS, UNREADABLE, checked, identified
from weighbridge.sources.tabular import Piece, read_table

COLUMNS = {  # our column: (check, names under which a file may have it)
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
    "tags": ("lists", ("tags",)),
    "datasets": ("lists", ("datasets",)),
    "parameters": ("counts", ("parameters", "safetensors", "gguf")),
    "gated": ("flags", ("gated",)),
    "removed": ("flags", ("removed",)),
    "modified": ("moments", ("last_modified", "lastModified", "updated_at")),
}
ESSENTIAL = ("name", "observed", "downloads_30d", "downloads_all")
BASE_TAG = re.compile(r"^base_model:(?:(finetune|adapter|quantized|merge):)?(.+)$")


class HubDump:
    """Reader of Parquet, CSV, JSON and JSON Lines with the Hub API's names or their usual variants."""

    id = "hub-dump"
    descriptor = Descriptor(
        id="hub-dump",
        title="A listing of Hugging Face Hub models in a file",
        producer="whoever listed the Hub; the counters are the Hub's",
        licence="that of the file; name it where you publish",
        terms="The counters are facts from the Hub's public API. Read the file's own licence before passing it on.",
        population="census",
        gives="names, 30-day and cumulative download counters, likes, creation dates, tasks, libraries, "
        "licences, declared base models",
        hub="huggingface",
        unit="downloads",
    )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`."""
        wanted = {ours: names for ours, (_, names) in COLUMNS.items()}
        lists = [ours for ours, (check, _) in COLUMNS.items() if check == "lists"]
        for piece in read_table(path, wanted, (("name",), ("downloads_30d", "downloads_all")), lists):
            if at is None and "observed" not in piece.columns:
                raise UsageError(
                    f"{path} does not say when the counters were observed",
                    "give the day with --at, e.g. --at 2024-07-11",
                )
            yield _checked(piece, at)


def _checked(piece: Piece, at: datetime | None) -> Batch:
    """Rows whose name, time and counters are valid; a bad value elsewhere becomes null and is reported."""
    count = len(piece.numbers)
    numbers = piece.numbers.to_numpy()
    good = np.ones(count, bool)
    rejects = list(piece.rejects)
    doubts: list[Reject] = []
    columns: dict[str, pa.Array] = {"row": piece.numbers}
    for ours, raw in piece.columns.items():
        try:
            values, bad = checked(COLUMNS[ours][0], raw, ours)
        except SourceFailed:
            if ours in ESSENTIAL:
                raise
            doubts.append(Reject(int(numbers[0]), ours, f"a column of type {raw.type} is not usable here"))
            continue
        columns[ours] = values
        target = rejects if ours in ESSENTIAL else doubts
        for index in np.flatnonzero(bad & good) if ours in ESSENTIAL else np.flatnonzero(bad):
            target.append(Reject(int(numbers[index]), ours, f"{_shown(raw[index])} is not valid here"))
        if ours in ESSENTIAL:
            good &= ~bad
    if at is not None and "observed" not in columns:
        columns["observed"] = pa.array([at] * count, MOMENT)
    missing = ~columns["observed"].is_valid().to_numpy(zero_copy_only=False) & good
    rejects += [Reject(int(numbers[i]), "observed", "the row has no observation time") for i in np.flatnonzero(missing)]
    good &= ~missing
    if "created" in columns:
        late = pc.greater(columns["created"], pc.add(columns["observed"], pa.scalar(86_400, pa.duration("s"))))
        odd = pc.fill_null(late, False)
        columns["created"] = pc.if_else(odd, pa.scalar(None, MOMENT), columns["created"])
        odd_rows = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
        doubts += [Reject(int(numbers[i]), "created", "is later than the observation") for i in odd_rows]
    if "tags" in columns:
        _read_tags(columns)
    return Batch(observations(columns, count).filter(pa.array(good)), identified(rejects, columns), doubts)


def _read_tags(columns: dict[str, pa.Array]) -> None:
    """Fill base models, relation and licence from tags such as `base_model:quantized:org/name`, `license:mit`."""
    tags = columns["tags"]
    parents = pc.list_parent_indices(tags).to_numpy()
    flat = pc.list_flatten(tags)
    count = len(tags)
    bases: list[list[str] | None] = columns["base_models"].to_pylist() if "base_models" in columns else [None] * count
    relations: list[str | None] = [None] * count
    declared = [bool(base) for base in bases]
    for at in np.flatnonzero(pc.fill_null(pc.starts_with(flat, "base_model:"), False).to_numpy(zero_copy_only=False)):
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
    columns["relation"] = pa.array(relations, pa.string())
    licences = pc.fill_null(pc.starts_with(flat, "license:"), False).to_numpy(zero_copy_only=False)
    named = columns["licence"].to_pylist() if "licence" in columns else [None] * count
    for at in np.flatnonzero(licences):
        row = int(parents[at])
        named[row] = named[row] or flat[int(at)].as_py().removeprefix("license:")
    columns["licence"], _ = CHECKS["words"](pa.array(named, pa.string()))


def _shown(value: pa.Scalar) -> str:
    try:
        text = plain(str(value.as_py()))
    except UNREADABLE:
        return f"a value of type {value.type}"
    return repr(text if len(text) <= 80 else text[:77] + "...")


SOURCE = HubDump()

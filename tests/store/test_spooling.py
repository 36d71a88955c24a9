"""A listing too long for memory gives the vintage that a short one would give."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import making
from weighbridge.records.observations import ATTRIBUTES, DUPLICATE, OBSERVATIONS, Batch, observations
from weighbridge.sources import source
from weighbridge.store import spooling, writing
from weighbridge.store.home import Store
from weighbridge.store.splitting import MODELS, Rows, Split, split
from weighbridge.store.spooling import Spool, in_order, picked

BEGUN = datetime(2024, 1, 1, tzinfo=UTC)
TEXT = pa.schema([("number", pa.int64()), ("text", pa.list_(pa.string()))])
Row = dict[str, Any]

few = st.integers(0, 5)
maybe = partial(st.one_of, st.none())
rows = st.fixed_dictionaries(
    {
        "hub_key": maybe(st.sampled_from(["k0", "k1", "k2"])),
        "name": st.sampled_from(["a/a", "a/b", "b/a", "é/x", "z"]),
        "observed": st.integers(0, 6).map(lambda n: BEGUN + timedelta(hours=10 * n)),
        "downloads_30d": maybe(few),
        "downloads_all": maybe(few),
        "step": maybe(few),
        "likes": maybe(few),
        "task": maybe(st.sampled_from(["x", ""])),
        "tags": maybe(st.lists(st.sampled_from(["gguf", "ü", "long " * 20]), max_size=3)),
        "removed": maybe(st.booleans()),
    }
)


def batches(listed: Sequence[Row], lengths: Sequence[int]) -> Iterator[pa.Table]:
    """Rows in pieces of some lengths, one after the other; empty pieces among them."""
    cuts = [0, *itertools.accumulate(lengths), max(len(listed), sum(lengths))]
    for begin, end in itertools.pairwise(cuts):
        piece = listed[begin:end]
        yield observations({name: [row[name] for row in piece] for name in listed[0]}, len(piece))


def numbered(listed: Sequence[Row], backwards: bool = False) -> list[Row]:
    """Rows with numbers from 1, or down to it."""
    numbers = range(len(listed), 0, -1) if backwards else range(1, len(listed) + 1)
    return [{"row": number, **row} for number, row in zip(numbers, listed, strict=True)]


def took(listed: Sequence[Row], lengths: Sequence[int], in_memory: int, group: int) -> tuple[Split, pa.Table]:
    """What a listing is split into, and its models."""
    with TemporaryDirectory() as folder, mock.patch.object(spooling, "GROUP_ROWS", group):
        held = Rows(Path(folder), in_memory)
        for piece in batches(listed, lengths):
            held.add(piece)
        found = split(held)
        groups = list(found.models())
        assert all(0 < len(table) <= group for table in groups)
        assert list(Path(folder).iterdir()) == []
        return found, pa.concat_tables(groups)


def told(listed: Sequence[Row]) -> tuple[list[Row], list[Row], list[int], int, int]:
    """The models, counters, duplicates, null counters and removals of a listing, row by row."""
    by_key: dict[str, list[Row]] = {}
    for row in listed:
        by_key.setdefault(row["hub_key"] or row["name"], []).append(row)
    models, last_of_day, duplicates = [], [], []
    for key, seen in by_key.items():
        seen.sort(key=lambda row: (row["observed"], row["row"]))
        duplicates += [a["row"] for a, b in itertools.pairwise(seen) if a["observed"] == b["observed"]]
        told_by = ([row for row in seen if not row["removed"]] or seen)[-1]
        models.append(
            {"key": key} | {name: told_by.get(name) for name in ATTRIBUTES} | {"removed": seen[-1]["removed"]}
        )
        last_of_day += {row["observed"].date(): {"key": key, **row} for row in seen}.values()
    models.sort(key=lambda model: (model["name"].encode(), model["hub_key"] is None, model["hub_key"] or ""))
    number_of = {model.pop("key"): number for number, model in enumerate(models)}
    given = [row["downloads_30d"] is not None or row["downloads_all"] is not None for row in last_of_day]
    gone = [bool(row["removed"]) for row in last_of_day]
    counters = [
        {"model": number_of[row["key"]], "day": (row["observed"] - datetime(1970, 1, 1, tzinfo=UTC)).days}
        | {name: row[name] for name in ("observed", "downloads_30d", "downloads_all", "step", "likes")}
        for row, is_given, is_gone in zip(last_of_day, given, gone, strict=True)
        if is_given and not is_gone
    ]
    counters.sort(key=lambda row: (row["day"], row["model"]))
    nulls = sum(not (a or b) for a, b in zip(given, gone, strict=True))
    return models, counters, sorted(duplicates), nulls, sum(gone)


@given(
    st.lists(rows, min_size=1, max_size=25),
    st.lists(st.integers(0, 6), max_size=6),
    st.sampled_from([0, 300, 10**9]),
    st.integers(1, 7),
    st.booleans(),
)
def test_models_and_counters_are_what_the_rows_tell_wherever_these_are_kept(
    listed, lengths, in_memory, group, backwards
):
    listed = numbered(listed, backwards)
    found, models = took(listed, lengths, in_memory, group)
    expected, counters, duplicates, nulls, gone = told(listed)
    assert models.schema.names == list(ATTRIBUTES)
    assert models.to_pylist() == expected
    assert found.counters.to_pylist() == counters
    assert (found.empty, found.gone) == (nulls, gone)
    assert sorted(reject.row for reject in found.duplicates) == duplicates
    for reject in found.duplicates:
        row = listed[-reject.row if backwards else reject.row - 1]
        count = row["downloads_all"] if row["downloads_30d"] is None else row["downloads_30d"]
        assert (reject.name, reject.downloads, reject.reason.startswith(DUPLICATE)) == (row["name"], count, True)


class Listing:
    """A source that yields given rows."""

    def __init__(self, listed: Sequence[Row], lengths: Sequence[int]) -> None:
        self.descriptor = source("hub-dump").descriptor
        self.listed, self.lengths = listed, lengths

    def read(self, path: Path, at: object) -> Iterator[Batch]:
        yield from (Batch(piece) for piece in batches(self.listed, self.lengths))


def test_a_reading_that_was_kept_in_files_is_the_very_same_vintage(tmp_path, monkeypatch):
    draw = np.random.default_rng(5)
    listed = [
        {"name": f"o{draw.integers(9)}/m{draw.integers(300)}",
         "observed": BEGUN + timedelta(days=int(draw.integers(4))),
         "downloads_30d": int(draw.integers(1000)), "tags": [f"t{n}" for n in range(draw.integers(4))],
         "removed": bool(draw.random() < 0.1)}
        for _ in range(3000)
    ]  # fmt: skip
    listed = numbered(listed)
    path = making.csv_file(tmp_path / "one.csv", [{"id": "a/b"}])
    written = []
    for in_memory, lengths in ((10**9, [3000]), (1000, [70] * 40)):
        monkeypatch.setattr(writing, "Rows", partial(Rows, in_memory=in_memory))
        store = Store(tmp_path / f"store{in_memory}")
        vintage = writing.ingest(store, Listing(listed, lengths), path, at=None, known=BEGUN + timedelta(9)).vintage
        files = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in vintage.folder.iterdir()}
        written.append((vintage.id, files))
    assert written[0] == written[1]
    assert set(files) == {"models.parquet", "counters.parquet", "rejects.parquet", "datapackage.json"}


def spool_of(path: Path, lengths: Sequence[int], in_memory: int) -> Spool:
    """Rows 0, 1, 2 ... with a text of some length each, two a batch."""
    spool = Spool(path, TEXT, in_memory)
    for first in range(0, len(lengths), 2):
        numbers = list(range(first, min(first + 2, len(lengths))))
        texts = [[f"{n}:" + "x" * lengths[n]] for n in numbers]
        spool.add(pa.record_batch({"number": numbers, "text": texts}, schema=TEXT))
    return spool


def test_few_rows_need_no_file_and_many_are_given_back_in_order(tmp_path):
    small, large = (spool_of(tmp_path / f"{most}.arrow", [10] * 9, most) for most in (10**6, 100))
    assert (small.in_file, large.in_file) == (False, True)
    assert [file.name for file in tmp_path.iterdir()] == ["100.arrow"]
    for spool in (small, large):
        assert [n for batch in spool.batches(["number"]) for n in batch["number"].to_pylist()] == list(range(9))
        assert list(spool.batches())[4].to_pylist() == [{"number": 8, "text": ["8:" + "x" * 10]}]
        assert picked(spool, np.array([1, 2, 8]), ["number"]).to_pydict() == {"number": [1, 2, 8]}
        spool.clear()
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.sampled_from([0, 10, 3000]), min_size=1, max_size=30), st.randoms(), st.sampled_from([0, 10**6]))
def test_groups_hold_no_more_text_than_they_may_unless_a_row_alone_does(lengths, random, in_memory):
    places = list(range(len(lengths)))
    random.shuffle(places)
    with TemporaryDirectory() as folder, mock.patch.object(spooling, "GROUP_BYTES", 2000):
        spool = spool_of(Path(folder) / "rows.arrow", lengths, in_memory)
        groups = list(in_order(spool, np.arange(len(lengths)), np.array(places)))
    assert all(len(group) == 1 or group.nbytes <= 4000 for group in groups)
    found = [row["number"] for group in groups for row in group.to_pylist()]
    assert [places[number] for number in found] == list(range(len(lengths)))


def test_long_rows_that_come_together_are_cut_into_groups_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(spooling, "GROUP_BYTES", 10_000)
    spool = spool_of(tmp_path / "rows.arrow", [0] * 2000 + [6000] * 8, 0)
    places = np.roll(np.arange(2008), 1000)
    groups = list(in_order(spool, np.arange(2008), places))
    assert max(group.nbytes for group in groups) <= 20_000
    assert [n for group in groups for n in group["number"].to_pylist()] == np.argsort(places).tolist()


def test_memory_does_not_grow_with_the_text(tmp_path, monkeypatch):
    monkeypatch.setattr(spooling, "GROUP_BYTES", 2**20)
    mebibyte = ["x" * 2**10] * 2**10
    before = pa.total_allocated_bytes()
    spool = Spool(tmp_path / "rows.arrow", TEXT, 2**20)
    held = []
    for number in range(64):
        spool.add(pa.record_batch({"number": [number, number], "text": [mebibyte, []]}, schema=TEXT))
        held.append(pa.total_allocated_bytes() - before)
    for _ in in_order(spool, np.arange(128), np.arange(128)[::-1].copy()):
        held.append(pa.total_allocated_bytes() - before)
    assert spool.bytes > 64 * 2**20
    assert max(held) < 12 * 2**20


@pytest.mark.parametrize("in_memory", [0, 10**9])
def test_a_reading_without_rows_has_models_and_counters_without_rows(tmp_path, in_memory):
    held = Rows(tmp_path, in_memory)
    held.add(OBSERVATIONS.empty_table())
    found = split(held)
    assert pa.concat_tables(found.models()) == MODELS.empty_table()
    assert found.counters.num_rows == len(found.removed) == 0

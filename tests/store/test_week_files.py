"""A history on disk grows by a week, never changes what it holds, and is never seen half-written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.errors import StoreDamaged, UsageError
from weighbridge.records.clock import parse_day
from weighbridge.store.weekfiles import Reader, Week, WeekFiles

MONDAY = parse_day("2024-06-03")


def keys(*numbers):
    return np.array(numbers, np.int32)


def counts(*numbers):
    return np.array(numbers, np.int64)


def held(files: WeekFiles) -> dict[int, dict[int, int]]:
    """Counts by week and key."""
    reader = Reader(files)
    weeks = [reader.read(piece) for piece in files.pieces()]
    return {w.week: dict(zip(w.key.tolist(), w.values[0].tolist(), strict=True)) for w in weeks}


def held_at_once(files: WeekFiles) -> dict[int, dict[int, int]]:
    found = files.read()
    spans = zip(found.weeks.tolist(), found.start[:-1], found.start[1:], strict=True)
    key, value = found.key.tolist(), found.values["downloads"].tolist()
    return {week: dict(zip(key[start:stop], value[start:stop], strict=True)) for week, start, stop in spans}


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def filled(folder: Path, weeks: int) -> WeekFiles:
    """Files of as many weeks, one each."""
    files = WeekFiles(folder)
    for number in range(weeks):
        files.append(MONDAY + 7 * number, keys(1, 4, 5 + number), counts(number, 7, 2**40))
    return files


HISTORIES = st.dictionaries(
    st.integers(0, 60), st.dictionaries(st.integers(0, 2**31 - 1), st.integers(0, 2**62), max_size=8), max_size=8
)


@settings(max_examples=30, deadline=None)
@given(HISTORIES, st.integers(1, 20))
def test_what_is_written_is_read_however_it_is_cut_into_files(tmp_path_factory, history, rows):
    files = WeekFiles(tmp_path_factory.mktemp("flows"))
    wanted = {MONDAY + 7 * number: dict(sorted(flows.items())) for number, flows in sorted(history.items())}
    for week, flows in wanted.items():
        files.append(week, keys(*flows), counts(*flows.values()))
    assert held(files) == wanted
    files.compact(rows)
    assert held(files) == held_at_once(files) == wanted
    files.compact()
    assert held(files) == wanted
    assert len(list(files.folder.iterdir())) <= 1


def test_a_new_week_leaves_every_older_file_as_it_was(tmp_path):
    files = filled(tmp_path, 3)
    files.compact(7)
    before = digests(tmp_path)
    files.append(MONDAY + 70, keys(9), counts(1))
    after = digests(tmp_path)
    assert len(after) == len(before) + 1
    assert {name: after[name] for name in before} == before


def test_files_are_named_by_their_weeks(tmp_path):
    files = filled(tmp_path, 3)
    assert sorted(digests(tmp_path)) == ["2024-W23.parquet", "2024-W24.parquet", "2024-W25.parquet"]
    files.compact()
    assert sorted(digests(tmp_path)) == ["2024-W23_2024-W25.parquet"]


def test_a_week_without_rows_is_held(tmp_path):
    files = filled(tmp_path, 2)
    files.append(MONDAY + 14, keys(), counts())
    assert files.weeks() == (MONDAY, MONDAY + 7, MONDAY + 14)
    files.compact()
    assert files.weeks() == (MONDAY, MONDAY + 7, MONDAY + 14)


def test_only_the_weeks_asked_for_are_found(tmp_path):
    files = filled(tmp_path, 3)
    assert [piece.week for piece in files.pieces([MONDAY + 7, MONDAY + 700])] == [MONDAY + 7]


def test_other_programs_read_the_files(tmp_path):
    files = filled(tmp_path, 4)
    files.compact(6)
    found = duckdb.read_parquet(f"{tmp_path}/*.parquet").order("week, model").fetchall()
    assert found == [(w, k, v) for w, flows in held(files).items() for k, v in flows.items()]


def test_weeks_and_models_are_kept_as_differences_in_pages_of_the_second_kind(tmp_path):
    files = filled(tmp_path, 1)
    group = pq.read_metadata(tmp_path / "2024-W23.parquet").row_group(0)
    assert {"DELTA_BINARY_PACKED"} <= set(group.column(0).encodings) & set(group.column(1).encodings)
    assert group.column(0).compression == "ZSTD"
    assert files.schema.field("model").nullable is False


def test_a_row_of_flows_takes_about_a_byte(tmp_path):
    random = np.random.default_rng(0)
    model = np.flatnonzero(random.random(1_000_000) < 0.25).astype(np.int32)
    files = WeekFiles(tmp_path)
    files.append(MONDAY, model, np.minimum(random.zipf(1.8, len(model)), 10**6))
    assert (tmp_path / "2024-W23.parquet").stat().st_size < 1.5 * len(model)


def test_a_failure_while_writing_leaves_nothing_behind(tmp_path):
    files = filled(tmp_path, 1)
    before = digests(tmp_path)

    def broken():
        with files.writing() as add:
            add(Week(MONDAY + 7, keys(1), (counts(1),)))
            raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError):
        broken()
    assert digests(tmp_path) == before


def test_a_draft_of_a_killed_writer_is_not_read(tmp_path):
    files = filled(tmp_path, 1)
    (tmp_path / ".123.new").write_bytes(b"half a file")
    assert files.weeks() == (MONDAY,)


def test_a_compaction_that_broke_off_before_it_deleted_counts_nothing_twice(tmp_path):
    files = filled(tmp_path, 3)
    wanted = held(files)
    small = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    files.compact()
    for name, content in small.items():
        (tmp_path / name).write_bytes(content)
    assert held(files) == wanted
    files.append(MONDAY + 21, keys(1), counts(1))
    assert files.weeks() == (*wanted, MONDAY + 21)


@pytest.mark.parametrize(
    ("week", "key", "value", "words"),
    [
        (MONDAY, [1], [1], "never changes"),
        (MONDAY + 8, [1], [1], "no Monday"),
        (MONDAY + 7, [2, 1], [1, 1], "not ascending"),
        (MONDAY + 7, [1, 1], [1, 1], "not ascending"),
        (MONDAY + 7, [-1, 1], [1, 1], "not ascending"),
        (MONDAY + 7, [1, 2], [1], "unequal"),
        (MONDAY + 7, [1, 2], [1, -1], "below 0"),
    ],
)
def test_what_is_not_a_new_week_in_order_is_refused(tmp_path, week, key, value, words):
    files = filled(tmp_path, 1)
    with pytest.raises(UsageError, match=words):
        files.append(week, keys(*key), counts(*value))
    assert files.weeks() == (MONDAY,)


def test_weeks_of_one_file_come_in_order(tmp_path):
    files = WeekFiles(tmp_path)

    def backwards():
        with files.writing() as add:
            for week in (MONDAY + 7, MONDAY):
                add(Week(week, keys(1), (counts(1),)))

    with pytest.raises(UsageError, match="ascending"):
        backwards()
    assert files.weeks() == ()


def test_a_changed_byte_is_seen(tmp_path):
    random = np.random.default_rng(0)
    files = WeekFiles(tmp_path)
    files.append(MONDAY, np.arange(5000, dtype=np.int32), random.integers(0, 10**9, 5000))
    path = tmp_path / "2024-W23.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(bytes(content))
    with pytest.raises(StoreDamaged):
        held(files)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not a Parquet file at all"])
def test_a_file_that_is_no_parquet_file_is_damage(tmp_path, content):
    files = filled(tmp_path, 1)
    (tmp_path / "2024-W30.parquet").write_bytes(content)
    with pytest.raises(StoreDamaged):
        files.pieces()


def test_a_parquet_file_that_was_not_written_here_is_damage(tmp_path):
    files = filled(tmp_path, 1)
    table = pq.read_table(tmp_path / "2024-W23.parquet").replace_schema_metadata(None)
    pq.write_table(table, tmp_path / "2024-W24.parquet")
    with pytest.raises(StoreDamaged):
        files.pieces()


def test_a_gap_can_be_filled_after_the_weeks_around_it_were_joined(tmp_path):
    files = filled(tmp_path, 1)
    files.append(MONDAY + 14, keys(2), counts(5))
    files.compact()
    files.append(MONDAY + 7, keys(3), counts(8))
    wanted = {MONDAY: {1: 0, 4: 7, 5: 2**40}, MONDAY + 7: {3: 8}, MONDAY + 14: {2: 5}}
    assert held(files) == held_at_once(files) == wanted
    files.compact()
    assert held(files) == held_at_once(files) == wanted
    assert sorted(digests(tmp_path)) == ["2024-W23_2024-W25.parquet"]


def test_files_that_share_some_weeks_are_damage(tmp_path):
    for name, numbers in (("a", (0, 1)), ("b", (1, 2))):
        with WeekFiles(tmp_path / name).writing() as add:
            for number in numbers:
                add(Week(MONDAY + 7 * number, keys(1), (counts(1),)))
    for path in (tmp_path / "b").iterdir():
        path.rename(tmp_path / "a" / path.name)
    with pytest.raises(StoreDamaged, match="overlaps"):
        WeekFiles(tmp_path / "a").pieces()


def test_other_columns_than_expected_are_damage(tmp_path):
    filled(tmp_path, 1)
    with pytest.raises(StoreDamaged, match="columns"):
        WeekFiles(tmp_path, "cell").pieces()

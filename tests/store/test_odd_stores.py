"""A store that is damaged, busy, read-only or barely begun says so or answers; what cannot be a reading is refused."""

from __future__ import annotations

import errno
import json
import os
import threading
from datetime import UTC, datetime, timedelta

import filelock
import pytest

import making
from weighbridge.cubes.ready import FRAMES
from weighbridge.errors import SourceFailed, StoreDamaged, UsageError
from weighbridge.sources import source
from weighbridge.sources.checks import LARGEST_COUNT
from weighbridge.store.catalogue import read_models
from weighbridge.store.home import Store
from weighbridge.store.writing import LARGEST_SUM, ingest

HUB = source("hub-dump")
AT = making.moment("2024-07-11")
KNOWN = making.moment("2026-01-01")
REGISTER = making.register({"a": ("Alpha", "US")})
ONE = [{"id": "a/b", "downloads": 1}]
MANY = LARGEST_SUM // LARGEST_COUNT  # models with the largest counter that a day may have


def total(store, **options):
    return making.share(store, "country", REGISTER, **options).total


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("reader", ["hub-dump", "ollama-pulls"])
def test_a_pipe_is_refused_before_it_is_opened(store, tmp_path, reader):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceFailed, match="is not a regular file"):
        ingest(store, source(reader), tmp_path / "pipe", at=AT, known=KNOWN)
    assert not store.path.exists()


def test_a_folder_is_no_listing(store, tmp_path):
    with pytest.raises(SourceFailed, match="is not a regular file"):
        ingest(store, HUB, tmp_path, at=AT, known=KNOWN)
    assert not store.path.exists()


@pytest.mark.parametrize(
    "at", [making.moment("1999-12-31"), datetime.now(UTC) + timedelta(days=2)], ids=["long ago", "to come"]
)
def test_a_time_that_no_reading_can_have_is_wrong_usage(store, tmp_path, at):
    path = making.csv_file(tmp_path / "one.csv", ONE)
    with pytest.raises(UsageError, match="--at"):
        ingest(store, HUB, path, at=at, known=KNOWN)
    with pytest.raises(UsageError, match="--known"):
        ingest(store, HUB, path, at=AT, known=at)
    assert not store.path.exists()


def test_today_is_a_time_that_a_reading_can_have(store, tmp_path):
    now = datetime.now(UTC).replace(microsecond=0)
    assert ingest(store, HUB, making.csv_file(tmp_path / "one.csv", ONE), at=now, known=now).new


@pytest.mark.parametrize("column", ["downloads", "downloads_all_time"])
def test_counters_of_a_day_that_no_hub_can_have_are_refused(store, read_hub, column):
    rows = [{"id": f"a/m{i}", column: LARGEST_COUNT} for i in range(MANY + 1)]
    with pytest.raises(SourceFailed, match=f"sum to over {LARGEST_SUM:,}"):
        read_hub(rows)
    assert store.vintages() == []


def test_large_counters_of_different_days_are_not_added(read_hub):
    rows = [{"id": f"a/m{i}", "downloads": LARGEST_COUNT, "date": "2024-07-10"} for i in range(MANY)]
    rows += [row | {"date": "2024-07-11"} for row in rows]
    assert read_hub(rows, at=None).vintage.counters == 2 * MANY


ALIVE = {"id": "a/b", "downloads": 5, "created_at": "2024-01-01", "license": "mit", "removed": "false"}
GONE = {"id": "a/b", "downloads": None, "removed": "true", "date": "2024-07-11"}


def test_a_removed_model_keeps_what_was_known_of_it(store, read_hub):
    reading = read_hub([ALIVE | {"date": "2024-07-10"}, GONE], at=None)
    (row,) = read_models([reading.vintage]).to_pylist()
    assert (row["licence"], row["created"], row["removed"]) == ("mit", making.moment("2024-01-01"), True)
    assert total(store, at="2024-07-10", max_age_days=365) == 5


def test_removals_are_counted_as_such_and_not_as_missing_counters(read_hub):
    other = {"id": "a/c", "downloads": None, "date": "2024-07-11"}
    reading = read_hub([ALIVE | {"date": "2024-07-10"}, GONE, other], at=None)
    assert (reading.removed, reading.null_counters, reading.rejected) == (1, 1, 0)


def test_a_folder_with_only_a_lock_is_a_store(tmp_path):
    folder = tmp_path / "begun"
    folder.mkdir()
    (folder / "lock").touch()
    assert Store(folder).vintages() == []


def test_a_file_where_the_vintages_belong_is_damage(store, read_hub):
    store.path.mkdir()
    (store.path / "vintages").touch()
    with pytest.raises(StoreDamaged, match="vintages is not a folder"):
        store.vintages()


def test_what_a_file_browser_leaves_among_the_vintages_is_no_vintage(store, read_hub):
    held = read_hub(ONE).vintage
    (store.path / "vintages" / ".DS_Store").touch()
    (store.path / "vintages" / "Thumbs.db").touch()
    assert store.vintages() == [held]


@pytest.mark.parametrize("known", ["never", 5, None, []])
def test_a_vintage_without_its_moment_is_damaged(store, read_hub, known):
    path = read_hub(ONE).vintage.folder / "datapackage.json"
    document = json.loads(path.read_text())
    document["weighbridge"]["known"] = known
    path.write_text(json.dumps(document))
    with pytest.raises(StoreDamaged):
        store.vintages()


@pytest.mark.parametrize("damage", [b"", b"x", b"ARROW1\0\0" + b"\0" * 40])
@pytest.mark.parametrize("file", ["models.arrow", "roots_of.arrow", "frame.json"])
def test_a_damaged_ready_file_is_made_again(store, read_hub, file, damage):
    read_hub(ONE)
    assert total(store) == 1
    (path,) = store.ready.rglob(file)
    whole = path.read_bytes()
    path.write_bytes(damage)
    assert total(store) == 1
    assert path.read_bytes() == whole


def test_a_ready_file_that_is_gone_is_made_again(store, read_hub):
    read_hub(ONE)
    assert total(store) == 1
    (path,) = store.ready.rglob("models.arrow")
    path.unlink()
    assert total(store) == 1
    assert path.is_file()


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_store_that_cannot_be_written_answers(store, read_hub, monkeypatch, number):
    read_hub(ONE)

    def refuse(*anything, **more):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    assert total(store) == 1
    assert not store.ready.exists()


def test_a_store_that_is_being_written_to_answers(store, read_hub):
    read_hub(ONE)
    begun, done = threading.Event(), threading.Event()

    def write():
        with store.writing():
            begun.set()
            done.wait(30)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(30)
        assert total(store) == 1
        assert not store.ready.exists()
    finally:
        done.set()
        writer.join()


def test_the_frames_used_last_are_kept_and_no_more(store, read_hub):
    vintages = [read_hub([{"id": "a/b", "downloads": i + 1}]).vintage.id for i in range(FRAMES.most + 2)]
    assert [total(store, vintage=name) for name in vintages] == list(range(1, FRAMES.most + 3))
    assert FRAMES.most == 6
    assert len(list((store.ready / FRAMES.kind).iterdir())) == FRAMES.most
    assert total(store, vintage=vintages[0]) == 1

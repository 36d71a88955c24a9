"""Small files are whole at every moment."""

from __future__ import annotations

import threading

import filelock
import pytest

from weighbridge.errors import StoreBusy
from weighbridge.upkeep import whole
from weighbridge.upkeep.whole import alone, write_whole


@pytest.mark.parametrize("step", ["sync", "replace"])
def test_a_write_that_fails_half_way_leaves_the_old_file_and_no_draft(tmp_path, monkeypatch, step):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    path = tmp_path / "x.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(whole if step == "sync" else type(path), step, fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_sees_the_old_file_or_the_new_one(tmp_path):
    path = tmp_path / "x"
    contents = [bytes([number]) * 100_000 for number in range(30)]
    write_whole(path, contents[0])
    seen = set()
    ended = threading.Event()

    def look():
        while not ended.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=look)
    reader.start()
    for content in contents:
        write_whole(path, content)
    ended.set()
    reader.join()
    assert seen <= set(contents)


def test_only_one_holds_a_lock(tmp_path):
    lock = tmp_path / "new" / "lock"
    with alone(lock, "doing it"):
        other = filelock.FileLock(lock, timeout=0, is_singleton=False)
        with pytest.raises(filelock.Timeout):
            other.acquire()
    with (
        filelock.FileLock(lock),
        pytest.raises(StoreBusy, match="another process is doing it"),
        alone(lock, "doing it"),
    ):
        raise AssertionError("nobody gets here")
    with alone(lock, "doing it"):
        pass

"""A weighing that is killed leaves the history that was, or the one that is to be, and the next one mends it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from test_histories import daily

from weighbridge.cubes.weekly import weigh_history
from weighbridge.measures.history import Asked, history
from weighbridge.store.home import Store


def answer(store: Path):
    found = history(Store(store), "huggingface", Asked(attribution="base"))
    return found["vintages"], found["rows"]


@pytest.mark.skipif(not hasattr(sys, "addaudithook") or sys.platform == "win32", reason="processes cannot fork there")
def test_a_weighing_that_is_killed_leaves_the_old_history_or_the_new_one(store, read_hub, tmp_path):
    for days in (range(0, 80), range(80, 100)):
        read_hub(daily(days), at=None)
    weigh_history(store, "huggingface")
    old = answer(store.path)
    read_hub(daily(range(100, 120)), at=None)
    script = Path(__file__).with_name("ending.py")
    command = [sys.executable, str(script), str(store.path), str(tmp_path / "copies")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    copies = [tmp_path / "copies" / str(number + 1) for number in range(int(ran.stdout))]
    new = answer(copies[-1])
    assert len(copies) > 20
    assert old != new
    found = [answer(copy) for copy in copies]
    assert all(one in (old, new) for one in found)
    assert old in found
    for copy in copies[:: max(len(copies) // 12, 1)]:
        weigh_history(Store(copy), "huggingface")
        assert answer(copy) == new

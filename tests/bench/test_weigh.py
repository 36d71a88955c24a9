"""The benchmark prints what it promises, and all that it times gives the same series."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench.weigh import __main__ as weigh

ROOT = Path(__file__).resolve().parent.parent.parent
PROMISED = {
    "rows", "models", "weeks", "floor_seconds", "cube_seconds", "cube_peak_mb", "append_week_seconds",
    "series_from_flows_seconds", "series_from_cube_seconds", "duckdb_seconds", "pandas_seconds", "pandas_peak_mb",
    "query_p50_ms", "query_p95_ms", "bootstrap_seconds", "matrix_seconds",
}  # fmt: skip


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    """What the benchmark prints of a very small hub."""
    cache = tmp_path_factory.mktemp("bench")
    done = subprocess.run(
        [sys.executable, "-m", "bench.weigh", "--scale", "0.0008", "--rounds", "1", "--json"],
        capture_output=True, text=True, cwd=ROOT, env=os.environ | {"WEIGHBRIDGE_BENCH": str(cache)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_figure_is_there_or_has_a_reason(figures):
    assert set(figures) >= PROMISED
    missing = {name for name, value in figures.items() if value is None}
    assert missing <= set(figures["not_run"])
    assert {"pandas_seconds", "pandas_peak_mb"} >= missing
    assert ("pandas_seconds" in missing) == (importlib.util.find_spec("pandas") is None)
    assert (figures["models"], figures["weeks"]) == (2000, 300)
    assert figures["rows"] > 100_000


def test_the_table_has_a_line_a_figure_and_the_ratios(figures, monkeypatch, capsys):
    monkeypatch.setattr(weigh, "measured", lambda scale, rounds: figures)
    monkeypatch.setattr(sys, "argv", ["weigh", "--scale", "0.0008", "--table"])
    weigh.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "| | scale 0.0008 |"
    assert sum("(≤ 3)" in line or "(≥ " in line for line in lines) == 5
    assert all(line.count("|") == 3 for line in lines if line.startswith("|"))
    assert sum(line.startswith("|") for line in lines) == 2 + 16 + 5

"""The figures as a table, with the ratios that matter and what they should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

FIGURES = {
    "rows": "rows of flows (week, model)",
    "models": "models",
    "floor_seconds": "floor: Parquet → Arrow → NumPy, country × week (s)",
    "cube_seconds": "cube over all dimensions, written to disk (s)",
    "cube_peak_mb": "its peak memory (MB)",
    "append_week_seconds": "one more week, into flows and cube (s)",
    "series_from_flows_seconds": "country × week straight from the flows (s)",
    "duckdb_seconds": "the same by DuckDB SQL (s)",
    "pandas_seconds": "the same by pandas (s)",
    "pandas_peak_mb": "its peak memory (MB)",
    "series_from_cube_seconds": "the same from the cube, opening it (s)",
    "query_p50_ms": "filtered series from the opened cube, p50 (ms)",
    "query_p95_ms": "the same, p95 (ms)",
    "bootstrap_seconds": "1,000 resamples (s)",
    "matrix_first_seconds": "matrix of definitions, the first time (s)",
    "matrix_seconds": "the same again, from condensed cells kept ready (s)",
}
RATIOS = {
    "cube over floor (≤ 3)": ("cube_seconds", "floor_seconds"),
    "DuckDB over series from flows (≥ 1)": ("duckdb_seconds", "series_from_flows_seconds"),
    "pandas over series from flows (≥ 3)": ("pandas_seconds", "series_from_flows_seconds"),
    "pandas over series from cube (≥ 20)": ("pandas_seconds", "series_from_cube_seconds"),
    "pandas' memory over that from flows (≥ 5)": ("pandas_peak_mb", "series_from_flows_peak_mb"),
}


def table(found: Sequence[dict[str, Any]]) -> str:
    """Markdown: one column a scale; figures that were not run are a dash, with the reason below."""
    lines = [
        "| | " + " | ".join(f"scale {figures['scale']:g}" for figures in found) + " |",
        "| --- |" + " ---: |" * len(found),
    ]
    lines += [_line(words, [figures[name] for figures in found]) for name, words in FIGURES.items()]
    lines += [_line(words, [_ratio(figures, *pair) for figures in found]) for words, pair in RATIOS.items()]
    reasons = [
        f"- {name} at scale {figures['scale']:g}: {reason}"
        for figures in found
        for name, reason in figures["not_run"].items()
        if name in FIGURES
    ]
    return "\n".join([*lines, "", "Not run:", *reasons] if reasons else lines)


def _ratio(figures: dict[str, Any], above: str, below: str) -> float | None:
    return None if figures[above] is None or figures[below] is None else figures[above] / figures[below]


def _line(words: str, values: Sequence[float | int | None]) -> str:
    return f"| {words} | " + " | ".join(_shown(value) for value in values) + " |"


def _shown(value: float | int | None) -> str:
    if value is None:
        return "–"
    return (
        f"{value:,}"
        if isinstance(value, int)
        else f"{value:,.0f}"
        if value >= 100
        else f"{value:.2g}"
        if value < 1
        else f"{value:.1f}"
    )

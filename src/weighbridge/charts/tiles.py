"""Where each country stands in a map of equal squares; `bench/tiles.py` makes the places from the countries' own."""

from __future__ import annotations

import csv
import functools
import io
from importlib import resources


@functools.cache
def places() -> dict[str, tuple[int, int]]:
    """Column and row of each country by its ISO code, from 0."""
    text = resources.files("weighbridge.charts").joinpath("data/tiles.csv").read_text(encoding="utf-8")
    return {row["code"]: (int(row["column"]), int(row["row"])) for row in csv.DictReader(io.StringIO(text))}


@functools.cache
def extent() -> tuple[int, int]:
    """Columns and rows of the map."""
    columns, rows = zip(*places().values(), strict=True)
    return max(columns) + 1, max(rows) + 1

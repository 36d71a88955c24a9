"""Figures in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LARGE = 10_000
COUNTS = 1_000  # whole figures from here on are counts


def quantity(value: Any, unit: str, comparison: str = "equal") -> str:
    """`17.1 percent`, `2,960,000 models`, `2025-07`, and for an order a difference in points."""
    if comparison == "month":
        return value if isinstance(value, str) else month(value)
    if comparison == "order":
        return f"{value:+.2f} points"
    number = f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.4g}"
    return f"{number} {unit}"


def month(number: float) -> str:
    """`2025-07` for a number of months since year 0."""
    return f"{int(number) // 12:04d}-{int(number) % 12 + 1:02d}"


def whole(value: float | None) -> float | int | None:
    """A count without a decimal point; other figures, and null, as they are."""
    return int(value) if value is not None and abs(value) >= COUNTS and float(value).is_integer() else value


def place(figure: Mapping[str, Any]) -> str:
    """Where in an answer a figure stands; see `figures.read`."""
    if "key" in figure:
        return str(figure["key"])
    if "above" in figure:
        return f"{figure['above']} less {figure['below']}"
    if "rows" in figure:
        outside = f", of what is not {', '.join(figure['without'])}" if "without" in figure else ""
        return f"{' and '.join(figure['rows'])} together{outside}"
    column = figure.get("column", "value")
    return f"{figure['row']}{'' if column == 'value' else f', {column}'}"

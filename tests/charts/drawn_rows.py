"""What made-up answers are made of: a document and its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

HOUSE = {
    "name": "house", "version": 1, "attribution": "uploader", "max_age_days": None, "scope": "everything",
    "clean": ["material-outlier"], "register": "house", "contested": "main", "evidence": "recalled",
    "bounds": "plain", "changed": [],
}  # fmt: skip


def document(measure: str, rows: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """An answer's document, with what stands beside the rows."""
    return {
        "measure": measure, "title": measure, "by": "country", "hub": "huggingface", "unit": "downloads",
        "engine": "embedded", "definition": HOUSE,
        "window": {"from": "2024-06-11", "to": "2024-07-11", "kind": "windowed"}, "as_of": "2024-07-11T23:59:59Z",
        "vintages": ["hub-dump-20240711T235959Z-0a1b2c3d"], "population": "census", "simulated": False,
        "total": 1000, "unknown_age": 0, "coverage": {"registered_share": 0.9, "located_share": 0.8},
        "removed": [], "periods": None, "rows": list(rows), "notes": [],
        "sources": [{"vintage": "hub-dump-20240711T235959Z-0a1b2c3d", "title": "A listing", "sha256": "0" * 64}],
    } | more  # fmt: skip


def row(group: str, value: float, lo: float | None = None, hi: float | None = None, **more: Any) -> dict[str, Any]:
    """A row as shares have it; limits that are not given are the value."""
    return {
        "group": group, "value": value, "lo": value if lo is None else lo, "hi": value if hi is None else hi,
        "downloads": round(1000 * value), "models": 3, "kind": "windowed", "period": None,
    } | more  # fmt: skip

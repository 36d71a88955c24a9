"""Series of invented models, and the days of an event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from weighbridge.quality import Event

FIRST = date(2025, 1, 1)


def series(values: dict[str, Iterable[int | None]], column: str = "downloads", **more: Any) -> list[dict[str, Any]]:
    """Rows of daily readings from 2025-01-01 on; no row where the value is null."""
    return [
        {"id": name, "date": (FIRST + timedelta(days=i)).isoformat(), column: value, **more}
        for name, days in values.items()
        for i, value in enumerate(days)
        if value is not None
    ]


def day_of(index: int) -> str:
    """The date of a place in a series."""
    return (FIRST + timedelta(days=index)).isoformat()


def days(event: Event) -> tuple[str, str]:
    """First day of an event, and the day after its last."""
    row = event.to_dict()
    return row["from"], row["to"]

"""How tables for people show rows with fields of a measure's own; JSON and CSV hold the fields as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ABSENT = "not named"
"""What stands in place of a figure that a source could have, but does not name."""
LEAST = 0.00005
"""The smallest part that two decimals of a per cent show."""


@dataclass(frozen=True)
class Presented:
    """Which fields of a row a table for people shows, and how.

    Attributes:
        columns: fields with a column, where the row has them; empty: all.
        parts: fields that are parts of a whole, shown in per cent.
        heads: words over columns in place of the fields' names.
        absent: the field that lists those fields of its row which the source does not name; it has no column.
    """

    columns: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    heads: Mapping[str, str] = field(default_factory=dict)
    absent: str = ""

    def row(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """A row as a table shows it, by the heads of its columns."""
        missing = fields.get(self.absent) or ()
        shown = [name for name in fields if name != self.absent and (not self.columns or name in self.columns)]
        return {self._head(name): ABSENT if name in missing else self._told(name, fields[name]) for name in shown}

    def left(self, fields: Mapping[str, Any]) -> list[str]:
        """Fields of a row without a column."""
        return [name for name in fields if self.columns and name not in self.columns and name != self.absent]

    def _head(self, name: str) -> str:
        limits = {"lo": "at least", "hi": "at most", "value": "share"} if name in self.parts else {}
        return self.heads.get(name, limits.get(name, name))

    def _told(self, name: str, value: Any) -> Any:
        return percent(value) if name in self.parts and isinstance(value, (int, float)) else value


def parts(*more: str, **heads: str) -> Presented:
    """Rows whose `value`, `lo` and `hi` are parts, and further fields too; `heads` are words over columns."""
    return Presented(parts=("value", "lo", "hi", *more), heads=heads)


def percent(part: float, least: bool = False) -> str:
    """A part in per cent; with `least` one above nothing that two decimals do not show as `<0.01%`."""
    return "<0.01%" if least and 0 < part < LEAST else f"{part:.2%}"

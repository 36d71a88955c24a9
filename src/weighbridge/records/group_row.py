"""A group's row with more than value and limits: quantiles, counts by relation and the like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weighbridge.records.answer import OwnRow, Row


@dataclass(frozen=True)
class GroupRow(Row, OwnRow):
    """A row of one group and period whose fields are the measure's own: read as the one, shown as the other."""

    def to_dict(self) -> dict[str, Any]:
        """All fields of the measure, in order."""
        return dict(self.fields)

    def __getitem__(self, name: str) -> Any:
        """A field by its name."""
        return self.fields[name]


def group_row(fields: Mapping[str, Any]) -> GroupRow:
    """A row of fields, among them `group` and `value`; `lo`, `hi`, `downloads`, `models` and `period` where they are.

    Raises:
        KeyError: `group` or `value` is missing.
    """
    more = {name: fields.get(name) for name in ("lo", "hi", "downloads", "models", "period")}
    return GroupRow(fields=fields, group=fields["group"], value=fields["value"], kind=None, **more)

"""A store as it was."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from weighbridge.records.vintage import Vintage
from weighbridge.store.home import Store


class StoreThen(Store):
    """A store as it was when it held only some of its vintages."""

    def __init__(self, path: Path, held: Collection[str]) -> None:
        super().__init__(path)
        self.held = frozenset(held)

    def vintages(self, as_of: datetime | None = None, hub: str | None = None) -> list[Vintage]:
        """See `Store.vintages`."""
        return [vintage for vintage in super().vintages(as_of, hub) if vintage.id in self.held]

"""The events of what a test has read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from weighbridge.quality import Event
from weighbridge.quality.held import Held
from weighbridge.quality.ledger import found
from weighbridge.store.home import Store
from weighbridge.store.writing import Reading


@pytest.fixture
def events(store: Store) -> Callable[..., list[Event]]:
    """Events of one kind in all that was read, or in one reading."""

    def of(kind: str, reading: Reading | None = None) -> list[Event]:
        vintages = [reading.vintage] if reading else store.vintages()
        return [event for event in found(Held(store, vintages)) if event.kind == kind]

    return of

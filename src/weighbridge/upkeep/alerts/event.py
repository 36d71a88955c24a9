"""Events of the quality ledger: impostors, restatements, models that vanished, ..."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from weighbridge.errors import DataMissing
from weighbridge.quality import Event, detectors
from weighbridge.quality.ledger import ledger
from weighbridge.records.clock import day_text
from weighbridge.store.home import Store
from weighbridge.upkeep.alerts import Alert, Rule, Watched

SEEN = 5  # vintages that an alert names, the newest


class Events:
    """Those that the ledger of a hub's censuses did not have before."""

    id = "event"
    title = "an event of the quality ledger"
    words = (
        "An event that the ledger of a hub's censuses has now and had not with the readings of the last watch. Chosen "
        "sets have ledgers of their own, which are not watched."
    )
    by_the_clock = False

    @property
    def schema(self) -> Mapping[str, Any]:
        """See `Kind.schema`."""
        return {
            "type": "object",
            "properties": {"event": {"enum": list(detectors()), "description": "Kind of event, as in `quality`."}},
            "required": ["event"],
            "additionalProperties": False,
        }

    def find(self, rule: Rule, watched: Watched) -> Iterator[Alert]:
        """See `Kind.find`."""
        for hub in watched.hubs(rule):
            before = {event.id for event in _events(watched.then, hub)}
            for event in _events(watched.now, hub):
                if event.kind == rule.of["event"] and event.id not in before:
                    yield _alert(rule, event)


def _events(store: Store, hub: str) -> tuple[Event, ...]:
    if not any(v.hub == hub and v.population == "census" for v in store.vintages()):
        return ()
    try:
        return ledger(store, hub).events
    except DataMissing:
        return ()


def _alert(rule: Rule, event: Event) -> Alert:
    return Alert(
        rule.id, rule.kind, rule.title, event.hub, event.model, day_text(event.start), event.detail,
        event.weight, event.share, event.numbers, event.vintages[-SEEN:], event.subject,
    )  # fmt: skip


ALERT = Events()

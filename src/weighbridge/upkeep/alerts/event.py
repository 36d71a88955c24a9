"""Events of the quality ledger: impostors, restatements, models that vanished, ..."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weighbridge.errors import DataMissing, UsageError
from weighbridge.quality import Event, detectors
from weighbridge.quality.ledger import ledger
from weighbridge.quality.vanished import DETECTOR
from weighbridge.records.clock import day_text
from weighbridge.store.home import Store
from weighbridge.upkeep.alerts import Alert, Rule, Watched

VANISHED = DETECTOR.id
SEEN = 5  # vintages that an alert names, the newest


class Events:
    """Those that the ledger of a hub's censuses did not have before."""

    id = "event"
    title = "an event of the quality ledger"
    words = (
        "An event that the ledger of a hub's censuses has now and had not with the readings of the last watch. Chosen "
        "sets have ledgers of their own, which are not watched. With `shrunk`, one alert says that a census lost a "
        "large part of its models."
    )
    by_the_clock = False

    @property
    def schema(self) -> Mapping[str, Any]:
        """See `Kind.schema`."""
        return {
            "type": "object",
            "properties": {
                "event": {"enum": list(detectors()), "description": "Kind of event, as in `quality`."},
                "shrunk": {
                    "type": "number",
                    "exclusiveMinimum": 0,
                    "maximum": 1,
                    "description": "Where over `most` events touch more than this part of a census, one alert says so "
                    "in their place; with `vanished` alone. Left out: they are told one by one.",
                },
            },
            "required": ["event"],
            "additionalProperties": False,
        }

    def check(self, rule: Rule) -> None:
        """See `Kind.check`; only what vanishes makes a census smaller."""
        if "shrunk" in rule.of and rule.of["event"] != VANISHED:
            raise UsageError(f"the rule {rule.id}: shrunk goes with {VANISHED} alone", "leave it out")

    def find(self, rule: Rule, watched: Watched) -> Iterator[Alert]:
        """See `Kind.find`."""
        for hub in watched.hubs(rule):
            before = {event.id for event in _events(watched.then, hub)}
            fresh = [e for e in _events(watched.now, hub) if e.kind == rule.of["event"] and e.id not in before]
            models = len({event.model for event in fresh})
            whole = _largest(watched.then, hub) if "shrunk" in rule.of else 0
            if whole and models > max(rule.most, rule.of["shrunk"] * whole):
                yield _shrunk(rule, hub, fresh, models, whole)
            else:
                yield from (_alert(rule, event) for event in fresh)


def _events(store: Store, hub: str) -> tuple[Event, ...]:
    if not any(v.hub == hub and v.population == "census" for v in store.vintages()):
        return ()
    try:
        return ledger(store, hub).events
    except DataMissing:
        return ()


def _largest(store: Store, hub: str) -> int:
    """Models of the newest census of the source whose newest has the most."""
    newest = {v.source: v.models for v in store.vintages(hub=hub) if v.population == "census" and v.models}
    return max(newest.values(), default=0)


def _shrunk(rule: Rule, hub: str, events: Sequence[Event], models: int, whole: int) -> Alert:
    """One alert in the place of all events; so many at once tell of the census rather than of the models."""
    part = min(models / whole, 1.0)
    weights = [event.weight for event in events if event.weight is not None]
    last = max(events, key=lambda event: event.start)
    return Alert(
        rule.id,
        rule.kind,
        f"The census shrank by {part:.0%}",
        hub,
        None,
        day_text(last.start),
        f"{rule.title}, {models:,} times: {part:.0%} of the {whole:,} models of the census before. A listing that is "
        "not whole looks the same; `weighbridge quality` lists them",
        weight=sum(weights) if weights else None,
        numbers={"models": models, "before": whole, "part": part},
        vintages=last.vintages[-SEEN:],
        subject="shrunk",
    )


def _alert(rule: Rule, event: Event) -> Alert:
    return Alert(
        rule.id, rule.kind, rule.title, event.hub, event.model, day_text(event.start), event.detail,
        event.weight, event.share, event.numbers, event.vintages[-SEEN:], event.subject,
    )  # fmt: skip


ALERT = Events()

"""Sources that have not answered for too long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from weighbridge.records.amounts import several
from weighbridge.records.clock import moment_text
from weighbridge.upkeep.alerts import Alert, Rule, Watched
from weighbridge.upkeep.rounds import last_look


class Stale:
    """A source whose last whole answer is too long ago."""

    id = "stale"
    title = "a source that has not answered whole for too long"
    words = (
        "A source that was fetched before, and did not answer whole for so many days; told once until it answers "
        "again. Without `sources`, all that were ever fetched into the store."
    )
    by_the_clock = True
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {
            "days": {"type": "number", "exclusiveMinimum": 0, "maximum": 36500, "description": "After so many days."},
            "sources": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
        },
        "required": ["days"],
        "additionalProperties": False,
    }

    def check(self, rule: Rule) -> None:
        """See `Kind.check`; the schema tells all."""

    def find(self, rule: Rule, watched: Watched) -> Iterator[Alert]:
        """See `Kind.find`."""
        allowed = timedelta(days=rule.of["days"])
        hubs = {vintage.source: vintage.hub for vintage in watched.now.vintages()}
        for name, last in sorted(_last(watched).items()):
            if watched.moment - last <= allowed or name not in rule.of.get("sources", (name,)):
                continue
            if rule.hub not in (None, hubs.get(name)):
                continue
            days = (watched.moment - last).days
            yield Alert(
                rule.id,
                rule.kind,
                rule.title,
                hubs.get(name),
                None,
                last.date().isoformat(),
                f"{name} last answered whole at {moment_text(last)}, {several(days, 'day')} ago{_since(watched, name)}",
                numbers={"source": name, "days": days},
                subject=f"{name} {moment_text(last)}",
            )


def _last(watched: Watched) -> dict[str, datetime]:
    """When each source that was ever fetched last answered whole."""
    found = {}
    for name in {*watched.looks, *(vintage.source for vintage in watched.now.vintages())}:
        look = watched.looks.get(name)
        moments = [*look.looked.values()] if look else []
        fetched = last_look(watched.now, name)
        if moments or fetched:
            found[name] = max([*moments, *([fetched] if fetched else [])])
    return found


def _since(watched: Watched, name: str) -> str:
    look = watched.looks.get(name)
    if not look or not look.error or not look.tried:
        return "; it was not asked since"
    return f"; asked at {moment_text(look.tried)}, it failed: {look.error.get('message', '')}"


ALERT = Stale()

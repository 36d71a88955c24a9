"""Models whose licence, gating, name, ... is another than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weighbridge.cubes.frame import links
from weighbridge.records.clock import day_number, day_text
from weighbridge.records.shown import plain
from weighbridge.records.vintage import Vintage
from weighbridge.store.comparing import ATTRIBUTES
from weighbridge.store.differences import differences
from weighbridge.upkeep.alerts import Alert, Rule, Watched

MOST = 10_000  # changes of a pair of readings that are looked at, the heaviest
LENGTH = 80  # of a value in words
WATCHABLE = ("renamed", *ATTRIBUTES)


class Changes:
    """What a model says of itself, in two readings of one source."""

    id = "change"
    title = "a change of what a model says of itself"
    words = (
        "The newest census of a source against its newest at the last watch, and each chosen set that was read since. "
        "What changed and changed back in between is not told. With `stated`, only where both readings give a value, "
        "since a value that appears may be a gap of the other."
    )
    by_the_clock = False

    @property
    def schema(self) -> Mapping[str, Any]:
        """See `Kind.schema`."""
        return {
            "type": "object",
            "properties": {
                "changes": {
                    "type": "array",
                    "items": {"enum": list(WATCHABLE)},
                    "minItems": 1,
                    "description": "As in `vintages diff`.",
                },
                "stated": {"type": "boolean", "description": "Only where both readings give a value. Default: true."},
            },
            "required": ["changes"],
            "additionalProperties": False,
        }

    def check(self, rule: Rule) -> None:
        """See `Kind.check`; the schema tells all."""

    def find(self, rule: Rule, watched: Watched) -> Iterator[Alert]:
        """See `Kind.find`."""
        for hub in watched.hubs(rule):
            then = [v for v in watched.then.vintages(hub=hub) if v.models]
            now = [v for v in watched.now.vintages(hub=hub) if v.models]
            for was, is_now in pairs(then, now):
                yield from _changes(rule, was, is_now, watched)


def pairs(then: Sequence[Vintage], now: Sequence[Vintage]) -> Iterator[tuple[Vintage, Vintage]]:
    """Readings to compare: of each source the newest new census with the newest of before, and each new chosen set.

    A chosen set is compared with the newest census of before, else with the newest chosen set.
    """
    held = {vintage.id for vintage in then}
    for source in sorted({vintage.source for vintage in now}):
        before = sorted((v for v in then if v.source == source), key=_when)
        fresh = sorted((v for v in now if v.source == source and v.id not in held), key=_when)
        censuses = [v for v in fresh if v.population == "census"]
        for vintage in [*censuses[-1:], *(v for v in fresh if v.population != "census")]:
            older = [v for v in before if _when(v) <= _when(vintage)]
            whole = [v for v in older if v.population == "census"]
            chosen = whole or ([] if vintage.population == "census" else older)
            if chosen:
                yield chosen[-1], vintage


def _when(vintage: Vintage) -> tuple[int, float]:
    """The last day that a vintage is of, and when it became known."""
    days = (*vintage.days_30d[-1:], *vintage.days_all[-1:])
    return max(days, default=_day(vintage)), vintage.known.timestamp()


def _day(vintage: Vintage) -> int:
    return day_number((vintage.at or vintage.known).date())


def _changes(rule: Rule, was: Vintage, is_now: Vintage, watched: Watched) -> Iterator[Alert]:
    found = differences(was, is_now, links(is_now.hub)).to_dict(MOST, rule.of["changes"])
    if found["rows_shown"] < found["rows_in_all"]:
        watched.say(
            f"{rule.id}: of {found['rows_in_all']:,} changes from {was.id} to {is_now.id} the "
            f"{found['rows_shown']:,} heaviest were looked at."
        )
    for row in found["rows"]:
        if rule.of.get("stated", True) and (row["was"] is None or row["now"] is None):
            continue
        before, after = _value(row["was"]), _value(row["now"])
        yield Alert(
            rule.id,
            rule.kind,
            rule.title,
            is_now.hub,
            row["model"],
            row["day"] or day_text(_day(is_now)),
            f"{row['change'].replace('_', ' ')}: {before} before, {after} now",
            weight=row["weight"],
            numbers={"change": row["change"], "was": before, "now": after},
            vintages=(was.id, is_now.id),
            subject=f"{row['change']} {row['was']!r} {row['now']!r}",
        )


def _value(value: Any) -> str:
    """A value in words, of bounded length; names and licences are written by strangers."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = plain(", ".join(map(str, value)) if isinstance(value, list) else str(value))
    return text if len(text) <= LENGTH else f"{text[: LENGTH - 1]}…"


ALERT = Changes()

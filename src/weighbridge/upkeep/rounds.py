"""Fetching several sources in turn, and what came of each, so that a script can tell it."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from weighbridge.errors import (
    DataMissing,
    SchemaChanged,
    SourceFailed,
    StoreBusy,
    StoreDamaged,
    UsageError,
    WeighbridgeError,
)
from weighbridge.records.clock import moment_text
from weighbridge.records.source import Asked, LiveSource
from weighbridge.sources import source as find
from weighbridge.sources.net.retries import LATER
from weighbridge.store.home import Store
from weighbridge.store.writing import Reading
from weighbridge.upkeep.asking import aim, given, refuse_ageing, refuse_others
from weighbridge.upkeep.looks import Look, Looks
from weighbridge.upkeep.syncing import Telling, fetch_and_read, live, live_sources, origin_held
from weighbridge.upkeep.whole import alone

NEW, NOTHING_NEW, FRESH, DOWN, CHANGED, SKIPPED = STATUSES = (
    "new", "nothing-new", "fresh", "source-down", "schema-changed", "skipped",
)  # fmt: skip
"""What can become of a source."""
IN_WORDS = ("new", "nothing new", "fresh", "source down", "schema changed", "skipped")
INTERNAL, BUSY = WeighbridgeError.kind, StoreBusy.kind
STATUS_OF = {error.kind: error.exit_code for error in (UsageError, DataMissing)}
NOTED = 0.01
"""Part of the rows from which on rejects and doubts are told."""
A_CHANGED_SCHEMA = 1  # exit status: a check found something


@dataclass(frozen=True)
class Outcome:
    """What became of one source.

    Attributes:
        source: its id.
        status: one of `STATUSES`.
        vintages: ids of the new vintages.
        models: of the new vintages.
        counters: of the new vintages.
        rejected: rows that were left out of the new vintages.
        doubtful: values that were set to null in them, or other doubts.
        seconds: how long it took.
        error: `{"kind", "message", "hint"}` of what failed or was in the way; null: nothing.
        next: what to do now, in words; null: nothing.
    """

    source: str
    status: str
    vintages: tuple[str, ...] = ()
    models: int = 0
    counters: int = 0
    seconds: float = 0.0
    error: Mapping[str, str] | None = None
    next: str | None = None
    rejected: int = 0
    doubtful: int = 0

    @property
    def note(self) -> str | None:
        """What to say of rows that were not taken as they came; null: they are few."""
        rows = max(self.models, self.counters) + self.rejected
        if not rows or max(self.rejected, self.doubtful) < NOTED * rows:
            return None
        return (
            f"{self.source}: of {rows:,} rows {self.rejected:,} were rejected and {self.doubtful:,} are doubtful; "
            "`weighbridge quality` says why"
        )

    def to_dict(self) -> dict[str, Any]:
        """The row that `sync` prints."""
        return {
            "source": self.source,
            "status": self.status,
            "vintages": list(self.vintages),
            "models": self.models,
            "counters": self.counters,
            "rejected": self.rejected,
            "doubtful": self.doubtful,
            "seconds": round(self.seconds, 3),
            "error": dict(self.error) if self.error else None,
            "next": self.next,
        }


@dataclass(frozen=True)
class Round:
    """Sources that were to be fetched, and what became of them.

    Attributes:
        outcomes: one a source, in the order in which they were fetched.
        notes: what the reader must know.
        named: whether they were named one by one, so that one left out for want of something is an error.
    """

    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()
    named: bool = True

    @property
    def exit_code(self) -> int:
        """70 a fault of the program; 4 a source is down or busy; 1 a schema changed; that of what was amiss where a
        named source could not be asked; else 0.
        """
        kinds = {(outcome.error or {}).get("kind") for outcome in self.outcomes}
        if INTERNAL in kinds:
            return WeighbridgeError.exit_code
        statuses = {outcome.status for outcome in self.outcomes}
        if DOWN in statuses or BUSY in kinds:
            return SourceFailed.exit_code
        if CHANGED in statuses:
            return A_CHANGED_SCHEMA
        amiss = [STATUS_OF[kind] for kind in kinds if kind in STATUS_OF] if self.named else []
        return min(amiss, default=0)

    @property
    def summary(self) -> str:
        """One line: how many sources are new, down, ..."""
        count = Counter(outcome.status for outcome in self.outcomes)
        parts = [f"{count[status]} {said}" for status, said in zip(STATUSES, IN_WORDS, strict=True) if count[status]]
        return f"sync: {', '.join(parts) or 'nothing to do'}"

    def to_dict(self) -> dict[str, Any]:
        """The document that `sync` prints."""
        return {"rows": [outcome.to_dict() for outcome in self.outcomes], "notes": list(self.notes)}


def sync_named(
    store: Store,
    names: Sequence[str],
    asked: Asked,
    telling: Telling,
    *,
    older_than: timedelta | None = None,
    alone_only: bool = False,
) -> Round:
    """Fetch some sources, and those without which they would answer less.

    Args:
        store: where to.
        names: ids of live sources.
        asked: what is wanted of each.
        telling: whom to tell how far it is.
        older_than: leave out a source that was looked at within this time.
        alone_only: fetch no companions.

    Raises:
        UsageError: a source cannot be fetched or does not take what is asked, or its key is not in the environment.
        SourceFailed, SchemaChanged, StoreBusy: the only source that was named failed so; its look is noted.
    """
    chosen = [live(find(name)) for name in dict.fromkeys(names)]
    for source in chosen:
        refuse_others(source, asked)
        if missing := key_missing(source):
            raise missing
    if older_than is not None:
        refuse_ageing(asked, names)
    queue = [(source, asked, older_than) for source in chosen]
    if not alone_only:
        queue += [(source, what, None) for source, what in _companions(store, chosen, telling)]
    only = chosen[0].descriptor.id if len(chosen) == 1 else None
    return _run(store, queue, telling, named=True, raising=only)


def sync_all(store: Store, telling: Telling, *, older_than: timedelta | None = None) -> Round:
    """Fetch the newest state of all live sources; one that fails does not stop the others.

    Raises:
        StoreBusy: another process does the same.
    """
    with alone(store.path / "landing" / "all.lock", "fetching all sources"):
        queue = [(source, Asked(), older_than) for source in sorted(live_sources().values(), key=_chooses)]
        return _run(store, queue, telling, named=False)


def _chooses(source: LiveSource) -> bool:
    """Whether it gives no census; what is chosen may be chosen by what the censuses hold, so these come first."""
    return source.descriptor.population != "census"


def key_missing(source: LiveSource) -> UsageError | None:
    """The error of a source whose key is not in the environment; null where it needs none, or has it."""
    key = source.descriptor.key
    if key is None or os.environ.get(key, "").strip():
        return None
    return UsageError(
        f"{source.descriptor.id} needs a key, and {key} is not in the environment",
        f"get one from {source.descriptor.producer}, and set {key}",
    )


def _companions(store: Store, chosen: Sequence[LiveSource], telling: Telling) -> list[tuple[LiveSource, Asked]]:
    chosen_ones = {source.descriptor.id for source in chosen}
    found: dict[str, tuple[LiveSource, Asked]] = {}
    for source in chosen:
        for name, asked in source.companions:
            companion = live(find(name))
            if name in chosen_ones or name in found or _holds(store, name, asked):
                continue
            found[name] = companion, asked
            telling.say(f"{source.descriptor.id} answers less without {name}; it is fetched too (--alone: it is not)")
    return list(found.values())


def _holds(store: Store, name: str, asked: Asked) -> bool:
    """Whether a store holds a reading of a source; where days are asked for, one that observed one of them."""
    held = [vintage for vintage in store.vintages() if vintage.source == name]
    if asked.days is None:
        return bool(held)
    start, end = asked.days
    return any(start <= day < end for vintage in held for day in (*vintage.days_30d, *vintage.days_all))


def _run(
    store: Store,
    queue: Sequence[tuple[LiveSource, Asked, timedelta | None]],
    telling: Telling,
    *,
    named: bool,
    raising: str | None = None,
) -> Round:
    looks = Looks(store)
    held, damage = looks.read()
    if damage:
        telling.say(damage)
    outcomes = []
    for number, (source, asked, older_than) in enumerate(queue, 1):
        name, began = source.descriptor.id, time.monotonic()
        left_out = _left_out(store, source, held.get(name), aim(asked), older_than)
        if left_out is not None:
            outcomes.append(left_out)
            continue
        if len(queue) > 1:
            telling.say(f"fetching {name} ({number} of {len(queue)})")
        try:
            readings = _noted(store, source, asked, telling, looks)
        except StoreDamaged:
            raise
        except Exception as error:
            if name == raising:
                raise
            status, why = _failure(error)
            outcomes.append(Outcome(name, status, (), 0, 0, time.monotonic() - began, why, _next(source, asked, why)))
        else:
            outcomes.append(_success(name, readings, time.monotonic() - began))
    notes = [outcome.note for outcome in outcomes if outcome.note]
    for note in notes:
        telling.say(note)
    return Round(tuple(outcomes), (*((damage,) if damage else ()), *notes), named)


def _left_out(
    store: Store, source: LiveSource, look: Look | None, aimed: str, older_than: timedelta | None
) -> Outcome | None:  # fmt: skip
    """What becomes of a source that is not asked; null: it is."""
    name = source.descriptor.id
    if missing := key_missing(source):
        return Outcome(name, SKIPPED, error=missing.to_dict()["error"], next=missing.hint)
    if older_than is None:
        return None
    last = last_look(store, name, look, aimed)
    due = last + older_than if last else None
    if due is None or due <= datetime.now(UTC):
        return None
    return Outcome(name, FRESH, next=f"due after {moment_text(due.replace(microsecond=0))}")


def last_look(store: Store, name: str, look: Look | None = None, aimed: str = "") -> datetime | None:
    """When a source last answered whole: as noted, or when its newest fetched vintage became known; null: never."""
    found = [look.looked[aimed]] if look and aimed in look.looked else []
    if not aimed and origin_held(store, name):
        found += [vintage.known for vintage in store.vintages() if vintage.source == name]
    now = datetime.now(UTC)  # what was noted by a clock that was wrong says nothing
    return max((moment for moment in found if moment <= now), default=None)


def _noted(store: Store, source: LiveSource, asked: Asked, telling: Telling, looks: Looks) -> list[Reading]:
    """The new readings of a source; that it was looked at is noted, and how it failed."""
    name, tried = source.descriptor.id, datetime.now(UTC).replace(microsecond=0)
    try:
        readings = [reading for reading in fetch_and_read(store, source, asked, telling) if reading.new]
    except (StoreBusy, StoreDamaged):  # says nothing of the source
        raise
    except SchemaChanged as error:
        error.exit_code = A_CHANGED_SCHEMA  # a file in another form is a source that failed; a hub has changed
        looks.note(name, aim(asked), tried, *_failure(error))
        raise
    except Exception as error:
        looks.note(name, aim(asked), tried, *_failure(error))
        raise
    looks.note(name, aim(asked), tried, NEW if readings else NOTHING_NEW)
    return readings


def _success(name: str, readings: Sequence[Reading], seconds: float) -> Outcome:
    held = [reading.vintage for reading in readings]
    return Outcome(
        name,
        NEW if held else NOTHING_NEW,
        tuple(vintage.id for vintage in held),
        sum(vintage.models for vintage in held),
        sum(vintage.counters for vintage in held),
        seconds,
        rejected=sum(reading.rejected for reading in readings),
        doubtful=sum(reading.doubtful for reading in readings),
    )


def _failure(error: Exception) -> tuple[str, dict[str, str]]:
    """Status and reason of what stopped a source."""
    if isinstance(error, WeighbridgeError):
        why = error.to_dict()["error"]
        if isinstance(error, SchemaChanged):
            return CHANGED, why
        return DOWN if isinstance(error, SourceFailed) else SKIPPED, why
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        hint = "check the path and its rights"
        return DOWN, {"kind": SourceFailed.kind, "message": f"{where}{error.strerror or error}", "hint": hint}
    hint = "this is a fault of the program; WEIGHBRIDGE_DEBUG=1 shows where, please report it"
    return DOWN, {"kind": INTERNAL, "message": f"{type(error).__name__}: {error}", "hint": hint}


def _next(source: LiveSource, asked: Asked, why: Mapping[str, str]) -> str:
    """What heals: waiting, or what the hint says of a token, a key or an address; and the command to run then."""
    if why["kind"] not in (SourceFailed.kind, BUSY):
        return why["hint"]
    name, key = source.descriptor.id, source.descriptor.key
    command = f"weighbridge sync {name}{' with the same options' if given(asked) else ''}"
    if why["hint"] in ("", LATER) or why["kind"] == BUSY:
        return f"{command}, later; it goes on with what has landed"
    return f"{why['hint']}{f' ({key})' if key and 'key' in why['hint'] else ''}; then: {command}"

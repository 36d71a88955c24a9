"""Following rules: what is so now and was not at the last watch, told once to each who is to know."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from weighbridge.errors import DataMissing, StoreBusy, StoreDamaged, WeighbridgeError
from weighbridge.records.amounts import several
from weighbridge.records.clock import moment_text
from weighbridge.records.shown import plain
from weighbridge.records.vintage import Vintage
from weighbridge.store.home import Store
from weighbridge.upkeep import told
from weighbridge.upkeep.alerts import Alert, Rule, Watched, kinds
from weighbridge.upkeep.feed import write_feed
from weighbridge.upkeep.looks import Looks
from weighbridge.upkeep.then import StoreThen
from weighbridge.upkeep.told import SUMS, Entry, Memory
from weighbridge.upkeep.webhook import Webhook
from weighbridge.upkeep.whole import alone

WAIT = 10.0  # seconds for another watch to end
NAMED = 3  # models that the sum of many alerts names


@dataclass(frozen=True)
class Watch:
    """What a watch found, and whom it told.

    Attributes:
        alerts: found now, as they are printed.
        rules: one row a rule: `rule, kind, title, alerts, watched`.
        outlets: one row an outlet: `outlet, told, waiting, error`.
        notes: what the reader must know.
    """

    alerts: tuple[dict[str, Any], ...]
    rules: tuple[dict[str, Any], ...]
    outlets: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether an outlet could not be told all."""
        return any(outlet["error"] for outlet in self.outlets)

    def to_dict(self) -> dict[str, Any]:
        """The document that `watch` prints."""
        return {
            "rows": list(self.alerts),
            "rules": list(self.rules),
            "outlets": list(self.outlets),
            "notes": list(self.notes),
        }


def watch(
    store: Store,
    rules: Sequence[Rule],
    *,
    since: datetime | None = None,
    feed: Path | None = None,
    entries: int = 100,
    webhook: Webhook | None = None,
) -> Watch:
    """Look for what the rules are about, remember it, and tell it.

    What is found is remembered before anybody is told, so whoever could not be told is told at the next watch. A rule
    that cannot be followed is named in the notes, looks at the same vintages again at the next watch, and stops no
    other.

    Args:
        store: what is held.
        rules: to follow.
        since: look at what became known after this moment; null: since the last watch, or from now on.
        feed: a file with an Atom feed.
        entries: how many it keeps.
        webhook: who is sent each alert.

    Raises:
        DataMissing: the store holds nothing to watch.
        StoreDamaged: what is remembered is damaged.
        StoreBusy: another watch goes on.
    """
    looks, damage = Looks(store).read()
    held = store.vintages()
    if not held and not looks:
        raise DataMissing(f"the store at {store.path} holds nothing to watch", "fill it: weighbridge sync --all")
    with alone(store.path / "told" / "lock", "watching this store", WAIT):
        memory, notes = told.read(store), [damage] if damage else []
        moment = datetime.now(UTC).replace(microsecond=0)
        now = frozenset(vintage.id for vintage in held)
        found: list[Entry] = []
        rows = []
        begun = [rule.id for rule in rules if rule.id not in memory.looks and since is None]
        followed = dict[str, frozenset[str]]()
        for rule in rules:
            then = _then(held, memory.looks.get(rule.id), since)
            watched = Watched(store, StoreThen(store.path, then), looks, moment, notes.append)
            try:
                fresh = _entries(rule, _alerts(rule, watched, then == now), memory.known, moment)
                followed[rule.id] = now
            except (StoreDamaged, StoreBusy):  # says nothing of the rule
                raise
            except Exception as error:
                fresh = []
                notes.append(_not_followed(rule, error))
            found += fresh
            rows.append({"rule": rule.id, "kind": rule.kind, "title": rule.title, "alerts": len(fresh),
                         "watched": len(now - then)})  # fmt: skip
        after = memory
        for where in (feed and feed_name(feed), webhook and webhook_name(webhook)):
            if where:  # as of before this watch: what was told before the outlet was there is not for it
                after = after.with_outlet(where, memory.outlet(where))
        after = after.having(found, followed)
        if after != memory:
            told.write(store, after)
        outlets = []
        if feed is not None:
            outlets.append(_fed(after, rules, feed, entries))
        if webhook is not None:
            outlets.append(_sent(store, after, rules, webhook))
    if begun:
        notes.append(_beginning(begun, held))
    return Watch(tuple(told.shown(entry) for entry in found), tuple(rows), tuple(outlets), tuple(notes))


def _then(held: Sequence[Vintage], looked: frozenset[str] | None, since: datetime | None) -> frozenset[str]:
    """Ids of the vintages that a rule is to compare with.

    Where nothing was held of a hub, its first readings are where watching begins, and all that they tell is no news.
    """
    if since is not None:
        return frozenset(vintage.id for vintage in held if vintage.known <= since)
    if looked is None:
        return frozenset(vintage.id for vintage in held)
    hubs = {vintage.hub for vintage in held if vintage.id in looked}
    return frozenset(vintage.id for vintage in held if vintage.id in looked or vintage.hub not in hubs)


def _alerts(rule: Rule, watched: Watched, unchanged: bool) -> Iterable[Alert]:
    """All alerts of a rule; of one about readings none where there is no other reading than then."""
    kind = kinds()[rule.kind]
    return () if unchanged and not kind.by_the_clock else kind.find(rule, watched)


def _entries(rule: Rule, alerts: Iterable[Alert], known: frozenset[str], moment: datetime) -> list[Entry]:
    """Alerts that were not told, the heaviest first, those beyond `most` as one."""
    fresh = {
        alert.id: alert
        for alert in alerts
        if alert.id not in known and (not rule.least or (alert.weight or 0) >= rule.least)
    }
    ordered = sorted(fresh.values(), key=lambda alert: (-(alert.weight or 0), alert.day, alert.model or "", alert.id))
    shown, rest = ordered[: rule.most], ordered[rule.most :]
    found = moment_text(moment)
    entries: list[Entry] = [alert.to_dict() | {"found": found} for alert in shown]
    if rest:
        entries.append(_sum(rule, rest).to_dict() | {"found": found, SUMS: [alert.id for alert in rest]})
    return entries


def _sum(rule: Rule, rest: Sequence[Alert]) -> Alert:
    names = [alert.model for alert in rest if alert.model][:NAMED]
    weight = sum(alert.weight or 0 for alert in rest)
    hubs = {alert.hub for alert in rest}
    such = f", such as {', '.join(names)}" if names else ""
    return Alert(
        rule.id,
        rule.kind,
        f"{rule.title}: {len(rest):,} more",
        hubs.pop() if len(hubs) == 1 else None,
        None,
        max(alert.day for alert in rest),
        f"{len(rest):,} more of this rule, of less weight, were found at the same time{such}",
        weight=weight,
        numbers={"alerts": len(rest)},
        subject=hashlib.sha256("\n".join(sorted(alert.id for alert in rest)).encode()).hexdigest(),
    )


def feed_name(feed: Path) -> str:
    """What a feed is remembered by."""
    return f"feed {feed.resolve()}"


def webhook_name(webhook: Webhook) -> str:
    """What a webhook is remembered by."""
    return f"webhook {webhook.url}"


def _fed(memory: Memory, rules: Sequence[Rule], feed: Path, entries: int) -> dict[str, Any]:
    """Write the feed anew from what is remembered."""
    chosen = told.of_rules(memory, {rule.id for rule in rules})[-entries:]
    error = _attempt(lambda: write_feed(feed, memory.outlet(feed_name(feed)).id, chosen))
    return {"outlet": "feed", "told": 0 if error else len(chosen), "waiting": 0, "error": error}


def _sent(store: Store, memory: Memory, rules: Sequence[Rule], webhook: Webhook) -> dict[str, Any]:
    """Send what the other side does not have; after each it is remembered that it has it."""
    where = webhook_name(webhook)
    has = memory.outlet(where).told
    waiting = [entry for entry in told.of_rules(memory, {rule.id for rule in rules}) if entry["id"] not in has]
    sent, error = 0, None
    for entry in waiting:
        error = _attempt(partial(webhook.send, told.shown(entry)))
        if error:
            break
        sent += 1
        outlet = memory.outlet(where)
        memory = memory.with_outlet(where, told.Outlet(outlet.id, outlet.told | {entry["id"]}))
        told.write(store, memory)
    return {"outlet": "webhook", "told": sent, "waiting": len(waiting) - sent, "error": error}


def _attempt(deliver: Callable[[], None]) -> dict[str, str] | None:
    """The error of a delivery, or null."""
    try:
        deliver()
    except WeighbridgeError as error:
        return error.to_dict()["error"]
    return None


def _not_followed(rule: Rule, error: Exception) -> str:
    if isinstance(error, WeighbridgeError):
        why = f"{error.message} ({error.hint})" if error.hint else error.message
    else:
        why = f"{type(error).__name__}: {error}; this is a fault of the program, please report it"
    return f"WARNING: the rule {rule.id} could not be followed: {plain(why)}. The others were."


def _beginning(rules: Sequence[str], held: Sequence[Vintage]) -> str:
    if not held:
        return f"Watching begins here ({', '.join(rules)}): no reading is held yet; the first ones are no news."
    newest = moment_text(max(vintage.known for vintage in held))
    return (
        f"Watching begins here ({', '.join(rules)}): with {several(len(held), 'vintage')}, the newest known at "
        f"{newest}; --since DATE looks at what became known after that day."
    )

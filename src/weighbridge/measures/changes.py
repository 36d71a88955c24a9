"""What changed since the reading before a hub's newest census: totals, shares, models, and events about the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from weighbridge.cubes.frame import links
from weighbridge.cubes.windows import censuses, choose_hub, known_then, plan
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking, Backing, StoreBacking
from weighbridge.measures.table import GroupTable
from weighbridge.quality.ledger import ledger
from weighbridge.records.answer import Row
from weighbridge.records.cells import SMALL, UNNAMED
from weighbridge.records.clock import day_text, moment_text
from weighbridge.records.question import Question
from weighbridge.records.vintage import Vintage
from weighbridge.store.differences import differences
from weighbridge.store.home import Store

BY = ("country", "organisation", "family")
MOVED_MOST = 10
"""Groups of a dimension that are told of."""
MODELS = 20
"""New models, and removed ones, that are named."""
EVENTS = 10
PRESENCE = ("appeared", "vanished", "missing")
"""Changes of the list of models, as `vintages diff` calls them."""


def changes(backing: Backing, question: Question) -> dict[str, Any]:
    """What changed from the reading before the newest census to that census, each by its own newest window.

    `moved` is the share now less the share then; it is `sure` where the limits of the two do not overlap.

    Args:
        backing: a store; a cube file holds one reading and says so.
        question: hub, as-of and definition; its window and vintage are not looked at.

    Returns:
        A document with `from` and `to`, each null or `{vintages, known, day, window, total}`; `because` says why
        there is no `from`, and is null otherwise; `missing` says why other parts are null.

    Raises:
        DataMissing: nothing is held of the hub that can be weighed.
    """
    asked = replace(question, at=None, start=None, end=None, trailing_days=None, over=None, vintage=None)
    now = _Side(Asking(backing, asked))
    nothing: dict[str, Any] = {"from": None, "groups": None, "models": None, "missing": {}}
    document = {"subject": "changes", **now.head(), "to": now.to_dict(), **nothing}
    if not isinstance(backing, StoreBacking):
        because = "a cube file holds one reading; ask a store that holds two censuses"
        return {**document, "because": because, "events": []}
    document |= {"events": _events(backing.store, asked, now.hub)}
    newest = _newest(backing.store, asked)
    earlier = _before(backing.store, asked, newest)
    if not earlier:
        return {**document, "because": _alone(newest[-1])}
    past = replace(asked, as_of=earlier[-1].known)
    try:
        then = _Side(Asking(backing, past))
        told = then.to_dict()
        before = _newest(backing.store, past)
    except (DataMissing, UsageError) as error:
        return {**document, "because": f"the reading before cannot be weighed: {error.message}; {error.hint}"}
    document |= {"from": told, "because": None, "groups": {by: _moves(then, now, by) for by in BY}}
    if len(before) == len(newest) == 1:
        return document | {"models": _models(before[0], newest[0], now.hub)}
    return document | {"missing": {"models": "a census came in several readings; `vintages diff A B` compares two"}}


@dataclass(frozen=True)
class _Side:
    """What was known at one time, in its own newest window."""

    asking: Asking

    @property
    def hub(self) -> str:
        """The hub."""
        return self.asking.condensed(BY[0]).slice.hub

    def table(self, by: str) -> GroupTable:
        """Sums along a dimension."""
        weighed = self.asking.condensed(by)
        return GroupTable(weighed, weighed.groups(by))

    def head(self) -> dict[str, Any]:
        """What stands beside the figures of this side."""
        document = answer("changes", "", self.asking.condensed(BY[0]), BY[0], []).to_dict()
        left = ("measure", "by", "engine", "rows", "periods", "removed", "unknown_age")
        return {name: value for name, value in document.items() if name not in left}

    def to_dict(self) -> dict[str, Any]:
        """Readings, the newest of their days, the window and its total."""
        document = self.head()
        window = self.asking.condensed(BY[0]).slice.windows[-1]
        return {
            "vintages": document["vintages"],
            "known": moment_text(self.asking.backing.known(self.asking.question)[-1]),
            "day": day_text(window.end),
            "window": document["window"],
            "total": document["total"],
        }


def _newest(store: Store, question: Question) -> list[Vintage]:
    """The readings that the newest window rests on and that came last: the parts of one census."""
    planned = plan(store, question)
    return list(planned.vintages) if planned.ways == ("at",) else [planned.vintages[-1]]


def _before(store: Store, question: Question, newest: list[Vintage]) -> list[Vintage]:
    """The censuses of the hub that were held before the newest one became known, in this order."""
    held = known_then(store, question.as_of)
    every = censuses(held, choose_hub([v.hub for v in held if v.counters], question.hub), question.as_of)
    first = min(v.known for v in newest)
    return [v for v in every if v.known < first]


def _alone(vintage: Vintage) -> str:
    """Why nothing can be compared, and what to do."""
    return (
        f"only one census of {vintage.hub} is held ({vintage.id}); read a later one with "
        f"`weighbridge sync {vintage.source}` or `weighbridge ingest {vintage.source} FILE`"
    )


def _moves(then: _Side, now: _Side, by: str) -> list[dict[str, Any]]:
    """The groups whose shares moved most, the furthest first."""
    sides = [side.table(by) for side in (then, now)]
    rows = [{row.group: row for row in table.rows(0, np.arange(len(table.names)))} for table in sides]
    names = sorted({*rows[0], *rows[1]} - {UNNAMED, SMALL})
    found = [_move(name, rows, sides) for name in names]
    found.sort(key=lambda row: (-abs(row["moved"]), row["group"]))
    return [row for row in found[:MOVED_MOST] if row["moved"]]


def _move(name: str, rows: list[dict[str, Row]], sides: list[GroupTable]) -> dict[str, Any]:
    """How a group's share moved; a side on which it has no weight has the limits of what could be its own."""
    told: list[dict[str, Any]] = []
    for held, table in zip(rows, sides, strict=True):
        row = held.get(name)
        lo, hi = (row.lo, row.hi) if row else table.absent(0, name)
        told.append({"value": row.value if row else 0.0, "lo": lo, "hi": hi, "downloads": row.downloads if row else 0})
    then, now = told
    return {
        "group": name,
        "then": then,
        "now": now,
        "moved": now["value"] - then["value"],
        "sure": bool(now["lo"] > then["hi"] or now["hi"] < then["lo"]),
    }


def _models(a: Vintage, b: Vintage, hub: str) -> dict[str, Any]:
    """How many models came and went, the heaviest of them, and what else the two readings say differently."""
    found = differences(a, b, links(hub))
    summary = {row["change"]: row for row in found.summary()}
    return {
        "then": a.models,
        "now": b.models,
        "weight_of": found.weight_of,
        **{name: _presence(found.to_dict(MODELS, (name,)), summary.get(name)) for name in PRESENCE},
        "other": [row for name, row in summary.items() if name not in PRESENCE],
        "notes": list(found.notes),
    }


def _presence(document: Mapping[str, Any], summed: Mapping[str, Any] | None) -> dict[str, Any]:
    rows = [{name: row[name] for name in ("model", "weight", "day")} for row in document["rows"]]
    return {"models": summed["models"] if summed else 0, "weight": summed["weight"] if summed else 0, "rows": rows}


def _events(store: Store, question: Question, hub: str) -> list[dict[str, Any]]:
    """The most recent quality events, of one day the weightiest first."""
    found = ledger(store, hub, question.as_of).events
    newest = sorted(found, key=lambda event: (-event.start, -(event.weight or 0), event.model or ""))
    return [event.to_dict() for event in newest[:EVENTS]]

"""What a store remembers of what was told: one file, which a kill at any moment leaves whole."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from weighbridge.errors import StoreDamaged
from weighbridge.store.home import Store
from weighbridge.store.package import UNREADABLE
from weighbridge.upkeep.whole import write_whole

FORMAT = 1
LOGGED = 5000  # alerts that are remembered, the newest
SUMS = "sums"  # key of the ids that an alert stands for, beside its own

Entry = Mapping[str, Any]
"""An alert as `watch` prints it, with `found`, and `sums`: ids that it stands for."""


@dataclass(frozen=True)
class Outlet:
    """Where alerts went.

    Attributes:
        id: a random UUID.
        told: ids of the alerts that it has, of those still remembered.
    """

    id: str
    told: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Memory:
    """All that was told.

    Attributes:
        looks: by rule, the ids of the vintages that it has looked at.
        log: alerts, the newest last.
        outlets: by digest of where they are, since an address may hold a secret.
    """

    looks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    log: tuple[Entry, ...] = ()
    outlets: Mapping[str, Outlet] = field(default_factory=dict)

    @property
    def known(self) -> frozenset[str]:
        """Ids of all that was told, alone or in a sum."""
        return frozenset(one for entry in self.log for one in (entry["id"], *entry.get(SUMS, ())))

    def having(self, found: Sequence[Entry], looks: Mapping[str, frozenset[str]]) -> Memory:
        """The same with alerts that were found, and the vintages that rules have looked at."""
        log = (*self.log, *found)[-LOGGED:]
        kept = {entry["id"] for entry in log}
        outlets = {name: replace(outlet, told=outlet.told & kept) for name, outlet in self.outlets.items()}
        return Memory({**self.looks, **looks}, log, outlets)

    def outlet(self, where: str) -> Outlet:
        """What an outlet has; one that was never used begins with what is remembered now."""
        held = self.outlets.get(_digest(where))
        return held or Outlet(str(uuid.uuid4()), frozenset(entry["id"] for entry in self.log))

    def with_outlet(self, where: str, outlet: Outlet) -> Memory:
        """The same with what an outlet has now."""
        return replace(self, outlets={**self.outlets, _digest(where): outlet})


def path_of(store: Store) -> Path:
    """The file."""
    return store.path / "told" / "told.json"


def read(store: Store) -> Memory:
    """What is remembered; nothing where there is no file.

    Raises:
        StoreDamaged: the file is not what was written.
    """
    path = path_of(store)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise ValueError(f"its format is {document['format']!r}, not {FORMAT}")
        looks = {digest: frozenset(map(str, ids)) for digest, ids in document["looks"].items()}
        return Memory(
            {str(rule): looks[digest] for rule, digest in document["rules"].items()},
            tuple(_entry(entry) for entry in document["log"]),
            {str(name): Outlet(str(o["id"]), _names(o["told"])) for name, o in document["outlets"].items()},
        )
    except FileNotFoundError:
        return Memory()
    except UNREADABLE as error:
        hint = "restore it from a backup, or delete it: watching then begins anew, from now or from --since"
        raise StoreDamaged(f"{path} cannot be read: {error}", hint) from None


def write(store: Store, memory: Memory) -> None:
    """Put it in place, in one step. The caller holds the lock."""
    looks = {_digest("\n".join(sorted(ids))): sorted(ids) for ids in memory.looks.values()}
    document = {
        "format": FORMAT,
        "looks": looks,
        "rules": {rule: _digest("\n".join(sorted(ids))) for rule, ids in sorted(memory.looks.items())},
        "log": list(memory.log),
        "outlets": {
            name: {"id": outlet.id, "told": sorted(outlet.told)} for name, outlet in sorted(memory.outlets.items())
        },
    }
    write_whole(path_of(store), (json.dumps(document) + "\n").encode())


def of_rules(memory: Memory, rules: Collection[str]) -> list[Entry]:
    """The remembered alerts of some rules, the newest last."""
    return [entry for entry in memory.log if entry["rule"] in rules]


def shown(entry: Entry) -> dict[str, Any]:
    """An alert as it is printed and sent."""
    return {key: value for key, value in entry.items() if key != SUMS}


def _entry(entry: Any) -> Entry:
    if not all(isinstance(entry[key], str) for key in ("id", "rule", "kind", "title", "detail", "found")):
        raise ValueError("an alert lacks its id, rule, kind, title, detail or time")
    if not all(isinstance(entry.get(key), str | None) for key in ("hub", "model", "day")):
        raise ValueError("the hub, model or day of an alert is no text")
    for key, number in (("weight", int), ("share", int | float)):
        if isinstance(entry.get(key), bool) or not isinstance(entry.get(key), number | None):
            raise ValueError(f"the {key} of an alert is no number")
    if not isinstance(entry.get("numbers", {}), dict):
        raise ValueError("the numbers of an alert are no table")
    _names(entry.get("vintages", []))
    _names(entry.get(SUMS, []))
    return dict(entry)


def _names(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("what should be a list of names is none")
    return frozenset(value)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]

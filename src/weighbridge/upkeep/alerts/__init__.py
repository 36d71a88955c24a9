"""What is worth telling somebody, one file a kind of rule. What defines `ALERT` here is found by itself."""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast

from weighbridge.records.discovery import registered

if TYPE_CHECKING:
    from weighbridge.store.home import Store
    from weighbridge.upkeep.looks import Look

Numbers = Mapping[str, int | float | str]


@dataclass(frozen=True)
class Rule:
    """What to watch for, as a file says it.

    Attributes:
        id: unique among the rules of a run.
        title: one line; the head of each alert.
        kind: id of the kind of rule that looks for it.
        hub: only this hub; null: all that are held.
        least: alerts of less weight are left out, and of unknown weight where it is over 0.
        most: so many are told one by one, the heaviest; the rest of a run is one alert.
        of: what the kind looks for.
    """

    id: str
    title: str
    kind: str
    hub: str | None = None
    least: int = 0
    most: int = 20
    of: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """All fields, in order."""
        return {"id": self.id, "title": self.title, "kind": self.kind, "hub": self.hub, "least": self.least,
                "most": self.most, "of": dict(self.of)}  # fmt: skip


@dataclass(frozen=True)
class Alert:
    """Something that somebody should know.

    Attributes:
        rule: id of the rule.
        kind: of the rule.
        title: of the rule.
        hub: the hub; null where it is about a source.
        model: name of the model; null where it is about none, or several.
        day: the day it is about, `2024-07-11`.
        detail: what happened, in plain words.
        weight: downloads (or pulls) that it touches; null where not known.
        share: part of the hub's weight; null where not known.
        numbers: the evidence.
        vintages: ids of the vintages in which it was seen.
        subject: what tells it from another of the same rule, hub, model and day; mostly empty.
    """

    rule: str
    kind: str
    title: str
    hub: str | None
    model: str | None
    day: str
    detail: str
    weight: int | None = None
    share: float | None = None
    numbers: Numbers = field(default_factory=dict)
    vintages: tuple[str, ...] = ()
    subject: str = ""

    @property
    def id(self) -> str:
        """Digest of what it is and of which day, 16 hex digits; later readings do not change it."""
        parts = (self.rule, self.kind, self.hub or "", self.model or "", self.subject, self.day)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """The row that `watch` prints."""
        return {
            "id": self.id,
            "rule": self.rule,
            "kind": self.kind,
            "title": self.title,
            "hub": self.hub,
            "model": self.model,
            "day": self.day,
            "weight": self.weight,
            "share": self.share,
            "detail": self.detail,
            "numbers": dict(self.numbers),
            "vintages": list(self.vintages),
        }


@dataclass(frozen=True)
class Watched:
    """What a rule looks at.

    Attributes:
        now: the store.
        then: the same store as it was at the last watch: with the vintages it had then.
        looks: when each source was last looked at.
        moment: now.
        say: told in words what the reader must know, such as that a rule cannot be asked here.
    """

    now: Store
    then: Store
    looks: Mapping[str, Look]
    moment: datetime
    say: Callable[[str], None]

    def hubs(self, rule: Rule) -> list[str]:
        """Hubs that a rule is about, of those held."""
        held = sorted({vintage.hub for vintage in self.now.vintages()})
        return [hub for hub in held if rule.hub in (None, hub)]


class Kind(Protocol):
    """Finds what one kind of rule is about."""

    @property
    def id(self) -> str:
        """As rules name it."""
        ...

    @property
    def title(self) -> str:
        """One line."""
        ...

    @property
    def words(self) -> str:
        """What it tells, and when."""
        ...

    @property
    def by_the_clock(self) -> bool:
        """Whether it can find something though no reading has come in."""
        ...

    @property
    def schema(self) -> Mapping[str, Any]:
        """JSON Schema of a rule's table `of`."""
        ...

    def check(self, rule: Rule) -> None:
        """Refuse what no data could make valid, and a schema cannot tell.

        Raises:
            UsageError: the rule is so.
        """
        ...

    def find(self, rule: Rule, watched: Watched) -> Iterable[Alert]:
        """What is so now and was not then; nothing where what is held cannot tell."""
        ...


@functools.cache
def kinds() -> dict[str, Kind]:
    """All kinds of rules by id."""
    return cast("dict[str, Kind]", registered(sys.modules[__name__], "ALERT"))

"""How a fault is switched on, and the registry of the kinds there are.

A fault is switched on by name, for the requests an expression finds, from the n-th of them on and for so many of them;
`share` harms only some, chosen by the seed. What becomes of it is one of `HEALS` (trying again gets everything),
`STANDS` (a reader must give up and say why) and `ALTERS` (answers come, and what they say differs from the table).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .messages import JSON, Asked, Reply, Row, Site, compact

HEALS, STANDS, ALTERS = "heals", "stands", "alters"
Harm = Callable[["Hit"], Reply]


@dataclass(frozen=True)
class Kind:
    """A kind of fault: how it is called, what it does, what becomes of it, and its options with their usual values."""

    name: str
    about: str
    then: str
    harm: Harm
    times: int | None
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """A kind of fault, switched on for some requests."""

    kind: str
    on: str = ""
    """Expression searched in `METHOD /path?query`; empty is the hub's listing."""
    after: int = 0
    """Requests of this sort that are left alone first."""
    times: int | None = 1
    """Requests that are harmed; None is all."""
    share: float = 1.0
    """The share of them that is harmed, chosen by the seed."""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hit:
    """A request that a fault harms."""

    asked: Asked
    reply: Reply
    site: Site
    number: int
    """Which of the harmed requests this is, from 0."""
    seed: int
    options: Mapping[str, Any]
    before: Reply | None
    """The answer to the same sort of request before this one."""

    def __getitem__(self, option: str) -> Any:
        return self.options[option]

    def error(self, status: int, message: str, *headers: tuple[str, str]) -> Reply:
        """An error as the hubs write it."""
        return Reply(status, (*JSON, *headers), compact({"error": message}))

    def rewritten(self, change: Callable[[Row], Row]) -> Reply:
        """The answer with every row changed."""
        if self.reply.rows is None:
            return self.reply
        return replace(self.reply, rows=[change(dict(row)) for row in self.reply.rows])


FAULTS: dict[str, Kind] = {}


def kind(name: str, about: str, then: str, times: int | None = 1, **options: Any) -> Callable[[Harm], Harm]:
    """Enter a kind of fault into the registry; `times` and the options are what it does unless told otherwise."""

    def enter(harm: Harm) -> Harm:
        FAULTS[name] = Kind(name, about, then, harm, times, options)
        return harm

    return enter


def fault(
    name: str, *, on: str = "", after: int = 0, times: int | None = -1, share: float = 1.0, **options: Any
) -> Fault:
    """A fault to switch on. `times` is the kind's own unless given; options are those of the kind.

    Raises KeyError for a name or an option that does not exist.
    """
    known = FAULTS[name]
    if unknown := options.keys() - known.options.keys():
        raise KeyError(f"{name} has no option {sorted(unknown)[0]!r}; it has {sorted(known.options)}")
    usual = known.times if times == -1 else times
    return Fault(name, on, after, usual, share, {**known.options, **options})


def parse(text: str) -> Fault:
    """A fault written as `name:key=value:key=value`, for the command line; `times=all` has no end."""
    name, *pairs = text.split(":")
    given: dict[str, Any] = dict(pair.split("=", 1) for pair in pairs)
    usual = {"after": 0, "times": 1, "share": 1.0, "on": "", **FAULTS[name].options}
    for key, value in given.items():
        given[key] = None if value == "all" else type(usual[key])(value)
    return fault(name, **given)


class Plan:
    """The faults that are switched on at a site, and how far each has come."""

    def __init__(self, site: Site, faults: tuple[Fault, ...], seed: int) -> None:
        self.site, self.faults, self.seed = site, list(faults), seed
        self.met = [0] * len(faults)
        self.harmed = [0] * len(faults)
        self.before: dict[str, Reply] = {}

    def harm(self, asked: Asked, reply: Reply) -> tuple[Reply, tuple[str, ...]]:
        """The answer after all faults, and the names of those that struck."""
        line, struck = f"{asked.method} {asked.target}", []
        for number, one in enumerate(self.faults):
            pattern = one.on or self.site.listing
            if not re.search(pattern, line):
                continue
            before, self.before[pattern] = self.before.get(pattern), reply
            turn, self.met[number] = self.met[number], self.met[number] + 1
            done = one.times is not None and self.harmed[number] >= one.times
            if turn < one.after or done or not self._chosen(number, turn, one.share):
                continue
            hit = Hit(asked, reply, self.site, self.harmed[number], self.seed, one.options, before)
            self.harmed[number] += 1
            reply = FAULTS[one.kind].harm(hit)
            struck.append(one.kind)
        return reply, tuple(struck)

    def _chosen(self, number: int, turn: int, share: float) -> bool:
        if share >= 1:
            return True
        drawn = hashlib.sha256(f"{self.seed}/{number}/{turn}".encode()).digest()
        return int.from_bytes(drawn[:4], "big") / 2**32 < share

"""Repositories that bear the name of a much-downloaded model of somebody else, and are downloaded for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from weighbridge.cubes.frame import UNKNOWN_DAY
from weighbridge.quality import Event
from weighbridge.quality.held import Held
from weighbridge.quality.likeness import folded, misspelt, words_of
from weighbridge.records.amounts import several
from weighbridge.register import parties
from weighbridge.register.parties import INDIVIDUALS, UNKNOWN, UNREGISTERED, Party

Ints = npt.NDArray[np.int64]

GIANT = 100_000  # downloads in 30 days
GIANT_LIKES = 30
LEAST = 10_000  # downloads that the jump of a likely impostor brings
NEW_DAYS = 30  # a repository so young has jumped up from nothing, whatever its counter was in between
USERS = 2  # namespaces that use a misspelt word; one that more use is a word of its own
NOBODY_KNOWN = (INDIVIDUALS, UNKNOWN, UNREGISTERED)


@dataclass(frozen=True)
class _Pair:
    model: int
    giant: int
    how: str


class Impostor:
    """A sign to look, no verdict: conversions and copies that name no base look alike."""

    id = "impostor"
    version = 1
    title = "a likely impostor: the name of a much-downloaded model in a stranger's namespace, downloaded for it"
    words = (
        f"A giant has at least {GIANT:,} downloads in 30 days and, where likes are known, {GIANT_LIKES} likes. "
        "A likely impostor is not known to be older, bears its repository name (the same but for case, "
        f"separators and 0/o, 1/i/l, 5/s; or one word misspelt in a way that at most {USERS} namespaces write) in a "
        "namespace that no organisation of the register holds, declares no base and is no quantised copy, and its "
        f"downloads have jumped up: a counter by at least {LEAST:,}, or as many within {NEW_DAYS} days of its "
        "creation. The weight is its downloads in the 30 days up to the jump, or to its last reading. It is a sign to "
        "look, not a verdict."
    )

    def find(self, held: Held) -> Iterator[Event]:
        """See `Detector.find`."""
        names = held.frame.names
        first, last = held.sights
        everyone = np.arange(len(names))
        weight = np.where(last >= 0, held.yardstick.models(everyone, np.maximum(last, 0)), 0)
        if not (weight >= GIANT).any():
            return
        jumped = _jumped(held)
        for pair in _pairs(held, weight, np.array(list(jumped), np.int64)):
            start, end, own = int(first[pair.model]), int(last[pair.model]) + 1, int(weight[pair.model])
            if pair.model in jumped:
                start, end = jumped[pair.model], jumped[pair.model] + 1
                own = int(held.yardstick.models(np.array([pair.model]), np.array([start]))[0])
            giant, born = held.frame.node_name(pair.giant), int(held.frame.created[pair.model])
            age = end - 1 - born if born > UNKNOWN_DAY else None
            if pair.model not in jumped and (age is None or age > NEW_DAYS or own < LEAST):
                continue
            numbers: dict[str, int | float | str] = {"giant": giant, "giant_weight": int(weight[pair.giant])}
            numbers |= {"likes": int(held.frame.likes[pair.model])} | ({} if age is None else {"age_days": age})
            why = (
                "its counter jumped up"
                if pair.model in jumped
                else f"{several(own, 'download')} at an age of {age} days"
            )
            detail = f"{pair.how} {giant}, declares no base; {why}"
            yield held.event(self.id, pair.model, start, end, own, detail, numbers)


def _jumped(held: Held) -> dict[int, int]:
    """Models whose counter jumped up by themselves, far enough, and the day of the first such jump."""
    found: dict[int, int] = {}
    for quantity, _ in held.series():
        jumps = held.jumps(quantity)
        up = ~jumps.shared & (jumps.amount >= LEAST)
        for model, day in zip(jumps.model[up].tolist(), jumps.day[up].tolist(), strict=True):
            found[model] = min(day, found.get(model, day))
    return found


def _pairs(held: Held, weight: Ints, jumped: Ints) -> Iterator[_Pair]:
    """Models that bear the name of a giant, each with the largest such giant; what they declare was looked at."""
    frame = held.frame
    behind = _Parties(held)
    famous = (frame.likes >= GIANT_LIKES) | (frame.likes < 0)
    giants = np.flatnonzero((weight >= GIANT) & famous)
    copies = frame.labels["quantised"].codes.astype(bool)
    likely = (weight >= LEAST) & ~frame.declared & ~copies
    likely[jumped] = ~frame.declared[jumped] & ~copies[jumped]
    models = [int(m) for m in np.flatnonzero(likely) if behind.of(int(m)).organisation in NOBODY_KNOWN]
    called = _Giants(held, giants[np.argsort(-weight[giants], kind="stable")])
    for model in models:
        for giant, how in called.like(model):
            older = frame.created[model] == UNKNOWN_DAY or frame.created[giant] <= frame.created[model]
            if older and behind.strangers(model, giant):
                yield _Pair(model, giant, how)
                break


class _Giants:
    """Giants by their folded name, and by their name less one word."""

    def __init__(self, held: Held, giants: Ints) -> None:
        """`giants`: row numbers, largest first."""
        self._names = held.frame.names
        self._users: dict[str, int] = {}
        self._by_name: dict[str, list[int]] = {}
        self._by_rest: dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[str, int]]] = {}
        for giant in giants.tolist():
            name = self._base(giant)
            self._by_name.setdefault(folded(name), []).append(giant)
            words = words_of(name)
            for i, word in enumerate(words):
                self._by_rest.setdefault((words[:i], words[i + 1 :]), []).append((word, giant))

    def like(self, model: int) -> Iterator[tuple[int, str]]:
        """Giants whose name the model's can be taken for, with how."""
        name = self._base(model)
        for giant in self._by_name.get(folded(name), ()):
            same = self._base(giant).lower() == name.lower()
            yield giant, "bears the name of" if same else "has a name that looks like that of"
        words = words_of(name)
        for i, word in enumerate(words):
            for right, giant in self._by_rest.get((words[:i], words[i + 1 :]), ()):
                if misspelt(word, right) and folded(word) != folded(right) and self._rare(word):
                    yield giant, f"misspells ({word} for {right}) the name of"

    def _base(self, row: int) -> str:
        return str(self._names[row].as_py()).rpartition("/")[2]

    def _rare(self, word: str) -> bool:
        """Whether so few namespaces use a word in the name of a model that it is none."""
        if word not in self._users:
            low = pc.utf8_lower(self._names)
            holding = low.filter(pc.match_substring(low, word)).to_pylist()
            users = {n.rpartition("/")[0] for n in holding if word in words_of(n.rpartition("/")[2])}
            self._users[word] = len(users)
        return self._users[word] <= USERS


class _Parties:
    """Who is behind each model, on the day of the last reading."""

    def __init__(self, held: Held) -> None:
        register = parties.house()
        holders = held.frame.holder
        self._slots = register.slots(held.hub, holders.names)
        self._holder = holders.codes
        self._parties = register.parties
        self._current = register.in_force(held.span[1])

    def of(self, model: int) -> Party:
        """The party behind a model."""
        return self._parties[int(self._current[self._slots[self._holder[model]]])]

    def strangers(self, model: int, giant: int) -> bool:
        """Whether two models are of different namespaces and not known to be of one organisation."""
        one, other = self.of(model), self.of(giant)
        known = {one.organisation, one.parent} - {"", *NOBODY_KNOWN}
        return self._holder[model] != self._holder[giant] and not known & {other.organisation, other.parent}


DETECTOR = Impostor()

"""Search over the models, organisations and families of a hub's newest census, by any part of their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.roster import Roster
from weighbridge.cubes.slicing import Slicing
from weighbridge.cubes.weigh import Weighed, party_labels, weigh
from weighbridge.definitions.named import define
from weighbridge.errors import UsageError
from weighbridge.measures.asking import Asking, Backing, StoreBacking, ask
from weighbridge.measures.names import Names, as_mask, lowered, words_of
from weighbridge.measures.profiles.who import NO_FAMILY, organisations
from weighbridge.records.answer import Row
from weighbridge.records.cells import UNNAMED
from weighbridge.records.question import Question
from weighbridge.register import aliases, files
from weighbridge.register.parties import REPUBLISHING_HUBS

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

KINDS = ("organisation", "family", "model")
"""What can be found; of things that match equally well the first kind comes first."""
LONGEST = 400
"""Characters of a text that are looked for; what follows is ignored. No hub has names as long."""
LIMIT_MOST = 1_000
MATCHES = ("exact", "start", "within")
"""How a name can match, the best first: it is the text, it or its last part begins with it, it holds all its words."""
SUBJECTS_PART = 4
"""Organisations, and families, take at most one place in so many where models match as well."""
BEHIND = ("organisation", "country")
Texts: TypeAlias = pa.Array


@dataclass(frozen=True)
class Found:
    """One hit.

    Attributes:
        kind: of `KINDS`.
        name: of the model, organisation or family.
        weight: downloads (or pulls) in the newest window, nothing left out.
        unit: of the weight.
        models: how many have weight, of an organisation or family; null for a model.
        organisation: behind a model; the developer of a family where the register names one; null otherwise.
        country: of the organisation, as shares by country name it; null where there is none.
        matched: of `MATCHES`.
    """

    kind: str
    name: str
    weight: int
    unit: str
    models: int | None
    organisation: str | None
    country: str | None
    matched: str

    @property
    def what(self) -> str:
        """What it is, in a few words: who is behind a model, how many models there are of anything else."""
        behind = ", ".join(filter(None, (self.organisation, self.country if self.kind != "family" else None)))
        count = None if self.models is None else f"{self.models:,} model{'' if self.models == 1 else 's'}"
        return ", ".join(filter(None, (behind, count)))

    def to_dict(self) -> dict[str, Any]:
        """All fields, and `what`."""
        return {**vars(self), "what": self.what}


class SearchIndex:
    """Names of all models, organisations and families of a hub's newest census, in order of their weight."""

    def __init__(self, hub: str, unit: str, parts: dict[str, _Part]) -> None:
        self.hub, self.unit, self._parts = hub, unit, parts

    @classmethod
    def of(cls, backing: Backing, hub: str | None = None) -> SearchIndex:
        """The index of what a store's newest census of a hub holds, or of what a cube file names.

        Args:
            backing: a store or a cube file.
            hub: null: the only one held, else the Hugging Face Hub.

        Raises:
            DataMissing: nothing is held of the hub that can be weighed.
        """
        question = Question(define("raw", hub or "huggingface"), hub=hub)
        if isinstance(backing, StoreBacking):
            held = _held_in_store(backing, question)
        else:
            held = _held_in_cube(backing, question)
        question = replace(question, hub=held.weighed.slice.hub)
        parts = {
            "organisation": _organisations(held, _shares(backing, question, "organisation")),
            "family": _families(_shares(backing, question, "family")),
            "model": _models(held),
        }
        return cls(held.weighed.slice.hub, held.weighed.slice.unit, parts)

    def find(self, text: str, kind: str | None = None, limit: int = 20) -> list[Found]:
        """The best hits of a text: all its words are somewhere in the name, in any order and letter case.

        Exact names first, then names that begin with the first word, or whose part after the slash does, then all
        others; within these organisations, families and models, each by weight.

        Args:
            text: what to look for; only the first `LONGEST` characters count, and blank text finds nothing.
            kind: of `KINDS`; null: all of them.
            limit: how many hits, 1 to `LIMIT_MOST`.

        Raises:
            UsageError: there is no such kind, or the limit is out of range.
        """
        if kind is not None and kind not in KINDS:
            raise UsageError(f"there is no kind {kind!r}", f"one of: {', '.join(KINDS)}")
        if not 0 < limit <= LIMIT_MOST:
            raise UsageError(f"limit {limit} cannot be answered", f"give a number from 1 to {LIMIT_MOST:,}")
        low = lowered(text[:LONGEST]).strip()
        words = words_of(low)
        if not words:
            return []
        hits = {
            name: self._parts[name].names.matching(low, words, limit) for name in KINDS if kind is None or name == kind
        }
        chosen = _mixed(hits, limit) if kind is None else [(match, kind, row) for match, row in hits[kind]]
        return [self._parts[name].found(name, row, self.unit, MATCHES[match]) for match, name, row in chosen]

    def model(self, name: str) -> Found | None:
        """The model of a name, an old name, or another letter case; null where there is none."""
        for wanted in (name, aliases.chain_end(self.hub, name)):
            if wanted is not None and (found := self._exact("model", wanted)) is not None:
                return found
        return None

    def organisation(self, name: str) -> Found | None:
        """The organisation of a name, whatever the letter case; null where there is none."""
        return self._exact("organisation", name)

    def family(self, name: str) -> Found | None:
        """The family of a name, whatever the letter case; null where there is none."""
        return self._exact("family", name)

    @property
    def models(self) -> int:
        """How many models it holds."""
        return len(self._parts["model"])

    @property
    def bytes(self) -> int:
        """Memory of the texts and numbers that it holds."""
        return sum(part.bytes for part in self._parts.values())

    def organisations(self) -> list[str]:
        """Names of all organisations, heaviest first."""
        return self._parts["organisation"].listed()

    def families(self) -> list[str]:
        """Names of all families, heaviest first."""
        return self._parts["family"].listed()

    def heaviest(self, count: int) -> list[str]:
        """Names of the heaviest models."""
        return self._parts["model"].listed(count)

    def _exact(self, kind: str, name: str) -> Found | None:
        part, low = self._parts[kind], lowered(name)
        rows = part.names.equal(low)
        if not len(rows):
            return None
        same = [row for row in rows.tolist() if part.name(row) == name]
        return part.found(kind, same[0] if same else int(rows[0]), self.unit, MATCHES[0])


@dataclass(frozen=True)
class _Part:
    """What is held of one kind, in order of weight.

    Attributes:
        names: that are looked through.
        order: row of each in `told`, int64[n].
        told: names as they are written.
        weight: of each, int64[n].
        models: of each, int64[n]; null where one is a model itself.
        behind: place in `parties` of each, int32[n].
        parties: organisation and country.
    """

    names: Names
    order: Codes
    told: Texts
    weight: Ints
    models: Ints | None
    behind: Codes
    parties: Sequence[tuple[str | None, str | None]]

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def bytes(self) -> int:
        """Memory of its texts and numbers; the names as they are written may lie in the store's own files."""
        numbers = self.order.nbytes + self.weight.nbytes + self.behind.nbytes
        return int(self.names.bytes + self.told.nbytes + numbers)

    def name(self, row: int) -> str:
        """Name at a place in the order of weight."""
        return str(self.told[int(self.order[row])].as_py())

    def found(self, kind: str, row: int, unit: str, matched: str) -> Found:
        """The hit at a place in the order of weight."""
        models = None if self.models is None else int(self.models[row])
        organisation, country = self.parties[int(self.behind[row])]
        return Found(kind, self.name(row), int(self.weight[row]), unit, models, organisation, country, matched)

    def listed(self, count: int | None = None) -> list[str]:
        """The first names."""
        return [str(name) for name in self.told.take(pa.array(self.order[:count])).to_pylist()]


@dataclass(frozen=True)
class _Held:
    """What is held of models: names, weight, and whose account each lies in."""

    weighed: Weighed
    names: Texts
    weight: Ints
    holder: Codes
    holders: Texts

    @property
    def party(self) -> Codes:
        """Party of each of `holders` on the last day of the window."""
        register = self.weighed.register
        slots = register.slots(self.weighed.slice.hub, self.holders)
        return register.in_force(self.weighed.slice.windows[-1].end - 1)[slots]


def _held_in_store(backing: StoreBacking, question: Question) -> _Held:
    """All models of the census, those without weight too."""
    slicing = Slicing(backing.store, question)
    definition, frame = question.definition, slicing.frame
    weighed = weigh(slicing.under(definition), definition, backing.register(definition.register, None))
    roster = Roster(slicing.planned.vintages, frame, weighed)
    return _Held(weighed, frame.names, roster.weight, frame.holder.codes[: len(roster)], frame.holder.names)


def _held_in_cube(backing: Backing, question: Question) -> _Held:
    """The models that a cube file names."""
    weighed = Asking(backing, question).weighed
    entries = weighed.entries
    count = len(entries.model.names)
    weight = np.bincount(entries.model.codes, weights=entries.value, minlength=count).astype(np.int64)
    holder = np.zeros(count, np.int32)
    holder[entries.model.codes] = entries.holder.codes
    there = np.bincount(entries.model.codes, minlength=count) > 0
    named = np.flatnonzero(there & as_mask(pc.not_equal(entries.model.names, UNNAMED)))
    names = entries.model.names.take(pa.array(named))
    return _Held(weighed, names, weight[named], holder[named], entries.holder.names)


def _models(held: _Held) -> _Part:
    labels = [party_labels(held.weighed.register, by, held.weighed.definition.evidence) for by in BEHIND]
    order = np.argsort(-held.weight, kind="stable").astype(np.int32)
    return _Part(
        names=Names(held.names.take(pa.array(order))),
        order=order,
        told=held.names,
        weight=held.weight[order],
        models=None,
        behind=held.party[held.holder[order]],
        parties=list(zip(*labels, strict=True)),
    )


def _shares(backing: Backing, question: Question, by: str) -> list[Row]:
    return [row for row in ask(backing, "share", question, {"by": by}).rows if isinstance(row, Row)]


def _organisations(held: _Held, rows: Sequence[Row]) -> _Part:
    """Organisations with weight, found by the names of their accounts too."""
    hub, register = held.weighed.slice.hub, held.weighed.register
    known = organisations(register, held.weighed.definition.evidence)
    rows = [row for row in rows if row.group in known]
    labels = party_labels(register, "organisation", held.weighed.definition.evidence)
    accounts: dict[str, list[str]] = {row.group: [] for row in rows}
    registered = np.flatnonzero(held.party)
    names = held.holders.take(pa.array(registered)).to_pylist() if hub not in REPUBLISHING_HUBS else []
    for name, party in zip(names, held.party[registered].tolist(), strict=False):
        accounts.get(labels[party], []).append(str(name))
    more = ["\n".join(accounts[row.group]) for row in rows]
    return _subjects(rows, [(None, known[row.group].country) for row in rows], more)


def _families(rows: Sequence[Row]) -> _Part:
    developers = {row["family"]: row["developer"] or None for row in reversed(files.rows("families"))}
    rows = [row for row in rows if row.group not in NO_FAMILY]
    return _subjects(rows, [(developers.get(row.group), None) for row in rows], None)


def _subjects(
    rows: Sequence[Row], parties: Sequence[tuple[str | None, str | None]], more: Sequence[str] | None
) -> _Part:  # fmt: skip
    """Groups that have a page of their own, as shares list them: heaviest first."""
    names = pa.array([row.group for row in rows], pa.string())
    return _Part(
        names=Names(names, None if more is None else pa.array(more, pa.string())),
        order=np.arange(len(rows), dtype=np.int32),
        told=names,
        weight=np.array([row.downloads or 0 for row in rows], np.int64),
        models=np.array([row.models or 0 for row in rows], np.int64),
        behind=np.arange(len(rows), dtype=np.int32),
        parties=parties,
    )


def _mixed(hits: Mapping[str, Sequence[tuple[int, int]]], limit: int) -> list[tuple[int, str, int]]:
    """Hits of all kinds in order: by match, then by kind, then by weight; models keep most of the places."""
    most = max(limit // SUBJECTS_PART, 1)
    taken = {kind: list(found if kind == "model" else found[:most]) for kind, found in hits.items()}
    ranked = _ranked(taken)
    if len(ranked) < limit:
        ranked = _ranked(hits)
    return ranked[:limit]


def _ranked(hits: Mapping[str, Sequence[tuple[int, int]]]) -> list[tuple[int, str, int]]:
    """Places of the hits by match and then by kind; within a kind they come by weight."""
    every = [(match, kind, row) for kind in KINDS for match, row in hits[kind]]
    return sorted(every, key=lambda hit: (hit[0], KINDS.index(hit[1]), hit[2]))

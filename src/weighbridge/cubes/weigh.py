"""A slice under a definition: what is left out, who gets what, and the groups of any dimension."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weighbridge.definitions.rules import rules
from weighbridge.errors import DataMissing, UsageError
from weighbridge.lineage.sizes import SIZES
from weighbridge.records.amounts import amount
from weighbridge.records.cells import MODELS, UNNAMED, Cells, Coded, Entries, Slice
from weighbridge.records.definition import Definition
from weighbridge.register import families
from weighbridge.register.parties import (
    ELSEWHERE,
    EUROPE,
    GRADES,
    REPUBLISHING_HUBS,
    ROOT_MARK,
    UNAFFILIATED,
    UNKNOWN,
    UNREGISTERED,
    Party,
    Register,
    could_hold,
    is_country,
    region_of,
)

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

PARTY_DIMENSIONS = ("country", "region", "organisation", "type")
ROOT_DIMENSIONS = (*PARTY_DIMENSIONS, "namespace", "family", "model")
MODEL_DIMENSIONS = ("task", "library", "licence", "size", "quantised")
DIMENSIONS = (*PARTY_DIMENSIONS, "namespace", "family", *MODEL_DIMENSIONS, "model")
EXAMPLES = 5
REPOSITORIES = ("namespace", "model")
"""Dimensions of the repositories themselves, of which there are many."""


@dataclass(frozen=True)
class Groups:
    """Who gets each entry, along one dimension.

    Attributes:
        codes: group of each entry, int32[n].
        names: names of the groups.
        dark: groups whose weight could belong to any other: nobody knows.
        buckets: broad groups, with the groups that each could hold.
        contested: entries that reasonable people give to another group: (entry rows, group code).
    """

    codes: Codes
    names: list[str]
    dark: frozenset[str]
    buckets: dict[str, frozenset[str]]
    contested: tuple[tuple[Ints, int], ...] = ()


@dataclass(frozen=True)
class Removal:
    """What one rule left out."""

    rule: str
    version: int
    title: str
    models: int
    downloads: int
    examples: tuple[str, ...]
    kept: Mask  # cells that were there before the rule ran
    gone: Mask
    because: str = ""


@dataclass(frozen=True)
class Weighed:
    """A slice after scope, age limit and cleaning.

    Attributes:
        slice: what was weighed.
        definition: under which definition.
        register: by which register.
        kept: cells that count, bool[cells].
        removals: one a rule, in order.
        unknown_age: weight left out because its age is not known.
    """

    slice: Slice
    definition: Definition
    register: Register
    kept: Mask
    removals: tuple[Removal, ...]
    unknown_age: int

    @cached_property
    def entries(self) -> Entries:
        """Entries of the cells that count."""
        return self.slice.cells.entries.take(np.flatnonzero(self.kept[self.slice.cells.entries.cell]))

    @cached_property
    def party(self) -> Codes:
        """Party of each entry, in force at the end of its window."""
        return self.parties_of(self.entries)

    def parties_of(self, entries: Entries) -> Codes:
        """Party of some entries."""
        slots = self.register.slots(self.slice.hub, entries.holder.names)
        window = self.slice.cells.window[entries.cell]
        party = np.zeros(len(window), np.int32)
        for number, span in enumerate(self.slice.windows):
            here = window == number
            party[here] = self.register.in_force(span.end - 1)[slots[entries.holder.codes[here]]]
        return party

    def disputed(self, by: str) -> int:
        """Weight of parties that reasonable people put into another group of a dimension of parties."""
        differs = np.zeros(len(self.register.parties), bool)
        differs[list(_labels(self.register, by, self.definition.evidence)[1])] = True
        return int(self.entries.value[differs[self.party]].sum())

    def groups(self, by: str, entries: Entries | None = None) -> Groups:
        """Groups of the entries that count (or of others) along a dimension.

        Raises:
            UsageError: there is no such dimension.
        """
        if by not in DIMENSIONS:
            raise UsageError(f"there is no dimension {by!r}", f"one of: {', '.join(DIMENSIONS)}")
        chosen = self.entries if entries is None else entries
        if by in PARTY_DIMENSIONS:
            party = self.party if entries is None else self.parties_of(entries)
            return _by_party(by, party, self.register, self.definition)
        if by == "family":
            codes, names = _present(chosen.family, pa.array(self.slice.families))
            single = frozenset(names) - {families.NONE, families.SEVERAL}
            return Groups(codes, names, frozenset({families.NONE}), {families.SEVERAL: single})
        if by in REPOSITORIES:
            coded = self.repositories(by, chosen)
            codes, names = _present(coded.codes, coded.names)
            return Groups(codes, [name.split(ROOT_MARK)[0] for name in names], frozenset(), {})
        coded = self.slice.cells.labels[by]
        codes, names = _present(coded.codes[chosen.cell], coded.names)
        return Groups(codes, names, frozenset({SIZES[-1]}) if by == "size" else frozenset(), {})

    def repositories(self, by: str, entries: Entries) -> Coded:
        """Account or model of some entries, among all that there are: for sums that need no names.

        Args:
            by: of `REPOSITORIES`.
            entries: of the cells.
        """
        if by == "namespace" and self.slice.hub in REPUBLISHING_HUBS:
            return Coded(np.zeros(len(entries.cell), np.int32), pa.array(["library"]))
        return entries.holder if by == "namespace" else entries.model


def _present(codes: Codes, names: pa.Array) -> tuple[Codes, list[str]]:
    """Codes renumbered over those that occur, and the names of these."""
    some = np.bincount(codes, minlength=1) > 0
    place = (np.cumsum(some) - 1).astype(np.int32)
    return place[codes], names.take(pa.array(np.flatnonzero(some)[: len(names)])).to_pylist()


def weigh(sliced: Slice, definition: Definition, register: Register) -> Weighed:
    """Apply scope, age limit and cleaning, in this order, to the downloaded models.

    Raises:
        DataMissing: nothing is left in scope.
    """
    cells = sliced.cells
    scope = cells.scopes[definition.scope]
    unknown = scope & cells.unknown_age
    kept = scope & cells.within_age & ~cells.unknown_age
    if not cells.value[kept].sum():
        raise DataMissing(_nothing(sliced, int(cells.value[unknown].sum()) // sliced.per_unit), "widen one of them")
    removals = []
    for name in definition.clean:
        removal = _run(name, cells, kept)
        removals.append(removal)
        kept = kept & ~removal.gone
    if not cells.value[kept].sum():
        raise DataMissing(f"the rules {', '.join(definition.clean)} leave nothing", "ask with --clean none")
    return Weighed(sliced, definition, register, kept, tuple(removals), int(cells.value[unknown].sum()))


def _nothing(sliced: Slice, aside: int) -> str:
    """What to say where nothing is left, with what is left out since its age is not known."""
    counted = amount(aside, sliced.unit)
    if sliced.unit == MODELS:
        return "no model was created in this scope and window" + (f"; of {counted} nobody knows when" if aside else "")
    return "nothing was downloaded in this scope, age and window" + (
        f"; the age of {counted} is not known" if aside else ""
    )


def _run(name: str, cells: Cells, kept: Mask) -> Removal:
    rule = rules()[name]
    silent = name in cells.silent
    gone = np.zeros(len(cells), bool) if silent else rule.removes(cells, kept)
    rows = np.flatnonzero(gone)
    rows = rows[np.argsort(-cells.value[rows], kind="stable")]
    model = cells.labels["model"]
    return Removal(
        rule=rule.id,
        version=rule.version,
        title=rule.title,
        models=int(cells.models[rows].sum()) or len(rows),
        downloads=int(cells.value[rows].sum()),
        examples=tuple(_examples(model, rows)),
        kept=kept,
        gone=gone,
        because=f"not run: needs {rule.needs}" if silent else "",
    )


def _examples(model: Coded, rows: Ints) -> list[str]:
    """Names of the first models of some rows, each once; a cube does not name them all."""
    codes = dict.fromkeys(model.codes[rows[: EXAMPLES * 4]].tolist())
    names = [str(model.names[code].as_py()) for code in codes]
    return [name for name in names if name != UNNAMED][:EXAMPLES]


def _by_party(by: str, party: Codes, register: Register, definition: Definition) -> Groups:
    labels, disputed = _labels(register, by, definition.evidence)
    names: dict[str, int] = {}
    code = np.array([names.setdefault(label, len(names)) for label in labels], np.int32)
    contested = []
    if definition.contested == "widest":
        for number, others in disputed.items():
            rows = np.flatnonzero(party == number)
            contested += [(rows, names.setdefault(other, len(names))) for other in others if len(rows)]
    dark = {UNREGISTERED, UNKNOWN}
    if definition.bounds == "strict" and by in ("country", "region"):
        dark.add(UNAFFILIATED)
    buckets = {
        bucket: frozenset(name for name in names if could_hold(bucket, name))
        for bucket in (EUROPE, ELSEWHERE)
        if bucket in names and by in ("country", "region")
    }
    return Groups(code[party], list(names), frozenset(dark), buckets, tuple(contested))


def party_labels(register: Register, by: str, evidence: str) -> list[str]:
    """Group of each party of a register along a dimension of parties."""
    return _labels(register, by, evidence)[0]


@lru_cache(maxsize=32)
def _labels(register: Register, by: str, evidence: str) -> tuple[list[str], dict[int, list[str]]]:
    """Group of each party of a register, and the other groups that reasonable people put some of them into."""
    least = GRADES.index(evidence)
    labels = [_label(by, party, least) for party in register.parties]
    others = {number: sorted(_others(by, party, least)) for number, party in enumerate(register.parties)}
    return labels, {number: found for number, found in others.items() if found}


def _others(by: str, party: Party, least: int) -> set[str]:
    """Groups other than its own that reasonable people put a party into; none where nobody knows its own."""
    own = _label(by, party, least)
    if own in (UNREGISTERED, UNKNOWN):
        return set()
    return {_label(by, _instead(party, dict(a)), least) for a in party.alternatives} - {own, UNREGISTERED, UNKNOWN}


def _label(by: str, party: Party, least: int) -> str:
    """Group of a party along a dimension, if its evidence is good enough."""
    if party.grade > least:
        return UNKNOWN if party.organisation == UNKNOWN else UNREGISTERED
    if by == "organisation":
        return party.organisation
    if by == "type":
        return party.type
    place = party.country
    claimed = is_country(place) or place in ("INT", EUROPE, ELSEWHERE)
    if claimed and party.country_grade > least:
        return UNKNOWN
    return region_of(place) if by == "region" else place


def _instead(party: Party, other: dict[str, str]) -> Party:
    country = other.get("country", party.country)
    return Party(
        other.get("organisation", other.get("base_organisation", party.organisation)),
        other.get("type", party.type),
        country,
        party.grade,
        party.country_grade if country == party.country else party.grade,
    )

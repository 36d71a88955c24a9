"""Whose own each model is, for measures that follow lines of descent: a family's, an organisation's, an account's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.frame import Frame
from weighbridge.cubes.kinship import row_of
from weighbridge.cubes.roster import Roster
from weighbridge.cubes.weigh import party_labels
from weighbridge.errors import DataMissing, UsageError
from weighbridge.lineage.descent import NO_GROUP, Descent, Edges, descent, ordered
from weighbridge.measures.only import near
from weighbridge.register import families, files
from weighbridge.register.parties import INDIVIDUALS, REPUBLISHING_HUBS, UNKNOWN, UNREGISTERED

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

BY = ("family", "organisation", "namespace", "model")
DARK = (UNREGISTERED, UNKNOWN)


@dataclass(frozen=True)
class Owned:
    """Groups of nodes.

    Attributes:
        of: the group whose own each node is, `NO_GROUP` for none, int64[nodes].
        names: of the groups.
        dark: groups of which nobody knows who they are.
        rowless: names that stand for many accounts and not for one publisher.
    """

    of: Ints
    names: Sequence[str] | pa.Array
    dark: tuple[int, ...] = ()
    rowless: tuple[str, ...] = ()

    def name(self, group: int) -> str:
        """Name of a group."""
        found = self.names[group]
        return str(found.as_py() if isinstance(found, pa.Scalar) else found)

    def only(self, group: int) -> Owned:
        """The same with one group and those of which nobody knows who they are."""
        kept = np.isin(self.of, [group, *self.dark])
        return Owned(np.where(kept, self.of, NO_GROUP), self.names, self.dark, self.rowless)


@dataclass(frozen=True)
class Lines:
    """Groups with what descends from them.

    Attributes:
        frame: labels and graph.
        owned: groups.
        inferred: edges that names alone tell, child and parent; null: declared edges only.
        edges: the frame's declared edges in order, where somebody has them already; null: they are ordered here.
    """

    frame: Frame
    owned: Owned
    inferred: tuple[Ints, Ints] | None = None
    edges: Edges | None = None

    @cached_property
    def declared(self) -> Descent:
        """Descent over declared edges."""
        edges = self.edges or ordered(self._nodes, self.frame.child, self.frame.parent)
        return descent(edges, self.owned.of)

    @cached_property
    def all(self) -> Descent:
        """Descent over declared edges and those that names tell."""
        if self.inferred is None:
            return self.declared
        child, parent = (
            np.concatenate(pair) for pair in zip((self.frame.child, self.frame.parent), self.inferred, strict=True)
        )
        return descent(ordered(self._nodes, child, parent), self.owned.of)

    @cached_property
    def by_name(self) -> Mask:
        """Which pairs of `all` rest on an edge that a name tells, bool[pairs]."""
        if self.inferred is None:
            return np.zeros(len(self.all), bool)
        width = int(self.owned.of.max(initial=0)) + 1
        held, found = (line.node * width + line.group for line in (self.declared, self.all))
        return ~np.isin(found, held)

    @cached_property
    def own(self) -> Mask:
        """Which pairs of `all` are of a group's own node that descends from another of its own, bool[pairs]."""
        return np.asarray(self.owned.of[self.all.node] == self.all.group, dtype=bool)

    @property
    def _nodes(self) -> int:
        return len(self.frame.names) + len(self.frame.outside)


def owned(roster: Roster, by: str) -> Owned:
    """Groups of a dimension with what is their own.

    A family's own are the models of its name in the namespaces where the register places its developer's models. The
    accounts of persons are no organisation's.

    Raises:
        UsageError: the hub's entries have no namespaces.
    """
    frame, hub = roster.frame, roster.weighed.slice.hub
    if by in ("namespace", "model") and hub in REPUBLISHING_HUBS:
        raise UsageError(f"the entries of {hub} have neither accounts nor bases of their own", "ask --by organisation")
    if by == "family":
        return Owned(_family(frame), families.names())
    if by == "organisation":
        codes, names = organisations(roster)
        dark = tuple(place for place, name in enumerate(names) if name in DARK)
        alone = np.array([name == INDIVIDUALS for name in names], bool)  # persons are no publisher together
        of = np.where(alone[codes], NO_GROUP, codes)[frame.holder.codes]
        return Owned(of.astype(np.int64), names, dark, (*DARK, INDIVIDUALS))
    if by == "namespace":
        return Owned(frame.holder.codes.astype(np.int64), frame.holder.names)
    everyone = pa.concat_arrays([frame.names.cast(pa.string()), frame.outside])
    return Owned(np.arange(len(everyone)), everyone)


def group_named(roster: Roster, found: Owned, by: str, wanted: str, option: str = "--of") -> int:
    """Number of a group by its name; letter case does not count where no other group bears the name.

    Raises:
        DataMissing: there is none; the hint lists similar ones.
    """
    if by == "model":
        return row_of(roster.weighed.slice.hub, found.names, wanted)
    names = found.names.to_pylist() if isinstance(found.names, pa.Array) else list(found.names)
    if wanted in names:
        return names.index(wanted)
    low = [name.lower() for name in names]
    if wanted.lower() in low:
        return low.index(wanted.lower())
    elsewhere = _elsewhere(roster, by, wanted)
    like = near(wanted, names)
    hint = f"similar: {', '.join(like)}" if like else f"see the rows without {option}"
    raise DataMissing(f"there is no {by} {wanted!r} here", elsewhere or hint)


def _elsewhere(roster: Roster, by: str, wanted: str) -> str:
    """Where a name is that of an organisation or a family instead: how to ask for it; else nothing."""
    others = {"organisation": organisations(roster)[1], "family": families.names()}
    for dimension, names in others.items():
        found = [name for name in names if name.lower() == wanted.lower()]
        if dimension != by and found:
            return f"{found[0]!r} is a name by {dimension}: ask --by {dimension}"
    return ""


def organisations(roster: Roster) -> tuple[Ints, list[str]]:
    """Organisation of each of the frame's holders on the last day asked, int64[holders], and their names."""
    parties = holder_parties(roster)
    labels = party_labels(roster.weighed.register, "organisation", roster.weighed.definition.evidence)
    names = list(dict.fromkeys(labels))
    place = {name: number for number, name in enumerate(names)}
    return np.array([place[label] for label in labels], np.int64)[parties], names


def publishers(roster: Roster) -> Ints:
    """Who publishes each node: the organisation that its account is registered for, else the account; int64[nodes].

    Below the number of organisations it is one of these, as `organisations` numbers them.
    """
    codes, names = organisations(roster)
    nobody = np.isin(codes, [place for place, name in enumerate(names) if name in (*DARK, INDIVIDUALS)])
    alone = len(names) + np.arange(len(codes))
    return np.asarray(np.where(nobody, alone, codes)[roster.frame.holder.codes], dtype=np.int64)


def holder_parties(roster: Roster) -> Ints:
    """Party of each of the frame's holders in force on the last day asked, int64[holders]."""
    register = roster.weighed.register
    last = max(window.end for window in roster.weighed.slice.windows) - 1
    slots = register.slots(roster.weighed.slice.hub, roster.frame.holder.names)
    return register.in_force(last)[slots].astype(np.int64)


def _family(frame: Frame) -> Ints:
    """Family whose own each node is: it bears the name, and its namespace is one of the developer's."""
    rows = [row for row in files.rows("families") if row["root_namespaces"]]
    pairs = [(row["family"], space.lower()) for row in rows for space in row["root_namespaces"].split(";")]
    spaces = list(dict.fromkeys(space for _, space in pairs))
    allowed = np.zeros((len(spaces) + 1, len(families.names())), bool)
    for family, space in pairs:
        allowed[spaces.index(space), families.code_of(family)] = True
    found = pc.index_in(pc.utf8_lower(frame.holder.names), pa.array(spaces, pa.string()))
    space = pc.fill_null(found, len(spaces)).to_numpy(zero_copy_only=False)[frame.holder.codes]
    return np.where(allowed[space, frame.own_family], frame.own_family, NO_GROUP).astype(np.int64)

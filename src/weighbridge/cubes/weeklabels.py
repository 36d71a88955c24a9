"""Labels of a hub's models for cubes of weeks, by the stable numbers of `store.numbering`.

Attributes of a model are those that the newest reading gives, each; who is behind it is told by the house's register,
whose terms become handovers in the week that holds their first or last day.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.combinations import number
from weighbridge.cubes.frame import COLUMNS, CONDENSED, Frame
from weighbridge.cubes.labels import Handover, Label, Labelling, label, label_by_root
from weighbridge.cubes.weigh import party_labels
from weighbridge.definitions.scopes import Subject, scopes
from weighbridge.records.cells import Coded
from weighbridge.records.clock import period_holding
from weighbridge.records.vintage import Vintage
from weighbridge.register import families
from weighbridge.register.parties import ALWAYS, Register
from weighbridge.store.numbering import Numbering
from weighbridge.store.parts import read_part

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

ATTRIBUTIONS = ("uploader", "base")
PARTIES = ("country", "type")
OWN = ("size", "quantised", "scope")
DIMENSIONS = (*PARTIES, "family", *OWN)
EVIDENCE = "recalled"
JOINT = " & "  # between the scopes that a model is in
SUNDAY = 6


def attributes(numbering: Numbering, vintages: Sequence[Vintage], before: pa.Table | None) -> pa.Table:
    """One row a number: of each attribute the value of the newest reading that gives one.

    Args:
        numbering: of the models.
        vintages: readings to take them from, in order of when they became known.
        before: what earlier readings gave, one row for each number then; null: nothing.
    """
    count = numbering.models
    merged = {}
    for name in COLUMNS:
        column: pa.Array | None = None
        for vintage in reversed(vintages):
            if column is not None and not column.null_count:
                break
            here = read_part(vintage, "models", [name], CONDENSED)[name].combine_chunks()
            row = np.full(count, -1, np.int64)
            row[numbering.rows(vintage).number] = np.arange(len(here))
            column = _filled(column, here.take(pa.array(row, mask=row < 0)))
        if before is not None:
            old = before[name].combine_chunks()
            old = CONDENSED[name](old) if name in CONDENSED and pa.types.is_list(old.type) else old
            rest = pa.concat_arrays([old, pa.nulls(count - len(old), old.type)])
            column = _filled(column, rest)
        merged[name] = column
    return pa.table(merged)


def _filled(column: pa.Array | None, other: pa.Array) -> pa.Array:
    return other if column is None else pc.coalesce(column, other)


def labellings(hub: str, frame: Frame, register: Register) -> list[Labelling]:
    """One labelling for each of `ATTRIBUTIONS`.

    Args:
        hub: the hub.
        frame: of its models, in order of number.
        register: of parties.
    """
    models = len(frame.names)
    own = {
        "size": _label(frame.labels["size"]),
        "quantised": _label(frame.labels["quantised"]),
        "scope": _scopes(frame),
    }
    held = _Held(hub, frame, register)
    named = tuple(families.names())
    everyone, moved = held.labels(len(frame.holder.codes))
    mine, changed = held.labels(models)
    rank = _rank(frame)
    return [
        label({**mine, "family": Label(frame.family, named), **own}, changed),
        label_by_root(own, {**everyone, "family": Label(frame.own_family, named)}, frame.roots, rank, moved),
    ]


class _Held:
    """Who is behind the nodes of a frame, and from which week on somebody else is."""

    def __init__(self, hub: str, frame: Frame, register: Register) -> None:
        self._slots = register.slots(hub, frame.holder.names)
        self._holder = frame.holder.codes
        self._register = register
        self._names, self._codes = {}, {}
        for by in PARTIES:
            texts = party_labels(register, by, EVIDENCE)
            place: dict[str, int] = {}
            self._codes[by] = np.array([place.setdefault(text, len(place)) for text in texts], np.int32)
            self._names[by] = tuple(place)

    def labels(self, nodes: int) -> tuple[dict[str, Label], list[Handover]]:
        """Labels of the first nodes before all weeks, and what changes them."""
        holder = self._holder[:nodes]
        party = self._register.in_force(-ALWAYS)[self._slots]
        first = {by: Label(self._codes[by][party][holder], self._names[by]) for by in PARTIES}
        handovers = []
        for week in sorted({period_holding(day, "week").start for day in self._register.turns()}):
            now = self._register.in_force(week + SUNDAY)[self._slots]
            moved = np.any([self._codes[by][now] != self._codes[by][party] for by in PARTIES], axis=0)
            node = np.flatnonzero(moved[holder])
            if len(node):
                codes = {by: self._codes[by][now][holder[node]] for by in PARTIES}
                handovers.append(Handover(week, node, codes))
            party = now
        return first, handovers


def _label(coded: Coded) -> Label:
    return Label(coded.codes, tuple(coded.names.to_pylist()))


def _scopes(frame: Frame) -> Label:
    """The scopes that each model is in, as one label."""
    subject = Subject(
        task=frame.labels["task"],
        relation=frame.labels["relation"],
        quantised=frame.labels["quantised"].codes.astype(bool),
        created=frame.created,
        weights=frame.weights,
        names=Coded(np.arange(len(frame.names), dtype=np.int32), frame.names),
    )
    known = scopes()
    code, masks = number([scope.holds(subject).astype(np.int8) for scope in known.values()])
    names = tuple(
        JOINT.join(name for name, mask in zip(known, masks, strict=True) if mask[at]) for at in range(len(masks[0]))
    )
    return Label(code, names)


def _rank(frame: Frame) -> Ints:
    """Place of the nodes that mixtures hold, in order of name; other nodes need none."""
    mixed = np.unique(frame.roots.node)
    order = np.argsort(np.array([frame.node_name(int(node)) for node in mixed], dtype=object), kind="stable")
    rank = np.zeros(len(frame.names) + len(frame.outside), np.int64)
    rank[mixed[order]] = np.arange(len(mixed))
    return rank

"""A labelling: one dense code a model for the combination of its labels, so that weighing a week is one pass.

What a register's terms change is a new code from some week on. Under attribution to bases a model that is a mixture
has a weighted set of codes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.apportion import NO_MIXTURES, Mixtures
from weighbridge.cubes.coding import Coding
from weighbridge.cubes.combinations import number
from weighbridge.lineage.roots import Roots

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Integers = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Label:
    """One dimension: `names[codes[i]]` is the label of model (or node) `i`."""

    codes: Integers
    names: tuple[str, ...]


@dataclass(frozen=True)
class Handover:
    """Nodes that have other labels from a week on, such as the models of a namespace that changed hands.

    Attributes:
        week: day number of the first Monday that they hold for.
        node: int64[n], each once.
        codes: for some dimensions the new label of each, int32[n].
    """

    week: int
    node: Ints
    codes: Mapping[str, Codes]


@dataclass(frozen=True)
class Change:
    """Models that have another code from a week on: its first Monday's day number, int32[n] models, int32[n] codes."""

    week: int
    model: Codes
    code: Codes


@dataclass(frozen=True)
class Labelling:
    """Labels of all models.

    Attributes:
        code: for each model its label code, or `len(coding) + m` for mixture `m`, int32[models].
        coding: what the codes mean.
        mixtures: weighted sets of codes.
        changes: in order of week.
    """

    code: Codes
    coding: Coding
    mixtures: Mixtures = NO_MIXTURES
    changes: tuple[Change, ...] = field(default=())

    def recoded(self, coding: Coding, place: Codes) -> Labelling:
        """The same labels under other codes: `place[c]` instead of `c`."""
        every = np.append(place, np.arange(len(self.mixtures)) + len(coding)).astype(np.int32)
        return Labelling(
            code=every[self.code],
            coding=coding,
            mixtures=self.mixtures.recoded(place),
            changes=tuple(Change(c.week, c.model, every[c.code]) for c in self.changes),
        )

    def coarse(self, dimension: str, where: Mapping[str, Collection[str]]) -> Labelling:
        """One label a model: its group along a dimension, or the last one, without a name, where it is left out."""
        names = self.coding.names_of(dimension)
        groups = np.arange(len(names) + 1, dtype=np.int32)
        return self.recoded(
            Coding({dimension: groups}, {dimension: (*names, "")}), self.coding.groups(dimension, where)
        )

    def digest(self, models: int) -> str:
        """Digest of the codes of the first models, through mixtures and changes; it does not see later models."""
        digest = hashlib.sha256()
        changed = [(c.week, c.model[c.model < models], c.code[c.model < models]) for c in self.changes]
        single = len(self.coding)
        for week, model, code in [(0, np.zeros(0, np.int32), self.code[:models]), *changed]:
            if not week or len(model):
                digest.update(f"{week}|".encode())
                mixture = code[code >= single] - np.int64(single)
                row, part = self.mixtures.parts(mixture)
                for column in (
                    model, np.where(code < single, code, -1), row, self.mixtures.code[part], self.mixtures.share[part],
                ):  # fmt: skip
                    digest.update(np.ascontiguousarray(column).tobytes())
        return digest.hexdigest()


def label(dimensions: Mapping[str, Label], handovers: Sequence[Handover] = ()) -> Labelling:
    """Labels that belong to the downloaded model.

    Args:
        dimensions: one label a model each.
        handovers: in order of week.
    """
    return _label({}, dimensions, None, np.zeros(0, np.int64), handovers)


def label_by_root(
    own: Mapping[str, Label],
    of_root: Mapping[str, Label],
    roots: Roots,
    rank: Ints,
    handovers: Sequence[Handover] = (),
) -> Labelling:
    """Labels under attribution to bases: some are the downloaded model's, the others its roots'.

    Args:
        own: dimensions of the downloaded model, one label a model.
        of_root: dimensions of whoever gets the credit, one label a node.
        roots: of all nodes, of which the models are the first.
        rank: place of each node in order of name, which decides ties of credit.
        handovers: of dimensions in `of_root`, in order of week.
    """
    return _label(own, of_root, roots, rank, handovers)


def _label(
    own: Mapping[str, Label], of_root: Mapping[str, Label], roots: Roots | None, rank: Ints,
    handovers: Sequence[Handover],
) -> Labelling:  # fmt: skip
    kept = [np.asarray(dimension.codes) for dimension in own.values()]
    credited = {name: np.asarray(dimension.codes) for name, dimension in of_root.items()}
    models = len(kept[0]) if kept else len(next(iter(credited.values())))
    of = np.arange(models) if roots is None else roots.of[:models]
    everyone = np.arange(models) if roots is not None or handovers else None
    spans = [_Span(everyone, kept, credited, roots, of, rank)]
    for handover in handovers:
        credited = dict(credited)
        for name, codes in handover.codes.items():
            credited[name] = credited[name].copy()
            credited[name][handover.node] = codes
        model = _touched(roots, of, handover.node)
        spans.append(_Span(model, kept, credited, roots, of, rank))
    columns = [np.concatenate(same) if len(same) > 1 else same[0]
               for same in zip(*(span.columns for span in spans), strict=True)]  # fmt: skip
    code, labels = _by_use(*number(columns))
    names = {name: dimension.names for name, dimension in (*own.items(), *of_root.items())}
    coding = Coding(dict(zip(names, (column.astype(np.int32) for column in labels), strict=True)), names)
    found, mixtures, at = [], NO_MIXTURES, 0
    for span in spans:
        mine = code[at : at + span.rows].copy()
        mine[span.mixed] = len(coding) + len(mixtures) + span.pattern
        found.append(mine)
        parts = code[at + span.rows : at + span.rows + len(span.share)]
        mixtures = mixtures.joined(Mixtures(span.start, parts, span.share, span.whole))
        at += span.rows + len(span.share)
    changes = [
        Change(handover.week, span.model.astype(np.int32), codes)
        for handover, span, codes in zip(handovers, spans[1:], found[1:], strict=True)
        if span.model is not None
    ]
    return Labelling(found[0], coding, mixtures, tuple(changes))


def _by_use(code: Codes, labels: tuple[Ints, ...]) -> tuple[Codes, list[Ints]]:
    """The codes that most models have first: what is added to most then lies together in a processor's cache."""
    order = np.argsort(-np.bincount(code, minlength=len(labels[0])), kind="stable")
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place[code], [column[order] for column in labels]


class _Span:
    """Labels of some models for a span of weeks: a row a model, then a row a part of their mixtures."""

    def __init__(
        self, model: Ints | None, own: Sequence[Integers], credited: Mapping[str, Integers], roots: Roots | None,
        of: Ints, rank: Ints,
    ) -> None:  # fmt: skip
        self.model = model
        self.rows = len(of) if model is None else len(model)
        self.mixed = np.zeros(0, np.int64)
        self.pattern = self.mixed
        self.start, self.share, self.whole = np.zeros(1, np.int64), self.mixed, self.mixed
        if model is None:
            self.columns = [*own, *credited.values()]
            return
        root = of[model]
        kept = [column[model] for column in own]
        self.columns = [*kept, *(column[np.maximum(root, 0)] for column in credited.values())]
        if roots is None or not (root < 0).any():
            return
        self.mixed = np.flatnonzero(root < 0)
        pattern, kinds = number([-1 - root[self.mixed], *(column[self.mixed] for column in kept)])
        self.pattern = pattern.astype(np.int64)
        self.start, node, self.share = _parts(roots, kinds[0], rank)
        self.whole = roots.whole[kinds[0]]
        kind = np.repeat(np.arange(len(kinds[0])), np.diff(self.start))
        parts = [*(column[kind] for column in kinds[1:]), *(column[node] for column in credited.values())]
        self.columns = [np.append(a, b) for a, b in zip(self.columns, parts, strict=True)]


def _touched(roots: Roots | None, of: Ints, node: Ints) -> Ints:
    """Models whose labels come, wholly or in part, from some nodes."""
    if roots is None:
        return node
    there = np.zeros(len(roots.of), bool)
    there[node] = True
    owner = np.repeat(np.arange(len(roots.whole)), np.diff(roots.start))
    mixed = np.zeros(len(roots.whole), bool)
    mixed[owner[there[roots.node]]] = True
    single = there[np.maximum(of, 0)] & (of >= 0)
    if len(mixed):
        single |= (of < 0) & mixed[np.minimum(of, -1) * -1 - 1]
    return np.flatnonzero(single)


def _parts(roots: Roots, mixture: Ints, rank: Ints) -> tuple[Ints, Ints, Ints]:
    """Start, node and share of the parts of some mixtures, those of one in order of rank."""
    count = roots.start[mixture + 1] - roots.start[mixture]
    start = np.append(0, np.cumsum(count))
    of = np.repeat(np.arange(len(mixture)), count)
    part = np.arange(len(of)) - start[of] + roots.start[mixture][of]
    part = part[np.lexsort((rank[roots.node[part]], of))]
    return start, roots.node[part], roots.share[part]

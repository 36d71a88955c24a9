"""First-party releases: which models of a census an organisation released itself, and which of them are one release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.frame import FLAT_DAY
from weighbridge.cubes.roster import Roster
from weighbridge.cubes.weigh import party_labels
from weighbridge.definitions import releases
from weighbridge.lineage.roots import Roots
from weighbridge.measures.descent_groups import holder_parties, organisations, publishers
from weighbridge.measures.release_signs import signs_of

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

EXAMPLES = 5


@dataclass(frozen=True)
class Releases:
    """Models that organisations published, in order of organisation, day and line.

    Attributes:
        model: row in the frame, int64[n].
        window: in which it was created, int64[n].
        organisation: index into `names`, int64[n].
        day: of creation, int64[n].
        line: number of its line within the organisation, int64[n].
        names: of the organisations.
        excluded: one document a rule, with how many models it left out.
        flat: models of the Hub's flat first date, which are left out.
        nobodys: models of persons and of accounts that nobody has registered.
    """

    model: Ints
    window: Ints
    organisation: Ints
    day: Ints
    line: Ints
    names: Sequence[str]
    excluded: tuple[dict[str, Any], ...]
    flat: int
    nobodys: int

    def labels(self, roster: Roster, by: str) -> list[str]:
        """What most of each organisation's releases are along a dimension of parties; empty where it has none."""
        labels = party_labels(roster.weighed.register, by, roster.weighed.definition.evidence)
        texts = list(dict.fromkeys(labels))
        place = np.array([texts.index(label) for label in labels], np.int64)
        code = place[holder_parties(roster)[roster.frame.holder.codes[self.model]]]
        table = np.zeros((len(self.names), len(texts)), np.int64)
        np.add.at(table, (self.organisation, code), 1)
        most = table.argmax(axis=1)
        return [texts[at] if table[row, at] else "" for row, at in enumerate(most.tolist())]


def first_party(roster: Roster) -> Releases:
    """The releases in the windows of a roster that counts models by their creation."""
    frame, cells = roster.frame, roster.weighed.slice.cells
    _, names = organisations(roster)
    who = publishers(roster)[: len(roster)]
    counted = roster.weight > 0
    dated = counted & (frame.created != FLAT_DAY)
    rows = np.flatnonzero(dated & (who < len(names)))
    signs = signs_of(roster, rows, _from_elsewhere(frame.roots, publishers(roster), rows))
    reason = releases.reasons(signs)
    kept = rows[reason < 0]
    window = np.zeros(len(roster), np.int64)
    window[roster.model] = cells.window
    line = _lines(frame.own_family[kept], frame.names.cast(pa.string()).take(pa.array(kept)))
    order = np.lexsort((line, frame.created[kept], who[kept]))
    return Releases(
        model=kept[order],
        window=window[kept][order],
        organisation=who[kept][order],
        day=frame.created[kept][order].astype(np.int64),
        line=line[order],
        names=names,
        excluded=_excluded(signs.names, reason),
        flat=int((counted & ~dated).sum()),
        nobodys=int((dated & (who >= len(names))).sum()),
    )


def _from_elsewhere(roots: Roots, who: Ints, rows: Ints) -> Mask:
    """Which of some models have a declared root that another publishes, bool[rows]."""
    root = roots.of[rows]
    found = who[np.maximum(root, 0)] != who[rows]
    mixed = np.flatnonzero(root < 0)
    mixture = -1 - root[mixed]
    count = roots.start[mixture + 1] - roots.start[mixture]
    which = np.repeat(np.arange(len(mixed)), count)
    offset = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    node = roots.node[roots.start[mixture[which]] + offset]
    found[mixed] = False
    found[mixed[which[who[node] != who[rows[mixed[which]]]]]] = True
    return np.asarray(found, dtype=bool)


def _lines(family: npt.NDArray[np.int32], names: pa.Array) -> Ints:
    """Number of each model's line: its family by name, else the beginning of its name."""
    stems = releases.stems(names).dictionary_encode()
    code = stems.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(family > 0, family, int(family.max(initial=0)) + 1 + code).astype(np.int64)


def _excluded(names: pa.Array, reason: Ints) -> tuple[dict[str, Any], ...]:
    """What each rule left out, with the first names in order of the alphabet."""
    found = []
    for number, rule in enumerate(releases.rules().values()):
        mine = names.filter(pa.array(reason == number))
        some = mine.take(pc.sort_indices(mine)[:EXAMPLES]).to_pylist()
        found.append({"rule": rule.id, "models": len(mine), "words": rule.words, "examples": some})
    return tuple(found)


def days_of(found: Releases, chosen: Mask, apart: int | None) -> tuple[Ints, Ints]:
    """Organisation and day of each release day, in order.

    Args:
        found: releases.
        chosen: which of them count, bool[n].
        apart: releases of a line that follow each other within so many days are one, of the first day; 0: those of one
            day are; null: none are, each model is a release.
    """
    who, day, line = found.organisation[chosen], found.day[chosen], found.line[chosen]
    if apart is None:
        return who, day
    if apart:
        order = np.lexsort((day, line, who))
        who, day, line = who[order], day[order], line[order]
        first = (np.diff(who, prepend=-1) != 0) | (np.diff(line, prepend=-1) != 0) | (np.diff(day, prepend=0) > apart)
        who, day = who[first], day[first]
    pairs = np.unique(np.stack([who, day], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]

"""Intermediaries: accounts that publish quantised, converted or adapter copies of others' models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.frame import Frame
from weighbridge.cubes.roster import Roster
from weighbridge.definitions import releases
from weighbridge.errors import DataMissing
from weighbridge.lineage.by_name import SUFFIX
from weighbridge.measures.answering import answer
from weighbridge.measures.descent_asked import without_effect
from weighbridge.measures.descent_groups import DARK, Lines, organisations, publishers
from weighbridge.measures.descent_sums import over, total
from weighbridge.measures.only import named
from weighbridge.measures.release_signs import signs_of
from weighbridge.records.answer import Answer
from weighbridge.records.cells import MODELS
from weighbridge.records.group_row import GroupRow, group_row
from weighbridge.records.presented import parts

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

COPIES = ("adapter", "quantised-copy", "converted-copy")
"""Rules of `definitions/releases` that tell a copy of another model's weights, or an addition to them."""
KINDS = ("adapters", "quantised", "converted")
HALF = 0.5
COLUMNS = ("group", "organisation", "copies", "bases", "models", "value", "lo", "hi", "downloads")
PRESENTED = replace(parts(value="part through"), columns=COLUMNS)


@dataclass(frozen=True)
class Copies:
    """Copies of others' models.

    Attributes:
        kind: index into `KINDS`, -1 for what is no copy, int64[models].
        placed: copies whose base is known and published by others, bool[models].
        open: copies whose base is not known, and of which the account holds no full model, bool[models].
    """

    kind: Ints
    placed: Mask
    open: Mask


def copies(roster: Roster, child: Ints, parent: Ints) -> Copies:
    """What is a copy of others' models, by library, tags, name and base.

    Args:
        roster: models.
        child, parent: edges to bases.
    """
    frame, many = roster.frame, len(roster)
    signs = signs_of(roster, np.arange(many), np.zeros(many, bool))
    kind = np.full(many, -1, np.int64)
    for number, name in enumerate(COPIES):
        kind[(kind < 0) & releases.rules()[name].holds(signs)] = number
    holder = publishers(roster)
    own, other = np.zeros(many, bool), np.zeros(many, bool)
    within = holder[child] == holder[parent]
    own[child[within]] = True
    other[child[~within]] = True
    held = _full_model_beside(frame, kind >= 0)
    return Copies(kind, (kind >= 0) & other & ~own, (kind >= 0) & ~other & ~own & ~held)


def _full_model_beside(frame: Frame, copy: Mask) -> Mask:
    """Copies whose account holds a model that is none and bears the rest of their name, bool[models]."""
    low = pc.utf8_lower(frame.names.cast(pa.string()))
    rows = np.flatnonzero(copy)
    stem = pc.replace_substring_regex(low.take(pa.array(rows)), SUFFIX.pattern, "")
    full = low.take(pa.array(np.flatnonzero(~copy)))
    held = np.zeros(len(copy), bool)
    held[rows] = pc.is_in(stem, full).to_numpy(zero_copy_only=False)
    return held


@dataclass(frozen=True)
class Passing:
    """What passes through copies, of all weight or of one group's.

    Attributes:
        weight, lo, hi: of each model, and its limits, float64[models].
        sure, maybe: part of each model that passes as a copy of a known base, and of an unknown one, float64[models].
        most: part of each that may pass at most, float64[models].
        certain, unsure: part of each that is of the whole, and that may be, float64[models].
        copy: copies in question, bool[models].
        counted: models that count, bool[models].
        words: what the whole is.
    """

    weight: Floats
    lo: Floats
    hi: Floats
    sure: Floats
    maybe: Floats
    most: Floats
    certain: Floats
    unsure: Floats
    copy: Mask
    counted: Mask
    words: str

    @property
    def whole(self) -> float:
        """The weight that values are parts of."""
        return float((self.weight * (self.certain + self.unsure)).sum())

    def limits(self, at: Ints, many: int) -> tuple[Floats, Floats]:
        """Least and most of each account's part, float64[many] each.

        The least is what surely passes over all that may be of the whole; the most is all that may pass over that and
        what surely is of the whole beside it. What stands above the line weighs least or most, the rest the opposite.

        Args:
            at: account of each model, -1 for none, int64[models].
            many: number of accounts.
        """
        mine = at >= 0

        def of(weight: Floats) -> Floats:
            return total(at[mine], weight[mine], many)

        every = self.certain + self.unsure
        sure, most = of(self.lo * self.sure), of(self.hi * self.most)
        beside = (self.hi * every).sum() - of(self.hi * self.sure)
        apart = (self.lo * self.certain).sum() - of(self.lo * np.minimum(self.certain, self.most))
        return over(sure, sure + beside), over(most, most + apart)


def passing(roster: Roster, lines: Lines, number: int | None, by: str, found: Copies) -> Passing:
    """The weight in copies, of all models or of one group and what descends from it.

    A copy of no known base is a family's if it bears its name; of other groups nothing tells. Where models are counted
    those of the windows count.

    Raises:
        DataMissing: the group has no weight.
    """
    models, windows = len(roster), range(len(roster.weighed.slice.windows))
    weight = roster.weight.astype(np.float64)
    lo, hi = (np.sum(ends, axis=0).astype(np.float64) for ends in zip(*map(roster.limits_in, windows), strict=True))
    counted = roster.weight > 0 if roster.weighed.slice.unit == MODELS else roster.kept
    placed, unplaced = found.placed & counted, found.open & counted
    if number is None:
        every, sure, maybe = np.ones(models), placed.astype(np.float64), unplaced.astype(np.float64)
        copy, none = placed | unplaced, np.zeros(models)
        return Passing(weight, lo, hi, sure, maybe, sure + maybe, every, none, copy, counted, "all weight")
    line = lines.all
    mine = (line.group == number) & (line.node < models) & ~lines.own
    part, bears = np.zeros(models), np.zeros(models, bool)
    part[line.node[mine]] = line.part[mine]
    own = lines.owned.of[:models] == number
    if by == "family":
        bears = (roster.frame.family == number) & ~own & (part == 0)
    name = lines.owned.name(number)
    through = Passing(
        weight, lo, hi,
        sure=part * placed,
        maybe=(bears & unplaced).astype(np.float64),
        most=part * placed + (bears & (placed | unplaced)),
        certain=np.where(own, 1.0, part),
        unsure=bears.astype(np.float64),
        copy=(placed & (part > 0)) | (unplaced & bears),
        counted=counted,
        words=f"the weight of {name} and what descends from it" + (" or bears its name" if by == "family" else ""),
    )  # fmt: skip
    if not through.whole:
        raise DataMissing(f"{name!r} has no weight here", "widen scope, age or window")
    return through


def intermediaries(
    measure: str,
    roster: Roster,
    lines: Lines,
    number: int | None,
    options: Mapping[str, Any],
    asked: dict[str, Any],
    said: Sequence[str] = (),
) -> Answer:
    """Accounts at least half of whose models are copies of others' models, those with most weight in these first.

    Args:
        measure: id.
        roster: models with their weight.
        lines: groups and descent.
        number: of the group whose copies are asked for; null: all copies.
        options: of the measure.
        asked: what the answer repeats of them.
        said: further notes.

    Raises:
        DataMissing: there is none.
    """
    frame, least = roster.frame, options["least"]
    none = np.zeros(0, np.int64)
    edges = [
        np.concatenate(pair) for pair in zip((frame.child, frame.parent), lines.inferred or (none, none), strict=True)
    ]
    found = copies(roster, *edges)
    through = passing(roster, lines, number, options["by"], found)
    account = frame.holder.codes[: len(roster)].astype(np.int64)
    accounts = _accounts(roster, account, found, through.counted, least)
    inside = np.isin(account, accounts)
    rows = _rows(roster, account, found, through, edges, np.unique(account[inside & through.copy]))
    if not rows:
        raise DataMissing(
            f"no account has {_many(least, 'copy', 'copies')} of others' models here that are half of its own or more",
            "ask a lower --least" if least > 1 else "ask a wider scope or window",
        )
    only = named(options["only"], [row.group for row in rows], "intermediary")
    shown = rows[: options["top"]] if only is None else [rows[place] for place in only]
    carried = through.weight * (through.sure + through.maybe)
    values = {
        "asked": asked | {"least": least},
        "accounts": len(rows),
        "through_intermediaries": float(carried[inside].sum() / through.whole),
        "through_all_copies": float(carried.sum() / through.whole),
    }
    copied, unplaced = int(through.copy.sum()), int((through.copy & found.open).sum())
    notes = [
        f"{_many(len(rows), 'account is an intermediary', 'accounts are intermediaries')}: "
        f"{_many(least, 'copy', 'copies')} of others' models or more, and at least half of the account's models. "
        f"{values['through_intermediaries']:.2%} of {through.words} goes through their copies, "
        f"{values['through_all_copies']:.2%} through those of all accounts.",
        f"The base of {unplaced:,} of {_many(copied, 'copy', 'copies')} is not known, and the account holds no full "
        "model of that name: such copies are taken as copies of others' in value and hi, not in lo.",
        "A copy that nobody marks (full weights uploaded again under another name) is not seen.",
        *without_effect(roster.weighed.definition, "a copy is its account's, and lines are followed in any case"),
        *said,
    ]
    title = "Who repackages others' models" + ("" if number is None else f": {lines.owned.name(number)}")
    return answer(measure, title, roster.weighed, "namespace", shown, values, notes, PRESENTED)


def _many(count: int, one: str, more: str) -> str:
    """`1 copy`, `2 copies`."""
    return f"{count:,} {one if count == 1 else more}"


def _accounts(roster: Roster, account: Ints, found: Copies, counted: Mask, least: int) -> Ints:
    """Accounts with enough copies of others' models, which are at least half of their models that count."""
    many = len(roster.frame.holder.names)
    every = np.bincount(account[counted], minlength=many)
    copied = np.bincount(account[counted & (found.placed | found.open)], minlength=many)
    return np.flatnonzero((copied >= least) & (copied >= HALF * every))


def _rows(
    roster: Roster, account: Ints, found: Copies, through: Passing, edges: Sequence[Ints], accounts: Ints
) -> list[GroupRow]:
    """One row an account, those with most weight in copies first."""
    place = np.full(len(roster.frame.holder.names), -1, np.int64)
    place[accounts] = np.arange(len(accounts))
    at = place[account]
    mine = at >= 0

    def by_account(weight: npt.NDArray[Any]) -> Floats:
        return total(at[mine], weight[mine], len(accounts))

    codes, names = organisations(roster)
    known = ~np.isin(codes[accounts], [names.index(name) for name in DARK if name in names])
    kinds = [by_account(through.copy & (found.kind == number)) for number in range(len(KINDS))]
    both = by_account(through.weight * (through.sure + through.maybe))
    models, (lo, hi) = by_account(through.counted), through.limits(at, len(accounts))
    whole, unit = through.whole, roster.weighed.slice.unit
    bases = _bases(at, through.copy & found.placed, edges, len(accounts))
    rows = []
    for row in np.lexsort((-np.sum(kinds, axis=0), -both)).tolist():
        fields: dict[str, Any] = {"group": str(roster.frame.holder.names[int(accounts[row])].as_py())}
        fields |= {"period": None, "organisation": names[int(codes[accounts[row]])]}
        fields |= {"copies": int(sum(kind[row] for kind in kinds))}
        fields |= {name: int(kind[row]) for name, kind in zip(KINDS, kinds, strict=True)}
        fields |= {"bases": int(bases[row]), "models": int(models[row])}
        value = float(both[row] / whole)  # equal sums in another order differ by a rounding
        fields |= {"value": value, "lo": min(float(lo[row]), value) if known[row] else 0.0}
        fields |= {"hi": max(float(hi[row]), value)}
        fields |= {} if unit == MODELS else {"downloads": int(both[row].round())}
        rows.append(group_row(fields))
    return rows


def _bases(at: Ints, copy: Mask, edges: Sequence[Ints], accounts: int) -> Ints:
    """How many different models each account copied, of those whose base is known."""
    child, parent = edges
    chosen = copy[child] & (at[child] >= 0)
    pairs = np.unique(np.stack([at[child[chosen]], parent[chosen]], axis=1), axis=0)
    return np.bincount(pairs[:, 0], minlength=accounts)

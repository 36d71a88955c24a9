"""Sums over lines of descent: how many models each group has below it, and what they weigh beside its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.origins import Origins
from weighbridge.lineage.descent import NO_GROUP
from weighbridge.lineage.relations import RELATIONS
from weighbridge.measures.descent_groups import Lines

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

KINDS = (*RELATIONS[1:], "not_told")
"""Relations of descendants; the last where a register names the base and nobody the relation."""
LATER = 3
GENERATIONS = ("generation_1", "generation_2", "later")


@dataclass(frozen=True)
class Below:
    """Pairs of a descendant and a group that count.

    Attributes:
        node: the descendant, a model, int64[pairs].
        place: its group, index into `groups`, int64[pairs].
        groups: numbers of the groups that have any, ascending.
        generation: see `Descent`, int64[pairs].
        part: of the descendant's weight that is the group's, float64[pairs].
        by_name: whether the line rests on a name, bool[pairs].
        near: whether the pair is to be counted, bool[pairs]; the others only complete the group's weight.
    """

    node: Ints
    place: Ints
    groups: Ints
    generation: Ints
    part: Floats
    by_name: Mask
    near: Mask


def below(lines: Lines, own: bool, within: int | None) -> Below:
    """The pairs of all models.

    Args:
        lines: groups and descent.
        own: count a group's own models that descend from others of its own too.
        within: count so many generations; null: all.
    """
    found = lines.all
    chosen = found.node < len(lines.frame.names)
    if not own:
        chosen &= ~lines.own
    groups, place = np.unique(found.group[chosen], return_inverse=True)
    generation = found.generation[chosen]
    return Below(
        node=found.node[chosen],
        place=place.astype(np.int64),
        groups=groups,
        generation=generation,
        part=np.where(lines.own, 1.0, found.part)[chosen],
        by_name=lines.by_name[chosen],
        near=np.full(len(generation), True) if within is None else np.asarray(generation <= within, dtype=bool),
    )


@dataclass(frozen=True)
class Weighing:
    """What counts in a window.

    Attributes:
        counted: models that count: created by its end, or with weight in it; bool[models].
        new: those created in it, bool[models].
        weight: of each model, int64[models]; 0 of what does not count.
        lo, hi: limits of it, int64[models].
    """

    counted: Mask
    new: Mask
    weight: Ints
    lo: Ints
    hi: Ints


@dataclass(frozen=True)
class Sums:
    """Sums of one window by group, in the order of `Below.groups`.

    Attributes:
        models, new: descendants, and those created in the window.
        relations: by relation to their own base, int64[groups, kinds].
        generations: first, second, later; int64[groups, 3].
        by_name: descendants whose line rests on a name.
        own_models: a group's own models that count.
        through, rest, own: weight of the descendants counted, of further generations, and of the own models.
    """

    models: Ints
    new: Ints
    relations: Ints
    generations: Ints
    by_name: Ints
    own_models: Ints
    through: Floats
    rest: Floats
    own: Floats

    @property
    def whole(self) -> Floats:
        """Weight of a group: its own and its descendants'."""
        return self.through + self.rest + self.own

    @property
    def value(self) -> Floats:
        """Part of the weight that goes through the descendants counted; 0 where nothing weighs."""
        return over(self.through, self.whole)


def sums(lines: Lines, pairs: Below, found: Origins, here: Weighing) -> Sums:
    """Sums of one window."""
    many = len(pairs.groups)
    counted = here.counted[pairs.node] & pairs.near
    node, place = pairs.node[counted], pairs.place[counted]
    kind = (found.relation[node] - 1) % len(KINDS)
    step = np.minimum(pairs.generation[counted], LATER) - 1
    _, own_models = owned_sums(lines, here.counted, here.weight)
    through, rest = _through(pairs, here.weight, many)
    return Sums(
        models=np.bincount(place, minlength=many),
        new=np.bincount(place[here.new[node]], minlength=many),
        relations=np.bincount(place * len(KINDS) + kind, minlength=many * len(KINDS)).reshape(many, len(KINDS)),
        generations=np.bincount(place * LATER + step, minlength=many * LATER).reshape(many, LATER),
        by_name=np.bincount(place[pairs.by_name[counted]], minlength=many),
        own_models=own_models[pairs.groups],
        through=through,
        rest=rest,
        own=_own_weight(lines, pairs, here, here.weight),
    )


def owned_sums(lines: Lines, counted: Mask, weight: Ints) -> tuple[Floats, Ints]:
    """Weight and number of each group's own models that count, over all groups."""
    of = lines.owned.of[: len(lines.frame.names)]
    many = int(lines.owned.of.max(initial=0)) + 1
    some = (of != NO_GROUP) & counted
    return total(of[some], weight[some], many), np.bincount(of[some], minlength=many)


def limits(lines: Lines, pairs: Below, here: Weighing, by: str) -> tuple[Floats, Floats]:
    """Limits of the parts of weight, where flows have limits and where it is not known whose a model is.

    Organisation: what nobody has registered may be the organisation's own, so that descendants there would be none,
    and what descends from there would. Family: what bears its name and declares no base may descend from it. With
    `T` the weight of the descendants, `R` that of further generations and `S` the group's own, `U` what is unregistered
    of T, `D` all that is unregistered with what descends from it, `E` the latter alone, `V` what bears the name:

        organisation: (T - U) / (T + R + S + D) and (T + E) / (T + E + R + S)
        family: T / (T + R + S + V) and (T + V) / (T + V + R + S)

    In the first all that stands above the line weighs least and the rest most, in the second the other way round. Of a
    group of which no own model is held S is unknown: the least is 0 and the most 1.
    """
    many = len(pairs.groups)
    (near_lo, rest_lo), (near_hi, rest_hi) = (_through(pairs, weight, many) for weight in (here.lo, here.hi))
    own_lo, own_hi = (_own_weight(lines, pairs, here, weight) for weight in (here.lo, here.hi))
    sure, unsure, more, doubtful = near_lo, np.zeros(many), np.zeros(many), np.zeros(many)
    if by == "family":
        more = doubtful = total(_named(lines, pairs, here.counted), here.hi, many + 1)[:-1]
    elif lines.owned.dark:
        nobody, fall = dark(lines)
        theirs = np.where(pairs.near & nobody[pairs.node], pairs.part, 0)
        sure = near_lo - total(pairs.place, theirs * here.lo[pairs.node], many)
        unsure = total(pairs.place, theirs * here.hi[pairs.node], many)
        more = np.full(many, float(here.hi[fall].sum()))
        doubtful = np.full(many, float(here.hi[nobody | fall].sum()))
    least = over(sure, sure + unsure + rest_hi + own_hi + doubtful)
    most = over(near_hi + more, near_hi + more + rest_lo + own_lo)
    held = has_own(lines)[pairs.groups]
    return np.where(held, least, 0.0), np.where(held, most, 1.0)


def has_own(lines: Lines) -> Mask:
    """Groups of which any own model is held, over all groups: a base that others name alone has no weight here."""
    of = lines.owned.of
    found = np.zeros(int(of.max(initial=0)) + 1, bool)
    held = of[: len(lines.frame.names)]
    found[held[held != NO_GROUP]] = True
    return found


def _through(pairs: Below, weight: Ints, many: int) -> tuple[Floats, Floats]:
    """Weight of the descendants counted and of further generations, by group."""
    parts = pairs.part * weight[pairs.node]
    near, rest = (total(pairs.place, np.where(mask, parts, 0), many) for mask in (pairs.near, ~pairs.near))
    return near, rest


def _own_weight(lines: Lines, pairs: Below, here: Weighing, weight: Ints) -> Floats:
    """Weight of each group's own models that count, without those of its own that are counted as descendants."""
    many = len(pairs.groups)
    own, _ = owned_sums(lines, here.counted, weight)
    variants = lines.owned.of[pairs.node] == pairs.groups[pairs.place]
    return own[pairs.groups] - total(pairs.place, weight[pairs.node] * variants, many)


def dark(lines: Lines) -> tuple[Mask, Mask]:
    """Models of which nobody knows whose they are, and those that descend from one, bool[models] each."""
    models = len(lines.frame.names)
    nobody = np.isin(lines.owned.of[:models], lines.owned.dark)
    fall = np.zeros(models, bool)
    node = lines.all.node[np.isin(lines.all.group, lines.owned.dark)]
    fall[node[node < models]] = True
    return nobody, fall


def limits_of_new(
    lines: Lines, pairs: Below, counted: Mask, based: Mask, models: Ints, by: str
) -> tuple[Floats, Floats]:
    """Limits of the parts of new models with a base, where it is not known whose a model is, or that it has a base.

    With `T` the descendants, `B` all new models with a base, `V` what bears a family's name or descends from what
    bears it without a declared way to the family, `N` those of V that name no base, `U` the unregistered of T and `E`
    what descends from unregistered accounts:

        family: T / (B + N) and (T + V) / (B + N)
        organisation: (T - U) / B and (T + E) / B, at most 1

    Args:
        lines, pairs: groups and descent.
        counted: new models, bool[models].
        based: models with a base, bool[models].
        models: descendants of each group.
        by: dimension.
    """
    many, whole = len(pairs.groups), int((counted & based).sum())
    if by == "family":
        place = _named(lines, pairs, counted)
        bearing = np.bincount(place, minlength=many + 1)[:-1]
        without = np.bincount(place[~based], minlength=many + 1)[:-1]
        return over(models, whole + without), over(models + bearing, whole + without)
    every = np.full(many, whole)
    if not lines.owned.dark:
        return over(models, every), over(models, every)
    nobody, fall = dark(lines)
    sure = counted[pairs.node] & pairs.near & ~nobody[pairs.node]
    least = np.bincount(pairs.place[sure], minlength=many)
    most = np.minimum(models + int((fall & counted).sum()), whole)
    return over(least, every), over(most, every)


def named(lines: Lines, pairs: Below, counted: Mask) -> Ints:
    """How many further models bear each family's name, by their line or their own, and declare no way to it."""
    return np.bincount(_named(lines, pairs, counted), minlength=len(pairs.groups) + 1)[:-1]


def _named(lines: Lines, pairs: Below, counted: Mask) -> Ints:
    """For each model the place of the family whose name it bears without being its own or below it; else the end."""
    family = lines.frame.family.astype(np.int64)
    end = len(pairs.groups)
    if not end:
        return np.full(len(family), end, np.int64)
    at = np.minimum(np.searchsorted(pairs.groups, family), end - 1)
    there = (pairs.groups[at] == family) & counted & ~held_or_own(lines)
    return np.where(there, at, end)


def held_or_own(lines: Lines) -> Mask:
    """Models that are their family's own, or to which a way leads from these, bool[models]."""
    family = lines.frame.family.astype(np.int64)
    held = np.asarray(lines.owned.of[: len(family)] == family, dtype=bool)
    line = lines.all
    inside = np.flatnonzero(line.node < len(family))
    held[line.node[inside[line.group[inside] == family[line.node[inside]]]]] = True
    return held


def total(place: Ints, weight: npt.NDArray[Any], many: int) -> Floats:
    """Sums of weights by place, float64[many]."""
    return np.bincount(place, weight.astype(np.float64), many).astype(np.float64)


def over(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Floats:
    """Quotients, 0 where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0), dtype=np.float64)

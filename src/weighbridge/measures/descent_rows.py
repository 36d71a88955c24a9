"""Rows and notes on what descends from groups, window by window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.frame import FLAT_DAY, UNKNOWN_DAY
from weighbridge.cubes.origins import NONE, Origins
from weighbridge.cubes.roster import Roster
from weighbridge.errors import DataMissing
from weighbridge.lineage.relations import RELATIONS
from weighbridge.measures import descent_sums as add
from weighbridge.measures.descent_asked import without_effect
from weighbridge.measures.descent_copies import copies_named
from weighbridge.measures.descent_groups import Lines
from weighbridge.records.amounts import amount
from weighbridge.records.group_row import GroupRow, group_row
from weighbridge.records.shown import plain

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Descendants:
    """What descends from groups, in the windows of a roster.

    Attributes:
        roster: models with their weight; where `new`, models that each count one in the period of their creation.
        lines: groups and descent.
        by: dimension of the groups.
        number: of the one group that is asked; null: all.
        new: whether new models are counted.
        options: of the measure.
        only: groups with rows; null: those with most descendants.
    """

    roster: Roster
    lines: Lines
    by: str
    number: int | None
    new: bool
    options: Mapping[str, Any]
    only: Sequence[int] | None = None

    @cached_property
    def pairs(self) -> add.Below:
        """Descendants and groups."""
        return add.below(self.lines, self.options["own"] == "counted", self.options["within"])

    @property
    def origins(self) -> Origins:
        """Relations of all models."""
        return self.roster.origins

    @cached_property
    def windows(self) -> tuple[add.Weighing, ...]:
        """What counts in each window."""
        return tuple(self._weighing(number) for number in range(len(self.roster.weighed.slice.windows)))

    @cached_property
    def sums(self) -> tuple[add.Sums, ...]:
        """Sums of each window."""
        return tuple(add.sums(self.lines, self.pairs, self.origins, here) for here in self.windows)

    @cached_property
    def chosen(self) -> list[int]:
        """Groups with rows, by place: those with most descendants first; none of which nobody knows who they are.

        Raises:
            DataMissing: nothing descends from any group.
        """
        models = np.sum([found.models for found in self.sums], axis=0)
        weight = np.sum([found.through for found in self.sums], axis=0)
        place = np.flatnonzero((models > 0) & ~np.isin(self.pairs.groups, self.lines.owned.dark))
        if self.only:
            place = place[np.isin(self.pairs.groups[place], self.only)]
        if not len(place):
            groups = [*(self.only or ()), *(() if self.number is None else (self.number,))]
            what = ", ".join(repr(self.lines.owned.name(group)) for group in groups) or "any group"
            raise DataMissing(f"no model that counts descends from {what}", "ask --inferred yes, or a wider scope")
        place = place[np.lexsort((-weight[place], -models[place]))]
        last = place[: self.options["top"]][-1]  # names decide between equals, which need not all be named
        near = (models[place] > models[last]) | ((models[place] == models[last]) & (weight[place] >= weight[last]))
        most = sorted(place[near].tolist(), key=lambda at: (-models[at], -weight[at], self._name(at)))
        return most[: self.options["top"]]

    def rows(self) -> list[GroupRow]:
        """One row a group and window, by window, those with most descendants first."""
        rows = []
        told = not any(found.relations[:, -1].any() for found in self.sums)
        kinds = add.KINDS[:-1] if told else add.KINDS
        for number, found in enumerate(self.sums):
            value, lo, hi = self._values(number)
            more = add.named(self.lines, self.pairs, self.windows[number].counted) if self.by == "family" else None
            for at in sorted(self.chosen, key=lambda at: (-found.models[at], self.chosen.index(at))):
                fields: dict[str, Any] = {"group": self._name(at), "period": self._period(number)}
                fields |= {"models": int(found.models[at])} | ({} if self.new else {"new": int(found.new[at])})
                fields |= {kind: int(found.relations[at, code]) for code, kind in enumerate(add.KINDS) if kind in kinds}
                fields |= dict(zip(add.GENERATIONS, found.generations[at].tolist(), strict=True))
                fields |= {"by_name": int(found.by_name[at])} if self.lines.inferred is not None else {}
                fields |= {"named": int(more[at])} if more is not None else {}
                fields |= {"own_models": int(found.own_models[at])}
                fields |= {"value": _figure(value[at]), "lo": _figure(lo[at]), "hi": _figure(hi[at])}
                if not self.new:
                    through, own = int(found.through[at].round()), int(found.own[at].round())
                    fields |= {"downloads": through, "own_downloads": own}
                rows.append(group_row(fields))
        return rows

    def detail(self) -> list[dict[str, Any]]:
        """One row a group, window, relation and generation; `value` is the part of the group's descendants."""
        rows = []
        for number, (here, found) in enumerate(zip(self.windows, self.sums, strict=True)):
            pairs = self.pairs
            counted = here.counted[pairs.node] & pairs.near & np.isin(pairs.place, self.chosen)
            node, place = pairs.node[counted], pairs.place[counted]
            table = np.stack([place, self.origins.relation[node], pairs.generation[counted]], axis=1)
            cells, which = np.unique(table, axis=0, return_inverse=True)
            which = which.reshape(-1)
            weight = np.bincount(which, pairs.part[counted] * here.weight[node], len(cells))
            columns = {
                "models": np.bincount(which, minlength=len(cells)),
                "new": np.bincount(which[here.new[node]], minlength=len(cells)),
                "inferred": np.bincount(which[self.origins.inferred[node]], minlength=len(cells)),
                "by_name": np.bincount(which[pairs.by_name[counted]], minlength=len(cells)),
                "downloads": weight.round().astype(np.int64),
            }
            if self.new:
                del columns["new"], columns["downloads"]
            order = sorted(range(len(cells)), key=lambda row: (self.chosen.index(int(cells[row, 0])), *cells[row, 1:]))
            for row in order:
                at, relation, generation = cells[row].tolist()
                fields = {"group": self._name(at), "period": self._period(number), "relation": RELATIONS[relation]}
                counts = {name: int(column[row]) for name, column in columns.items()}
                part = counts["models"] / int(found.models[at])
                rows.append({**fields, "generation": generation, **counts, "value": part})
        return rows

    def whole(self) -> dict[str, Any]:
        """Of the last window: models that count, those that declare a base, and those that descend from any group."""
        here, pairs = self.windows[-1], self.pairs
        some = np.zeros(len(here.counted), bool)
        some[pairs.node[pairs.near & ~np.isin(pairs.groups[pairs.place], self.lines.owned.dark)]] = True
        some &= here.counted
        kinds, inferred = self.origins.relation, self.origins.inferred
        relations = [
            {"relation": name, "models": int((some & (kinds == code)).sum()),
             "inferred": int((some & inferred & (kinds == code)).sum())}
            for code, name in enumerate(RELATIONS) if code != NONE
        ]  # fmt: skip
        return {
            "models": int(here.counted.sum()),
            "declared": int((here.counted & self.roster.frame.declared).sum()),
            "descendants": int(some.sum()),
            "relations": relations,
        }

    def notes(self) -> list[str]:
        """What the reader must know of lines, relations, groups and dates."""
        frame, whole, here = self.roster.frame, self.whole(), self.windows[-1]
        guessed = sum(row["inferred"] for row in whole["relations"])
        notes = [
            f"{whole['declared']:,} of {amount(whole['models'], 'models')} that count "
            f"{'declares' if whole['declared'] == 1 else 'declare'} a base; the others have no line "
            + ("but where a name tells one." if self.lines.inferred is not None else "here (--inferred yes).")
        ]
        if guessed:
            notes.append(
                f"The relation of {guessed:,} of {whole['descendants']:,} descendants is not declared: it is inferred "
                "from library, tags, name or number of bases."
            )
        if self.number is None:
            notes.append("Groups overlap, since a merge descends from each of its parents: they do not add up.")
        if self.lines.owned.dark:
            nobody, fall = add.dark(self.lines)
            below = int((fall & ~nobody & here.counted).sum())
            notes += [
                f"{amount(below, 'models')} {'descends' if below == 1 else 'descend'} from accounts of which nobody "
                "has registered whose they are; these have no row, and are in the limits."
            ] * (below > 0)
        notes += self._by_name_alone()
        notes += self._not_held()
        if len(frame.roots.cyclic):
            notes.append(f"{amount(len(frame.roots.cyclic), 'models')} name each other as base: these ways are cut.")
        early = int((here.counted & (frame.created == FLAT_DAY)).sum())
        if early and not self.new:
            counted = f"{'is' if early == 1 else 'are'} counted, but new in no window"
            notes.append(f"{amount(early, 'models')} of the Hub's first creation date {counted}.")
        notes += self._without_effect()
        return notes

    def _not_held(self) -> list[str]:
        """Groups whose own models are not held, so that the part through descendants is not known."""
        held = add.has_own(self.lines)[self.pairs.groups]
        unheld = [at for at in self.chosen if not held[at]]
        if self.new or not unheld:
            return []
        return [
            f"Of {amount(len(unheld), 'groups')} shown, such as {plain(self._name(unheld[0]))}, no model of its own is "
            "held: the own weight is not known, so there is no value."
        ]

    def _by_name_alone(self) -> list[str]:
        """What goes by a family's name and not by a declared way, and the measure that counts by names."""
        if self.by != "family":
            return []
        found = copies_named(self.lines, self.windows[-1].counted, None if self.number is None else [self.number])
        if not found.models:
            return []
        begun = (
            f"{amount(found.models, 'models')} with a base {'bears' if found.models == 1 else 'bear'} a family's name "
            "or a line that does, without a "
            f"declared way to its developer's accounts{found.most()}: in no count here, and in hi."
        )
        if not self.new:
            return [begun]
        return [
            f"{begun} `new-models --by family --relation any --attribution base` counts by the name at the root "
            "instead, so such copies count there and families can change places."
        ]

    def _without_effect(self) -> list[str]:
        return without_effect(self.roster.weighed.definition, "lines are followed in any case")

    def _values(self, number: int) -> tuple[npt.NDArray[np.float64], ...]:
        """Value and limits of each group in a window; not a number where there is none."""
        here, found = self.windows[number], self.sums[number]
        if not self.new:
            lo, hi = add.limits(self.lines, self.pairs, here, self.by)
            held = add.has_own(self.lines)[self.pairs.groups]
            value = np.where(held, found.value, np.nan)
            return value, np.fmin(lo, value), np.fmax(hi, value)  # equal sums in another order differ by a rounding
        based = here.counted & (self.roster.frame.declared | _told(self.lines))
        if not based.any():
            nothing = np.full(len(found.models), np.nan)
            return nothing, nothing, nothing
        value = add.over(found.models, np.full(len(found.models), int(based.sum())))
        return value, *add.limits_of_new(self.lines, self.pairs, here.counted, based, found.models, self.by)

    def _weighing(self, number: int) -> add.Weighing:
        roster, window = self.roster, self.roster.weighed.slice.windows[number]
        created = roster.frame.created
        if self.new:
            here = roster.weight_in(number) > 0
            one = here.astype(np.int64)
            return add.Weighing(here, here, one, one, one)
        weight, (lo, hi) = roster.weight_in(number), roster.limits_in(number)
        # an unknown day lies before all others; a model of the day of the count may have weight already
        there = roster.kept & ((created < window.end) | (hi > 0))
        fresh = there & (created >= window.start) & (created < window.end)
        fresh &= (created != FLAT_DAY) & (created != UNKNOWN_DAY)
        return add.Weighing(there, fresh, weight, lo, hi)

    def _name(self, place: int) -> str:
        return self.lines.owned.name(int(self.pairs.groups[place]))

    def _period(self, number: int) -> str | None:
        return self.roster.weighed.slice.windows[number].name or None


def _figure(value: float) -> float | None:
    """A figure; null where there is none."""
    return None if np.isnan(value) else float(value)


def _told(lines: Lines) -> Mask:
    """Models whose base a name tells, bool[models]."""
    found = np.zeros(len(lines.frame.names), bool)
    if lines.inferred is not None:
        found[lines.inferred[0]] = True
    return found

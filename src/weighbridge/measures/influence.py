"""The few models and organisations that carry a lead: what their removal moves, and how many it takes to turn it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from weighbridge.cubes.weigh import DIMENSIONS, Weighed
from weighbridge.errors import UsageError
from weighbridge.measures import LISTED_MOST, Option
from weighbridge.measures.answering import answer
from weighbridge.measures.clusters import clusters_of
from weighbridge.measures.pairs import GROUPS, chosen_groups
from weighbridge.records.answer import Answer
from weighbridge.records.cells import SMALL, UNNAMED

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ARGUMENT = (
    "the lead is a sum of fixed contributions, so of all sets of k the k largest take most from it, and the first k "
    "whose sum exceeds it is the least; neither cleaning nor lineage is run again after a removal, and bounds and "
    "other rivals are left aside"
)
NOT_NAMED = (
    "small models and namespaces are summed here and not listed, though one of these may move the difference as much"
)


class Influence:
    """Leave-one-out influence on the difference of two shares, and the breakdown number of its sign."""

    id = "influence"
    title = "Which models and organisations carry a lead"
    words = (
        "For each model and organisation how far the difference of the two shares moves when it is left out, largest "
        "first; and the breakdown number: the fewest whose removal puts the other group ahead."
    )
    formula = (
        "moves_i = (A - a_i - B + b_i) / (T - t_i) - (A - B) / T; breakdown = least k with Σ of the k largest "
        "(a_i - b_i) > A - B, for A ahead of B"
    )
    source = (
        "leave-one-out influence, Cook (1977); most influential sets, Broderick, Giordano and Meager (2020, arXiv "
        "2011.14999); breakdown point, Donoho and Huber (1983)"
    )
    example = "--groups CN,US --at 2024-07-11 | head -24"
    options = (
        Option("by", "What to group by.", DIMENSIONS, "country"),
        GROUPS,
        Option("top", "How many of each to list.", default=20, number=True, most=LISTED_MOST),
    )
    clean = None

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """Lists of models and organisations, and the breakdown numbers.

        Raises:
            UsageError: a series is asked, or not two groups.
        """
        by, top = options["by"], options["top"]
        if len(weighed.slice.windows) > 1:
            raise UsageError("influence is on one window", "ask without --over, with --from and --to or --at")
        groups = chosen_groups(weighed, by, options)
        if len(groups) > 2:
            raise UsageError(f"influence is on the difference of two groups, not of {len(groups)}", "give two")
        models, organisations = _models(weighed, by, groups), _organisations(weighed, by, groups)
        lead = int(models.a.sum() - models.b.sum())
        ahead = groups[0] if lead > 0 else groups[1] if lead < 0 else None
        listed = {"models": models.listed("model", top), "organisations": organisations.listed("organisation", top)}
        values: dict[str, Any] = {
            "groups": list(groups),
            "difference": models.difference,
            "leader": ahead,
            **listed,
            "breakdown": {"models": models.breakdown(), "organisations": organisations.breakdown()},
            "exact": weighed.slice.whole,
            "because": ARGUMENT if weighed.slice.whole else f"{ARGUMENT}; {NOT_NAMED}",
        }
        rows = [
            {"what": what.removesuffix("s"), "name": unit[what.removesuffix("s")]}
            | {key: unit[key] for key in ("group", "downloads", "moves")}
            for what, units in listed.items()
            for unit in units
        ]
        return answer(self.id, self.title, weighed, by, rows, values, _said(values))


@dataclass(frozen=True)
class Units:
    """What is left out, one at a time.

    Attributes:
        a, b, all: weight of each unit in the first group, in the second and in all, int64[units].
        group: code of the group that most of a unit's weight goes to.
        names: names of the groups.
        name: name of a unit.
        named: units that have a name of their own; the others are sums of several.
        largest_unnamed: the most that one of those can weigh in either group.
    """

    a: Ints
    b: Ints
    all: Ints
    group: Ints
    names: list[str]
    name: Callable[[int], str]
    named: npt.NDArray[np.bool_]
    largest_unnamed: float

    @property
    def difference(self) -> float:
        """Share of the first group less that of the second."""
        return int(self.a.sum() - self.b.sum()) / max(int(self.all.sum()), 1)

    @property
    def moves(self) -> Floats:
        """Change of the difference when a unit is left out; 0 where nothing is left without it."""
        lead, total = int(self.a.sum() - self.b.sum()), int(self.all.sum())
        left = total - self.all
        after = np.divide(lead - self.a + self.b, left, out=np.full(len(left), np.nan), where=left > 0)
        return np.asarray(np.nan_to_num(after - self.difference, nan=0.0))

    def listed(self, what: str, top: int) -> list[dict[str, Any]]:
        """The units that move the difference most, largest first; ties by name."""
        moves = self.moves
        candidates = np.flatnonzero(self.named & (moves != 0))
        size = np.abs(moves[candidates])
        least = np.partition(size, -top)[-top] if top < len(size) else 0.0
        rows: list[dict[str, Any]] = [
            {
                what: self.name(int(unit)),
                "group": self.names[int(self.group[unit])],
                "downloads": int(self.all[unit]),
                "moves": float(moves[unit]),
            }
            for unit in candidates[size >= least]
        ]
        return sorted(rows, key=lambda row: (-abs(row["moves"]), row[what]))[:top]

    def breakdown(self) -> int | None:
        """The fewest units whose removal puts the other group ahead; null where none can.

        Where some units have no name it is known only if one fewer cannot do it whatever these weigh.
        """
        lead = self.a - self.b
        if lead.sum() < 0:
            lead = -lead
        able = np.flatnonzero(self.named & (lead > 0))
        order = able[np.argsort(-lead[able], kind="stable")]
        count = int(np.searchsorted(np.cumsum(lead[order]), lead.sum(), side="right")) + 1
        if lead.sum() == 0 or count > len(order):
            return None
        one_fewer = np.maximum(lead[order[: count - 1]], self.largest_unnamed).sum()
        return count if one_fewer <= lead.sum() else None


def _models(weighed: Weighed, by: str, groups: tuple[str, ...]) -> Units:
    """Each downloaded repository, wherever its weight goes."""
    cells, window = weighed.slice.cells, weighed.slice.windows[0]
    model = cells.labels["model"]
    named = pc.not_equal(model.names, UNNAMED).to_numpy(zero_copy_only=False).astype(bool)
    most = 0.0
    if not named.all():  # a cube file names the models that are largest over all its windows
        weight = np.bincount(model.codes, weights=cells.value, minlength=len(named))[named]
        most = np.inf if window.name else float(weight[weight > 0].min(initial=np.inf))
    unit = model.codes[weighed.entries.cell].astype(np.int64)
    return _units(weighed, by, groups, unit, lambda code: str(model.names[code].as_py()), named, most)


def _organisations(weighed: Weighed, by: str, groups: tuple[str, ...]) -> Units:
    """Each organisation; a person, or a namespace that nobody knows, counts alone.

    What a cube file sums are namespaces that no register knows. These weigh nothing in a country, but they may in a
    family; then nobody can say how much one of them does.
    """
    clusters = clusters_of(weighed)
    named = np.ones(clusters.count, bool)
    if not weighed.slice.whole:
        named = np.array([clusters.name(unit) != SMALL for unit in range(clusters.count)], bool)
    units = _units(weighed, by, groups, clusters.code, clusters.name, named, 0.0)
    hidden = bool((units.a[~named] > 0).any() or (units.b[~named] > 0).any())
    return replace(units, largest_unnamed=np.inf) if hidden else units


def _units(
    weighed: Weighed,
    by: str,
    groups: tuple[str, ...],
    unit: Ints,
    name: Callable[[int], str],
    named: npt.NDArray[np.bool_],
    largest_unnamed: float,
) -> Units:
    """Sums of each unit, and the group that most of it goes to."""
    found, value, count = weighed.groups(by), weighed.entries.value, len(named)

    def weight(group: str) -> Ints:
        inside = found.codes == (found.names.index(group) if group in found.names else -1)
        return np.bincount(unit, weights=np.where(inside, value, 0), minlength=count).astype(np.int64)

    pair, place = np.unique(unit * len(found.names) + found.codes, return_inverse=True)
    sums = np.bincount(place, weights=value)
    group = np.zeros(count, np.int64)
    order = np.argsort(sums, kind="stable")
    group[pair[order] // len(found.names)] = pair[order] % len(found.names)
    everything = np.bincount(unit, weights=value, minlength=count).astype(np.int64)
    first, second = (weight(g) for g in groups)
    return Units(first, second, everything, group, found.names, name, named, largest_unnamed)


def _said(values: dict[str, Any]) -> list[str]:
    ahead, broken = values["leader"], values["breakdown"]
    if ahead is None:
        return ["Neither group leads, so nothing can turn the lead."]
    other = next(group for group in values["groups"] if group != ahead)
    count = ", ".join(f"{n} {what[:-1] if n == 1 else what}" for what, n in broken.items() if n is not None)
    missing = ", ".join(what for what, n in broken.items() if n is None)
    notes = [f"{ahead} leads {other} by {100 * abs(values['difference']):.2f} points."]
    if count:
        notes.append(f"Fewest whose removal puts {other} ahead: {count} ({values['because']}).")
    if missing:
        notes.append(f"No breakdown number of {missing}: what is named here does not carry the lead alone.")
    return notes


MEASURE = Influence()

"""What differs between two vintages of one hub: models, attributes and counters, each with the weight it touches."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.errors import UsageError
from weighbridge.records.clock import day_text
from weighbridge.records.observations import COUNTERS
from weighbridge.records.vintage import Vintage
from weighbridge.store import comparing
from weighbridge.store.catalogue import Today
from weighbridge.store.comparing import ATTRIBUTES, DAY_SPAN, Change, Int, Matched
from weighbridge.store.parts import read_part

CHANGES = ("appeared", "vanished", "missing", "renamed", *ATTRIBUTES, "restated", "fell")
"""Names of all changes, in the order in which they are listed."""


@dataclass(frozen=True)
class Differences:
    """From vintage `a` to vintage `b`.

    Attributes:
        a: the first vintage.
        b: the second.
        names: name of each model, in `b` where it is there; string[models].
        weight: the newest counter of each model in either, int64[models]; -1 where there is none.
        weight_of: the quantity of the weight, null where neither vintage counts.
        changes: in the order of `CHANGES`; none without a model.
        notes: what must be known to read them.
    """

    a: Vintage
    b: Vintage
    names: pa.Array
    weight: Int
    weight_of: str | None
    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    def summary(self) -> list[dict[str, Any]]:
        """`{"change", "models", "weight"}`: how many models each change touches, and their weight."""
        rows = []
        for name in CHANGES:
            touched = [change.model for change in self.changes if change.name == name]
            if touched:
                models = np.unique(np.concatenate(touched))
                weight = int(np.maximum(self.weight[models], 0).sum()) if self.weight_of else None
                rows.append({"change": name, "models": len(models), "weight": weight})
        return rows

    def counters(self) -> list[dict[str, Any]]:
        """By how much counters moved in all, by change and quantity, and the one that moved most."""
        rows = []
        for change in self.changes:
            if change.moves is not None:
                by = np.abs(change.now.to_numpy() - change.was.to_numpy())
                most = np.flatnonzero(by == by.max())
                first = int(pc.sort_indices(self.names.take(pa.array(change.model[most])))[0].as_py())
                rows.append(
                    {
                        "change": change.name,
                        "quantity": change.moves.quantity,
                        "models": len(change.model),
                        "counters": int(change.moves.days.sum()),
                        "up": int(change.moves.up.sum()),
                        "down": int(change.moves.down.sum()),
                        "largest": self._row(change, int(most[first])),
                    }
                )
        return rows

    def to_dict(self, top: int | None = None, only: Collection[str] = ()) -> dict[str, Any]:
        """The JSON of `vintages diff`.

        Args:
            top: show so many rows, those of the largest weight; null: all.
            only: rows of these changes; empty: of all. The summary is always of all.

        Raises:
            UsageError: there is no such change.
        """
        strange = sorted(set(only) - set(CHANGES))
        if strange:
            raise UsageError(f"there is no change {strange[0]!r}", f"one of: {', '.join(CHANGES)}")
        chosen = [change for change in self.changes if not only or change.name in only]
        rows = [self._row(change, place) for change, place in self._heaviest(chosen, top)]
        return {
            "from": self.a.id,
            "to": self.b.id,
            "hub": self.a.hub,
            "unit": self.a.unit,
            "simulated": self.a.simulated or self.b.simulated,
            "weight_of": self.weight_of,
            "summary": self.summary(),
            "counters": self.counters(),
            "rows": rows,
            "rows_shown": len(rows),
            "rows_in_all": sum(len(change.model) for change in chosen),
            "notes": list(self.notes),
        }

    def _heaviest(self, changes: list[Change], top: int | None) -> Iterator[tuple[Change, int]]:
        """The rows of the largest weight; equal ones by name, then in the order of the changes."""
        count = sum(len(change.model) for change in changes)
        if not count or top == 0:
            return
        model = np.concatenate([change.model for change in changes])
        which = np.repeat(np.arange(len(changes)), [len(change.model) for change in changes])
        place = np.concatenate([np.arange(len(change.model)) for change in changes])
        kept = np.arange(count)
        if top is not None and top < count:
            kept = np.flatnonzero(self.weight[model] >= np.partition(self.weight[model], count - top)[count - top])
        sortable = pa.table(
            {
                "weight": self.weight[model[kept]],
                "name": self.names.take(pa.array(model[kept])),
                "which": which[kept],
                "model": model[kept],
            }
        )
        keys = [(name, "descending" if name == "weight" else "ascending") for name in sortable.column_names]
        for at in kept[pc.sort_indices(sortable, sort_keys=keys).to_numpy()[:top]].tolist():
            yield changes[which[at]], int(place[at])

    def _row(self, change: Change, place: int) -> dict[str, Any]:
        model, moves = int(change.model[place]), change.moves
        weight, day = int(self.weight[model]), int(change.day[place])
        return {
            "change": change.name,
            "model": self.names[model].as_py(),
            "was": _plain(change.was[place]),
            "now": _plain(change.now[place]),
            "weight": weight if weight >= 0 else None,
            "day": day_text(day) if day >= 0 else None,
            "quantity": moves.quantity if moves else None,
            "by": int(moves.up[place] - moves.down[place]) if moves else None,
            "days": int(moves.days[place]) if moves else None,
        }


def differences(a: Vintage, b: Vintage, today: Today = lambda name: None) -> Differences:
    """What differs between two vintages of one hub.

    - A model that only `b` holds *appeared*; one that only `a` holds *vanished* if `b` is a census, else it is
      *missing*, for a selection does not say what it left out.
    - A model with another name is *renamed*; vintages are joined by key, name and rename link (`catalogue.joined`).
    - An attribute is compared if both vintages give it for any model; null is *not given* or *none*, lists are sets,
      days of creation are compared and not seconds.
    - A counter is *restated* where both have it for the same model and UTC day with another value, and *fell* where a
      cumulative one is lower on `b`'s first day after `a`'s last. Values of different rounding differ if they are
      further apart than the two rounding steps.

    Args:
        a: the first vintage.
        b: the second.
        today: links of renamed models.

    Raises:
        UsageError: it is the same vintage, or the two are of different hubs.
    """
    if a.id == b.id:
        raise UsageError(f"{a.id} is given twice", "give two vintages; `weighbridge vintages` lists them")
    if a.hub != b.hub:
        raise UsageError(f"{a.id} is of the hub {a.hub}, {b.id} of {b.hub}", "give two vintages of one hub")
    matched = comparing.match(a, b, today)
    series = {quantity: matched.series(quantity) for quantity in COUNTERS if matched.counted(quantity)}
    weight_of = next(iter(series), None)
    weight = comparing.newest(matched, *series[weight_of]) if weight_of else np.full(matched.count, -1)
    (_, last_in_a), (first, last) = (
        comparing.observed_days(matched.count, [pair[side] for pair in series.values()]) for side in (0, 1)
    )
    found = [*comparing.presence(matched, first, last_in_a), comparing.renamed(matched, last)]
    uneven = []
    for name in ATTRIBUTES:
        compared = comparing.attribute(matched, name, last)
        if compared is None:
            uneven.append(name)
        else:
            found.append(compared)
    found += [comparing.restated(quantity, *pair) for quantity, pair in series.items()]
    found += [comparing.fell(quantity, *pair) for quantity, pair in series.items() if quantity == "downloads_all"]
    changes = tuple(change for change in found if len(change.model))
    notes = tuple(_notes(matched, changes, uneven, weight_of, weight))
    return Differences(a, b, matched.names, weight, weight_of, changes, notes)


def _notes(
    matched: Matched, changes: tuple[Change, ...], uneven: list[str], weight_of: str | None, weight: Int
) -> Iterator[str]:
    a, b = matched.vintages
    counts = {change.name: len(change.model) for change in changes}
    if a.simulated or b.simulated:
        yield "Simulated data."
    if "missing" in counts:
        yield f"{b.id} is a selection: what it lacks is missing there, and not known to be gone."
    if a.population != "census" and "appeared" in counts:
        yield f"{a.id} is a selection: what appeared may have been on the hub before."
    ends = [max((*v.days_30d, *v.days_all), default=None) for v in (a, b)]
    if "vanished" in counts and ends[0] is not None and ends[1] is not None and ends[1] <= ends[0]:
        last = [day_text(end) for end in ends if end is not None]
        yield f"{b.id} was not observed later than {a.id} ({last[1]}, {last[0]}): what vanished need not be gone."
    if uneven:
        yield f"Not compared, since only one of the two gives it: {', '.join(uneven)}."
    gaps = [(change.name, _one_sided(change)) for change in changes if change.name in ATTRIBUTES]
    if shown := ", ".join(f"{name} {count:,}" for name, count in gaps if count):
        yield f"Models with a value in only one of the two, which may be a gap in the other: {shown}."
    if weight_of is None:
        yield "Neither vintage has a counter: the changes have no weight."
    else:
        touched = np.unique(np.concatenate([np.empty(0, np.int64), *(change.model for change in changes)]))
        if unknown := int((weight[touched] < 0).sum()):
            yield f"{unknown:,} of the models have no counter of {weight_of}, and no weight."
    for change in changes:
        if change.name == "restated":
            yield from _other_moments(matched, change)


def _one_sided(change: Change) -> int:
    """Of how many models only one of the vintages has a value; an empty list is none."""
    lists = pa.types.is_list(change.was.type)
    was, now = (
        pc.fill_null(pc.greater(pc.list_value_length(side), 0), False) if lists else side.is_valid()
        for side in (change.was, change.now)
    )
    return int(pc.sum(pc.xor(was, now)).as_py() or 0)


def _other_moments(matched: Matched, restated: Change) -> Iterator[str]:
    """Whether counters of one day were read at other moments of it, so that they may simply have moved on."""
    wanted = restated.model * DAY_SPAN + restated.day
    moments = []
    for vintage, numbers in zip(matched.vintages, matched.numbers, strict=True):
        table = read_part(vintage, "counters", ["model", "day", "observed"])
        key = numbers[table["model"].to_numpy()] * DAY_SPAN + table["day"].to_numpy()
        order = np.argsort(key)
        at = order[np.searchsorted(key, wanted, sorter=order)]
        moments.append(table["observed"].cast(pa.int64()).to_numpy()[at])
    apart = int((moments[0] != moments[1]).sum())
    if apart:
        yield (
            f"Of {len(wanted):,} models with restated counters, {apart:,} were read at two moments of the day shown: "
            "their counters may simply have moved on."
        )


def _plain(value: pa.Scalar) -> Any:
    """A value as JSON holds it; an empty list is null, as is none."""
    found = value.as_py()
    if isinstance(found, date):
        return found.isoformat()
    return found if found != [] else None

"""The ladder of openness beside an index of others: do they put systems into the same order?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.frame import links
from weighbridge.cubes.roster import Roster
from weighbridge.errors import DataMissing
from weighbridge.lineage.listed_sizes import places
from weighbridge.measures import Described
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.ladder import RESTRICTED, UNCLEAR, UNGIVEN, facts, ladder
from weighbridge.measures.rated import index
from weighbridge.records.answer import Answer

Floats = npt.NDArray[np.float64]
FEWEST = 3
"""Systems without which an order says nothing."""


def against(measure: Described, asking: Asking, roster: Roster, source: str, top: int) -> Answer:
    """One row a system that is held, those first on which ladder and index disagree most.

    The ladder is built from what the hub records alone, without any index, so that it is not compared with itself. A
    rank is the part of the compared systems that are less open, ties counted half.

    Raises:
        DataMissing: the index has not been read in, or too few of its systems are held.
    """
    found = index(asking, source)
    linked = [system for system in found.systems if system.repositories]
    hub, names = roster.weighed.slice.hub, roster.frame.names
    pairs = [(number, name) for number, system in enumerate(linked) for name in system.repositories]
    at = places(names, [name for _, name in pairs], links(hub))
    first: dict[int, int] = {}
    for (number, _), place in zip(pairs, at.tolist(), strict=True):
        if place >= 0:
            first.setdefault(number, place)
    classes = ladder(facts(roster, ()))
    place_unclear, ungiven = (classes.names.index(name) for name in (UNCLEAR, UNGIVEN))
    held = [(linked[number], place) for number, place in first.items() if classes.recorded[place] != ungiven]
    if len(held) < FEWEST:
        raise DataMissing(
            f"{source} rates {len(found.systems)} systems, of which {len(held)} are held with their licence",
            "ask a reading that holds them, e.g. with --vintage",
        )
    model = np.array([place for _, place in held])
    rung = np.where(classes.recorded == place_unclear, RESTRICTED, classes.recorded)[model]
    score = np.array([found.score(system) for system, _ in held])
    ours, theirs = ranks(rung.astype(np.float64)), ranks(score)
    order = sorted(range(len(held)), key=lambda i: (-abs(ours[i] - theirs[i]), held[i][0].name))
    rows = [
        {
            "system": held[i][0].name,
            "organisation": held[i][0].organisation,
            "model": names[int(model[i])].as_py(),
            "rung": classes.names[int(classes.recorded[model[i]])],
            "score": round(float(score[i]), 4),
            "our_rank": round(float(ours[i]), 4),
            "their_rank": round(float(theirs[i]), 4),
            "difference": round(float(ours[i] - theirs[i]), 4),
            roster.weighed.slice.unit: int(roster.weight[model[i]]),
        }
        for i in order[:top]
    ]
    agree, differ = ordered_alike(rung.astype(np.float64), score)
    values: dict[str, Any] = {
        "against": {
            "source": source,
            "vintage": found.vintage.id,
            "systems": len(found.systems),
            "linked": len(linked),
            "held": len(held),
            "spearman": correlation(ours, theirs),
            "pairs_alike": agree,
            "pairs_otherwise": differ,
            "agreement": agree / (agree + differ) if agree + differ else None,
        }
    }
    notes = [_said(source, values["against"], len(rows)), "The ladder here is without what indexes say."]
    title = f"{measure.title}: the ladder beside {found.vintage.title}"
    return replace(answer(measure.id, title, roster.weighed, "country", rows, values, notes), by="system")


def ranks(values: Floats) -> Floats:
    """Part of the values that are smaller than each, equal ones counted half, itself left out; float64[n], n > 1."""
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    equal = np.searchsorted(ordered, values, side="right") - below
    return np.asarray((below + (equal - 1) / 2) / (len(values) - 1))


def correlation(first: Floats, second: Floats) -> float | None:
    """Pearson's correlation, of ranks Spearman's with ties; null where one of them does not vary."""
    if not first.std() or not second.std():
        return None
    return float(np.corrcoef(first, second)[0, 1])


def ordered_alike(first: Floats, second: Floats) -> tuple[int, int]:
    """Of the pairs that both order: how many they order alike, and how many the other way round."""
    both = np.sign(first[:, None] - first[None, :]) * np.sign(second[:, None] - second[None, :])
    return int((both > 0).sum()) // 2, int((both < 0).sum()) // 2


def _said(source: str, found: dict[str, Any], shown: int) -> str:
    order = "no order on one side" if found["spearman"] is None else f"Spearman's correlation {found['spearman']:.2f}"
    alike = "" if found["agreement"] is None else f"; of the pairs that both order, {found['agreement']:.0%} agree"
    return (
        f"{source} rates {found['systems']} systems, links {found['linked']} to the hub, {found['held']} of these are "
        f"held: {order}{alike}. The {shown} with the largest difference are shown."
    )

"""How much hangs on which organisations there happen to be: a cluster bootstrap, named as what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.weigh import DIMENSIONS, Weighed
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import Option
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.clusters import Clusters, clusters_of
from weighbridge.measures.crossings import first_crossings
from weighbridge.measures.crossover import STAYS, STAYS_MOST, series_of, whole_windows
from weighbridge.measures.pairs import GROUPS, chosen_groups
from weighbridge.measures.resampling import interval, kinds_of, resampled
from weighbridge.records.answer import Answer
from weighbridge.records.cells import SMALL, UNNAMED
from weighbridge.register.parties import INTERNATIONAL, UNAFFILIATED

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FIGURES = ("share", "difference", "hhi", "crossover")
LEVEL = 0.95
TOO_LARGE = 0.20
LARGEST = 8
RESAMPLES_LEAST = 100  # fewer have no 2.5 % points
RESAMPLES_MOST = 20_000
SEED_MOST = 2**32 - 1
NESTED = ("model", "organisation")
"""Dimensions whose groups each lie in one cluster."""
CROSSED = ("country", "region", "type")


class Stability:
    """Percentile intervals under random weights of organisations."""

    id = "stability"
    title = "How much a figure hangs on which organisations there are"
    words = (
        "The figure again and again with random weights of the organisations: the middle 95 % of what results. It "
        "speaks of a superpopulation of organisations like those seen, not of sampling error (a census has none) and "
        "not of what is unknown (see the bounds). Where one organisation holds over a fifth of the weight no coverage "
        "is claimed."
    )
    formula = (
        "w_c = n E_c / Σ E, E_c standard exponential, n clusters; value* = Σ w_c D_cg / Σ w_c D_c; "
        "hhi* = Σ w_c Q_c / (Σ w_c D_c)², Q_c the cluster's sum of squared weights; limits at 2.5 and 97.5 %"
    )
    source = "Bayesian bootstrap, Rubin (1981); resampling of whole clusters, Davison and Hinkley (1997), section 3.8"
    example = "--groups CN,US --at 2024-07-11"
    options = (
        Option("by", "What to group by.", DIMENSIONS, "country"),
        Option("of", "Which figure.", FIGURES, "share"),
        GROUPS,
        Option("stays", "For how many periods a crossover must stay.", default=STAYS, number=True, most=STAYS_MOST),
        Option("resamples", "How many.", default=1_000, number=True, least=RESAMPLES_LEAST, most=RESAMPLES_MOST),
        Option("seed", "Of the random numbers.", default=1, number=True, most=SEED_MOST),
    )
    clean = None

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row a figure (and period); a crossover is of months where the question names no period.

        Raises:
            UsageError: the figure has no such groups, or a crossover of one day is asked.
            DataMissing: a cube file does not know the single models.
        """
        asked = series_of(asking) if options["of"] == "crossover" else asking
        return self.of(asked.weighed, options)

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """One row a figure (and period).

        Raises:
            UsageError: the figure has no such groups.
            DataMissing: a cube file does not know the single models.
        """
        by, of = options["by"], options["of"]
        largest = _largest(weighed)
        make = {"share": _shares, "difference": _difference, "hhi": _hhi, "crossover": _crossover}[of]
        rows = make(weighed, by, options)
        claimed = largest["share"] <= TOO_LARGE
        values = {
            "figure": of,
            "interval": {
                "kind": "percentile interval of a cluster bootstrap",
                "level": LEVEL,
                "resamples": options["resamples"],
                "seed": options["seed"],
                "clusters": largest["clusters"],
                "largest_cluster": largest["name"],
                "largest_cluster_share": largest["share"],
                "coverage_claimed": claimed,
            },
        }
        notes = [
            f"lo and hi are the middle {LEVEL:.0%} over {options['resamples']:,} resamples of {largest['clusters']:,} "
            f"organisations, persons and unregistered namespaces (seed {options['seed']}). They speak of a "
            "superpopulation of such organisations: not of sampling error, and not of what is unknown (`share` has the "
            "bounds)."
        ]
        if of == "hhi":
            notes.append(
                "The index is least where all weigh the same, and random weights make them differ: of what is spread "
                "evenly it rises in nearly every resample, so the figure may lie below its own interval."
            )
        if of == "crossover":
            notes.append(
                f"Of the dates only resamples that pass and stay have any ({rows[0]['crosses']:.1%}); lo and hi are "
                "of these."
            )
        if not claimed:
            notes.append(
                f"{largest['name']} alone holds {largest['share']:.1%}: no coverage is claimed for these intervals."
            )
        if not weighed.slice.whole:
            notes.append("A cube file sums small unregistered namespaces; they count as one cluster.")
        return answer(self.id, f"{self.title}: {of}", weighed, by, rows, values, notes)


def _largest(weighed: Weighed) -> dict[str, Any]:
    """The largest cluster over all windows, and how many there are."""
    clusters = clusters_of(weighed)
    sums = np.bincount(clusters.code, weights=weighed.entries.value, minlength=clusters.count)
    at = int(sums.argmax())
    return {
        "name": clusters.name(at),
        "share": float(sums[at] / max(sums.sum(), 1)),
        "clusters": int((sums > 0).sum()),
    }


def _windows(weighed: Weighed) -> list[tuple[str | None, npt.NDArray[np.bool_]]]:
    """Name of each window, and the entries that lie in it."""
    window = weighed.slice.cells.window[weighed.entries.cell]
    return [(w.name or None, window == number) for number, w in enumerate(weighed.slice.windows)]


def _columns(weighed: Weighed, by: str, chosen: tuple[str, ...]) -> Ints:
    """Column of each entry: its place among the chosen groups, or the one after them for all others."""
    groups = weighed.groups(by)
    place = np.array([chosen.index(name) if name in chosen else len(chosen) for name in groups.names], np.int64)
    return place[groups.codes]


def _shares(weighed: Weighed, by: str, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The share of each chosen group, of the largest where none is chosen."""
    asked = options["groups"] is not None
    chosen = chosen_groups(weighed, by, options, least=1) if asked else _largest_groups(weighed, by)
    rows = []
    for period, values, draws in _draws(weighed, by, chosen, options):
        rows += [_row(group, period, values[g], draws[:, g]) for g, group in enumerate(chosen)]
    return rows


def _difference(weighed: Weighed, by: str, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The first of two groups less the second."""
    first, second = _two(weighed, by, options)
    return [
        _row(f"{first} - {second}", period, values[0] - values[1], draws[:, 0] - draws[:, 1])
        | {"ahead": float((draws[:, 0] > draws[:, 1]).mean())}
        for period, values, draws in _draws(weighed, by, (first, second), options)
    ]


def _draws(
    weighed: Weighed, by: str, chosen: tuple[str, ...], options: Mapping[str, Any]
) -> list[tuple[str | None, Floats, Floats]]:
    """For each window its name, the shares of the chosen groups, and these shares in each resample."""
    clusters, column = clusters_of(weighed), _columns(weighed, by, chosen)
    value, found = weighed.entries.value.astype(np.float64), []
    for period, here in _windows(weighed):
        kinds = kinds_of(clusters.code[here], column[here], value[here], len(chosen) + 1)
        if not kinds.clusters:
            continue
        sums = resampled(kinds, options["resamples"], options["seed"])
        whole = kinds.count @ kinds.rows
        found.append((period, whole[:-1] / whole.sum(), sums[:, :-1] / sums.sum(axis=1, keepdims=True)))
    return found


def _hhi(weighed: Weighed, by: str, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The Herfindahl-Hirschman index over models, organisations, countries, regions or types."""
    if by not in (*NESTED, *CROSSED):
        raise UsageError(f"stability of the index by {by} is not offered", f"one of: {', '.join((*NESTED, *CROSSED))}")
    if not weighed.slice.whole and by in NESTED:
        raise DataMissing(f"a cube file sums small {by}s, so it cannot say how concentrated they are", "ask a store")
    clusters = clusters_of(weighed)
    rows = []
    for period, here in _windows(weighed):
        found = (_nested if by in NESTED else _crossed)(weighed, by, clusters, here, options)
        if found is not None:
            rows.append(_row(f"hhi of {by}", period, *found))
    if not rows:
        raise DataMissing(f"no weight has a known {by}", "ask for the index by organisation or model")
    return rows


def _nested(
    weighed: Weighed, by: str, clusters: Clusters, here: npt.NDArray[np.bool_], options: Mapping[str, Any]
) -> tuple[float, Floats] | None:
    """Groups within clusters: a cluster that counts twice is two of its kind, each with its own sum of squares.

    Null where there is no weight.
    """
    code, value = clusters.code[here], weighed.entries.value[here].astype(np.float64)
    group = code if by == "organisation" else weighed.entries.model.codes[here].astype(np.int64)
    pair, place = np.unique(code * (int(group.max(initial=0)) + 1) + group, return_inverse=True)
    sums = np.bincount(place, weights=value, minlength=len(pair))
    owner = pair // (int(group.max(initial=0)) + 1)
    both = np.concatenate([sums, sums**2]), np.repeat(np.array([0, 1]), len(sums))
    kinds = kinds_of(np.concatenate([owner, owner]), both[1], both[0], 2)
    if not kinds.clusters:
        return None
    drawn = resampled(kinds, options["resamples"], options["seed"])
    whole = kinds.count @ kinds.rows
    return float(whole[1] / whole[0] ** 2), drawn[:, 1] / drawn[:, 0] ** 2


def _crossed(
    weighed: Weighed, by: str, clusters: Clusters, here: npt.NDArray[np.bool_], options: Mapping[str, Any]
) -> tuple[float, Floats] | None:
    """Groups that many clusters share, over the weight whose group is known; null where none is."""
    groups = weighed.groups(by)
    nowhere = {*groups.dark, *groups.buckets, INTERNATIONAL, UNAFFILIATED}
    known = np.array([name not in nowhere for name in groups.names], bool)
    chosen = here & known[groups.codes]
    value = weighed.entries.value[chosen].astype(np.float64)
    kinds = kinds_of(clusters.code[chosen], groups.codes[chosen].astype(np.int64), value, len(groups.names))
    if not kinds.clusters:
        return None
    drawn = resampled(kinds, options["resamples"], options["seed"])
    whole = kinds.count @ kinds.rows
    return float((whole**2).sum() / whole.sum() ** 2), (drawn**2).sum(axis=1) / drawn.sum(axis=1) ** 2


def _crossover(weighed: Weighed, by: str, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The period in which the first group passes the second to stay, in each resample."""
    first, second = _two(weighed, by, options)
    whole = whole_windows(weighed.slice.windows)
    names = [weighed.slice.windows[number].name for number in whole]
    place = np.full(len(weighed.slice.windows), -1, np.int64)
    place[whole] = np.arange(len(whole))
    window = place[weighed.slice.cells.window[weighed.entries.cell]]
    column = _columns(weighed, by, (first, second))
    chosen = (column < 2) & (window >= 0)
    value = weighed.entries.value[chosen].astype(np.float64)
    width = len(whole)
    kinds = kinds_of(clusters_of(weighed).code[chosen], column[chosen] * width + window[chosen], value, 2 * width)
    drawn = resampled(kinds, options["resamples"], options["seed"])
    observed = kinds.count @ kinds.rows
    when = first_crossings((observed[:width] > observed[width:])[None, :], options["stays"])[0]
    dates = first_crossings(drawn[:, :width] > drawn[:, width:], options["stays"])
    seen = np.sort(dates[dates >= 0])
    left = int((1 - LEVEL) / 2 * len(seen))  # resamples beyond either limit
    low, high = (seen[left], seen[-1 - left]) if len(seen) else (None, None)
    return [
        {
            "group": f"{first} passes {second}",
            "period": None,
            "value": names[when] if when >= 0 else None,
            "lo": None if low is None else names[low],
            "hi": None if high is None else names[high],
            "crosses": float((dates >= 0).mean()),
            "ahead_at_the_end": float((drawn[:, width - 1] > drawn[:, -1]).mean()),
        }
    ]


def _two(weighed: Weighed, by: str, options: Mapping[str, Any]) -> tuple[str, str]:
    groups = chosen_groups(weighed, by, options)
    if len(groups) != 2:
        raise UsageError(f"a {options['of']} is of two groups, not of {len(groups)}", "give two")
    return groups[0], groups[1]


def _largest_groups(weighed: Weighed, by: str) -> tuple[str, ...]:
    groups = weighed.groups(by)
    sums = np.bincount(groups.codes, weights=weighed.entries.value, minlength=len(groups.names))
    order = sorted(range(len(sums)), key=lambda g: (-sums[g], groups.names[g]))
    return tuple(groups.names[g] for g in order if sums[g] and groups.names[g] not in (UNNAMED, SMALL))[:LARGEST]


def _row(group: str, period: str | None, value: float, draws: Floats) -> dict[str, Any]:
    low, high = interval(draws, LEVEL)
    return {"group": group, "period": period, "value": float(value), "lo": low, "hi": high}


MEASURE = Stability()

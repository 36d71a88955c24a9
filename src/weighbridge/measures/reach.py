"""How far downloads reach: how many repositories have any, how many have few, and how few take most of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.weigh import Weighed
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import Option
from weighbridge.measures.answering import answer
from weighbridge.records.answer import Answer, Row

Ints = npt.NDArray[np.int64]
OF = {"models": "model", "namespaces": "namespace"}
ZEROS_NAMED = ("without", "below")
"""Figures that need the models without downloads, which only a hub's 30-day counters list."""


class Reach:
    """Counts and parts of repositories by what they were downloaded."""

    id = "reach"
    title = "How far downloads reach over repositories"
    words = (
        "counted: how many models (or namespaces) there are in scope. without: the part of them without a download; "
        "below: with fewer downloads than --below. largest: the part of all downloads that the --k largest take. "
        "taking: the part of the repositories that suffices for --part percent of all downloads, the largest first. "
        "Of 30-day counters models without downloads are counted; of flows from cumulative counters only models with "
        "downloads are, so without and below are left out there. Under base credit the roots are counted."
    )
    formula = (
        "x descending, n of them: counted = n; without = #{x = 0}/n; below = #{x < b}/n; largest = Σ_{i≤k} x_i / Σ x; "
        "taking = min{m : Σ_{i≤m} x_i ≥ p Σ x} / n"
    )
    source = "own definition; largest and taking are points of the curve of Lorenz (1905)"
    example = "--at 2024-07-11 --definition raw"
    options = (
        Option("of", "What is counted.", tuple(OF), "models"),
        Option("below", "Fewer downloads than this are few.", default=200, number=True),
        Option("k", "How many of the largest.", default=200, number=True),
        Option("part", "Percent of all downloads, over 0 and at most 100.", default="99"),
    )
    clean = None

    def of(self, weighed: Weighed, options: Mapping[str, Any]) -> Answer:
        """One row a figure and window.

        Raises:
            DataMissing: a cube file does not name small models and namespaces one by one.
            UsageError: `part` is no percentage.
        """
        what, below, k = options["of"], options["below"], options["k"]
        part = percentage(options["part"])
        if not weighed.slice.whole:
            raise DataMissing(
                f"a cube file sums small {what}, so it cannot say how far downloads reach over them", "ask a store"
            )
        rows: list[Row] = []
        silent = False
        for number, window in enumerate(weighed.slice.windows):
            zeros = window.kind == "windowed"
            silent |= not zeros
            found = figures(_weights(weighed, OF[what], number), below, k, part)
            rows += [
                Row(name, value, None, None, None, count, None, window.name or None)
                for name, (value, count) in found.items()
                if zeros or name not in ZEROS_NAMED
            ]
        title = f"{self.title}: {what}; few is under {below:,}, the {k:,} largest, {options['part']}% of all"
        asked = {"of": what, "below": below, "k": k, "part": part}
        notes = [f"Only {what} with downloads are counted: flows do not list the others."] if silent else []
        return answer(self.id, title, weighed, OF[what], rows, {"asked": asked}, notes)


def percentage(text: Any) -> float:
    """A percentage as a part of one.

    Raises:
        UsageError: it is none, or not over 0 and at most 100.
    """
    try:
        part = float(str(text)) / 100
    except ValueError:
        part = 0.0
    if not 0 < part <= 1:
        raise UsageError(f"part {text!r} is not a percentage", "give a number over 0 and at most 100, e.g. 99.2")
    return part


def figures(weights: Ints, below: int, k: int, part: float) -> dict[str, tuple[float, int]]:
    """The figures of some weights, each with the number of repositories behind it.

    Args:
        weights: downloads of each repository, int64[n], n at least 1, their sum at least 1.
        below: limit of few.
        k: how many of the largest; more than n count as n.
        part: of all downloads, over 0 to 1.
    """
    descending = np.sort(weights)[::-1]
    taken = np.cumsum(descending)
    n, total = len(descending), int(taken[-1])
    enough = int(np.searchsorted(taken, part * total * (1 - 1e-12))) + 1  # a whole part must not fail on a rounding
    without, few = int((weights == 0).sum()), int((weights < below).sum())
    largest = min(k, n)
    return {
        "counted": (n, n),
        "without": (without / n, without),
        "below": (few / n, few),
        "largest": (int(taken[largest - 1]) / total, largest),
        "taking": (min(enough, n) / n, min(enough, n)),
    }


def _weights(weighed: Weighed, dimension: str, number: int) -> Ints:
    """Downloads of each repository or namespace in a window, those without any too."""
    entries = weighed.entries.take(weighed.slice.cells.window[weighed.entries.cell] == number)
    codes = weighed.repositories(dimension, entries).codes
    there = np.bincount(codes) > 0
    return np.bincount(codes, weights=entries.value)[there].astype(np.int64)


MEASURE = Reach()

"""When one group passes another in a series, under every defensible definition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from weighbridge.cubes.condensing import DIMENSIONS
from weighbridge.cubes.weigh import Weighed
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import Option
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.crossings import CROSSED, crossing
from weighbridge.measures.grid import Grid
from weighbridge.measures.pairs import GROUPS, chosen_groups
from weighbridge.measures.table import GroupTable
from weighbridge.records.amounts import several
from weighbridge.records.answer import Answer
from weighbridge.records.cells import Window

SUMS = "sums"
OF = ("periods", SUMS)
STAYS = 3
STAYS_MOST = 1_000  # more periods than any series has


class Crossover:
    """The period in which the first of two groups passes the second and stays ahead."""

    id = "crossover"
    title = "When one group passes another, and whether it stays ahead"
    words = (
        "For the asked definition and for every other of the matrix: the first whole period in which the first group "
        "is ahead of the second, was not before, and stays ahead for so many periods; and whether it leads outside "
        "the bounds in all of these.\n\nWith --of sums the downloads of each group are summed from the first whole "
        "period on, and so are their limits: the period at whose end the one has more in all. What was downloaded "
        "before the series begins is in no sum."
    )
    formula = (
        "least t with W_A > W_B in t, ..., t + k - 1 and W_A ≤ W_B in t - 1; W_g(t) = D_g(t) of the period, or "
        "Σ_{u ≤ t} D_g(u) for sums"
    )
    source = "own definition"
    example = "--hub ollama --groups CN,US --over month | head -24"
    options = (
        Option("by", "What to group by.", DIMENSIONS, "country"),
        GROUPS,
        Option("of", "What is compared: each period's downloads, or their running sums.", OF, "periods"),
        Option("stays", "For how many periods it must stay ahead.", default=STAYS, number=True, most=STAYS_MOST),
    )

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row a definition.

        Raises:
            UsageError: one window is asked, or not two groups.
            DataMissing: there are no two whole periods.
        """
        by, stays = options["by"], options["stays"]
        asking = series_of(asking)
        main = asking.weighed
        groups = chosen_groups(main, by, options)
        if len(groups) != 2:
            raise UsageError(f"a crossover is of two groups, not of {len(groups)}", "give two")
        summed = options["of"] == SUMS
        own = passing(main, by, groups, stays, summed)
        grid = Grid(asking, by)
        rows = [cell.chosen | passing(cell.weighed, by, groups, stays, summed) for cell in grid]
        when = Counter(row["crossed"] or row["state"] for row in rows)
        values = {
            "groups": list(groups),
            "stays": stays,
            "of": options["of"],
            **own,
            "summary": dict(when.most_common()),
            "skipped": [skipped.to_dict() for skipped in grid.skipped],
        }
        return answer(self.id, self.title, main, by, rows, values, _said(values, rows, groups))


def series_of(asking: Asking) -> Asking:
    """The question as one of a series: of months where it names no period.

    Raises:
        UsageError: one day is asked.
    """
    if asking.question.at is not None:
        raise UsageError("a crossover needs a series", "ask --over month without --at")
    return asking if asking.question.over else asking.instead(over="month")


def whole_windows(windows: Sequence[Window]) -> list[int]:
    """Positions of the periods that were observed over their whole length.

    Raises:
        DataMissing: there are fewer than two.
    """
    whole = [number for number, window in enumerate(windows) if window.complete]
    if len(whole) < 2:
        raise DataMissing(
            f"a series needs two periods that were observed over their whole length, and there {_are(len(whole))}",
            "ask a longer series, or shorter periods (--over month)",
        )
    return whole


def _are(count: int) -> str:
    return "is one" if count else "is none"


def passing(weighed: Weighed, by: str, groups: tuple[str, ...], stays: int, summed: bool = False) -> dict[str, Any]:
    """When the first of two groups passes the second, in one series; `values` are shares of the last whole period.

    Args:
        weighed: the series.
        by: a dimension.
        groups: two.
        stays: for how many periods it must stay ahead.
        summed: compare the sums over all whole periods so far, their limits summed likewise; `values` are shares of
            the sum over all of these.

    Raises:
        DataMissing: there are fewer than two whole periods.
    """
    table = GroupTable(weighed, weighed.groups(by))
    whole = whole_windows(table.windows)
    if summed:
        table.accumulate(whole)
    a, b = (_series(table, group) for group in groups)
    found = crossing((a > b)[whole], stays)
    names = [table.windows[number].name for number in whole]
    after = whole[found.at : found.at + stays] if found.at is not None else []
    last = whole[-1]
    return {
        "crossed": None if found.at is None else names[found.at],
        "state": found.state,
        "outside_bounds": bool(after) and all(table.leads_outside(number, *groups) for number in after),
        "passed": [names[at] for at in found.passed],
        "periods": len(whole),
        "last_period": names[-1],
        "values": {g: float(s[last] / max(table.value[last].sum(), 1)) for g, s in zip(groups, (a, b), strict=True)},
    }


def _series(table: GroupTable, group: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    at = table.place(group)
    return np.zeros(len(table.windows), np.int64) if at is None else table.value[:, at]


def _said(values: dict[str, Any], rows: Sequence[dict[str, Any]], groups: tuple[str, ...]) -> list[str]:
    first, second = groups
    if values["crossed"]:
        sure = "outside" if values["outside_bounds"] else "not outside"
        long = several(values["stays"], "period")
        said = f"{first} passes {second} in {values['crossed']} and stays ahead for {long}, {sure} the bounds."
    else:
        said = f"{first} against {second}: {values['state']}, over {values['periods']} whole periods."
    held = sum(row["state"] == CROSSED for row in rows)
    other = "; ".join(f"{what} in {count}" for what, count in values["summary"].items())
    return [said, f"Over the matrix of definitions: {held} of {len(rows)} see it pass and stay ({other})."]


MEASURE = Crossover()

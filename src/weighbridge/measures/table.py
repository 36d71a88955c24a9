"""Sums by window and group, and the rows of shares that they make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.weigh import Groups, Weighed
from weighbridge.measures.bounds import share_bounds
from weighbridge.records.answer import Row
from weighbridge.records.cells import SMALL, UNNAMED
from weighbridge.register.parties import ELSEWHERE, EUROPE, could_hold
from weighbridge.store.flows import KINDS
from weighbridge.store.flows import UNKNOWN as UNKNOWN_FLOW

Ints = npt.NDArray[np.int64]

OTHER = "(other)"
BROAD = (EUROPE, ELSEWHERE)


class GroupTable:
    """Sums by window and group, int64[windows, groups].

    Attributes:
        names: of the groups.
        value, lo, hi: whole downloads and their limits.
        models: repositories with weight.
        moved_in: the most of other groups that reasonable people give to this one.
        moved_out, moved_out_most: the least and most of this group that reasonable people give to another.
    """

    def __init__(self, weighed: Weighed, groups: Groups) -> None:
        entries, cells = weighed.entries, weighed.slice.cells
        code = groups.codes
        self.names = groups.names
        self.groups = groups
        self.windows = weighed.slice.windows
        window = cells.window[entries.cell].astype(np.int64)
        key = window * len(self.names) + code
        shape = (len(self.windows), len(self.names))

        def total(weights: Ints) -> Ints:
            return np.bincount(key, weights=weights, minlength=shape[0] * shape[1]).astype(np.int64).reshape(shape)

        self.value, self.lo, self.hi = total(entries.value), total(entries.lo), total(entries.hi)
        kind = np.argmax(cells.by_kind[:, :UNKNOWN_FLOW], axis=1)[entries.cell]
        used = np.unique(kind[entries.value > 0])
        self.kinds = used[np.argmax(np.stack([total(np.where(kind == k, entries.value, 0)) for k in used]), axis=0)]
        self.models = _models(key, entries.cell, entries.value, cells.models, shape)
        self.dark = np.array([name in groups.dark for name in self.names], bool)
        self._window, self._entries, self._cell_models = window, entries, cells.models
        self.moved_in, self.moved_out = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        leaving = np.zeros(len(code), bool)
        for rows, alternative in groups.contested:
            known = rows[~self.dark[code[rows]]]
            np.add.at(self.moved_in[:, alternative], window[known], entries.hi[known])
            leaving[known] = True
        np.add.at(self.moved_out, (window[leaving], code[leaving]), entries.lo[leaving])
        self.moved_out_most = np.zeros(shape, np.int64)
        np.add.at(self.moved_out_most, (window[leaving], code[leaving]), entries.hi[leaving])

    def accumulate(self, numbers: Sequence[int]) -> None:
        """Put in place of the sums of some windows those over all of these so far, with their limits.

        What the rows say of models and kinds stays that of each window, so this is for comparing groups alone.

        Args:
            numbers: of the windows, in their order.
        """
        chosen = np.asarray(numbers, np.int64)
        for name in ("value", "lo", "hi", "moved_in", "moved_out", "moved_out_most"):
            sums = getattr(self, name)
            sums[chosen] = np.cumsum(sums[chosen], axis=0)

    def _moves(self, number: int, inside: npt.NDArray[np.bool_]) -> tuple[int, int]:
        """Of a window, the most that others would give to some groups, and the least that they would take."""
        entries, code = self._entries, self.groups.codes
        coming, going = np.zeros(len(code), bool), np.zeros(len(code), bool)
        for rows, alternative in self.groups.contested:
            here = rows[(self._window[rows] == number) & ~self.dark[code[rows]]]
            within = inside[code[here]]
            if inside[alternative]:
                coming[here[~within]] = True
            else:
                going[here[within]] = True
        return int(entries.hi[coming].sum()), int(entries.lo[going].sum())

    def rows(self, number: int, chosen: Ints) -> list[Row]:
        """Rows of one window: the chosen groups with weight by value, then the rest as `(other)`."""
        total = int(self.value[number].sum())
        if not total:
            return []
        low, high = share_bounds(
            self.value[number],
            self.lo[number],
            self.hi[number],
            self.groups,
            self.moved_in[number],
            self.moved_out[number],
            self.moved_out_most[number],
        )
        period = self.windows[number].name or None
        some = (self.value[number] > 0) | (self.moved_in[number] > 0)
        rows = [
            Row(
                group=self.names[g],
                value=int(self.value[number, g]) / total,
                lo=float(low[g]),
                hi=float(high[g]),
                downloads=int(self.value[number, g]),
                models=int(self.models[number, g]),
                kind=KINDS[self.kinds[number, g]],
                period=period,
            )
            for g in chosen.tolist()
            if some[g]
        ]
        rows.sort(key=lambda row: (-row.value, row.group))
        rest = np.setdiff1d(np.flatnonzero(some), chosen)
        return [*rows, self._other(number, rest, period)] if len(rest) else rows

    def leads_outside(self, number: int, ahead: str, behind: str) -> bool:
        """Whether one group leads another outside the bounds, in one window.

        The least of the first must exceed the most of the second: its own weight, all that is dark, every bucket that
        could hold it, and, of what is disputed, all that may leave the first and all that may come to the second.
        What is dark is at most what it is, and never ahead for sure.
        """
        a, b = self.place(ahead), self.place(behind)
        if a is None or self.dark[a]:
            return False
        own = 0 if b is None else int(self.hi[number, b] + self.moved_in[number, b])
        could_be = int(self.hi[number][self._open_to(behind)].sum())
        return int(self.lo[number, a] - self.moved_out[number, a]) > own + could_be

    def absent(self, number: int, group: str) -> tuple[float, float]:
        """Limits of a group without weight: nothing, and all that could be its own."""
        could_be = self._open_to(group)
        most, total = int(self.hi[number][could_be].sum()), int(self.lo[number][~could_be].sum())
        return 0.0, most / max(most + total, 1)

    def _open_to(self, group: str) -> npt.NDArray[np.bool_]:
        """Groups whose weight could be that of a group: the dark ones, and the buckets that could hold it."""
        if group in self.groups.dark:
            return np.zeros(len(self.names), bool)
        holds, there = self.groups.buckets, group in self.names
        bucket = [
            name in holds and (group in holds[name] if there else name not in BROAD or could_hold(name, group))
            for name in self.names
        ]
        return np.asarray(self.dark | np.array(bucket, bool), dtype=bool)

    def largest(self, top: int | None) -> Ints:
        """Groups that get a row of their own: all, or the `top` with most weight over all windows."""
        weight = self.value.sum(axis=0)
        weight[[g for g, name in enumerate(self.names) if name in (UNNAMED, SMALL)]] = -1
        candidates = weight >= (np.partition(weight, -top)[-top] if top is not None and top < len(weight) else 0)
        order = sorted(np.flatnonzero(candidates & (weight >= 0)).tolist(), key=lambda g: (-weight[g], self.names[g]))
        return np.array(order[:top], np.int64)

    def place(self, group: str) -> int | None:
        """Column of a group, or null where it has no weight."""
        return self.names.index(group) if group in self.names else None

    def _models_of(self, number: int, inside: npt.NDArray[np.bool_]) -> int:
        """Repositories with weight in some groups of a window, each once."""
        entries = self._entries
        here = inside[self.groups.codes] & (self._window == number) & (entries.value > 0)
        return int(self._cell_models[np.unique(entries.cell[here])].sum())

    def _other(self, number: int, rest: Ints, period: str | None) -> Row:
        """The rest as one group; what is dark in it has the least 0, what is dark elsewhere may belong to it."""
        inside = np.zeros(len(self.names), bool)
        inside[rest] = True
        known, nobody = inside & ~self.dark, inside | self.dark
        value, lo, hi = self.value[number], self.lo[number], self.hi[number]
        total = int(value.sum())
        coming, going = self._moves(number, inside) if self.groups.contested else (0, 0)
        least, most = int(lo[known].sum()) - going, int(hi[nobody].sum()) + coming
        others_most, others_least = int(hi[~known].sum()) + going, int(lo[~nobody].sum()) - coming
        share = int(value[rest].sum()) / total
        return Row(
            group=OTHER,
            value=share,
            lo=min(max(least, 0) / max(least + others_most, 1), share),
            hi=min(max(most / max(most + max(others_least, 0), 1), share), 1.0),
            downloads=int(value[rest].sum()),
            models=self._models_of(number, inside),
            kind=KINDS[int(np.bincount(self.kinds[number, rest], weights=value[rest]).argmax())],
            period=period,
        )


def _models(key: Ints, cell: Ints, value: Ints, models: Ints, shape: tuple[int, int]) -> Ints:
    """Repositories with weight by window and group; one that is split within a group counts once there."""
    some = value > 0
    pair = np.unique(np.stack([cell[some], key[some]]), axis=1) if _split(cell) else np.stack([cell[some], key[some]])
    counted = np.bincount(pair[1], weights=models[pair[0]], minlength=shape[0] * shape[1])
    return counted.astype(np.int64).reshape(shape)


def _split(cell: Ints) -> bool:
    return bool((cell[1:] == cell[:-1]).any())

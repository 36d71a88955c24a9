"""Whole downloads divided by weights: the largest-remainder method, for many rows at once.

Hamilton's method, as in `credit`: each part gets the whole of its quota, what is left goes one by one to the largest
remainders, and of equal ones to the earlier part. Exact: numbers too large for 64 bits are divided as Python's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Mixtures:
    """Weighted sets of label codes.

    Attributes:
        start: mixture `m` is the slice `start[m]:start[m + 1]` of the next two, int64[mixtures + 1].
        code: label code of each part, int32[k]; within a mixture in the order that decides ties.
        share: whole-number weight of each part, int64[k].
        whole: what the weights of a mixture sum to, int64[mixtures].
    """

    start: Ints
    code: Codes
    share: Ints
    whole: Ints

    def __len__(self) -> int:
        return len(self.whole)

    def recoded(self, place: Codes) -> Mixtures:
        """The same with other codes: `place[c]` instead of `c`."""
        return Mixtures(self.start, place[self.code], self.share, self.whole)

    def joined(self, other: Mixtures) -> Mixtures:
        """These, and after them others."""
        return Mixtures(
            np.append(self.start, other.start[1:] + self.start[-1]),
            np.append(self.code, other.code),
            np.append(self.share, other.share),
            np.append(self.whole, other.whole),
        )

    def parts(self, mixture: Ints) -> tuple[Ints, Ints]:
        """Row and part of each entry that some rows' mixtures give, row by row."""
        count = self.start[mixture + 1] - self.start[mixture]
        row = np.repeat(np.arange(len(mixture)), count)
        first = np.cumsum(count) - count
        return row, np.arange(len(row)) - first[row] + self.start[mixture][row]

    def divide(self, mixture: Ints, value: Ints) -> Ints:
        """Whole downloads of each entry of `parts`; those of a row sum to its value."""
        row, part = self.parts(mixture)
        share, whole, amount = self.share[part], self.whole[mixture][row], value[row]
        if len(value) and int(value.max()) * int(share.max()) > LARGEST:
            share, whole, amount = share.astype(object), whole.astype(object), amount.astype(object)
        quota = amount * share // whole
        remainder = amount * share - quota * whole
        credit = quota.astype(np.int64)
        first = np.flatnonzero(np.append(True, row[1:] != row[:-1])[: len(row)])
        if not len(first):
            return credit
        left = value - np.add.reduceat(credit, first)
        place = np.arange(len(row)) - first[row]
        uneven = np.zeros(len(value), bool)
        uneven[row[remainder != remainder[first[row]]]] = True
        some = np.flatnonzero(uneven[row])
        if len(some):  # elsewhere equal remainders leave the parts in their order
            order = some[np.lexsort((place[some], -_ranks(remainder[some]), row[some]))]
            place[order] = place[some]
        return credit + (place < left[row])


def _ranks(remainder: npt.NDArray[np.generic]) -> Ints:
    """Numbers in the order of the remainders; those of one row share their denominator and compare exactly."""
    if remainder.dtype != object:
        return remainder.astype(np.int64)
    return np.asarray(np.unique(remainder, return_inverse=True)[1], dtype=np.int64)


NO_MIXTURES = Mixtures(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64))

"""When one group passes another in a series, and whether it stays ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]

CROSSED = "passed and stayed ahead"
EARLY = "passed, too few periods since to say whether it stays"
PASSED_BACK = "passed and fell back"
ALWAYS = "ahead from the first period on"
AT_FIRST = "ahead at first, behind or level from then on"
NEVER = "never ahead"


@dataclass(frozen=True)
class Crossing:
    """How one series passed another.

    Attributes:
        at: position of the period in which it passed to stay, or null.
        passed: positions of all periods in which it was ahead and had not been before.
        state: one of the words above.
    """

    at: int | None
    passed: tuple[int, ...]
    state: str


def crossing(ahead: Mask, stays: int) -> Crossing:
    """Of one series, the first period from which on it was ahead for `stays` periods, and not ahead before it.

    Args:
        ahead: in which periods it was ahead, in order, bool[periods].
        stays: for how many periods, the first one counted.
    """
    rises = np.flatnonzero(ahead[1:] & ~ahead[:-1]) + 1
    passed = tuple(int(at) for at in rises)
    at = int(first_crossings(ahead[None, :], stays)[0])
    if at >= 0:
        return Crossing(at, passed, CROSSED)
    if len(rises):
        early = bool(ahead[rises[-1] :].all())
        return Crossing(None, passed, EARLY if early else PASSED_BACK)
    state = ALWAYS if ahead.all() else AT_FIRST if ahead.any() else NEVER
    return Crossing(None, passed, state)


def first_crossings(ahead: Mask, stays: int) -> npt.NDArray[np.int64]:
    """For many series the position of the first crossing that stays, -1 where there is none.

    Args:
        ahead: bool[series, periods].
        stays: see `crossing`.
    """
    series, periods = ahead.shape
    if periods <= stays:
        return np.full(series, -1, np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(ahead, stays, axis=1)[:, 1:].all(axis=2)
    begins = windows & ~ahead[:, : windows.shape[1]]
    return np.where(begins.any(axis=1), begins.argmax(axis=1) + 1, -1)

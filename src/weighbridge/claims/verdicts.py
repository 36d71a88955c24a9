"""What a figure of ours says about a published one. Pure logic; `docs/design/claims.md` gives the reasons."""

from __future__ import annotations

from dataclasses import dataclass

REPRODUCED, DIFFERS, NOT_TESTABLE = VERDICTS = ("reproduced", "differs", "not testable")
COMPARISONS = ("equal", "at-least", "at-most", "over", "order", "month")
ROUNDING = 1e-9  # relative; a figure on the edge of the tolerance must not fall off it by a rounding of the sum


@dataclass(frozen=True)
class Reading:
    """A figure of ours in the published unit, with its limits; without limits it is exact."""

    value: float
    lo: float | None = None
    hi: float | None = None

    @property
    def least(self) -> float:
        """The lower limit, or the value."""
        return self.value if self.lo is None else min(self.lo, self.value)

    @property
    def most(self) -> float:
        """The upper limit, or the value."""
        return self.value if self.hi is None else max(self.hi, self.value)


def verdict(published: float, comparison: str, tolerance: float, ours: Reading) -> str:
    """Whether a figure is reproduced, differs, or hangs on what is unknown.

    Reproduced: the value agrees within the tolerance. Differs: no value within the limits does. Neither: not testable.

    Args:
        published: the published value; 0 for an order, where `ours` is how far the first lies above the second.
        comparison: one of `COMPARISONS`.
        tolerance: 0 or more, in the same unit.
        ours: in the same unit.
    """
    if agrees(ours.value, published, comparison, tolerance):
        return REPRODUCED
    nearest = min(max(published, ours.least), ours.most)
    reachable = {"at-least": ours.most, "over": ours.most, "order": ours.most, "at-most": ours.least}
    possible = agrees(reachable.get(comparison, nearest), published, comparison, tolerance)
    return NOT_TESTABLE if possible else DIFFERS


def agrees(value: float, published: float, comparison: str, tolerance: float) -> bool:
    """Whether one value agrees with a published one."""
    edge = tolerance + ROUNDING * max(abs(published), abs(value))
    if comparison == "at-least":
        return value >= published - edge
    if comparison == "over":
        return value > published - tolerance
    if comparison == "at-most":
        return value <= published + edge
    if comparison == "order":
        return value > 0
    return abs(value - published) <= edge


def sure(published: float, comparison: str, tolerance: float, ours: Reading) -> bool:
    """Whether every value within the limits agrees."""
    return all(agrees(value, published, comparison, tolerance) for value in (ours.least, ours.most))


def number(value: float | str) -> float:
    """A value as a number; a month such as `2025-07` as months since year 0.

    Raises:
        ValueError: a text that is no month.
    """
    if not isinstance(value, str):
        return float(value)
    year, month = value.split("-")[:2]
    return float(int(year) * 12 + int(month) - 1)

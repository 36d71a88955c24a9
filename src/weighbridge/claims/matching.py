"""Whether what was weighed is what a claim is about: window, population, unit and counter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.claims.ledger import Test
from weighbridge.errors import DataMissing
from weighbridge.records.cells import Slice
from weighbridge.records.clock import day_text, parse_day
from weighbridge.store.flows import WINDOW_DAYS

CREATED, PROPERTY = "created", "property"
KINDS = {
    "30-day": ("windowed",),
    "cumulative": ("measured",),
    "either": ("windowed", "measured"),
    "lifetime": ("lifetime",),
    CREATED: ("created",),
}
"""Kinds of windows that a counter gives. A lifetime count is a level and no flow; no window gives one so far.
What is `created` are models, by the days of their creation. A `property` is of one model and of no window, so nothing
is matched."""


def matches(test: Test, window: Mapping[str, Any], sliced: Slice) -> None:
    """Do nothing where what was weighed is what the claim is about.

    Args:
        test: what the claim needs.
        window: the test's window, or that of its comparison.
        sliced: what was weighed.

    Raises:
        DataMissing: it is not, or it was made up; the message says in which way.
    """
    if sliced.simulated:
        raise DataMissing("what is held is simulated", "a claim about the world needs data of the world")
    if sliced.population != test.population:
        raise DataMissing(f"the claim is of a {test.population}, what is held is a {sliced.population}", "")
    if sliced.unit != test.unit:
        raise DataMissing(f"the claim counts {test.unit}, what is held counts {sliced.unit}", "")
    wrong = sorted({w.kind for w in sliced.windows} - set(KINDS[test.counter]))
    if wrong:
        raise DataMissing(
            f"the claim needs {_counter(test.counter)}, what is held for that window is {' and '.join(wrong)}", ""
        )
    _spans(window, sliced)


def _spans(window: Mapping[str, Any], sliced: Slice) -> None:
    """The windows must lie end to end from the first day asked to the last, each observed over its whole length."""
    start, end = wanted(window)
    at = start
    for span in sliced.windows:
        if span.start != at:
            break
        at = span.end
    if at != end:
        raise DataMissing(
            f"what is held answers {day_text(sliced.windows[0].start)} to {day_text(sliced.windows[-1].end)}"
            f"{' with gaps' if len(sliced.windows) > 1 else ''}, the claim is of {day_text(start)} to {day_text(end)}",
            "",
        )
    if not all(span.complete for span in sliced.windows):
        raise DataMissing(f"the hub was not observed over the whole of {day_text(start)} to {day_text(end)}", "")


def wanted(window: Mapping[str, Any]) -> tuple[int, int]:
    """First day and day after the last of a test's window, as day numbers."""
    if "at" in window:
        day = parse_day(str(window["at"]))
        return day - WINDOW_DAYS, day
    return parse_day(str(window["from"])), parse_day(str(window["to"]))


def _counter(name: str) -> str:
    return {"either": "a counter of downloads", "lifetime": "lifetime downloads", CREATED: "dates of creation"}.get(
        name, f"the {name} counter"
    )

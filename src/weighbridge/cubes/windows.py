"""Which windows a question asks for, and which counters of the vintages can answer them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from weighbridge.errors import DataMissing, UsageError
from weighbridge.records.clock import Period, day_text, moment_text, periods_between
from weighbridge.records.question import Question
from weighbridge.records.vintage import Vintage
from weighbridge.store.amounts import with_amounts
from weighbridge.store.catalogue import model_names
from weighbridge.store.flows import WINDOW_DAYS
from weighbridge.store.home import Store

DEFAULT_HUB = "huggingface"
SHORTEST_TILED = 28  # days; shorter spans cannot be told from 30-day windows


@dataclass(frozen=True)
class Plan:
    """What to read, and how each window is to be answered.

    Attributes:
        vintages: what is read, in order of when it became known.
        periods: the windows.
        ways: for each window `at` (one 30-day counter), `tiles` or `steps`.
        grain: of the periods, or empty.
        notes: what the reader must know.
    """

    vintages: tuple[Vintage, ...]
    periods: tuple[Period, ...]
    ways: tuple[str, ...]
    grain: str
    notes: tuple[str, ...]


def plan(store: Store, question: Question) -> Plan:
    """Choose vintages and windows.

    Raises:
        DataMissing: nothing that is held answers the question; the hint names what is near.
        UsageError: the question contradicts itself or asks days of 30-day windows.
    """
    contradictions(question)
    if question.vintage is not None:
        chosen = [one_vintage(store, question.vintage, question.as_of)]
    else:
        held = known_then(store, question.as_of)
        _amounts_alone(held, question.hub)
        hub = choose_hub([v.hub for v in held if v.counters], question.hub)
        chosen = censuses(held, hub, question.as_of)
    notes: tuple[str, ...] = ()
    if chosen[0].population == "selection":
        notes = (f"This is a share of a chosen set ({chosen[0].id}), not of the hub.",)
    if question.at is not None:
        return _at(chosen, question.at, notes)
    monthly = _observed(chosen, "days_30d")
    daily = _observed(chosen, "days_all")
    if question.over or question.start is not None or question.end is not None or question.trailing_days:
        return _series(chosen, question, monthly, daily, notes)
    if monthly and (not daily or monthly[-1] >= daily[-1] or len(daily) < 2):
        return _at(chosen, monthly[-1], notes)
    if len(daily) > 1:
        window = Period(max(daily[-1] - WINDOW_DAYS, daily[0]), daily[-1], "")
        return Plan(tuple(chosen), (window,), ("steps",), "", notes)
    raise DataMissing(
        "one observation of a cumulative counter is no flow",
        "read a second day, or ask for the 30-day counters",
    )


def known_then(store: Store, as_of: datetime | None) -> list[Vintage]:
    """All vintages that were known at a moment; none where the store holds nothing.

    Raises:
        DataMissing: the store holds only what became known later.
    """
    held = store.vintages(as_of)
    if not held and store.vintages():
        first = moment_text(store.vintages()[0].known)
        raise DataMissing("nothing that is held was known then", f"the earliest became known at {first}")
    return held


def choose_hub(hubs: Sequence[str], asked: str | None) -> str:
    """The asked hub, the only one there, or the Hugging Face Hub.

    Raises:
        DataMissing: the asked hub is not held.
    """
    there = sorted(set(hubs))
    hub = asked or (there[0] if len(there) == 1 else DEFAULT_HUB)
    if hub not in there:
        raise DataMissing(
            f"nothing is held of the hub {hub!r}" + ("" if there else " (nothing is held at all for that moment)"),
            f"held: {', '.join(there)}" if there else "read something with: weighbridge ingest SOURCE PATH",
        )
    return hub


def contradictions(question: Question) -> None:
    """Do nothing where a question's windows agree with each other.

    Raises:
        UsageError: they do not.
    """
    spans = [question.start is not None or question.end is not None, question.trailing_days is not None]
    if question.at is not None and (any(spans) or question.over):
        raise UsageError("--at goes with no other window", "give --at alone, or --from and --to, or --trailing")
    if all(spans):
        raise UsageError("--trailing goes with neither --from nor --to", "give one of them")
    if question.start is not None and question.end is not None and question.start >= question.end:
        raise UsageError("--from is not before --to", "windows are half-open: from ≤ t < to")


def one_vintage(store: Store, name: str, as_of: datetime | None) -> Vintage:
    """The vintage that a question names.

    Raises:
        DataMissing: it is not there, was not known then, or holds no counters.
    """
    vintage = store.vintage(name)
    if as_of is not None and vintage.known > as_of:
        raise DataMissing(f"{name} was not known then", "ask for a later --as-of")
    if not vintage.counters:
        _amounts_alone([vintage], vintage.hub)
        raise DataMissing(f"{name} holds no counters", "ask a vintage with counters; `vintages list` shows them")
    return vintage


def _amounts_alone(held: Sequence[Vintage], hub: str | None) -> None:
    """Refuse a hub that gives amounts of periods and no counters.

    Raises:
        DataMissing: such a hub was asked for, or nothing else is held.
    """
    counted = {v.hub for v in held if v.counters}
    if hub in counted or (hub is None and counted):
        return
    giving = sorted({v.hub for v in with_amounts(v for v in held if hub in (None, v.hub))})
    if giving:
        raise DataMissing(
            f"{giving[0]} gives amounts of periods, such as tokens a day, and no counters",
            f"`weighbridge usage --hub {giving[0]}` reads them",
        )


def censuses(held: Sequence[Vintage], hub: str, as_of: datetime | None) -> list[Vintage]:
    """The readings of a whole hub among those that were known.

    Raises:
        DataMissing: there is none.
    """
    census = [v for v in held if v.hub == hub and v.population == "census" and v.counters]
    if census:
        return census
    selections = [v.id for v in held if v.hub == hub and v.counters]
    raise DataMissing(
        f"no census of {hub} is held" + (f" that was known on {as_of:%Y-%m-%d}" if as_of else ""),
        f"chosen sets answer with --vintage: {', '.join(selections[-3:])}" if selections else "read a census first",
    )


def _observed(vintages: Sequence[Vintage], which: str) -> list[int]:
    return sorted({day for vintage in vintages for day in getattr(vintage, which)})


def _at(vintages: Sequence[Vintage], day: int, notes: tuple[str, ...]) -> Plan:
    """The 30-day counters of one day, from the census that was known last."""
    there = [v for v in vintages if day in v.days_30d]
    if not there:
        days = _observed(vintages, "days_30d")
        before = [d for d in days if d < day][-1:]
        after = [d for d in days if d > day][:1]
        near = " and ".join(day_text(d) for d in before + after)
        hint = f"nearest days held: {near}" if near else "this hub has cumulative counters only: ask --from and --to"
        raise DataMissing(f"no 30-day counters were observed on {day_text(day)}", hint)
    census = one_census(there)
    if len(there) > len(census):
        notes = (*notes, f"{len(there)} readings were made of that day; the one known last answers.")
    if len(census) > 1:
        notes = (*notes, f"{len(census)} readings hold different models of that day; together they are one census.")
    return Plan(tuple(census), (Period(day - WINDOW_DAYS, day, ""),), ("at",), "", notes)


def one_census(readings: Sequence[Vintage]) -> list[Vintage]:
    """The reading known last, and those of the same day that hold other models: the parts of one census.

    A model that the last reading lacks is gone from the hub if the older reading is of the same models, and in
    another part if it is not; half of the smaller reading decides.
    """
    chosen = [readings[-1]]
    names = model_names(readings[-1]) if len(readings) > 1 else set()
    for earlier in reversed(readings[:-1]):
        others = model_names(earlier)
        if len(others & names) * 2 < min(len(others), len(names)):
            chosen.insert(0, earlier)
            names |= others
    return chosen


def _series(
    vintages: Sequence[Vintage],
    question: Question,
    monthly: list[int],
    daily: list[int],
    notes: tuple[str, ...],
) -> Plan:
    """Periods, or one span, from cumulative counters where they reach, else from 30-day windows."""
    flows = len(daily) > 1
    spans = [(daily[0], daily[-1])] if flows else []
    if monthly and (question.splice or not flows):
        spans.append((monthly[0] - WINDOW_DAYS, monthly[-1]))
    if not spans:
        raise DataMissing("what is held has no two observations", "read a second day, or ask with --at")
    first, last = min(s for s, _ in spans), max(e for _, e in spans)
    end = question.end if question.end is not None else last
    start = question.start if question.start is not None else first
    if question.trailing_days is not None:
        start, end = last - question.trailing_days, last
    if start >= last or end <= first:
        raise DataMissing(
            f"nothing was observed from {day_text(start)} to {day_text(end)}",
            f"observed: {day_text(first)} to {day_text(last)}",
        )
    if question.over:
        whole = periods_between(max(start, first), min(end, last), question.over)
        periods = [Period(max(p.start, start), min(p.end, end), p.name) if _asked(question) else p for p in whole]
    else:
        periods = [Period(start, end, "")]
    ways = [_way(p, flows, daily, monthly, question) for p in periods]
    kept = [(p, way) for p, way in zip(periods, ways, strict=True) if way]
    if not kept:
        raise _only_windows(question, monthly)
    if len(kept) < len(periods):
        notes = (*notes, f"{len(periods) - len(kept)} periods have no observation that answers them.")
    return Plan(tuple(vintages), tuple(p for p, _ in kept), tuple(w for _, w in kept), question.over or "", notes)


def _asked(question: Question) -> bool:
    return question.start is not None or question.end is not None or question.trailing_days is not None


def _way(period: Period, flows: bool, daily: list[int], monthly: list[int], question: Question) -> str:
    reached = flows and period.end > daily[0] and period.start < daily[-1]
    whole = reached and daily[0] <= period.start
    tiled = bool(monthly) and period.days >= SHORTEST_TILED
    if whole or (reached and not (question.splice and tiled)):
        return "steps"
    return "tiles" if tiled and (question.splice or not flows) else ""


def _only_windows(question: Question, monthly: list[int]) -> UsageError | DataMissing:
    if monthly:
        return UsageError(
            "30-day counters are never turned into days or weeks",
            "ask --over month, quarter or year, a span of 28 days or more, or --at a day",
        )
    return DataMissing("nothing that is held answers this window", "`weighbridge doctor` says what is held")

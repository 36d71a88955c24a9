"""A figure of a chosen set whose own counters begin late: 30-day windows of the Hub before, its counters after.

A census observed every model, so its counters of the models of a chosen set are observations of that set; nothing of
the rest of the Hub goes into the figure. What the splice may be off by is measured where both kinds of counters answer,
and widens the limits; so does the part of the Hub that the set leaves out. `docs/design/claims.md` gives the reasons.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.claims import figures
from weighbridge.claims.answers import Answers
from weighbridge.claims.ledger import Test
from weighbridge.claims.matching import matches, wanted
from weighbridge.claims.verdicts import Reading
from weighbridge.cubes.frame import links
from weighbridge.cubes.slicing import Slicing
from weighbridge.cubes.weigh import Weighed, weigh
from weighbridge.errors import DataMissing
from weighbridge.measures import measures
from weighbridge.measures.asking import StoreBacking
from weighbridge.records.answer import Answer
from weighbridge.records.clock import Period, day_text, periods_between
from weighbridge.records.question import Question
from weighbridge.records.vintage import Vintage
from weighbridge.register.parties import Register
from weighbridge.store.catalogue import read_models
from weighbridge.store.home import Store

Mask = npt.NDArray[np.bool_]

HOUSE = "house"
COMPARED_MONTHS = 2  # after the joint, in which both kinds of counters are looked at


@dataclass(frozen=True)
class Joint:
    """Where two kinds of counters meet, and how far they are apart where both answer.

    Attributes:
        at: first day of the set's own counters in the figure.
        periods: months in which both answer.
        downloads: windows over counters of the set's models, less 1; the widest of these months.
        figure: how far the figure differs, in the published unit; the widest.
        covered: the part of the Hub's downloads, of the age and scope that count, that the set has; the least of the
            months with 30-day windows. Null: no census tells.
    """

    at: str
    periods: tuple[str, ...] = ()
    downloads: float | None = None
    figure: float | None = None
    covered: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields, in order."""
        return {**vars(self), "periods": list(self.periods)}


@dataclass(frozen=True)
class Found:
    """A figure, how it was joined, the same by the house's register, and what was read."""

    reading: Reading
    joint: Joint
    house: Reading
    vintages: tuple[str, ...]


@dataclass(frozen=True)
class _Month:
    """A month by 30-day windows: of all models, and of the set's by the test's register and by the house's."""

    whole: Answer
    inside: Mapping[str, Answer]


class Splice:
    """The two parts of a figure of a chosen set."""

    def __init__(self, test: Test, answers: Answers) -> None:
        """Find the set, and weigh both parts.

        Raises:
            DataMissing: the set, or the Hub before its counters, is not held for the whole window.
        """
        if not isinstance(answers.backing, StoreBacking):
            what = f"what is held are sums and no single models, so nothing of {test.among}"
            raise DataMissing(what, f"weighbridge sync {test.among}")
        if test.asked.measure != "share":
            raise DataMissing("only shares are put together over a joint", "")
        self.test, self.answers, self.store = test, answers, answers.backing.store
        self.start, self.end = wanted(test.asked.window)
        self.chosen = self._set()
        self.at = self._joint_day()
        self.own = self._own(self.at, self.end)
        self.registers = {"": self.own.register, HOUSE: answers.backing.register(HOUSE, None)}
        self.before = [p.name for p in periods_between(self.start, self.at, "month")] if self.at > self.start else []
        self.months = self._windows() if self.before else {}

    def found(self) -> Found:
        """The figure with its limits, in the published unit."""
        joint = self._joint()
        read = [month.whole.vintages for month in self.months.values()]
        return Found(
            reading=self._limited("", joint),
            joint=joint,
            house=self._limited(HOUSE, joint),
            vintages=tuple(dict.fromkeys([*itertools.chain(*read), self.chosen.id])),
        )

    def _set(self) -> Vintage:
        among = self.test.among
        held = [v for v in self.store.vintages() if v.source == among and len(v.days_all) > 1]
        if not held:
            raise DataMissing(f"nothing of {among} is held", f"weighbridge sync {among}")
        if held[-1].days_all[-1] < self.end:
            last = day_text(held[-1].days_all[-1])
            raise DataMissing(f"the counters of {among} end on {last}", f"weighbridge sync {among}")
        return held[-1]

    def _joint_day(self) -> int:
        """The window's first day if the set's counters reach it, else the first whole month of these."""
        first = self.chosen.days_all[0]
        if first <= self.start:
            return self.start
        months = [period.start for period in periods_between(first, self.end, "month") if period.start >= first]
        if not months or months[0] >= self.end:
            raise DataMissing(f"the counters of {self.test.among} begin on {day_text(first)}, after the window", "")
        return months[0]

    def _own(self, start: int, end: int) -> Weighed:
        """Weight of the set by its own counters."""
        window = {"from": day_text(start), "to": day_text(end)}
        question = replace(self.answers.question(self.test.asked, window), vintage=self.chosen.id)
        weighed = self.answers.weighed(question)
        matches(replace(self.test, counter="cumulative", population=self.chosen.population), window, weighed.slice)
        return weighed

    def _windows(self) -> dict[str, _Month]:
        """Months by 30-day windows of the Hub, from the window's start to behind the joint; one held at a time."""
        after = periods_between(self.at, self.end, "month")[:COMPARED_MONTHS]
        months = [*periods_between(self.start, self.at, "month"), *after]
        key = (self.chosen.id, self.start, self.at, self.answers.question(self.test.asked))
        if key not in self.answers.months:
            self.answers.months[key] = dict(self._weighed_months(months))
        held: dict[str, _Month] = self.answers.months[key]
        missing = [name for name in self.before if name not in held]
        if missing or not any(p.name in held for p in after):
            raise DataMissing(
                f"the counters of {self.test.among} begin on {day_text(self.chosen.days_all[0])}; before that it takes "
                f"30-day counters of the Hub, of a day about the first of each month from {day_text(self.start)} to "
                f"{day_text(after[-1].end)}; missing: "
                + (", ".join(missing) or "all months in which both answer, so the joint is untested"),
                f"`weighbridge sync {self.test.among}` fetches them, unless --alone is given",
            )
        return held

    def _weighed_months(self, months: Sequence[Period]) -> Iterator[tuple[str, _Month]]:
        """Those of some months that were observed over their whole length, weighed one after the other."""
        window = {"from": day_text(months[0].start), "to": day_text(months[-1].end), "over": "month", "splice": True}
        question = self.answers.question(self.test.asked, window)
        try:
            slicing = _Windows(self.store, question)
        except DataMissing:
            return
        mine = _members(slicing.frame.names, slicing.planned.vintages, self.chosen)
        for month in slicing.months():
            try:
                weighed = weigh(month.under(question.definition), question.definition, self.registers[""])
            except DataMissing:
                continue
            sliced = weighed.slice
            name = sliced.windows[0].name
            if not sliced.windows[0].complete or sliced.simulated or sliced.unit != self.test.unit:
                continue
            own = replace(weighed, kept=weighed.kept & mine[sliced.cells.labels["model"].codes])
            inside = {by: self._answer(own, register) for by, register in self.registers.items()}
            yield name, _Month(self._answer(weighed, self.registers[""]), inside)

    def _joint(self) -> Joint:
        at = day_text(self.at)
        if not self.before:
            return Joint(at)
        apart, figure = [], []
        after = [p for p in periods_between(self.at, self.end, "month") if p.name in self.months]
        for month in after:
            windows = self.months[month.name].inside[""]
            own = self._answer(self._own(month.start, month.end), self.registers[""])
            apart.append(windows.total / max(own.total, 1) - 1)
            figure.append(self._read(windows).value - self._read(own).value)
        return Joint(
            at=at,
            periods=tuple(month.name for month in after),
            downloads=max(apart, key=abs),
            figure=max(figure, key=abs) * self.test.asked.scale,
            covered=min(month.inside[""].total / max(month.whole.total, 1) for month in self.months.values()),
        )

    def _limited(self, register: str, joint: Joint) -> Reading:
        """The figure over both parts. The error at the joint is taken for that of all windows before it."""
        late = self._answer(self.own, self.registers[register])
        after = self._read(late)
        if not self.before:
            return self._of_the_hub(after, joint)
        early = _together([self.months[name].inside[register] for name in self.before])
        before = self._read(early)
        off, error = abs(joint.figure or 0.0) / self.test.asked.scale, abs(joint.downloads or 0.0)

        def mixed(part: float, rest: float, weight: float) -> float:
            return (part * weight + rest * late.total) / (weight + late.total)

        weights = (early.total / (1 + error), early.total, early.total * (1 + error))
        return self._of_the_hub(
            Reading(
                mixed(before.value, after.value, early.total),
                min(mixed(before.least - off, after.least, weight) for weight in weights),
                max(mixed(before.most + off, after.most, weight) for weight in weights),
            ),
            joint,
        )

    def _of_the_hub(self, reading: Reading, joint: Joint) -> Reading:
        """Limits for the whole Hub: what the set leaves out may be of any group; in the published unit."""
        covered = 0.0 if joint.covered is None else joint.covered
        least = -1.0 if "above" in self.test.asked.figure else 0.0
        lo = reading.least * covered + least * (1 - covered)
        hi = reading.most * covered + (1 - covered)
        limited = Reading(reading.value, max(lo, least), min(hi, 1.0))
        return figures.scaled(limited, self.test.asked.scale)

    def _answer(self, weighed: Weighed, register: Register) -> Answer:
        measure: Any = measures()[self.test.asked.measure]
        answer: Answer = measure.of(replace(weighed, register=register), self.answers.options(self.test.asked))
        return answer

    def _read(self, answer: Answer) -> Reading:
        return figures.read(answer, self.test.asked.figure)


class _Windows(Slicing):
    """The vectors of a question, every window answered by 30-day counters."""

    def __init__(self, store: Store, question: Question) -> None:
        super().__init__(store, question)
        self.planned = replace(self.planned, ways=("tiles",) * len(self.planned.periods))

    def months(self) -> Iterator[Slicing]:
        """Each window alone, so that memory holds the cells of one; the counters are read once for all."""
        shared = self.frame, self._observed
        for period in self.planned.periods:
            one = copy.copy(self)
            one.planned = replace(self.planned, periods=(period,), ways=("tiles",))
            one.frame, one._observed = shared
            one._vectors = {}
            yield one


def _together(answers: Sequence[Answer]) -> Answer:
    """Answers of single periods as one of all."""
    periods = tuple(period for answer in answers for period in answer.periods or ())
    rows = tuple(row for answer in answers for row in answer.rows)
    return replace(answers[0], periods=periods, rows=rows, total=sum(answer.total for answer in answers))


def _members(names: pa.Array, read: Sequence[Vintage], chosen: Vintage) -> Mask:
    """Which models of some readings a chosen set has: by the hub's key, else by name or a link from an old name."""
    mine = read_models([chosen], ("hub_key", "name"))
    today = links(chosen.hub)
    named = [name for name in mine["name"].to_pylist() if name]
    named += [now for name in named if (now := today(name))]
    inside = pc.is_in(names, pa.array(named, pa.string()))
    known = read_models(read, ("hub_key", "name"), today)
    keyed = known.filter(pc.is_in(known["hub_key"], mine["hub_key"].combine_chunks().drop_null()))
    by_key = pc.is_in(names, keyed["name"].combine_chunks().cast(pa.string()))
    return np.asarray(pc.or_(inside, by_key).to_numpy(zero_copy_only=False), bool)


def in_words(found: Found, unit: str, among: str) -> str:
    """How the figure was joined, and what it is by the house's register."""
    joint, house = found.joint, found.house
    of_set = f"The value is of the models of {among} alone"
    if joint.covered is None:
        parts = [
            f"{of_set}; without a census nobody knows what part of the Hub that is, so the limits are all there is."
        ]
    else:
        parts = [f"{of_set}, which have at least {joint.covered:.1%} of the Hub's; the limits are of the whole Hub."]
    if joint.downloads is not None and joint.figure is not None:
        parts.append(
            f"Spliced at {joint.at}: where both answer ({', '.join(joint.periods)}), 30-day windows are off from the "
            f"counters by {joint.downloads:+.1%} of the downloads and {joint.figure:+.2f} points of the figure, which "
            "the limits allow for."
        )
    parts.append(f"By the house's register it is {house.value:.4g} {unit} ({house.least:.4g} to {house.most:.4g}).")
    return " ".join(parts)


def also(found: Found) -> list[dict[str, Any]]:
    """The same figure by other registers, as rows of JSON."""
    return [{"register": HOUSE, "value": found.house.value, "lo": found.house.least, "hi": found.house.most}]

"""Amounts of periods, such as tokens by model or author, as weight that can be asked like any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.cubes.weigh import Groups, Weighed, weigh
from weighbridge.errors import DataMissing
from weighbridge.records.cells import LABELS, Cells, Coded, Entries, Slice, Window
from weighbridge.records.clock import Period, day_text, moment_text, periods_between
from weighbridge.records.definition import Definition
from weighbridge.records.question import Question
from weighbridge.records.vintage import Vintage
from weighbridge.register import families
from weighbridge.register.parties import Register
from weighbridge.store.amounts import citations, read_amounts, with_amounts
from weighbridge.store.flows import KINDS, WINDOW_DAYS
from weighbridge.store.home import Store

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

REST = "(rest)"
"""What a source does not name; it could be anybody's."""
SCOPE = "everything"
PER_SHARE_DAY = 1_000_000_000
"""What the whole of a day weighs where only shares are held."""


@dataclass(frozen=True)
class Amounts:
    """Amounts in the windows of a question.

    Attributes:
        weighed: by model or author, under a definition that leaves nothing out.
        rest: entries that the source does not name, bool[entries].
        shares: whether only shares are held, so that days weigh alike and there is no total.
        single: whether the source names any single model, and not authors alone.
        source: id of the source that answers.
        citations: how the sources ask to be cited.
    """

    weighed: Weighed
    rest: npt.NDArray[np.bool_]
    shares: bool
    single: bool
    source: str
    citations: tuple[str, ...]

    def groups(self, by: str) -> Groups:
        """Groups along a dimension; what the source does not name is dark and could belong to any."""
        groups = self.weighed.groups(by)
        codes = np.where(self.rest, len(groups.names), groups.codes).astype(np.int32)
        return replace(groups, codes=codes, names=[*groups.names, REST], dark=groups.dark | {REST})


def held(store: Store, question: Question) -> list[Vintage]:
    """Readings with amounts that a question may rest on, all of one hub and unit; none: none is held."""
    found = with_amounts(v for v in store.vintages(question.as_of) if question.vintage in (None, v.id))
    return [v for v in found if (v.hub, v.unit) == (found[-1].hub, found[-1].unit)]


def amounts(vintages: Sequence[Vintage], question: Question, register: Register) -> Amounts:
    """What was used in the windows of a question, by those who made it.

    Of several sources one answers: one that gives amounts before one that gives shares, then the one that covers more
    days of what is asked. An amount counts in the window that holds its whole period.

    Args:
        vintages: with amounts, at least one.
        question: its window, as-of and definition; its hub does not matter.
        register: of the parties behind authors.

    Raises:
        DataMissing: no period lies within what is asked.
    """
    table = read_amounts(vintages)
    found = [_in_windows(table.filter(pc.equal(table["source"], name)), question) for name in _sources(table)]
    covering = [one for one in found if one.table.num_rows]
    if not covering:
        raise DataMissing("no amounts are held for that window", f"held: {_reach(table)}")
    chosen = max(covering, key=lambda one: (not one.shares, one.days, one.source))
    ids = set(chosen.table["vintage"].to_pylist())
    read = [v for v in vintages if v.id in ids]
    weighed = weigh(_slice(read, chosen, question), _all(question.definition), register)
    rest = np.asarray(pc.equal(weighed.entries.holder.names, REST).to_numpy(zero_copy_only=False), dtype=bool)
    single = "model" in chosen.table["level"].to_pylist()
    unnamed = rest[weighed.entries.holder.codes]
    return Amounts(weighed, unnamed, chosen.shares, single, chosen.source, tuple(citations(read)))


@dataclass(frozen=True)
class _Chosen:
    """The rows of one source that lie in the windows, and the window of each."""

    source: str
    table: pa.Table
    window: npt.NDArray[np.int32]
    windows: tuple[Window, ...]
    shares: bool
    days: int


def _sources(table: pa.Table) -> list[str]:
    return sorted(set(table["source"].to_pylist()))


def _in_windows(table: pa.Table, question: Question) -> _Chosen:
    table = _longest(table)
    start, end = (table[name].to_numpy().astype(np.int64) for name in ("start", "end"))
    spans = _spans(question, int(start.min()), int(end.max()))
    place = np.full(len(start), -1, np.int32)
    for number, span in enumerate(spans):
        place[(start >= span.start) & (end <= span.end)] = number
    used = sorted(set(place[place >= 0].tolist()))
    rows = np.flatnonzero(place >= 0)
    if len(rows) and not _asks(question):  # the last 30 days need not begin where a period does
        spans = [Period(int(start[rows].min()), spans[0].end, "")]
    covered = [_covered(start[place == number], end[place == number]) for number in used]
    windows = tuple(
        Window(spans[n].start, spans[n].end, KINDS[0], spans[n].name, days == spans[n].end - spans[n].start, grain)
        for n, days, grain in zip(used, covered, [question.over or ""] * len(used), strict=True)
    )
    return _Chosen(
        source=str(table["source"][0].as_py()),
        table=table.take(pa.array(rows)),
        window=np.searchsorted(used, place[rows]).astype(np.int32),
        windows=windows,
        shares=bool(table["amount"].null_count),
        days=sum(covered),
    )


def _longest(table: pa.Table) -> pa.Table:
    """Of periods that begin on one day the longest: a week that was first read in part, and then whole, counts once."""
    start, end = (table[name].to_numpy().astype(np.int64) for name in ("start", "end"))
    days, place = np.unique(start, return_inverse=True)
    last = np.zeros(len(days), np.int64)
    np.maximum.at(last, place, end)
    return table.take(pa.array(np.flatnonzero(end == last[place])))


def _asks(question: Question) -> bool:
    """Whether a question names its window."""
    named = (question.at, question.start, question.end, question.trailing_days, question.over)
    return any(choice is not None for choice in named)


def _spans(question: Question, first: int, last: int) -> list[Period]:
    """The windows of a question over days that are held; by default the last 30."""
    if question.at is not None:
        return [Period(question.at - WINDOW_DAYS, question.at, "")]
    start = first if question.start is None else question.start
    end = last if question.end is None else question.end
    if question.trailing_days is not None:
        start = last - question.trailing_days
    elif not _asks(question):
        start = max(first, last - WINDOW_DAYS)
    if question.over:
        return list(periods_between(max(start, first), min(end, last), question.over)) if start < end else []
    return [Period(start, end, "")]


def _covered(start: Ints, end: Ints) -> int:
    """Days that some periods cover together."""
    return len(
        {day for first, last in set(zip(start.tolist(), end.tolist(), strict=True)) for day in range(first, last)}
    )


def _reach(table: pa.Table) -> str:
    if not table.num_rows:
        return "nothing"
    return f"{day_text(pc.min(table['start']).as_py())} to {day_text(pc.max(table['end']).as_py())}"


def _all(definition: Definition) -> Definition:
    """The definition without what amounts cannot answer: scope, age, cleaning and lineage."""
    return replace(definition, scope=SCOPE, max_age_days=None, clean=(), attribution="uploader")


def _slice(read: Sequence[Vintage], chosen: _Chosen, question: Question) -> Slice:
    table = chosen.table
    days = (pc.subtract(table["end"], table["start"])).to_numpy().astype(np.int64)
    if chosen.shares:
        value = np.rint(table["share"].to_numpy() * days * PER_SHARE_DAY).astype(np.int64)
    else:
        value = table["amount"].to_numpy().astype(np.int64)
    name = pc.if_else(pc.equal(table["level"], "rest"), REST, table["name"]).combine_chunks()
    holder = pc.replace_substring_regex(name, r"/.*$", "").dictionary_encode()
    models = pc.replace_substring_regex(name, r":[^:/]*$", "")
    single = np.asarray(pc.equal(table["level"], "model").to_numpy(zero_copy_only=False), dtype=bool)
    family = np.where(single, families.by_name(models), families.code_of(families.NONE)).astype(np.int32)
    return Slice(
        hub=read[0].hub,
        unit=read[0].unit,
        windows=chosen.windows,
        cells=_cells(chosen.window, value, name, holder, family),
        population=read[0].population,
        vintages=tuple(v.id for v in read),
        as_of=moment_text(question.as_of or datetime.now(UTC).replace(microsecond=0)),
        simulated=any(v.simulated for v in read),
        families=families.names(),
        sources=tuple({"vintage": v.id, "title": v.title, "sha256": v.sha256} for v in read),
        totalled=not chosen.shares,
    )


def _cells(
    window: npt.NDArray[np.int32], value: Ints, name: pa.Array, holder: pa.DictionaryArray,
    family: npt.NDArray[np.int32],
) -> Cells:  # fmt: skip
    count = len(value)
    by_kind = np.zeros((count, len(KINDS)), np.int64)
    by_kind[:, 0] = value
    every, none = np.ones(count, bool), np.zeros(count, bool)
    model = _coded(name.dictionary_encode())
    unlabelled = Coded(np.zeros(count, np.int32), pa.array([families.NONE]))
    return Cells(
        window=window,
        value=value,
        lo=value,
        hi=value,
        models=np.ones(count, np.int64),
        by_kind=by_kind,
        labels={label: model if label == "model" else unlabelled for label in LABELS},
        scopes={SCOPE: every},
        within_age=every,
        unknown_age=none,
        declared=none,
        facts={},
        silent=frozenset(),
        entries=Entries(np.arange(count), _coded(holder), family, model, value, value, value),
    )


def _coded(encoded: pa.DictionaryArray) -> Coded:
    return Coded(encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32), encoded.dictionary)

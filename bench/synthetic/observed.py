"""What a hub shows of a truth: counters with gaps, falls, renames, rounding and the other faults of real series.

Each fault says what the package promises under it (`docs/methods.md`, section 2): `always` the truth lies within the
bounds; `assumed`: it does if an unknown flow is no faster than the flows beside it; `never` promised.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bench.synthetic.truth import MODELS_EACH, Truth, happened
from weighbridge.records.clock import day_text
from weighbridge.register import files

Sums = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Random = np.random.Generator
Promise = Literal["always", "assumed", "never"]

HUB, LIBRARY = "huggingface", "ollama"
TOUCHED = 0.2  # part of the models that a fault of single models touches
LONGEST_GAP = 6  # days, so that a first sight still follows a look within a week
LONG_GAP = 10
DIP_DAYS = 14
UNREGISTERED = 0.3  # part of the namespaces
WINDOW = 30


@dataclass
class Shown:
    """What the hub shows of a truth, and to whom; faults change it in place.

    Attributes:
        truth: what happened.
        counters: int64[models, days + 1], at the start of each day and at the end of the last.
        seen: whether the model was listed on that day, bool[models, days + 1].
        names: of each model, one a stretch of days.
        renamed: day from which the second name holds, int64[models]; past the last day: never.
        ids: whether the listing gives the hub's immutable ids.
        cuts: days on which a new reading begins.
        rounding: how counters are shown: exact, rounded to the nearest text, or cut off.
        dark: models in namespaces that the register does not hold, bool[models].
    """

    truth: Truth
    counters: Sums
    seen: Flags
    names: list[tuple[str, ...]]
    renamed: Sums
    dark: Flags
    ids: bool = True
    cuts: list[int] = field(default_factory=list)
    rounding: Literal["", "nearest", "down"] = ""

    @property
    def last(self) -> int:
        """Last day observed, counted from the first."""
        return int(self.counters.shape[1]) - 1

    def some(self, random: Random, part: float = TOUCHED) -> Sums:
        """Models that a fault touches: not those that come or go, and at least one."""
        there = np.flatnonzero((self.truth.born == 0) & (self.truth.gone > self.last - 1))
        return random.choice(there, max(int(part * len(there)), 1), replace=False)


@dataclass(frozen=True)
class Fault:
    """One way in which what is shown differs from what happened.

    Attributes:
        promise: what is promised of the bounds under it.
        words: what it is.
        apply: changes what is shown; null where the truth itself differs (births, removals, bots).
        truth: options of `truth.happened`.
        hub: the hub that has it.
    """

    promise: Promise
    words: str
    apply: Callable[[Shown, Random], None] | None = None
    truth: tuple[str, ...] = ()
    hub: str = HUB


def show(seed: int, faults: tuple[str, ...]) -> Shown:
    """A hub of which some faults are turned on.

    Raises:
        KeyError: there is no such fault.
    """
    options = {name: True for fault in faults for name in FAULTS[fault].truth}
    truth = happened(seed, **options)
    models, days = truth.flows.shape
    day = np.arange(days + 1)
    shown = Shown(
        truth=truth,
        counters=truth.counters,
        seen=(day >= truth.born[:, None]) & (day <= truth.gone[:, None]),
        names=[(f"{namespace_of(model)}/model-{model}",) for model in range(models)],
        renamed=np.full(models, days + 1),
        dark=np.zeros(models, bool),
    )
    for place, fault in enumerate(FAULTS):  # always in the same order
        apply = FAULTS[fault].apply
        if fault in faults and apply is not None:
            apply(shown, np.random.default_rng([seed, 4, place]))
    return shown


def namespace_of(model: int) -> str:
    """Namespace of a model before any rename."""
    return f"maker-{model // MODELS_EACH}"


def listing(shown: Shown, hub: str, quantity: str = "downloads_all_time") -> list[pa.Table]:
    """The readings of a hub, one table each, in the form that the package's sources read.

    Args:
        shown: what the hub shows.
        hub: `huggingface` (a listing with dates) or `ollama` (pulls as rounded text).
        quantity: `downloads_all_time`, or `downloads` for 30-day counters.
    """
    model, day = np.nonzero(shown.seen)
    value = shown.counters[model, day]
    if quantity == "downloads":
        full = day >= WINDOW
        model, day = model[full], day[full]
        value = shown.counters[model, day] - shown.counters[model, day - WINDOW]
    name = [
        shown.names[m][-1 if d >= shown.renamed[m] else 0] for m, d in zip(model.tolist(), day.tolist(), strict=True)
    ]
    dates = [day_text(shown.truth.first_day + d) for d in day.tolist()]
    columns: dict[str, list[str] | list[int]] = {"date": dates}
    if hub == LIBRARY:
        bare = [text.replace("/", "-") for text in name]
        columns |= {"model": bare, "pull_count_text": [pull_text(v, shown.rounding) for v in value.tolist()]}
    else:
        columns |= {"id": name, quantity: value.tolist()}
        if shown.ids:
            columns["_id"] = [f"{m:024x}" for m in model.tolist()]
    table = pa.table(columns)
    edges = [0, *sorted(set(shown.cuts)), shown.last + 1]
    parts = [table.filter(pa.array((day >= start) & (day < end))) for start, end in itertools.pairwise(edges)]
    return [part for part in parts if part.num_rows]


def pull_text(count: int, rounding: str) -> str:
    """A count as the Ollama library prints it: `118.7M`, `9M`, `845`, rounded to the nearest or cut off."""
    for unit, mark in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if count >= unit:
            tenths = (count * 10 + (unit // 2 if rounding == "nearest" else 0)) // unit
            whole, rest = divmod(tenths, 10)
            return f"{whole}.{rest}{mark}" if rest else f"{whole}{mark}"
    return str(count)


def _gaps(shown: Shown, random: Random, longest: int = LONGEST_GAP, count: int = 6) -> None:
    """Nobody looked for some days; the first and the last day were observed."""
    day = 0
    for _ in range(count):
        start = day + int(random.integers(2, 12))
        length = int(random.integers(max(longest - 5, 1), longest + 1))
        day = start + length
        if day < shown.last:
            shown.seen[:, start:day] = False


def _long_gaps(shown: Shown, random: Random) -> None:
    _gaps(shown, random, longest=LONG_GAP + 5, count=3)


def _missing(shown: Shown, random: Random) -> None:
    """Single readings are missing; not the first and the last of a model."""
    lost = random.random(shown.seen.shape) < 0.15
    lost[np.arange(len(lost)), np.argmax(shown.seen, axis=1)] = False
    lost[np.arange(len(lost)), shown.last - np.argmax(shown.seen[:, ::-1], axis=1)] = False
    shown.seen &= ~lost


def _dips(shown: Shown, random: Random) -> None:
    """The counter falls far, and is as it should be within two weeks."""
    for model in shown.some(random).tolist():
        length = int(random.integers(1, DIP_DAYS + 1))
        start = int(random.integers(2, shown.last - length - 1))
        true = shown.counters[model].copy()
        grown = _grown(shown, model, max(start - DIP_DAYS, 0), min(start + length + DIP_DAYS, shown.last))
        depth = random.integers(grown + 1, 3 * grown + 2)
        shown.counters[model, start : start + length] = np.maximum(true[start : start + length] - depth, 0)


def _grown(shown: Shown, model: int, start: int, end: int) -> int:
    """Downloads of a model between two days."""
    return int(shown.truth.flows[model, start:end].sum())


def _fall(shown: Shown, model: int, start: int, depth: int) -> None:
    later = shown.counters[model, start:]
    later[:] = np.maximum(later - min(depth, int(later[0])), 0)


def _falls(shown: Shown, random: Random) -> None:
    """The counter falls by more than a month of downloads and stays down; nothing changes for the users."""
    for model in shown.some(random).tolist():
        start = int(random.integers(20, shown.last - 10))
        month = _grown(shown, model, start - 1, min(start + 40, shown.last))
        _fall(shown, model, start, int(random.integers(2 * month + 1, 3 * month + 2)))


def _shallow_falls(shown: Shown, random: Random) -> None:
    """The counter falls by some days of downloads and stays down, but grows past its old value within the month."""
    for model in shown.some(random).tolist():
        start = int(random.integers(20, shown.last - 30))
        _fall(shown, model, start, _grown(shown, model, start - 1, start + int(random.integers(3, 11))))


def _traceless(shown: Shown, random: Random) -> None:
    """The counter loses less than a day's downloads, so that it does not even fall."""
    for model in shown.some(random).tolist():
        start = int(random.integers(20, shown.last - 30))
        _fall(shown, model, start, int(0.8 * _grown(shown, model, start - 1, start)))


def _overcounted(shown: Shown, random: Random) -> None:
    """The counter runs at thrice the speed for a month; then the hub takes that back."""
    for model in shown.some(random).tolist():
        end = int(random.integers(60, shown.last - 30))
        for back in range(30):
            shown.counters[model, end - 30 + back : end] += 2 * shown.truth.flows[model, end - 31 + back]


def _raised(shown: Shown, random: Random) -> None:
    """The hub adds past downloads to the counter."""
    for model in shown.some(random).tolist():
        start = int(random.integers(20, shown.last - 10))
        shown.counters[model, start:] += shown.counters[model, start] // 5


def _lost(shown: Shown, random: Random) -> None:
    """The listing loses models that are still downloaded."""
    for model in shown.some(random, 0.1).tolist():
        shown.seen[model, int(random.integers(60, shown.last - 5)) :] = False


def _overlooked(shown: Shown, random: Random) -> None:
    """The census lists models weeks after they began."""
    for model in shown.some(random, 0.1).tolist():
        shown.seen[model, : int(random.integers(20, 60))] = False


def _evening(shown: Shown, random: Random) -> None:
    """Readings are made at some hour of the day, not at its start."""
    hour = random.random(shown.last)
    shown.counters[:, :-1] += (shown.truth.flows * hour).astype(np.int64)


def _unregistered(shown: Shown, random: Random) -> None:
    """The register does not hold all namespaces."""
    models = len(shown.names)
    dark = random.random(models // MODELS_EACH + 1) < UNREGISTERED
    shown.dark |= dark[np.arange(models) // MODELS_EACH]


def _rename(shown: Shown, random: Random) -> None:
    for model in shown.some(random).tolist():
        shown.names[model] = (*shown.names[model], f"{namespace_of(model)}/renamed-{model}")
        shown.renamed[model] = random.integers(20, shown.last - 20)


def _renamed_with_ids(shown: Shown, random: Random) -> None:
    """Models change their names; the listing gives the hub's ids."""
    _rename(shown, random)


def _renamed_with_links(shown: Shown, random: Random) -> None:
    """Models change their names between two readings without ids; the package's aliases link old and new names."""
    shown.ids = False
    shown.cuts = random.integers(20, shown.last - 20, 2).tolist()
    for model, names in zip(shown.some(random).tolist(), _linked_names(), strict=False):
        shown.names[model] = names
        shown.renamed[model] = random.choice(shown.cuts)


def _renamed_without_links(shown: Shown, random: Random) -> None:
    """Models change their names, and nothing tells."""
    shown.ids = False
    _rename(shown, random)


def _linked_names() -> list[tuple[str, ...]]:
    """Old and new names of which the package's aliases know, each namespace once."""
    found: list[tuple[str, ...]] = []
    used: set[str] = set()
    for row in files.rows("aliases"):
        both = (row["alias"], row["name"])
        spaces = {name.split("/")[0].lower() for name in both}
        if row["hub"] == HUB and row["kind"] == "model" and not spaces & used:
            found.append(both)
            used |= spaces
    return found


def _rounded(shown: Shown, random: Random) -> None:
    """Counters are text with one decimal."""
    shown.rounding = "nearest" if random.random() < 0.5 else "down"


def _rest(shown: Shown, random: Random) -> None:
    """No fault."""


FAULTS: dict[str, Fault] = {
    "clean": Fault("always", "exact counters of every day", _rest),
    "births": Fault("always", "models are created during the series", truth=("births",)),
    "removals": Fault("always", "models are removed, and nobody downloads them any more", truth=("removals",)),
    "spikes": Fault("always", "bots download a model on one day, and count", truth=("bots",)),
    "renamed with ids": Fault("always", "models change names; the listing gives ids", _renamed_with_ids),
    "renamed with links": Fault("always", "models change names between readings; aliases tell", _renamed_with_links),
    "renamed without links": Fault("always", "models change names, and nothing tells", _renamed_without_links),
    "dips": Fault("always", "counters fall far and are right again within two weeks", _dips),
    "falls": Fault("assumed", "counters fall far and stay down", _falls),
    "shallow falls": Fault("assumed", "counters fall and grow past the old value", _shallow_falls),
    "lost": Fault("assumed", "models that are still downloaded are no longer listed", _lost),
    "overcounted": Fault("never", "a month is counted thrice, then taken back", _overcounted),
    "raised": Fault("never", "the hub adds past downloads", _raised),
    "traceless": Fault("never", "the hub takes back less than a day's downloads", _traceless),
    "overlooked": Fault("never", "models are listed weeks after they began", _overlooked),
    "evening": Fault("never", "readings are made at any hour", _evening),
    "gaps": Fault("always", "nobody looked for up to six days", _gaps),
    "long gaps": Fault("always", "models are created while nobody looks for over a week", _long_gaps, ("births",)),
    "missing": Fault("always", "single readings are missing", _missing),
    "unregistered": Fault("always", "a third of the namespaces are not registered", _unregistered),
    "rounded": Fault("always", "pulls as text with one decimal", _rounded, hub=LIBRARY),
}

PROMISED = ("births", "spikes", "renamed with ids", "dips", "gaps", "missing")

TOGETHER: dict[str, tuple[str, ...]] = {
    "all that is promised": PROMISED,
    "all that is promised, links, unregistered": (
        *(f for f in PROMISED if "ids" not in f),
        "renamed with links",
        "unregistered",
    ),
    "all that is promised, rounded": (*(f for f in PROMISED if "ids" not in f), "rounded"),
    "all that is assumed": (*PROMISED, "removals", "falls", "shallow falls", "lost"),
}
"""Faults that are turned on at once."""

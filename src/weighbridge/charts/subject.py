"""What a chart is of: the document of an answer, with names, kinds and colours of its groups."""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import resources
from typing import Any

from weighbridge.charts.text import clean
from weighbridge.records.cells import SMALL, UNNAMED
from weighbridge.register import families, files
from weighbridge.register.parties import (
    ELSEWHERE,
    EUROPE,
    INDIVIDUALS,
    INTERNATIONAL,
    UNAFFILIATED,
    UNKNOWN,
    UNREGISTERED,
)

OTHER = "(other)"
NOT_STATED, SEVERAL = families.NONE, families.SEVERAL
NOBODY_KNOWS = (UNREGISTERED, UNKNOWN)
NO_PARTY = (OTHER, NOT_STATED, SEVERAL, UNNAMED, SMALL, INDIVIDUALS, UNAFFILIATED, EUROPE, ELSEWHERE, INTERNATIONAL)
NOBODIES = frozenset((*NOBODY_KNOWS, *NO_PARTY))
"""Groups that are nobody: they stand for many, or for what nobody knows."""
PLACES = ("country", "region")
NAMES = {
    UNREGISTERED: "Unregistered",
    UNKNOWN: "Unknown",
    UNAFFILIATED: "Unaffiliated",
    INDIVIDUALS: "Individuals",
    OTHER: "All others",
    NOT_STATED: "Not stated",
    SEVERAL: "Several roots",
    UNNAMED: "Not named here",
    SMALL: "Small namespaces",
    EUROPE: "Europe, country not told",
    ELSEWHERE: "Elsewhere",
    INTERNATIONAL: "International bodies",
}
BRIEF = {EUROPE: "Europe", INTERNATIONAL: "Int. bodies", SMALL: "Small ones", SEVERAL: "Several"}
HUBS = {"huggingface": "Hugging Face", "ollama": "Ollama", "openrouter": "OpenRouter"}
WHOLE = 1 + 1e-9


@dataclass(frozen=True)
class Subject:
    """The document of an answer, as `Answer.to_dict` gives it, or one of `claims` or `quality`.

    Attributes:
        document: the document; not changed.
        measure: its id; `claims` and `quality` for those.
    """

    document: Mapping[str, Any]
    measure: str

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Subject:
        """The subject of a document, of whatever made it."""
        rows = document.get("rows") or [{}]
        measure = document.get("measure")
        if measure is None:
            measure = "claims" if "verdict" in rows[0] else "quality" if "summary" in document else "history"
        return cls(document, str(measure))

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """The rows, as they are."""
        found: Sequence[Mapping[str, Any]] = self.document.get("rows") or ()
        return found

    @property
    def by(self) -> str:
        """What is grouped by."""
        return str(self.document.get("by") or "")

    @property
    def unit(self) -> str:
        """downloads or pulls."""
        return clean(self.document.get("unit") or "downloads")

    @property
    def hub(self) -> str:
        """The hub's name in words."""
        hub = str(self.document.get("hub") or "")
        return HUBS.get(hub, clean(hub))

    @cached_property
    def periods(self) -> dict[str, Mapping[str, Any]]:
        """Periods by name, in order of time; those without days are left out."""
        told = self.document.get("periods")  # `crossover` gives a number of periods under this name
        listed = told if isinstance(told, (list, tuple)) else ()
        found = [period for period in listed if _day(period.get("from")) and _day(period.get("to"))]
        return {str(p["period"]): p for p in sorted(found, key=lambda p: str(p["from"]))}

    def span(self, period: str) -> tuple[int, int]:
        """First day of a period and the day after its last, as ordinals."""
        found = self.periods[period]
        start, end = _day(found["from"]), _day(found["to"])
        return (start or 0, end or 0)

    @cached_property
    def is_part(self) -> bool:
        """Whether the figures are parts of a whole, and not counts."""
        figures = [number(row.get(key)) for row in self.rows for key in ("value", "lo", "hi")]
        return all(figure is None or abs(figure) <= WHOLE for figure in figures)

    def name(self, group: Any, brief: bool = False) -> str:
        """A group's name for readers; brief: a country's code, for narrow charts."""
        text = str(group)
        if brief and text in BRIEF:
            return BRIEF[text]
        if text in NAMES:
            return NAMES[text]
        if self.by == "country" and not brief:
            return _countries().get(text, clean(text))
        return clean(text)

    @cached_property
    def _could_be_anyones(self) -> set[str]:
        """Remainders that the answer's own limits treat as unknown: the least is nothing, the most is what they are."""
        found: dict[str, bool] = {}
        for row in self.rows:
            if row.get("group") in NO_PARTY and row["group"] != OTHER and number(row.get("value")):
                unknown = row.get("lo") == 0 and row.get("hi") == row["value"]
                found[row["group"]] = found.get(row["group"], True) and unknown
        return {group for group, unknown in found.items() if unknown}

    @cached_property
    def _labels(self) -> set[str]:
        """Groups that are only called unknown: hubs have licences and tasks of that name, whose weight is known."""
        exact = [
            row for row in self.rows if row.get("lo") is not None and row["lo"] == row.get("hi") == row.get("value")
        ]
        return {row["group"] for row in exact if row.get("group") in NOBODY_KNOWS and row["value"]}

    def nobody_knows(self, group: Any) -> bool:
        """Whether it is weight of which nobody knows whose it is."""
        return (group in NOBODY_KNOWS and group not in self._labels) or group in self._could_be_anyones

    def is_party(self, group: Any) -> bool:
        """Whether a group is one that can lead: neither unknown nor a remainder."""
        return group not in NO_PARTY and (group not in NOBODY_KNOWS or group in self._labels)

    def slots(self, groups: Iterable[str], most: int) -> dict[str, int]:
        """A place in the theme's colours for each of some groups, as many as there are colours."""
        wanted, chosen = _preferred().get(self.by, {}), list(dict.fromkeys(groups))[:most]
        found = {group: wanted[group] for group in chosen if group in wanted and wanted[group] < most}
        free = [slot for slot in range(most) if slot not in found.values()]
        return {group: found[group] if group in found else free.pop(0) for group in chosen}


def asked(subject: Subject, name: str) -> str:
    """What was asked of a measure under a name, made fit to be shown; empty where nothing was."""
    told = subject.document.get("asked")
    value = told.get(name) if isinstance(told, Mapping) else None
    return "" if value is None else clean(value)


def number(value: Any) -> float | None:
    """A finite number, or null."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def day_of(text: Any) -> int | None:
    """The day that a date or a time begins with, as an ordinal; null where it is none."""
    return _day(text)


def first_day(period: Any) -> int | None:
    """The first day of a period such as `2024-W23`, `2024-06`, `2024-Q2` or `2024`, as an ordinal; null for others."""
    year, _, rest = str(period).partition("-")
    try:
        if rest.startswith("W"):
            return date.fromisocalendar(int(year), int(rest[1:]), 1).toordinal()
        month = 3 * int(rest[1:]) - 2 if rest.startswith("Q") else int(rest or 1)
        return date(int(year), month, 1).toordinal()
    except ValueError:
        return None


def _day(text: Any) -> int | None:
    try:
        return date.fromisoformat(str(text)[:10]).toordinal()
    except ValueError:
        return None


@functools.cache
def _countries() -> dict[str, str]:
    return {row["code"]: row["name"] for row in files.rows("countries")}


@functools.cache
def _preferred() -> dict[str, dict[str, int]]:
    text = resources.files("weighbridge.charts").joinpath("data/colours.toml").read_text(encoding="utf-8")
    return {dimension: dict(groups) for dimension, groups in tomllib.loads(text).items()}

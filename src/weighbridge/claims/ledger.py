"""Reading the ledger of published figures: one TOML file a publication in `data`, one `[[claim]]` table a figure."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from weighbridge.errors import UsageError

Value = float | str | bool


@dataclass(frozen=True)
class Span:
    """The window as published.

    Attributes:
        words: as the publication says it, or as near as is known.
        start, end: dates where they are known; the end is excluded.
    """

    words: str
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True)
class Asked:
    """A question with the figure that is read from its answer.

    Attributes:
        measure: id of a measure, registered or not yet.
        options: the measure's own.
        question: hub, definition and its changes, as `questions.question` takes them.
        window: `at`, `from`, `to`, `over`, `splice`; empty: the newest that is held.
        figure: where in the answer the figure stands; see `figures.read`.
        scale: what the answer's figure is multiplied by to be in the published unit.
        unit: where it is another than the claim's; else empty.
    """

    measure: str
    options: Mapping[str, Any]
    question: Mapping[str, Any]
    window: Mapping[str, Any]
    figure: Mapping[str, Any]
    scale: float = 1.0
    unit: str = ""


@dataclass(frozen=True)
class Test:
    """Under what a claim could be tested; written before it was.

    Attributes:
        asked: question and figure.
        against: a second window whose figure the first is divided by, or null.
        hub, unit, population: what the answer must be of.
        counter: `30-day`, `cumulative`, `either`, `lifetime` (the level of the cumulative counter on a day),
            `created` (no counter: models by the days of their creation), or `property` (of one model, of no window).
        tolerance: how far the figures may lie apart, in the published unit (months for a month).
        tolerance_because: why so far.
        sources: ids of data sets that could bring what is needed.
        reading: how the publication was read, where it leaves a choice.
        among: id of a source whose chosen set of models the figure is of; see `spliced`. Empty: all models.
    """

    asked: Asked
    against: Mapping[str, Any] | None
    hub: str
    unit: str
    population: str
    counter: str
    tolerance: float
    tolerance_because: str
    sources: tuple[str, ...]
    reading: str = ""
    among: str = ""


@dataclass(frozen=True)
class Nearest:
    """A question that any census can be asked, and in words how its answer differs from the claim."""

    asked: Asked
    differs: str


@dataclass(frozen=True)
class Claim:
    """One published figure.

    Attributes:
        id: unique in the ledger.
        statement: what was said, in a line.
        value: number, month (`2025-07`), or true for an order.
        comparison: `equal`, `at-least`, `at-most`, `over`, `order` or `month`.
        unit: of the value.
        window: as published.
        definition: as published.
        source, address: the publication.
        evidence: which text was read: `primary`, `abstract`, `press`, `secondary` or `article`.
        note: what the reader of the source must know.
        corrected: what an earlier reading of the source had otherwise, and why it was changed.
        test: null where it cannot be tested; `untestable` then says why.
        nearest: null where nothing near can be asked.
    """

    id: str
    statement: str
    value: Value
    comparison: str
    unit: str
    window: Span
    definition: str
    source: str
    address: str
    evidence: str
    note: str
    corrected: str
    test: Test | None
    untestable: str
    nearest: Nearest | None

    def to_dict(self) -> dict[str, Any]:
        """What a list of claims says of it."""
        return {
            "id": self.id,
            "statement": self.statement,
            "value": self.value,
            "comparison": self.comparison,
            "unit": self.unit,
            "window": {"words": self.window.words, "from": self.window.start, "to": self.window.end},
            "definition": self.definition,
            "source": self.source,
            "address": self.address or None,
            "evidence": self.evidence,
            "note": self.note or None,
            "corrected": self.corrected or None,
            "testable": self.test is not None,
        }


@dataclass(frozen=True)
class DataSet:
    """A public data set that a test needs.

    Attributes:
        id: the id under which a source reads it, or would.
        name: where it is published, or its name.
        gives: what it holds, in words.
        listing: whether a file of it is a listing of the Hub that `hub-dump` reads.
        daily: whether any one day of it can be fetched.
    """

    id: str
    name: str
    gives: str
    listing: bool = False
    daily: bool = False


def claims(ids: Sequence[str] = ()) -> list[Claim]:
    """All claims in order of their ids, or those named, in the order in which they were.

    Raises:
        UsageError: there is no such claim; the hint names all.
    """
    known = ledger()
    strange = [name for name in ids if name not in known]
    if strange:
        raise UsageError(f"there is no claim {strange[0]!r}", f"one of: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(ids)] if ids else list(known.values())


@functools.cache
def ledger() -> dict[str, Claim]:
    """Every claim of the ledger by id, sorted.

    Raises:
        ValueError: two claims have the same id.
    """
    found: dict[str, Claim] = {}
    for file in files():
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        for table in document["claim"]:
            claim = read({**{key: value for key, value in document.items() if key != "claim"}, **table})
            if claim.id in found:
                raise ValueError(f"{file.name}: the claim {claim.id!r} is there twice")
            found[claim.id] = claim
    return dict(sorted(found.items()))


def files() -> list[Traversable]:
    """The ledger's files in order of name."""
    folder = resources.files("weighbridge.claims") / "data"
    return sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)


@functools.cache
def data_sets() -> dict[str, DataSet]:
    """The data sets that tests name, by id."""
    file = resources.files("weighbridge.claims") / "data-sets.toml"
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["data-set"]
    return {row["id"]: DataSet(**row) for row in rows}


def read(table: Mapping[str, Any]) -> Claim:
    """A claim from its table, into which the head of its file has been merged."""
    window = table["window"]
    return Claim(
        id=table["id"],
        statement=table["statement"],
        value=table["value"],
        comparison=table["comparison"],
        unit=table["unit"],
        window=Span(window["words"], window.get("from"), window.get("to")),
        definition=table["definition"],
        source=table["source"],
        address=table.get("address", ""),
        evidence=table["evidence"],
        note=table.get("note", ""),
        corrected=table.get("corrected", ""),
        test=_test(table["test"]) if "test" in table else None,
        untestable=table.get("untestable", ""),
        nearest=_nearest(table["nearest"]) if "nearest" in table else None,
    )


def _test(table: Mapping[str, Any]) -> Test:
    hub = table.get("hub", "huggingface")
    return Test(
        asked=_asked(table),
        against=table.get("against"),
        hub=hub,
        unit=table.get("unit", "downloads"),
        population=table.get("population", "census"),
        counter=table["counter"],
        tolerance=float(table["tolerance"]),
        tolerance_because=table["tolerance_because"],
        sources=tuple(table["sources"]),
        reading=table.get("reading", ""),
        among=table.get("among", ""),
    )


def _nearest(table: Mapping[str, Any]) -> Nearest:
    return Nearest(_asked(table, table.get("unit", "")), table["differs"])


def _asked(table: Mapping[str, Any], unit: str = "") -> Asked:
    return Asked(
        measure=table["measure"],
        options=table.get("options", {}),
        question={"hub": table.get("hub", "huggingface"), **table.get("question", {})},
        window=table.get("window", {}),
        figure=table["figure"],
        scale=float(table.get("scale", 1)),
        unit=unit,
    )

"""What the licence identifiers of model cards say about use and passing on: data, its schema, and its lookup.

A reading of public texts for statistics, no legal advice. The reasons are in `docs/design/licences.md`.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

CLASSES = ("permissive", "attribution", "copyleft", "restricted", "non-commercial", "proprietary", "unknown", "none")
"""`unknown`: an identifier that does not tell; `none`: the card declares no licence."""
OPEN = CLASSES[:3]
"""Classes that allow any use by anybody; the others limit it, or nobody can say."""
UNKNOWN, NONE = "unknown", "none"
UNDECLARED = "(none)"
"""How the label of a model without a licence reads."""
SEPARATORS = re.compile(r"[\s_/]+")

NON_COMMERCIAL, FIELDS, SCALE, SHARE_ALIKE, NO_DERIVATIVES = 1, 2, 4, 8, 16
TERMS = {
    "commercial use": NON_COMMERCIAL,
    "fields of use": FIELDS,
    "scale": SCALE,
    "share-alike": SHARE_ALIKE,
    "no derivatives": NO_DERIVATIVES,
}
"""Limits that a licence may set, as bits, by their names."""


@dataclass(frozen=True)
class Licence:
    """One licence; the columns of `data/licences.csv`, where their meaning is described in the schema.

    Attributes:
        id: identifier in lower case.
        title: full name.
        licence_class: one of `CLASSES` but `none`.
        commercial, fields, share_alike, derivatives, passes_on, naming, osi: `yes`, `no` or `unknown`.
        scale: above what size a user needs another licence; empty: no limit is known.
        also: other identifiers for it.
        source: address of the text.
        grade: `stated`, `inferred` or `recalled`.
        note: short words.
    """

    id: str
    title: str
    licence_class: str
    commercial: str
    fields: str
    scale: str
    share_alike: str
    derivatives: str
    passes_on: str
    naming: str
    osi: str
    also: tuple[str, ...]
    source: str
    grade: str
    note: str

    @property
    def terms(self) -> int:
        """The limits that it sets, as bits of `TERMS`; 0 where none is known."""
        set_here = {
            NON_COMMERCIAL: self.commercial == "no",
            FIELDS: self.fields == "yes",
            SCALE: bool(self.scale),
            SHARE_ALIKE: self.share_alike == "yes",
            NO_DERIVATIVES: self.derivatives == "no",
        }
        return sum(bit for bit, holds in set_here.items() if holds)


@functools.cache
def rows() -> tuple[dict[str, str], ...]:
    """All rows of `data/licences.csv`; a missing cell is the empty text."""
    file = resources.files("weighbridge.definitions.licences") / "data" / "licences.csv"
    return tuple(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))


@functools.cache
def schema() -> dict[str, Any]:
    """The JSON Schema of one row."""
    file = resources.files("weighbridge.definitions.licences") / "schema" / "licences.schema.json"
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


@functools.cache
def licences() -> Mapping[str, Licence]:
    """All licences by identifier, in the order of the file."""
    return {row["licence"]: _licence(row) for row in rows()}


def licence(written: str) -> Licence | None:
    """The licence that an identifier stands for, however its words are parted; null where none is known."""
    return _by_name().get(SEPARATORS.sub("-", written.strip().lower()))


def class_of(written: str) -> str:
    """Class of what a card declares as its licence; see `CLASSES`."""
    if written == UNDECLARED:
        return NONE
    known = licence(written)
    return UNKNOWN if known is None else known.licence_class


def classes_of(written: Iterable[str]) -> list[int]:
    """Place in `CLASSES` of each of some declared licences."""
    return [CLASSES.index(class_of(name)) for name in written]


def terms_named(bits: int) -> list[str]:
    """Names of the limits that some bits stand for."""
    return [name for name, bit in TERMS.items() if bits & bit]


@functools.cache
def _by_name() -> dict[str, Licence]:
    return {name: known for known in licences().values() for name in (known.id, *known.also)}


def _licence(row: Mapping[str, str]) -> Licence:
    return Licence(
        id=row["licence"],
        title=row["title"],
        licence_class=row["class"],
        commercial=row["commercial"],
        fields=row["fields"],
        scale=row["scale"],
        share_alike=row["share_alike"],
        derivatives=row["derivatives"],
        passes_on=row["passes_on"],
        naming=row["naming"],
        osi=row["osi"],
        also=tuple(filter(None, row["also"].split("; "))),
        source=row["source"],
        grade=row["grade"],
        note=row["note"],
    )

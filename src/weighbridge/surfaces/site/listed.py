"""What is held and how it is measured, as data files: readings, definitions, measures, claims and the matrix."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from weighbridge.charts.drawing import Drawing
from weighbridge.errors import DataMissing
from weighbridge.measures import measures
from weighbridge.surfaces.views import definitions
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.dataset import readings
from weighbridge.surfaces.views.shelf import Shelf


def as_json(value: Any) -> bytes:
    """A document as a file; what no encoding can write is replaced."""
    return (json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode("utf-8", "replace")


def of_measures(shelf: Shelf) -> bytes:
    """Every measure: `id, title, words, formula, source`."""
    fields = ("id", "title", "words", "formula", "source")
    return as_json({"rows": [{name: getattr(measure, name) for name in fields} for measure in measures().values()]})


def of_vintages(shelf: Shelf) -> bytes:
    """Every reading with its terms."""
    return as_json({"rows": readings(shelf)})


def of_definitions(shelf: Shelf) -> bytes:
    """Every named definition, and the scopes and cleaning rules that they are made of."""
    return as_json(definitions.document())


def of_claims(shelf: Shelf) -> bytes:
    """Every published figure beside ours."""
    return as_json(shelf.document(Asked("claims")))


def of_matrix(shelf: Shelf) -> bytes:
    """The shares of the leading groups under every defensible definition."""
    return Drawing(shelf.document(Asked("matrix"))).csv().encode("utf-8")


LISTED: dict[str, tuple[Callable[[Shelf], bytes], str]] = {
    "data/vintages.json": (of_vintages, "the readings behind every number, with producer, licence and SHA-256"),
    "data/definitions.json": (of_definitions, "named definitions in words, and the scopes and rules they are made of"),
    "data/measures.json": (of_measures, "what is measured: words, formula and its source"),
    "data/claims.json": (of_claims, "published figures beside ours: verdict, reason and the nearest that can be said"),
    "data/matrix.csv": (of_matrix, "shares of the leading groups under every defensible definition"),
}
"""What makes each file, and what it holds, by path from the root."""


def listed(shelf: Shelf) -> Iterator[tuple[str, bytes, str]]:
    """Path, content and words of each file; what the readings cannot answer is left out."""
    for path, (make, words) in LISTED.items():
        try:
            yield path, make(shelf), words
        except DataMissing:
            continue

"""Documents that are no answer of a measure: what there is to ask, what is held, and how it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from weighbridge import __version__
from weighbridge.charts import charts
from weighbridge.definitions.named import definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.records.shown import plain
from weighbridge.sources import sources
from weighbridge.surfaces.api import described
from weighbridge.surfaces.api.problems import KINDS
from weighbridge.surfaces.api.sending import Packed
from weighbridge.surfaces.views import definitions as named
from weighbridge.surfaces.views.dataset import readings
from weighbridge.surfaces.views.shelf import Shelf

Document = Mapping[str, Any]
JSON = "application/json"
LISTS = (
    "measures",
    "definitions",
    "sources",
    "vintages",
    "options",
    "claims",
    "quality",
    "doctor",
    "search",
    "problems",
)


def packed(document: Document, seed: str = "") -> Packed:
    """A document as the bytes that are sent."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Packed(text.encode("utf-8", "replace") + b"\n", JSON, seed)


def index(shelf: Shelf) -> Document:
    """Where things are, below `api/v1/`."""
    held = readings(shelf)
    return {
        "name": "Weighbridge",
        "version": __version__,
        "as_of": shelf.as_of or max((str(row["known"]) for row in held), default=""),
        "vintages": [row["id"] for row in held],
        "simulated": any(row["simulated"] for row in held),
        "notes": list(shelf.observatory.notes),
        "links": {
            **{name: name for name in LISTS},
            "measure": "measures/{id}",
            "chart": "charts/{measure}.{ending}",
            "model": "models/{owner}/{name}",
            "organisation": "organisations/{slug}",
            "family": "families/{slug}",
            "openapi": "openapi.json",
            "health": "../../healthz",
        },
    }


def measures(shelf: Shelf) -> Document:
    """See `described.measure_rows`."""
    return {"rows": described.measure_rows()}


def options(shelf: Shelf) -> Document:
    """What every question can be asked with, and the names that can be chosen here."""
    backing = shelf.observatory.backing
    return {
        "rows": described.question_rows(),
        "named": {
            "hub": backing.hubs(),
            "definition": list(definitions()),
            "scope": list(scopes()),
            "clean": [*rules(), "none"],
            "register": backing.registers(None),
            "vintage": [str(row["id"]) for row in readings(shelf)],
            "chart": list(charts()),
        },
    }


def named_definitions(shelf: Shelf) -> Document:
    """Named definitions, and the scopes and cleaning rules that they are made of."""
    return named.document()


def listed_sources(shelf: Shelf) -> Document:
    """All sources, with producer, licence and what they give."""
    shown = ("id", "title", "producer", "licence", "terms", "population", "gives", "hub", "unit")
    rows = [source.descriptor.to_dict() for source in sources().values()]
    return {"rows": [{name: row[name] for name in shown} for row in rows]}


def vintages(shelf: Shelf) -> Document:
    """The readings that are held, with whose they are and under which terms."""
    return {"rows": readings(shelf)}


def doctor(shelf: Shelf) -> Document:
    """What can be answered; without reading every file, and without a word on where these lie."""
    found = shelf.observatory.doctor(quick=True)
    return {"rows": found["rows"], "damaged": len(found.get("damaged") or ())}


def problems(shelf: Shelf) -> Document:
    """The closed list of problems."""
    return {"rows": [{"kind": name, "status": kind.status, "title": plain(kind.title)} for name, kind in KINDS.items()]}


FIXED: dict[str, Callable[[Shelf], Document]] = {
    "": index,
    "measures": measures,
    "options": options,
    "definitions": named_definitions,
    "sources": listed_sources,
    "vintages": vintages,
    "doctor": doctor,
    "problems": problems,
}
"""Documents that take no parameter, by their place below `api/v1/`."""

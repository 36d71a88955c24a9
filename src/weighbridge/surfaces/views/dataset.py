"""What is held as one public data set: readings with their terms, how to cite them, and the schema.org description."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weighbridge import __version__
from weighbridge.cubes.cubefile import CubeFile
from weighbridge.definitions.named import definitions
from weighbridge.errors import DataMissing
from weighbridge.measures import measures
from weighbridge.measures.asking import StoreBacking
from weighbridge.records.clock import day_text, moment_text, parse_day, parse_moment
from weighbridge.records.shown import plain
from weighbridge.sources import sources
from weighbridge.surfaces import citing
from weighbridge.surfaces.views.asked import Asked, title_of
from weighbridge.surfaces.views.shelf import Shelf

NAME = "Weighbridge: shares of the open-model ecosystem"
DESCRIPTION = (
    "Shares of the downloads, pulls and tokens of open-weight models by country, organisation, family, task, licence "
    "and size, each with its definition, window, bounds of what is unknown, coverage and vintage."
)
KEYWORDS = ("open models", "open weights", "downloads", "market share", "Hugging Face", "provenance")
MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "metadata.json": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
    "vl.json": "application/json",
    "html": "text/html",
    "bib": "application/x-bibtex",
    "apa.txt": "text/plain",
}
"""Media type of each ending of an answer's files."""
UNSTATED = "not stated"


@dataclass(frozen=True)
class File:
    """One file that can be fetched.

    Attributes:
        name: what it holds.
        ending: one of `MEDIA`.
        address: absolute, or relative where no base is known.
    """

    name: str
    ending: str
    address: str


def readings(shelf: Shelf) -> list[dict[str, Any]]:
    """The vintages that are held, in order of when they became known, with whose they are and under which terms.

    Returns:
        one row a vintage: `id, title, source, producer, licence, terms, hub, population, known, observed_from,
        observed_to, observed_days, models, counters, register, simulated, sha256`. Null: not known; a cube file keeps
        no days and no population of a reading.
    """
    backing = shelf.observatory.backing
    if isinstance(backing, StoreBacking):
        return [_of_vintage(v.to_dict() | {"simulated": v.simulated}) for v in backing.store.vintages()]
    return [_of_cube(row) for row in backing.document["vintages"]] if isinstance(backing, CubeFile) else []


def _of_vintage(row: Mapping[str, Any]) -> dict[str, Any]:
    found = sources().get(row["source"])
    told = found.descriptor if found else None
    return {
        **row,
        "producer": told.producer if told else UNSTATED,
        "licence": told.licence if told else UNSTATED,
        "terms": told.terms if told else UNSTATED,
    }


def _of_cube(row: Mapping[str, Any]) -> dict[str, Any]:
    found = sources().get(str(row.get("source")))
    unknown = dict.fromkeys(("hub", "population", "observed_from", "observed_to", "observed_days", "register"))
    if found:
        unknown["hub"] = found.descriptor.hub
    return {
        **unknown,
        "terms": found.descriptor.terms if found else UNSTATED,
        "simulated": False,
        **row,
        "known": moment_text(parse_moment(str(row["known"]))),
    }


def origin(shelf: Shelf) -> str:
    """What a cube file says of where its sums come from; empty for a store."""
    backing = shelf.observatory.backing
    return plain(str(backing.document.get("origin") or "")) if isinstance(backing, CubeFile) else ""


def cited(shelf: Shelf, style: str, address: str = "") -> str:
    """How to cite all of it, with the readings that are held: style line, apa or bibtex.

    Raises:
        UsageError: there is no such style.
    """
    held = readings(shelf)
    return citing.instrument(
        style,
        vintages=[row["id"] for row in held],
        known=max((row["known"] for row in held), default=""),
        simulated=any(row["simulated"] for row in held),
        address=address,
    )


def dataset(shelf: Shelf, page: str, files: Iterable[File] = ()) -> dict[str, Any]:
    """The schema.org description (`Dataset`) as plain data.

    It gives no licence of its own: that of each source stands in `isBasedOn`, and `usageInfo` leads to the terms.

    Args:
        shelf: what is held.
        page: address of the data page, absolute if a base is known.
        files: what can be fetched.
    """
    held = readings(shelf)
    known = [row["known"] for row in held]
    document: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": NAME,
        "description": f"{'Simulated data. ' if any(row['simulated'] for row in held) else ''}{DESCRIPTION}",
        "url": page,
        "version": __version__,
        "isAccessibleForFree": True,
        "keywords": list(KEYWORDS),
        "creator": {"@type": "Organization", "name": citing.AUTHOR},
        "usageInfo": f"{page}#licences",
        "citation": cited(shelf, "apa"),
        "measurementTechnique": [
            f"Definition {name} v{found['version']}: {found['title']}" for name, found in definitions().items()
        ],
        "variableMeasured": [
            {"@type": "PropertyValue", "propertyID": found.id, "name": found.title} for found in measures().values()
        ],
        "isBasedOn": [_based_on(row) for row in {row["source"]: row for row in held}.values()],
        "distribution": [
            {"@type": "DataDownload", "name": f.name, "encodingFormat": MEDIA[f.ending], "contentUrl": f.address}
            for f in files
        ],
    }
    if known:
        document["dateModified"] = max(known)[:10]
    span = _span(shelf)
    return document | ({"temporalCoverage": span} if span else {})


def _based_on(row: Mapping[str, Any]) -> dict[str, Any]:
    """A source, by its newest reading."""
    licence = {"@type": "CreativeWork", "name": plain(str(row["licence"]))}
    return {
        "@type": "Dataset",
        "name": plain(str(row["title"])),
        "description": plain(str(row["terms"])),
        "identifier": [plain(str(row["id"])), f"sha256:{row['sha256']}"],
        "creator": {"@type": "Organization", "name": plain(str(row["producer"]))},
        "license": licence,
        "dateModified": str(row["known"])[:10],
    }


def _span(shelf: Shelf) -> str:
    """The days that the first answer is of, as schema.org writes them; empty where there is none."""
    try:
        window = shelf.document(Asked())["window"]
    except DataMissing:
        return ""
    return f"{window['from']}/{last_day(window['to'])}"


def last_day(end: str) -> str:
    """The last day of a half-open window that ends at a date."""
    return day_text(parse_day(end) - 1)


def files(asked: Iterable[Asked], endings: Sequence[str], address: Callable[[Asked, str], str | None]) -> list[File]:
    """The files of some answers that have an address.

    Args:
        asked: the questions.
        endings: of their files.
        address: `(asked, ending)` → an address, or null where there is no such file.
    """
    found = [(question, ending, address(question, ending)) for question in asked for ending in endings]
    return [File(titled(question), ending, at) for question, ending, at in found if at]


def titled(asked: Asked) -> str:
    """What a question asks, in a line."""
    chosen = ", ".join(f"{name} {value}" for name, value in asked.options)
    return plain(f"{title_of(asked.measure)}{f': {chosen}' if chosen else ''}")


def as_json(document: Mapping[str, Any]) -> str:
    """A document as JSON that may stand in a page's `script`: nothing in it ends the element or begins another."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")

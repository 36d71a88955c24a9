"""The files of an answer: one table of endings, each with what makes it. Server and published folder use the same."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from weighbridge import __version__
from weighbridge.charts import wording
from weighbridge.charts.subject import Subject
from weighbridge.errors import DataMissing, UsageError
from weighbridge.records.shown import plain
from weighbridge.records.written import csv_text, spread
from weighbridge.sources import sources
from weighbridge.surfaces import citing
from weighbridge.surfaces.views.asked import Asked, title_of
from weighbridge.surfaces.views.columns import columns
from weighbridge.surfaces.views.dataset import MEDIA
from weighbridge.surfaces.views.shelf import STANDARD, Look, Shelf

if TYPE_CHECKING:
    from weighbridge.surfaces.web.page import Links

TOLD = ("hub", "population", "simulated", "unit", "window", "as_of", "vintages", "definition", "coverage", "removed",
        "total", "unknown_age", "notes", "periods")  # fmt: skip
"""What `metadata.json` repeats of an answer, where it says it."""
CITED = ("bib", "apa.txt")
"""Endings of what is an answer of one definition."""
DRAWN = ("svg", "vl.json", "png", "html")
"""Endings of what can be drawn; the others are of every answer."""
PNG_SCALE = 1.5
"""Pixels of a PNG for one of the SVG's: sharp on a slide, and half of the bytes and of the time that two take."""
IMAGES = {"svg", "png", "vl.json"}
"""Endings that differ by the whole look."""


@dataclass(frozen=True)
class Made:
    """The bytes of a file and their media type."""

    body: bytes
    media: str


def file(shelf: Shelf, asked: Asked, ending: str, look: Look = STANDARD, links: Links | None = None) -> Made:
    """A file of an answer, made once and kept.

    Args:
        shelf: what is asked.
        asked: the question.
        ending: one of `ENDINGS`.
        look: of the picture; files that hold none take only its chart, if anything.
        links: where things are, for the chart alone (`html`), as seen from its own place.

    Raises:
        UsageError: there is no such ending, chart, theme or width, or the question is not valid.
        DataMissing: what is held cannot answer it, or the answer has no such file.
    """
    if ending not in ENDINGS:
        raise UsageError(f"there is no file that ends in {ending[:40]!r}", f"one of: {', '.join(ENDINGS)}")
    chosen = settled(ending, look)
    if ending == "html":
        return Made(_html(shelf, asked, chosen, links), media(ending))
    made: Made = shelf.kept((asked, ending, chosen), lambda: Made(MAKERS[ending](shelf, asked, chosen), media(ending)))
    return made


def possible(shelf: Shelf, asked: Asked, chart: str | None = None) -> tuple[str, ...]:
    """Endings of the files that can be made of a question; none where it cannot be answered.

    Args:
        shelf: what is asked.
        asked: the question.
        chart: another chart than the answer's own, or null.
    """
    try:
        cited = "definition" in shelf.document(asked)
    except (UsageError, DataMissing):
        return ()
    try:
        shelf.drawing(asked, Look(chart=chart)).check()
        drawn = True
    except (UsageError, DataMissing):
        drawn = False
    if not drawn and chart is not None:
        return ()
    return tuple(e for e in ENDINGS if (cited or e not in CITED) and (drawn or e not in DRAWN))


def settled(ending: str, look: Look) -> Look:
    """The part of a look that the bytes of a file hang on."""
    if ending in IMAGES:
        return look
    return Look(chart=look.chart) if ending in ("metadata.json", "html") else STANDARD


def media(ending: str) -> str:
    """Media type as a header says it."""
    return f"{MEDIA[ending]}; charset=utf-8" if MEDIA[ending].startswith("text/") else MEDIA[ending]


def name(asked: Asked, ending: str) -> str:
    """What a downloaded file is called."""
    return f"{asked.slug}.{ending}"


def licences(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Sources of an answer: `{"vintage", "title", "licence", "terms", "producer", "sha256"}`."""
    found = []
    for source in document.get("sources") or ():
        told = _descriptor(str(source.get("vintage", "")))
        found.append(
            {
                "vintage": plain(str(source.get("vintage", ""))),
                "title": plain(str(source.get("title", ""))),
                "producer": plain(told.producer) if told else "",
                "licence": plain(told.licence) if told else "",
                "terms": plain(told.terms) if told else "",
                "sha256": plain(str(source.get("sha256", ""))),
            }
        )
    return found


def licence_line(rows: list[dict[str, str]]) -> str:
    """The licences of several sources in one line."""
    told = dict.fromkeys(f"{row['title']}: {row['licence'] or 'not stated'}" for row in rows)
    return "; ".join(told)


def metadata(shelf: Shelf, asked: Asked, look: Look = STANDARD) -> dict[str, Any]:
    """How an answer was made: title, question, definition, window, sources, columns and citations."""
    document = shelf.document(asked)
    said, subject = _said(shelf, asked, look), Subject.of(document)
    known = licences(document)
    return {
        "title": said["title"],
        "subtitle": said["subtitle"],
        "note": said["note"],
        "question": {"measure": asked.measure, "options": asked.given, "command": asked.command},
        **{part: document[part] for part in TOLD if part in document},
        "sources": known,
        "licence": licence_line(known),
        "source_line": said["source"],
        "columns": columns(asked.measure, document.get("rows") or (), subject.unit),
        "citations": _citations(shelf, asked),
        "weighbridge": __version__,
    }


def _citations(shelf: Shelf, asked: Asked) -> dict[str, str]:
    told = shelf.told(asked)
    if "definition" not in told.document:
        return {}
    title = str(told.document["title"])
    return {
        "line": told.cited,
        "apa": citing.apa(told.document, title),
        "bibtex": citing.bibtex(told.document, title),
    }


def _said(shelf: Shelf, asked: Asked, look: Look) -> Mapping[str, str]:
    """Title, subtitle, note and source line of the chart; of an answer without one, its own title."""
    try:
        found: Mapping[str, str] = shelf.drawing(asked, look).spec["usermeta"]["weighbridge"]
        return found
    except (DataMissing, UsageError):
        if look.chart is not None:
            raise
    subject = Subject.of(shelf.document(asked))
    title = wording.titled(subject)
    return {
        "title": title,
        "subtitle": wording.terms(subject, title),
        "note": "",
        "source": wording.origin(subject),
    }


def _descriptor(vintage: str) -> Any:
    """The source that a vintage is of; its id begins with the source's."""
    ids = [name for name in _sources() if vintage.startswith(f"{name}-")]
    return _sources()[max(ids, key=len)].descriptor if ids else None


@functools.cache
def _sources() -> Mapping[str, Any]:
    return sources()


def _html(shelf: Shelf, asked: Asked, look: Look, links: Links | None) -> bytes:
    from weighbridge.surfaces.views.alone import alone

    if links is None:
        raise UsageError("a chart alone needs to know where its parts are", "give links")
    return alone(shelf, asked, look, links, _said(shelf, asked, look)).encode()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n").encode(
        "utf-8", "replace"
    )


def _csv(shelf: Shelf, asked: Asked, look: Look) -> bytes:
    rows = shelf.document(asked).get("rows") or ()
    return csv_text([spread(row, whole=True) for row in rows]).encode("utf-8", "replace")


def _bib(shelf: Shelf, asked: Asked, look: Look) -> bytes:
    document = _citable(shelf, asked)
    return citing.bibtex(document, str(document["title"])).encode()


def _apa(shelf: Shelf, asked: Asked, look: Look) -> bytes:
    document = _citable(shelf, asked)
    return (citing.apa(document, str(document["title"])) + "\n").encode()


def _citable(shelf: Shelf, asked: Asked) -> Mapping[str, Any]:
    document = shelf.document(asked)
    if "definition" not in document:
        raise DataMissing(
            f"{title_of(asked.measure)} is no answer of one definition and has no citation of its own",
            "cite the whole data set, as the page on the data says",
        )
    return document


MAKERS: dict[str, Callable[[Shelf, Asked, Look], bytes]] = {
    "csv": _csv,
    "json": lambda shelf, asked, look: _json(shelf.document(asked)),
    "svg": lambda shelf, asked, look: shelf.drawing(asked, look).svg().encode(),
    "png": lambda shelf, asked, look: shelf.drawing(asked, look).png(PNG_SCALE),
    "metadata.json": lambda shelf, asked, look: _json(metadata(shelf, asked, look)),
    "vl.json": lambda shelf, asked, look: _json(shelf.drawing(asked, look).spec),
    "bib": _bib,
    "apa.txt": _apa,
}
"""What makes each file of an answer, but for the chart alone, which must know where its parts are."""
ENDINGS = (*MAKERS, "html")

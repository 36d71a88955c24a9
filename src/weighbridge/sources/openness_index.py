"""The European Open Source AI Index: systems graded open, partial or closed in a dozen dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from weighbridge.records.observations import Batch
from weighbridge.records.source import Descriptor
from weighbridge.sources.ratings import Rated, mapping, rated, repositories, short

SCORES = {"open": 1.0, "partial": 0.5, "closed": 0.0}
LICENCE = "endmodellicense"


class OpennessIndex:
    """Reader of the index's folder, a YAML file a system."""

    id = "openness-index"
    descriptor = Descriptor(
        id="openness-index",
        title="European Open Source AI Index",
        producer="Liesenfeld and Dingemanse, Radboud University",
        licence="CC-BY-4.0",
        terms="Link to https://osai-index.eu/ and cite Liesenfeld and Dingemanse (2024), Rethinking open source "
        "generative AI, FAccT '24, 1774-1787.",
        population="selection",
        gives="grades of some 200 generative systems (data, weights, code, documents, licences) with the repositories "
        "that the index links; no counters",
        hub="huggingface",
        unit="downloads",
        folder=True,
    )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; `path` is the folder of the systems' YAML files."""
        yield rated(path, "*.yaml", _rated)


def _rated(document: dict[str, Any], name: str) -> Rated:
    system = mapping(document.get("system"))
    if not short(system.get("name")):
        return [], [("", f"{name}: names no system")]
    strange = [(key, f"{name}: {short(grade)!r} is no grade") for key, grade in _strange(document)]
    return _ratings(document, system), strange


def _ratings(document: dict[str, Any], system: Any) -> list[dict[str, Any]]:
    """A row a dimension, and one for the licence of the end model as it is written."""
    weights = mapping(document.get("weights_endmodel"))
    base = mapping(document.get("weights_basemodel"))
    linked = repositories(weights.get("link"), system.get("link")) or repositories(base.get("link"))
    same = {
        "system": short(system["name"]),
        "organisation": short(mapping(document.get("org")).get("name")) or None,
        "repositories": linked,
    }
    rows = [
        same | {"criterion": key, "grade": grade, "score": SCORES[grade], "note": short(mapping(value).get("notes"))}
        for key, value in document.items()
        if (grade := short(mapping(value).get("class"))) in SCORES
    ]
    written = short(system.get(LICENCE))
    return rows + ([same | {"criterion": LICENCE, "grade": written, "score": None, "note": ""}] if written else [])


def _strange(document: dict[str, Any]) -> list[tuple[str, Any]]:
    graded = [(str(key), mapping(value)["class"]) for key, value in document.items() if "class" in mapping(value)]
    return [(key, grade) for key, grade in graded if short(grade) not in SCORES]


SOURCE = OpennessIndex()

"""Epoch AI's tables of notable and of large-scale models: parameters, total and active."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.errors import SourceFailed
from weighbridge.records.observations import Batch, Reject, observations
from weighbridge.records.parts import PARTS
from weighbridge.records.shown import plain
from weighbridge.records.source import Descriptor
from weighbridge.sources import checks
from weighbridge.sources.ratings import repositories, short
from weighbridge.sources.tabular import read_table

FILES = ("notable_ai_models*.csv", "large_scale_ai_models*.csv")
WANTED: Mapping[str, tuple[str, ...]] = {
    "name": ("Model",),
    "organisation": ("Organization",),
    "parameters": ("Parameters",),
    "words": ("Parameters notes",),
    "link": ("Link",),
    "released": ("Publication date",),
    "access": ("Model accessibility",),
}
BILLION, TRILLION = 1e9, 1e12
MOST_PARAMETERS = 1e15
HOST = re.compile(r"^(?:https?://)?(?:www\.)?(?=huggingface\.co/)")
NUMBER = r"(\d+(?:\.\d+)?)\s*(b|t|billion|trillion)"
PARAMETERS = r"(?:parameters?|params?)"
ACTIVE = (
    rf"\bactiv(?:e|ated|ation)\s+{PARAMETERS}(?:\s+per\s+token)?\s*[:=-]?\s*{NUMBER}\b",
    rf"{NUMBER}(?:[\s-]+(?:total\s+)?{PARAMETERS})?[\s-]+activ(?:e|ated|ation)\b",
    rf"\bactivat(?:es|ions)\s+(?:around\s+|about\s+)?{NUMBER}\b",
)
"""How the notes tell the parameters used for one token, the plainest form first: `456B activated parameters 46B`."""


class Epoch:
    """Reader of the folder with both tables."""

    id = "epoch"
    descriptor = Descriptor(
        id="epoch",
        title="Parameters of notable and large-scale models, by Epoch AI",
        producer="Epoch AI",
        licence="CC-BY-4.0",
        terms="Name Epoch AI. Sizes are from papers, cards and announcements; some are estimates.",
        population="selection",
        gives="total parameters of some 800 models, the active ones of mixtures of experts as the notes tell them, "
        "and the repositories that the tables link; no counters",
        hub="huggingface",
        unit="downloads",
        folder=True,
    )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; `path` is the folder of the tables as they are published."""
        files = sorted(file for form in FILES for file in path.glob(form) if file.is_file())
        if not files:
            raise SourceFailed(f"{path} holds none of {' and '.join(FILES)}", "give the folder of Epoch's tables")
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        rejects: list[Reject] = []
        for file in files:
            for number, cells in _rows(file):
                size = _number(cells["parameters"])
                if cells["parameters"] and size is None:
                    shown = short(cells["parameters"])
                    rejects.append(Reject(number, "parameters", f"{file.name}: {shown!r} is no count"))
                elif size is not None and cells["name"]:
                    made = _row(cells, size)
                    rows.setdefault((made["name"].lower(), made["organisation"].lower()), made)
        sizes = pa.Table.from_pylist(list(rows.values()), schema=PARTS["sizes"].schema)
        yield Batch(observations({}, 0), rejects, parts={"sizes": sizes})


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Numbered rows of a table as texts, empty where a cell is."""
    for piece in read_table(file, WANTED, (("name",), ("organisation",), ("parameters",))):
        texts = {name: _texts(piece.columns.get(name), len(piece.numbers)) for name in WANTED}
        for place, number in enumerate(piece.numbers.to_pylist()):
            yield number, {name: column[place] for name, column in texts.items()}


def _texts(column: pa.Array | None, count: int) -> list[str]:
    if column is None:
        return [""] * count
    return [text.strip() for text in pc.fill_null(column.cast(pa.string()), "").to_pylist()]


def _row(cells: Mapping[str, str], size: int) -> dict[str, Any]:
    active = active_of(cells["words"])
    moment = checks.moments(pa.array([cells["released"] or None], pa.string()))[0][0].as_py()
    return {
        "name": short(cells["name"]),
        "organisation": " ".join(plain(cells["organisation"]).split()),
        "repositories": linked(cells["link"]),
        "parameters": size,
        "active_parameters": active if active is not None and active < size else None,
        "released": moment,
        "note": short(cells["access"]),
    }


def linked(text: str) -> list[str]:
    """Repositories of models on the Hub that a cell with addresses links, each once; blogs and spaces are none."""
    words = re.split(r"[\s,;]+", text)
    return repositories([f"https://{HOST.sub('', word)}" for word in words if HOST.match(word)])


def active_of(words: str) -> int | None:
    """Parameters used for one token as a note tells them; null where it tells none, or several."""
    flat = " ".join(words.split()).lower()
    told = ({_count(*match) for match in re.findall(form, flat)} for form in ACTIVE)
    found = next((counts for counts in told if counts), set())
    return found.pop() if len(found) == 1 else None


def _count(number: str, unit: str) -> int:
    return round(float(number) * (TRILLION if unit.startswith("t") else BILLION))


def _number(text: str) -> int | None:
    try:
        number = float(text) if text else math.nan
    except ValueError:
        return None
    return round(number) if 1 <= number <= MOST_PARAMETERS else None


SOURCE = Epoch()

"""The Foundation Model Transparency Index: what firms disclose of their flagship model, indicator by indicator."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from weighbridge.errors import SourceFailed
from weighbridge.records.observations import Batch, Reject
from weighbridge.records.source import Descriptor
from weighbridge.sources.ratings import batch, short

INDICATOR = "Indicator"
LARGEST_FILE = 2**22  # bytes
SCORES = {"0": 0.0, "1": 1.0}


class TransparencyIndex:
    """Reader of the table of scores: a row an indicator, a column a firm."""

    id = "transparency-index"
    descriptor = Descriptor(
        id="transparency-index",
        title="Foundation Model Transparency Index, scores",
        producer="Stanford Center for Research on Foundation Models and others",
        licence="CC-BY-4.0",
        terms="Name the Foundation Model Transparency Index and its edition. Scores are of firms, not of repositories.",
        population="selection",
        gives="100 indicators of what a dozen firms disclose, 0 or 1 each; no repositories, no counters",
        hub="huggingface",
        unit="downloads",
    )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; `path` is the file of scores."""
        table = _table(path)
        firms = [short(name) for name in table[0][1:]]
        rows: list[dict[str, Any]] = []
        rejects: list[Reject] = []
        for number, cells in enumerate(table[1:], 1):
            indicator = short(cells[0]) if cells else ""
            if not indicator or len(cells) != len(table[0]):
                rejects.append(Reject(number, "", "not an indicator with a score for each firm"))
                continue
            for firm, cell in zip(firms, cells[1:], strict=True):
                grade = cell.strip()
                if grade not in SCORES:
                    rejects.append(Reject(number, firm, f"{short(grade)!r} is no score"))
                    continue
                rows.append({
                    "system": firm, "organisation": firm, "repositories": [], "criterion": indicator,
                    "grade": grade, "score": SCORES[grade], "note": "",
                })  # fmt: skip
        yield batch(rows, rejects)


def _table(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SourceFailed(f"{path} is larger than a table of scores", "give the index's file of scores")
        text = path.read_text(encoding="utf-8-sig")
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceFailed(f"{path} cannot be read: {error}", "give the index's file of scores, a CSV") from None
    if not table or len(table[0]) < 2 or table[0][0].strip() != INDICATOR:
        raise SourceFailed(f"{path} has no column {INDICATOR} at its head", "give the index's file of scores")
    return table


SOURCE = TransparencyIndex()

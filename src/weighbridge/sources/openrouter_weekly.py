"""Weekly shares of tokens by author on OpenRouter, from a table of readings of the public rankings.

The table has tokens too, which order the readings into weeks. Only shares are kept: of what the nine largest leave the
table tells no amount, and a reading of the week so far is less than the week's by days that nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.errors import SourceFailed
from weighbridge.records.observations import Batch, Reject, observations
from weighbridge.records.parts import PARTS
from weighbridge.records.source import Descriptor
from weighbridge.sources import checks
from weighbridge.sources.tabular import Piece, read_table

WANTED = {"day": ("date",), "author": ("author",), "tokens": ("tokens_week",), "share": ("share_pct",)}
AUTHOR = r"^[A-Za-z0-9~][A-Za-z0-9._~-]{0,95}$"
REST = "other"
A_DAY = 86_400
A_WEEK = 7
A_MONDAY = 4  # 1970-01-05
Readings = dict[int, dict[str, tuple[int, float]]]


class OpenRouterWeekly:
    """Reader of readings of the week so far; the last one of a week stands for as much of it as had passed."""

    id = "openrouter-weekly"
    descriptor = Descriptor(
        id="openrouter-weekly",
        title="Weekly token shares by author on OpenRouter, the nine largest",
        producer="third parties that read the public rankings",
        licence="none stated",
        terms="Shares are facts from a public page; no licence is stated, so publish sums and not its rows. Each "
        "provider counts with its own tokenizer. A reading is of the week so far and does not tell its time of day: "
        "the end of its period is uncertain by a day.",
        population="selection",
        gives="shares of the tokens of a week, or of its part up to the last reading, for nine authors and the rest",
        hub="openrouter",
        unit="tokens",
    )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; the days stand in the file."""
        readings: Readings = {}
        rejects: list[Reject] = []
        for piece in read_table(path, WANTED, tuple((name,) for name in WANTED)):
            rejects += _take(piece, readings)
        if not readings:
            raise SourceFailed(f"{path} holds no valid row", "each row needs date, author, tokens_week and share_pct")
        yield Batch(observations({}, 0), rejects, parts={"amounts": _amounts(readings)})


def _take(piece: Piece, readings: Readings) -> list[Reject]:
    """Add a piece's valid rows to the readings by day and author; what is not valid or stands twice is returned."""
    days, late = checks.checked("moments", piece.columns["day"], "day")
    authors, _ = checks.checked("words", piece.columns["author"], "author")
    tokens, odd = checks.checked("counts", piece.columns["tokens"], "tokens")
    shares = [_share(text) for text in piece.columns["share"].cast(pa.string()).to_pylist()]
    named = pc.fill_null(pc.match_substring_regex(authors, AUTHOR), False)
    wrong = {
        "date": late | ~_mask(days.is_valid()),
        "author": ~_mask(named),
        "tokens_week": odd | ~_mask(tokens.is_valid()),
        "share_pct": np.array([share is None for share in shares], bool),
    }
    rejects = list(piece.rejects)
    rows = zip(days.cast(pa.int64()).to_pylist(), authors.to_pylist(), tokens.to_pylist(), shares, strict=True)
    for place, (number, (second, author, count, share)) in enumerate(zip(piece.numbers.to_pylist(), rows, strict=True)):
        column = next((name for name, bad in wrong.items() if bad[place]), "")
        if column or share is None:
            rejects.append(Reject(number, column, "is not valid here"))
        elif author in readings.setdefault(second // A_DAY, {}):
            rejects.append(Reject(number, "author", "stands twice on this day"))
        else:
            readings[second // A_DAY][author] = (count, share)
    return rejects


def _mask(column: pa.Array) -> checks.Mask:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)


def _share(text: str | None) -> float | None:
    """A part of one, from per cent."""
    if text is None or not re.fullmatch(r"\s*\d{1,3}(?:\.\d{1,9})?\s*", text):
        return None
    value = float(text) / 100
    return value if value <= 1 else None


def weeks(totals: Mapping[int, int]) -> dict[int, int]:
    """The Monday of the week that each reading is of.

    A reading is of the week so far, so one that is smaller than the one before is the first of a new week. Readings
    are dated by their maker's own clock, hours behind the week's UTC: a Sunday's that begins a week is of the Monday.

    Args:
        totals: tokens of all authors named, by day number, ascending.
    """
    monday: dict[int, int] = {}
    latest = largest = 0
    for day, total in totals.items():
        if monday and total >= largest and day <= monday[latest] + A_WEEK:
            monday[day] = monday[latest]
        else:
            monday[day] = day + 1 - (day + 1 - A_MONDAY) % A_WEEK
        latest, largest = day, total
    return monday


def _amounts(readings: Readings) -> pa.Table:
    totals = {day: sum(count for count, _ in readings[day].values()) for day in sorted(readings)}
    last = {monday: day for day, monday in weeks(totals).items()}
    rows = []
    for monday, day in sorted(last.items()):
        shares = {author: share for author, (_, share) in readings[day].items()}
        end = min(max(day + 1, monday + 1), monday + A_WEEK)
        ranked = sorted(shares, key=lambda author: (-shares[author], author))
        rest = max(0.0, 1.0 - float(np.sum(list(shares.values()))))
        levels = [("author", author, shares[author]) for author in ranked] + [("rest", REST, rest)]
        rows += [
            {"start": monday, "end": end, "level": level, "name": name, "amount": None, "share": share}
            for level, name, share in levels
        ]
    return pa.Table.from_pylist(rows, schema=PARTS["amounts"].schema)


SOURCE = OpenRouterWeekly()

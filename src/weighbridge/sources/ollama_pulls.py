"""Daily readings of the Ollama library: cumulative pulls a model, as rounded text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from weighbridge.errors import UsageError
from weighbridge.records.observations import Batch, Reject, observations
from weighbridge.records.source import Descriptor
from weighbridge.sources import checks
from weighbridge.sources.tabular import Piece, read_table

UNITS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9}
COUNT = re.compile(r"^(\d{1,6})(?:\.(\d))?([KMB]?)$")
WANTED = {
    "observed": ("date", "observed_on", "observed_at", "snapshot_at"),
    "name": ("model", "name", "id"),
    "text": ("pull_count_text",),
    "pulls": ("pulls",),
}


def parse_pulls(text: str) -> tuple[int, int] | None:
    """Count and rounding step of the library's text: `118.7M` → (118700000, 100000); `845` → (845, 0).

    The library prints one decimal and drops a trailing `.0`, so `9M` has the step of `9.1M`.
    Returns null where the text is no such count.
    """
    match = COUNT.match(text.strip())
    if match is None:
        return None
    unit = UNITS[match[3]]
    if match[2] and unit == 1:
        return None
    count = int(match[1]) * unit + int(match[2] or 0) * unit // 10
    return None if count > checks.LARGEST_COUNT else (count, unit // 10)


class OllamaPulls:
    """Reader of one row a model and day; the count is taken from the text, since only that tells the rounding."""

    id = "ollama-pulls"
    descriptor = Descriptor(
        id="ollama-pulls",
        title="Cumulative pulls of the Ollama library, by day",
        producer="third parties that read the public library page daily",
        licence="none stated",
        terms="The counts are facts from a public page; no licence is stated, so publish sums and not its rows.",
        population="census",
        gives="cumulative pulls a model, rounded to one decimal of a thousand or a million",
        hub="ollama",
        unit="pulls",
    )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`."""
        for piece in read_table(path, WANTED, (("name",), ("text", "pulls"))):
            if at is None and "observed" not in piece.columns:
                raise UsageError(f"{path} has no column of dates", "give the day with --at, e.g. --at 2026-06-21")
            yield checked_pulls(piece, at)


def checked_pulls(piece: Piece, at: datetime | None) -> Batch:
    """Rows of the library whose name, time and count are valid.

    Args:
        piece: columns by the names of `WANTED`.
        at: observation time where the piece has none.
    """
    count = len(piece.numbers)
    numbers = piece.numbers.to_numpy()
    rejects = list(piece.rejects)
    names, bad = checks.checked("names", piece.columns["name"], "name")
    if "observed" in piece.columns:
        observed, late = checks.checked("moments", piece.columns["observed"], "observed")
        late |= ~observed.is_valid().to_numpy(zero_copy_only=False)
    else:
        observed, late = pa.array([at] * count, pa.timestamp("s", tz="UTC")), np.zeros(count, bool)
    values, steps, wrong = _pulls(piece)
    for column, mask in (("name", bad), ("observed", late & ~bad), ("pulls", wrong & ~bad & ~late)):
        rejects += [Reject(int(numbers[i]), column, "is not valid here") for i in np.flatnonzero(mask)]
    columns = {
        "row": piece.numbers,
        "name": names,
        "observed": observed,
        "downloads_all": pa.array(values, pa.int64()),
        "step": pa.array(steps, pa.int64()),
    }
    rows = observations(columns, count).filter(pa.array(~(bad | late | wrong)))
    return Batch(rows, checks.identified(rejects, columns))


def _pulls(piece: Piece) -> tuple[list[int | None], list[int], checks.Mask]:
    """Count, rounding step and whether the value is wrong; a missing count is null, not wrong."""
    count = len(piece.numbers)
    if "text" not in piece.columns:
        exact, wrong = checks.checked("counts", piece.columns["pulls"], "pulls")
        return exact.to_pylist(), [0] * count, wrong
    values: list[int | None] = [None] * count
    steps = [0] * count
    wrong = np.zeros(count, bool)
    for row, text in enumerate(checks.checked("words", piece.columns["text"], "text")[0].to_pylist()):
        if text is None:
            continue
        parsed = parse_pulls(text)
        if parsed is None:
            wrong[row] = True
        else:
            values[row], steps[row] = parsed
    return values, steps, wrong


SOURCE = OllamaPulls()

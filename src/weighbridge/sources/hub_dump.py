"""A listing of the Hugging Face Hub in a file: a census, or a chosen set observed once or many times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from weighbridge.errors import UsageError
from weighbridge.records.observations import Batch
from weighbridge.records.source import Descriptor
from weighbridge.sources.hub_rows import LISTS, NEEDED, WANTED, batch_of
from weighbridge.sources.tabular import read_table


class HubDump:
    """Reader of Parquet, CSV, JSON and JSON Lines with the Hub API's names or their usual variants."""

    id = "hub-dump"
    descriptor = Descriptor(
        id="hub-dump",
        title="A listing of Hugging Face Hub models in a file",
        producer="whoever listed the Hub; the counters are the Hub's",
        licence="that of the file; name it where you publish",
        terms="The counters are facts from the Hub's public API. Read the file's own licence before passing it on.",
        population="census",
        gives="names, 30-day and cumulative download counters, likes, creation dates, tasks, libraries, "
        "licences, declared base models",
        hub="huggingface",
        unit="downloads",
    )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`."""
        for piece in read_table(path, WANTED, NEEDED, LISTS):
            if at is None and "observed" not in piece.columns:
                raise UsageError(
                    f"{path} does not say when the counters were observed",
                    "give the day with --at, e.g. --at 2024-07-11",
                )
            yield batch_of(piece, at)


SOURCE = HubDump()

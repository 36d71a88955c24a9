"""What a source is: a descriptor that says whose the data is, and a reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from weighbridge.records.observations import Batch

Population = Literal["census", "selection"]


@dataclass(frozen=True)
class Descriptor:
    """Where facts come from and under which terms.

    Attributes:
        id: name used on the command line.
        title: one line.
        producer: who publishes the data.
        licence: SPDX identifier or words.
        terms: what a user must know before using or passing on the data.
        population: `census` (the whole hub as far as the source sees it) or `selection`.
        gives: what a reading holds, in words.
        hub: the hub that the counters belong to.
        unit: what is counted: `downloads` or `pulls`. Units are never added up.
        register: name of the register that a reading brings, where it brings one.
        folder: whether a reading is of a folder and not of a file.
    """

    id: str
    title: str
    producer: str
    licence: str
    terms: str
    population: Population
    gives: str
    hub: str
    unit: str
    register: str | None = None
    folder: bool = False

    def to_dict(self) -> dict[str, Any]:
        """All fields, in order."""
        return asdict(self)


class Source(Protocol):
    """One place facts come from. A module of `weighbridge.sources` that defines `SOURCE` is found by itself."""

    @property
    def descriptor(self) -> Descriptor:
        """Whose the data is."""
        ...

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """Yield validated batches of a file or folder.

        Args:
            path: file or folder to read.
            at: observation time for files that have none; null otherwise.

        Raises:
            SourceFailed: the file cannot be read, or a needed column is missing.
            UsageError: the file has no observation time and `at` is null.
        """
        ...

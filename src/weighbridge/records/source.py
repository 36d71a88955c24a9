"""What a source is: a descriptor that says whose the data is, and a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

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
        unit: what is counted: `downloads`, `pulls` or `tokens`. Units are never added up.
        register: name of the register that a reading brings, where it brings one.
        folder: whether a reading is of a folder and not of a file.
        key: environment variable with the key that a fetch needs; null: it needs none.
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
    key: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields, in order."""
        return asdict(self)


Choice = Literal["since", "revision", "days", "top"]
"""What a live source can be asked for beside its newest state; see `Asked`."""


@dataclass(frozen=True)
class Asked:
    """What is wanted of a live source. Where all is null: its newest state.

    Attributes:
        since: only what changed at or after this moment; a selection, not a census.
        revision: of a data set: branch, tag or commit.
        days: day numbers, `start ≤ d < end`: what the source showed on each of these days.
        top: only the so many largest.
        anew: compare with no earlier reading, so that what the source shows now is believed.
        held: where the source's latest reading in the store came from, as its `Fetched.origin` said; null: there is
            none, or `anew`.
        names: namespaces without a row in the register, the heaviest first; computed when called.
    """

    since: datetime | None = None
    revision: str | None = None
    days: tuple[int, int] | None = None
    top: int | None = None
    anew: bool = False
    held: Mapping[str, Any] | None = None
    names: Callable[[], list[str]] = list


@dataclass(frozen=True)
class Landing:
    """Where a fetch puts what it gets, and whom it tells how far it is.

    Attributes:
        folder: of this source alone, made by the caller. What a stopped fetch left there is there again at the next
            one, so a fetch takes up where it stopped; the caller empties it when a fetch was read whole.
        tell: told how many rows, or bytes of a file, have been fetched so far.
        say: told in words what a user should know now, such as that the hub asks to wait.
    """

    folder: Path
    tell: Callable[[int], None] = lambda count: None
    say: Callable[[str], None] = lambda words: None


@dataclass(frozen=True)
class Fetched:
    """One reading that has landed whole and waits to be read.

    Attributes:
        path: file or folder for `Source.read`.
        at: observation time where what landed has none.
        known: when the source had it, as a revision's commit time; null: now.
        selection: a chosen set, not the whole hub.
        origin: where it came from, for the vintage's document: repository and revision, address, `as_of`, ...; plain
            JSON values, no secrets.
    """

    path: Path
    at: datetime | None = None
    known: datetime | None = None
    selection: bool = False
    origin: Mapping[str, Any] = field(default_factory=dict)


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


@runtime_checkable
class LiveSource(Source, Protocol):
    """A source that can be fetched over the network."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What it can be asked for beside its newest state."""
        ...

    @property
    def companions(self) -> tuple[tuple[str, Asked], ...]:
        """Other sources, and what of them, without which a reading of this one answers less; fetched with it."""
        ...

    def fetch(self, landing: Landing, asked: Asked) -> Iterator[Fetched]:
        """Land what was asked for, and yield each reading once it is whole; none where the store holds it already.

        A fetch may be killed at any moment. The next one, with the same landing folder, goes on where it stopped.

        Raises:
            SourceFailed: the source does not answer, or refuses; what landed stays for the next try.
            SchemaChanged: it answers in a form that is not known.
            UsageError: a key that it needs is not in the environment, or it cannot be asked for this.
            DataMissing: the store holds nothing to ask by.
        """
        ...

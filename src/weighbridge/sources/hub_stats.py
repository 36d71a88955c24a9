"""The whole Hub in one file, renewed about daily, with its earlier days as revisions of the data set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from weighbridge.records.clock import day_text
from weighbridge.records.observations import Batch
from weighbridge.records.source import Asked, Choice, Descriptor, Fetched, Landing
from weighbridge.sources.hub_dump import SOURCE as LISTING
from weighbridge.sources.net import datasets

REPOSITORY = "cfahlgren1/hub-stats"
FILE = "models.parquet"


class HubStats:
    """Reader and fetcher of `models.parquet`, whose columns are the fields of the Hub's API."""

    id = "hub-stats"
    descriptor = Descriptor(
        id="hub-stats",
        title="The whole Hub as listed daily in the data set hub-stats",
        producer="Caleb Fahlgren; the counters are the Hub's",
        licence="Apache-2.0",
        terms="The counters are facts from the Hub's public API. They are taken as those of the moment at which the "
        "file was committed, and may be up to a day older. Earlier days are revisions; their owner may withdraw them.",
        population="census",
        gives="all models with 30-day and (from 2025-02-27 on) cumulative download counters, likes, creation dates, "
        "tasks, libraries, licences, declared base models, parameters",
        hub="huggingface",
        unit="downloads",
    )
    choices: tuple[Choice, ...] = ("revision", "days")
    companions: tuple[tuple[str, Asked], ...] = ()

    def fetch(self, landing: Landing, asked: Asked) -> Iterator[Fetched]:
        """See `LiveSource.fetch`; of days, the newest revision of each, oldest first.

        A day whose revision has the same file as the day before shows nothing new, and is left out.
        """
        held = asked.held or {}
        if asked.days is None:
            chosen = [datasets.renewed(REPOSITORY, FILE, asked.revision, landing.say)]
        else:
            chosen = datasets.of_days(REPOSITORY, asked.days, FILE, landing.say)
            if held.get("days") == list(asked.days) and held.get("revision") == chosen[-1].sha:
                return
        digest = None
        for commit in chosen:
            if held.get("revision") == commit.sha or datasets.finished(landing, commit.sha):
                continue
            there = datasets.files(REPOSITORY, commit.sha, landing.say)
            (file,) = datasets.wanted(REPOSITORY, there, FILE)
            if asked.days is None and datasets.unchanged(held, [file]):
                return
            if file.sha256 is not None and file.sha256 == digest:
                landing.say(f"{REPOSITORY} was not renewed on {day_text(commit.day)}")
                continue
            digest = file.sha256
            path = datasets.download(REPOSITORY, file, commit.sha, landing)
            origin = datasets.origin(REPOSITORY, commit, [file], days=list(asked.days) if asked.days else None)
            yield Fetched(path, at=commit.time, known=commit.time, origin=origin)
            datasets.finish(landing, commit.sha)

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`."""
        return LISTING.read(path, at)


SOURCE = HubStats()

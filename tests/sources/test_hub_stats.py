"""hub-stats: the Hub of today or of any earlier day, each day a reading of its own."""

from __future__ import annotations

import pyarrow as pa
import pytest

import made_history
import standin
from weighbridge.errors import SourceFailed
from weighbridge.records.clock import parse_day
from weighbridge.records.source import Asked, Landing
from weighbridge.sources import hub_stats, source
from weighbridge.store.package import read_package
from weighbridge.store.parts import read_document
from weighbridge.upkeep.syncing import Telling, fetch_and_read, live

DAYS = ("2024-08-01", "2024-09-01", "2024-09-02", "2025-03-01")
HISTORY = made_history.History(models=30)


@pytest.fixture(scope="module")
def files():
    return {day: {"models.parquet": HISTORY.listing(parse_day(day)), "posts.parquet": b"x"} for day in DAYS}


@pytest.fixture
def hub(files, monkeypatch):
    with standin.hub([], {hub_stats.REPOSITORY: files}, day="2025-03-02", far_files=True) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


def sync(store, **asked):
    return fetch_and_read(store, live(source("hub-stats")), Asked(**asked), Telling())


def span(start: str, end: str) -> dict[str, tuple[int, int]]:
    return {"days": (parse_day(start), parse_day(end))}


def test_the_newest_state_is_a_census_of_the_moment_of_its_commit(hub, store):
    (reading,) = sync(store)
    vintage = reading.vintage
    assert (vintage.population, vintage.days_30d, vintage.days_all) == (
        "census",
        (parse_day("2025-03-01"),),
        (parse_day("2025-03-01"),),
    )
    assert vintage.known.isoformat().startswith("2025-03-01T")
    assert vintage.models == sum(model.created < parse_day("2025-03-01") for model in HISTORY.models)


def test_where_it_came_from_stands_in_its_document(hub, store):
    (reading,) = sync(store)
    origin = read_document(reading.vintage)["weighbridge"]["origin"]
    revision = hub.site.repositories.sets[hub_stats.REPOSITORY].revisions[-1]
    assert origin["repository"] == "cfahlgren1/hub-stats"
    assert origin["revision"] == revision.sha
    assert origin["files"][0]["sha256"] == revision.files["models.parquet"].sha256
    assert read_package(reading.vintage.folder).id == reading.vintage.id


def test_the_same_revision_is_nothing_new(hub, store):
    sync(store)
    hub.forget()
    assert sync(store) == []
    assert not hub.asked("resolve|lfs")


def test_each_day_is_a_reading_of_its_own_oldest_first(hub, store):
    readings = sync(store, **span("2024-08-15", "2025-01-01"))
    assert [reading.vintage.days_30d for reading in readings] == [(parse_day(day),) for day in DAYS[1:3]]
    assert [reading.vintage.known.isoformat()[:10] for reading in readings] == list(DAYS[1:3])
    assert all(reading.vintage.days_all == () for reading in readings)


def test_the_same_days_are_nothing_new(hub, store):
    days = span("2024-08-15", "2025-01-01")
    sync(store, **days)
    hub.forget()
    assert sync(store, **days) == []
    assert not hub.asked("lfs")


def test_days_that_show_what_the_day_before_showed_are_left_out(hub, store, files):
    hub.site.repositories.put(hub_stats.REPOSITORY, {"2024-09-03": files["2024-09-02"]})
    readings = sync(store, **span("2024-09-02", "2024-09-04"))
    assert [reading.vintage.days_30d for reading in readings] == [(parse_day("2024-09-02"),)]


def test_an_earlier_revision_can_be_asked_for_by_its_hash(hub, store):
    first = hub.site.repositories.sets[hub_stats.REPOSITORY].revisions[0]
    (reading,) = sync(store, revision=first.sha)
    assert reading.vintage.days_30d == (parse_day("2024-08-01"),)


def test_a_stopped_fetch_of_days_does_not_begin_again_with_the_first(hub, tmp_path):
    asked = Asked(**span("2024-08-01", "2024-09-03"))
    steps = source("hub-stats").fetch(Landing(tmp_path), asked)
    next(steps)
    next(steps)  # the first was read; the second landed, and then the process was killed
    steps.close()
    hub.forget()
    again = [fetched.at.date().isoformat() for fetched in source("hub-stats").fetch(Landing(tmp_path), asked)]
    assert again == list(DAYS[1:3])
    assert len(hub.asked("GET /lfs/")) == 1


def test_the_disk_holds_one_day_at_a_time(hub, tmp_path):
    for _ in source("hub-stats").fetch(Landing(tmp_path), Asked(**span("2024-08-01", "2024-09-03"))):
        assert len(list(tmp_path.rglob("models.parquet"))) <= 2  # the file, and a link to it in the client's cache


def test_a_day_without_a_revision_is_said_with_the_nearest(hub, store):
    with pytest.raises(SourceFailed, match="no revision") as caught:
        sync(store, **span("2024-08-10", "2024-08-12"))
    assert "2024-08-01 and 2024-09-01" in caught.value.hint
    assert store.vintages() == []


def test_the_reader_is_that_of_listings(hub, store, tmp_path):
    path = tmp_path / "models.parquet"
    path.write_bytes(HISTORY.listing(parse_day("2024-08-01")))
    at = made_history.moment(parse_day("2024-08-01"))
    one = [batch.rows for batch in source("hub-stats").read(path, at)]
    other = [batch.rows for batch in source("hub-dump").read(path, at)]
    assert one == other


def test_structs_of_the_api_are_read_as_in_any_listing(tmp_path):
    rows = [
        {
            "_id": "0" * 24,
            "id": "org/weights",
            "downloads": 5,
            "safetensors": {"parameters": {"BF16": 7_000_000_000}, "total": 7_000_000_000},
            "gguf": None,
            "cardData": {"license": "mit", "base_model": ["org/base"]},
        },
        {
            "_id": "1" * 24,
            "id": "org/file",
            "downloads": 3,
            "safetensors": None,
            "gguf": {"total": 1_000_000_000, "architecture": "llama"},
            "cardData": None,
        },
    ]
    path = tmp_path / "models.parquet"
    path.write_bytes(made_history.parquet(pa.Table.from_pylist(rows)))
    at = made_history.moment(parse_day("2024-08-01"))
    found = {row["name"]: row for batch in source("hub-stats").read(path, at) for row in batch.rows.to_pylist()}
    assert [found[name]["parameters"] for name in ("org/weights", "org/file")] == [7_000_000_000, 1_000_000_000]
    assert found["org/weights"]["licence"] == "mit"
    assert found["org/weights"]["base_models"] == ["org/base"]

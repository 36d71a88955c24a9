"""The characterization: a row where a counter moved; of it the first of each month, read a piece at a time."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import made_history
import making
import standin
from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.clock import Period, day_text, parse_day
from weighbridge.records.source import Asked
from weighbridge.sources import hub_characterization, source
from weighbridge.store.catalogue import read_counters
from weighbridge.store.flows import cumulative_flows, steps_of
from weighbridge.store.parts import read_document, read_part
from weighbridge.upkeep.syncing import Telling, fetch_and_read, live

HISTORY = made_history.History(seed=3, models=30)
NUMBER = {model.name: at for at, model in enumerate(HISTORY.models)}


@pytest.fixture(scope="module")
def files():
    return HISTORY.counters()


@pytest.fixture
def hub(files, monkeypatch):
    with standin.hub([], {hub_characterization.REPOSITORY: files}, day="2025-04-20", far_files=True) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


@pytest.fixture
def read(tmp_path, files):
    """A function that writes the files, some of them changed, and reads them."""

    def take(**changed):
        folder = tmp_path / "hub"
        folder.mkdir(exist_ok=True)
        for name, body in {**files, **changed}.items():
            (folder / name).write_bytes(body)
        batches = list(source("hub-characterization").read(folder, None))
        return pa.concat_tables([batch.rows for batch in batches]), [
            doubt for batch in batches for doubt in batch.doubts
        ]

    return take


def sync(store, **asked):
    return fetch_and_read(store, live(source("hub-characterization")), Asked(**asked), Telling())


def counters_table(files) -> pa.Table:
    return pq.read_table(io.BytesIO(files["downloads.parquet"]))


def test_the_first_of_each_month_and_both_ends_are_taken(hub, store):
    (reading,) = sync(store)
    assert [day_text(day) for day in reading.vintage.days_all] == [
        "2025-02-28",
        "2025-03-01",
        "2025-04-01",
        "2025-04-19",
    ]
    assert reading.vintage.population == "census"
    assert any("the other days are left out" in doubt["reason"] for doubt in reading.doubts)


def test_each_counter_is_that_of_its_day(hub, store):
    (reading,) = sync(store)
    found = read_counters([reading.vintage], "downloads_all")
    names = read_part(reading.vintage, "models", ["name"])["name"].to_pylist()
    for model, day, value in zip(found.model, found.day.tolist(), found.value.tolist(), strict=True):
        assert value == HISTORY.all_time(NUMBER[names[model]], day)


def test_the_flow_of_a_month_is_what_was_downloaded(hub, store):
    (reading,) = sync(store)
    found = read_counters([reading.vintage], "downloads_all")
    march = Period(parse_day("2025-03-01"), parse_day("2025-04-01"), "2025-03")
    flows = cumulative_flows(steps_of(found), found, march)
    names = read_part(reading.vintage, "models", ["name"])["name"].to_pylist()
    at = np.searchsorted(HISTORY.days, [march.start, march.end])
    for model, value in zip(flows.model, flows.value.tolist(), strict=True):
        created = HISTORY.models[NUMBER[names[model]]].created
        if created < march.start:
            assert value == HISTORY.downloads[NUMBER[names[model]], at[0] : at[1]].sum()


def test_a_model_that_stood_still_is_neither_gone_nor_spread_over_the_months_that_it_slept(read):
    key = "0" * 24
    days = ["2025-01-01", "2025-01-20", "2025-04-10", "2025-05-20"]
    table = pa.table(
        {
            "hub_id": [key] * 3 + ["1" * 24],
            "date": [making.moment(day).date() for day in days],
            "downloads_all_time": [10, 40, 100, 5],
        }
    )
    models = pa.table({"hub_id": [key, "1" * 24], "repo_id": ["a/one", "b/two"]})
    rows, _ = read(**{"downloads.parquet": made_history.parquet(table), "models.parquet": made_history.parquet(models)})
    one = {r["observed"].date().isoformat(): r["downloads_all"] for r in rows.to_pylist() if r["name"] == "a/one"}
    assert one == {
        "2025-01-01": 10,
        "2025-02-01": 40,
        "2025-04-01": 40,
        "2025-05-01": 100,
        "2025-05-20": 100,
    }


def test_rows_of_data_sets_are_left_out_and_counted(read):
    rows, doubts = read()
    assert set(rows["name"].to_pylist()) <= set(NUMBER)
    assert any(doubt.reason == "1 rows are of repositories that are not among the models" for doubt in doubts)


def test_the_order_of_rows_does_not_matter(read, files):
    table = counters_table(files)
    shuffled = table.take(pa.array(np.random.default_rng(1).permutation(len(table))))
    assert read()[0].equals(read(**{"downloads.parquet": made_history.parquet(shuffled)})[0])


def test_it_is_read_a_piece_at_a_time(read, monkeypatch):
    whole = read()[0]
    monkeypatch.setattr(hub_characterization, "BATCH_ROWS", 37)
    monkeypatch.setattr(hub_characterization, "MODELS_A_BATCH", 7)
    pieces = read()[0]
    assert pieces.combine_chunks().equals(whole.combine_chunks())


def test_of_asked_days_the_mondays_are_taken(hub, store):
    (reading,) = sync(store, days=(parse_day("2025-03-01"), parse_day("2025-03-25")))
    assert [day_text(day) for day in reading.vintage.days_all] == [
        "2025-03-03",
        "2025-03-10",
        "2025-03-17",
        "2025-03-24",
    ]


def test_days_without_a_monday_are_wrong_usage(hub, store):
    with pytest.raises(UsageError, match="no Monday"):
        sync(store, days=(parse_day("2025-03-04"), parse_day("2025-03-06")))


def test_the_same_files_are_nothing_new(hub, store):
    sync(store)
    hub.forget()
    assert sync(store) == []
    assert not hub.asked("lfs")


def test_the_columns_that_were_mapped_stand_in_its_document(hub, store):
    (reading,) = sync(store)
    columns = read_document(reading.vintage)["weighbridge"]["origin"]["columns"]
    assert columns["models.parquet"]["name"] == "repo_id"
    assert columns["downloads.parquet"]["downloads_all"] == "downloads_all_time"


def test_a_column_that_may_be_the_counter_or_its_change_is_not_guessed(read, files):
    table = counters_table(files).rename_columns(["hub_id", "date", "downloads"])
    with pytest.raises(SchemaChanged, match=r"downloads_all_time.*its columns: hub_id, date, downloads"):
        read(**{"downloads.parquet": made_history.parquet(table)})


def test_models_without_their_key_are_refused_with_the_columns_there_are(read, files):
    table = pq.read_table(io.BytesIO(files["models.parquet"])).rename_columns(["key", "repo_id", "created_at"])
    with pytest.raises(SchemaChanged, match=r"hub_id.*its columns: key, repo_id, created_at"):
        read(**{"models.parquet": made_history.parquet(table)})


def test_a_counter_that_is_none_is_counted_and_left_out(read, files):
    table = counters_table(files)
    values = table["downloads_all_time"].to_pylist()
    values[:3] = [-1, None, 10**15]
    _, doubts = read(
        **{"downloads.parquet": made_history.parquet(table.set_column(2, "downloads_all_time", pa.array(values)))}
    )
    assert any(doubt.reason == "3 rows have no valid day or counter" for doubt in doubts)


def test_a_cut_file_is_refused(read, files):
    with pytest.raises(SourceFailed, match="cannot be read"):
        read(**{"downloads.parquet": files["downloads.parquet"][:5000]})

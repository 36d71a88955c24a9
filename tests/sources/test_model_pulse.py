"""Model Pulse: one day a month of a daily history that lacks days; what is missing is told and never filled in."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import made_history
import standin
from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.clock import day_text, parse_day
from weighbridge.records.source import Asked
from weighbridge.sources import model_pulse, source
from weighbridge.store.catalogue import read_counters
from weighbridge.store.parts import read_document, read_part
from weighbridge.upkeep.syncing import Telling, fetch_and_read, live

HISTORY = made_history.History(models=25)
GAPS = ("2024-09-01", "2024-09-02", "2024-10-10", "2024-10-11", "2024-10-13")
MONTHS = ["2024-08", "2024-09", "2024-10", "2025-03"]


@pytest.fixture(scope="module")
def files():
    return HISTORY.pulse("2024-08-01", "2024-11-01", gaps=GAPS) | {
        name: body for name, body in HISTORY.pulse("2025-03-01", "2025-03-20").items() if name.startswith("series/2025")
    }


@pytest.fixture
def hub(files, monkeypatch):
    with standin.hub([], {model_pulse.REPOSITORY: files}, day="2025-03-20", far_files=True) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


@pytest.fixture
def read(tmp_path, files):
    """A function that writes the collection's files, some of them changed, and reads them."""

    def take(**changed):
        for name, body in {**files, **changed}.items():
            path = tmp_path / "pulse" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if body is not None:
                path.write_bytes(body)
        batches = list(source("model-pulse").read(tmp_path / "pulse", None))
        rows = pa.concat_tables([batch.rows for batch in batches])
        return rows, [doubt for batch in batches for doubt in batch.doubts], [r for b in batches for r in b.rejects]

    return take


def sync(store, **asked):
    return fetch_and_read(store, live(source("model-pulse")), Asked(**asked), Telling())


def days_of(rows: pa.Table) -> list[str]:
    return sorted({moment.date().isoformat() for moment in rows["observed"].to_pylist()})


def table_of(files, month: str) -> pa.Table:
    return pq.read_table(io.BytesIO(files[f"series/{month}.parquet"]))


def test_of_each_month_the_first_day_that_it_has_is_read(hub, store):
    (reading,) = sync(store)
    vintage = reading.vintage
    assert [day_text(day) for day in vintage.days_30d] == ["2024-08-01", "2024-09-03", "2024-10-01", "2025-03-01"]
    assert vintage.population == "census"


def test_the_counters_are_those_of_the_day(hub, store):
    (reading,) = sync(store)
    names = read_part(reading.vintage, "models", ["name"])["name"].to_pylist()
    number = {model.name: at for at, model in enumerate(HISTORY.models)}
    for quantity, truth in (("downloads_30d", HISTORY.thirty), ("downloads_all", HISTORY.all_time)):
        found = read_counters([reading.vintage], quantity)
        rows = list(zip(found.model.tolist(), found.day.tolist(), found.value.tolist(), strict=True))
        assert rows
        assert all(value == truth(number[names[model]], day) for model, day, value in rows)


def test_no_cumulative_counter_is_known_before_the_hub_showed_one(hub, store):
    (reading,) = sync(store)
    assert [day_text(day) for day in reading.vintage.days_all] == ["2025-03-01"]


def test_a_cumulative_zero_that_stands_for_nothing_is_no_count(read, files):
    table = table_of(files, "2024-08")
    zeros = table.set_column(3, "dl_all", pa.array([0] * len(table)))
    rows, *_ = read(**{"series/2024-08.parquet": made_history.parquet(zeros)})
    august = rows.filter(pc.less(rows["observed"], pa.scalar(made_history.moment(parse_day("2024-09-01")))))
    assert august.num_rows
    assert august["downloads_all"].null_count == august.num_rows


def test_creation_days_come_from_the_list_of_models(hub, store):
    (reading,) = sync(store)
    table = read_part(reading.vintage, "models", ["name", "created"])
    created = {model.name: model.created for model in HISTORY.models}
    for name, moment in zip(table["name"].to_pylist(), table["created"].to_pylist(), strict=True):
        assert moment == made_history.moment(created[name])


def test_missing_days_are_told_as_what_they_are_and_not_filled_in(read):
    rows, doubts, _ = read()
    told = [doubt.reason for doubt in doubts]
    assert "2024-09-01 to 2024-09-02: no snapshot in 2024-09.parquet; not filled in" in told
    assert "2024-10-10 to 2024-10-11, 2024-10-13: no snapshot in 2024-10.parquet; not filled in" in told
    assert "2024-09-01" not in days_of(rows)


def test_gaps_are_told_after_a_fetch_too_though_only_one_day_was_kept(hub, store):
    (reading,) = sync(store)
    assert any("2024-10-10 to 2024-10-11" in doubt["reason"] for doubt in reading.doubts)


def test_a_day_with_part_of_the_hub_is_not_taken(read, files):
    table = table_of(files, "2024-10")
    first = pc.equal(table["day"], pa.scalar(made_history.EPOCH + made_history.timedelta(days=parse_day("2024-10-01"))))
    few = pa.concat_tables([table.filter(first).slice(0, 4), table.filter(pc.invert(first))])
    rows, doubts, _ = read(**{"series/2024-10.parquet": made_history.parquet(few)})
    assert "2024-10-02" in days_of(rows)
    assert "2024-10-01" not in days_of(rows)
    assert any(doubt.reason == "2024-10-01: only part of the Hub; not taken" for doubt in doubts)


def test_a_day_that_the_collection_sets_aside_is_not_taken(read):
    rows, doubts, _ = read(**{"meta.json": json.dumps({"skip_days": ["2024-10-01"]}).encode()})
    assert "2024-10-02" in days_of(rows)
    assert any("2024-10-01: set aside by the collection" in doubt.reason for doubt in doubts)


def test_a_month_without_a_day_in_its_first_half_gives_none(read, files):
    table = table_of(files, "2024-10")
    late = table.filter(
        pc.greater(table["day"], pa.scalar(made_history.EPOCH + made_history.timedelta(days=parse_day("2024-10-16"))))
    )
    rows, doubts, _ = read(**{"series/2024-10.parquet": made_history.parquet(late)})
    assert not any(day.startswith("2024-10") for day in days_of(rows))
    assert any("2024-10 has no whole day" in doubt.reason for doubt in doubts)


def test_the_next_fetch_brings_only_later_months(hub, store, files):
    sync(store)
    april = HISTORY.pulse("2025-04-01", "2025-04-03")
    hub.site.repositories.put(
        model_pulse.REPOSITORY, {"2025-04-03": files | {k: v for k, v in april.items() if "2025-04" in k}}
    )
    hub.forget()
    (reading,) = sync(store)
    assert [day_text(day) for day in reading.vintage.days_30d] == ["2025-04-01"]
    assert read_document(reading.vintage)["weighbridge"]["origin"]["months"] == [*MONTHS, "2025-04"]
    assert sync(store) == []


def test_a_month_whose_day_has_not_come_yet_is_looked_at_again(hub, store, files):
    sync(store)
    aside = {"meta.json": json.dumps({"skip_days": ["2025-04-01"]}).encode()}
    for day, end, read in (("2025-04-01", "2025-04-02", []), ("2025-04-02", "2025-04-03", ["2025-04-02"])):
        april = {name: body for name, body in HISTORY.pulse("2025-04-01", end).items() if "2025-04" in name}
        hub.site.repositories.put(model_pulse.REPOSITORY, {day: files | april | aside})
        assert [day_text(d) for reading in sync(store) for d in reading.vintage.days_30d] == read


def test_asked_days_bring_the_months_that_begin_on_them(hub, store):
    (reading,) = sync(store, days=(parse_day("2024-09-01"), parse_day("2024-10-02")))
    assert [day_text(day) for day in reading.vintage.days_30d] == ["2024-09-03", "2024-10-01"]
    assert not hub.asked("2024-08")


def test_days_on_which_no_month_begins_are_wrong_usage(hub, store):
    with pytest.raises(UsageError, match="no month"):
        sync(store, days=(parse_day("2024-09-05"), parse_day("2024-09-20")))


def test_a_data_set_without_monthly_files_is_refused_with_those_it_has(hub, store):
    hub.site.repositories.put(
        model_pulse.REPOSITORY, {"2025-04-03": {"daily/all.parquet": b"1", "models.parquet": b"2"}}
    )
    with pytest.raises(SchemaChanged, match=r"series/YYYY-MM.parquet") as caught:
        sync(store)
    assert "daily/all.parquet, models.parquet" in caught.value.hint


@pytest.mark.parametrize("column", ["day", "dl30", "id"])
def test_a_missing_column_is_refused_with_those_there_are(read, files, column):
    table = table_of(files, "2024-08").drop_columns(column)
    with pytest.raises(SchemaChanged, match=f"no column {column}.*its columns:"):
        read(**{"series/2024-08.parquet": made_history.parquet(table)})


def test_a_file_that_is_no_table_is_refused(read):
    with pytest.raises(SourceFailed, match="cannot be read"):
        read(**{"series/2024-08.parquet": b"PAR1 and nothing more"})


def test_the_size_of_all_is_said_before_the_first_file_is_fetched(hub, store):
    said = []
    fetch_and_read(store, live(source("model-pulse")), Asked(), Telling(say=said.append))
    assert said[0].startswith("modelpulse/model-pulse-data: 4 months, ")
    assert "MB in all" in said[0]


def test_a_stopped_fetch_keeps_the_months_that_landed(hub, tmp_path, monkeypatch):
    from weighbridge.records.source import Landing

    whole = model_pulse._land
    done = []

    def killed(file, month, *rest):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(month)
        whole(file, month, *rest)

    monkeypatch.setattr(model_pulse, "_land", killed)
    with pytest.raises(KeyboardInterrupt):
        list(source("model-pulse").fetch(Landing(tmp_path), Asked()))
    monkeypatch.setattr(model_pulse, "_land", whole)
    hub.forget()
    (fetched,) = source("model-pulse").fetch(Landing(tmp_path), Asked())
    assert sorted(path.name for path in fetched.path.glob("series-*.parquet")) == [
        f"series-{m}.parquet" for m in MONTHS
    ]
    assert not hub.asked("series/2024-08|series/2024-09")
    assert not list(fetched.path.glob("*.part"))

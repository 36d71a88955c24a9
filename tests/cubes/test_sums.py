"""A share is a sum: equal to plain SQL over the same rows, whatever their order and however they were cut."""

from __future__ import annotations

import json

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import making
from weighbridge.sources import source, tabular
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

COUNTRIES = ("US", "CN", "FR", "DE", "INT", "unaffiliated", "unknown")
NAMESPACES = [f"ns{i}" for i in range(60)]
PARTIES = {name: making.party(f"Org {i % 25}", COUNTRIES[i % 7]) for i, name in enumerate(NAMESPACES[:40])}
REGISTER = making.register(PARTIES)
STEMS = ("m", "Qwen2-7B-v", "Llama-3-8B-v", "Mistral-7B-GGUF-v")
TASKS = ("text-generation", "fill-mask", "image-classification", None)


def random_hub(count=5_000, seed=7, bases=True):
    random = np.random.default_rng(seed)
    names = [f"{NAMESPACES[int(random.integers(60))]}/{STEMS[int(random.integers(4))]}{i}" for i in range(count)]
    rows = []
    for i, name in enumerate(names):
        parents = (
            [names[int(p)] for p in random.integers(0, i + 1, int(random.choice([0, 0, 0, 1, 1, 2, 3])))] if i else []
        )
        rows.append(
            {
                "id": name,
                "downloads": int(10 ** random.uniform(0, 7)) - 1,
                "likes": int(10 ** random.uniform(0, 4)),
                "created_at": f"{random.choice([2022, 2023, 2024])}-0{random.integers(1, 7)}-0{random.integers(1, 9)}",
                "pipeline_tag": TASKS[int(random.integers(4))],
                "library_name": ("transformers", "diffusers", None)[int(random.integers(3))],
                "license": ("mit", "Apache-2.0", None)[int(random.integers(3))],
                "base_model": parents if bases else None,
            }
        )
    return rows


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A random hub of 5,000 models: its store and its file."""
    folder = tmp_path_factory.mktemp("hub")
    path = making.csv_file(folder / "hub.csv", random_hub())
    moment = making.moment("2024-07-11")
    store = Store(folder / "store")
    ingest(store, source("hub-dump"), path, at=moment, known=moment)
    return store, path


def sql(path, label):
    """Downloads by a label, summed by DuckDB straight from the file."""
    parties = ", ".join(f"('{n}', '{p.organisation}', '{p.country}', '{p.type}')" for n, p in PARTIES.items())
    query = f"""
        with parties(namespace, organisation, country, type) as (values {parties})
        select {label} as g, sum(downloads)::bigint, count(*) filter (downloads > 0)
        from read_csv('{path}', all_varchar=false) left join parties on namespace = split_part(id, '/', 1)
        group by g having sum(downloads) > 0
    """  # noqa: S608
    return {group: (total, models) for group, total, models in duckdb.sql(query).fetchall()}


LABELS = {
    "country": "coalesce(country, 'unregistered')",
    "organisation": "coalesce(organisation, 'unregistered')",
    "type": "coalesce(type, 'unregistered')",
    "namespace": "split_part(id, '/', 1)",
    "task": "coalesce(pipeline_tag, '(none)')",
    "library": "coalesce(library_name, '(none)')",
    "licence": "lower(coalesce(license, '(none)'))",
    "model": "id",
}


@pytest.mark.parametrize("by", LABELS)
def test_a_share_equals_plain_sql(hub, by):
    store, path = hub
    answer = making.share(store, by, REGISTER)
    assert {row.group: (row.downloads, row.models) for row in answer.rows} == sql(path, LABELS[by])
    assert answer.total == sum(row.downloads for row in answer.rows)


@pytest.mark.parametrize("by", ["country", "organisation", "namespace", "family", "model"])
def test_credit_to_the_base_keeps_the_total(hub, by):
    store, _ = hub
    uploader = making.share(store, by, REGISTER)
    base = making.share(store, by, REGISTER, attribution="base")
    assert base.total == uploader.total == sum(row.downloads for row in base.rows)
    assert making.downloads(base) != making.downloads(uploader)


@pytest.mark.parametrize("by", ["task", "library", "licence", "size", "quantised"])
def test_what_belongs_to_the_downloaded_model_is_the_same_under_every_attribution(hub, by):
    store, _ = hub
    uploader = making.share(store, by, REGISTER)
    base = making.share(store, by, REGISTER, attribution="base")
    assert [row.to_dict() for row in base.rows] == [row.to_dict() for row in uploader.rows]


@pytest.mark.parametrize("attribution", ["uploader", "base", "base-inferred"])
@pytest.mark.parametrize("by", ["country", "region", "organisation", "type", "namespace", "family", "size", "model"])
def test_shares_sum_to_one_and_lie_between_their_bounds(hub, by, attribution):
    store, _ = hub
    answer = making.share(store, by, REGISTER, attribution=attribution, max_age_days=500, contested="widest")
    assert sum(row.value for row in answer.rows) == pytest.approx(1, abs=1e-12)
    for row in answer.rows:
        assert 0 <= row.lo <= row.value <= row.hi <= 1


def test_the_order_of_a_files_rows_changes_no_answer(tmp_path):
    rows = random_hub(300)
    documents = []
    for number, listed in enumerate((rows, rows[::-1], sorted(rows, key=lambda row: row["downloads"]))):
        moment = making.moment("2024-07-11")
        path = making.csv_file(tmp_path / f"{number}.csv", listed)
        store = Store(tmp_path / f"store{number}")
        ingest(store, source("hub-dump"), path, at=moment, known=moment)
        documents.append(
            [
                making.share(store, by, REGISTER, attribution=attribution).rows
                for by in ("country", "family", "model", "task")
                for attribution in ("uploader", "base")
            ]
        )
    assert documents[0] == documents[1] == documents[2]


def test_a_reading_cut_into_many_batches_is_the_same_vintage_and_answer(tmp_path, monkeypatch):
    rows = random_hub(300)
    text = "\n".join(json.dumps(row) for row in rows)
    path = tmp_path / "hub.jsonl"
    path.write_text(text)
    moment = making.moment("2024-07-11")
    answers, tables = [], []
    for size in (50_000, 7):
        monkeypatch.setattr(tabular, "BATCH_ROWS", size)
        store = Store(tmp_path / f"store{size}")
        vintage = ingest(store, source("hub-dump"), path, at=moment, known=moment).vintage
        tables.append([entry.read_bytes() for entry in sorted(vintage.folder.glob("*.parquet"))])
        answers.append(making.share(store, "country", REGISTER, attribution="base").rows)
    assert answers[0] == answers[1]
    assert tables[0] == tables[1]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 10**9)), min_size=1, max_size=30), st.booleans())
def test_any_small_hub_is_shared_out_whole(tmp_path_factory, listed, chained):
    folder = tmp_path_factory.mktemp("small")
    rows = [
        {"id": f"{ns}/m{i}", "downloads": n, "base_model": f"{listed[i - 1][0]}/m{i - 1}" if chained and i else None}
        for i, (ns, n) in enumerate(listed)
    ]
    rows.append({"id": "z/last", "downloads": 1})
    moment = making.moment("2024-07-11")
    store = Store(folder / "store")
    ingest(store, source("hub-dump"), making.csv_file(folder / "h.csv", rows), at=moment, known=moment)
    register = making.register(
        {"a": ("A", "US"), "b": ("B", "FR"), "c": ("C", "(europe)"), "d": ("(unknown)", "unknown")}
    )
    total = sum(n for _, n in listed) + 1
    for attribution in ("uploader", "base"):
        answer = making.share(store, "country", register, attribution=attribution)
        assert answer.total == sum(row.downloads for row in answer.rows) == total
        assert all(0 <= row.lo <= row.value <= row.hi <= 1 for row in answer.rows)


def test_several_weeks_of_a_series_sum_to_the_span(store, read_hub):
    random = np.random.default_rng(3)
    rows = []
    for model in range(20):
        total = int(random.integers(1000))
        for number in range(29):
            if random.random() < 0.85 or number in (0, 28):
                rows.append(
                    {
                        "id": f"ns{model}/m",
                        "downloads_all_time": total,
                        "date": str(np.datetime64("2024-01-01") + number),
                    }
                )
            total += int(random.integers(1000))
    read_hub(rows, at=None)
    span = {"start": "2024-01-01", "end": "2024-01-29"}
    weeks = making.share(store, "country", REGISTER, over="week", **span)
    whole = making.share(store, "country", REGISTER, **span)
    assert [period["period"] for period in weeks.periods] == ["2024-W01", "2024-W02", "2024-W03", "2024-W04"]
    assert weeks.total == whole.total == sum(period["total"] for period in weeks.periods)
    summed: dict[str, int] = {}
    for row in weeks.rows:
        summed[row.group] = summed.get(row.group, 0) + row.downloads
    assert summed == making.downloads(whole)

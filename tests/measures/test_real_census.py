"""The census of July 2024 and the Ollama library, weighed as plain SQL weighs them."""

from __future__ import annotations

import duckdb
import pytest

import making
from weighbridge.register import files, parties

DAY, LAST = "2024-07-11", "2024-07-10"
RAW, CLEAN = 1_838_905_161, 1_158_058_158
PLANTED = "MIT/ast-finetuned-audioset-10-10-0.4593"


@pytest.fixture(scope="module")
def file(real_data):
    """A DuckDB connection that sees the census as `census`."""
    connection = duckdb.connect()
    path = real_data / "hub-census-2024-07" / "models.parquet"
    connection.execute("create table census as select * from read_parquet(?)", [str(path)])
    return connection


def share(census, by, name="raw", **options):
    return making.share(census, by, parties.house(), name, at=DAY, **options)


def plain(answer):
    return {row.group: (row.downloads, row.models) for row in answer.rows}


def summed(file, label, source="census"):
    """Downloads and models with downloads by a label."""
    query = f"""
        select {label} as g, sum(downloads)::bigint, count(*) filter (downloads > 0)
        from {source} group by g having sum(downloads) > 0
    """  # noqa: S608
    return {group: (total, models) for group, total, models in file.execute(query).fetchall()}


def test_the_census_is_weighed_whole(census, file):
    answer = share(census, "country")
    assert answer.total == RAW == sum(row.downloads for row in answer.rows)
    assert file.execute("select sum(downloads)::bigint from census").fetchall() == [(RAW,)]
    assert answer.window == {"from": "2024-06-11", "to": DAY, "kind": "windowed"}


def test_the_house_leaves_out_one_model_and_says_so(census):
    answer = share(census, "country", "house")
    assert answer.total == CLEAN
    outlier, spike = answer.removed
    assert (outlier["models"], outlier["downloads"], outlier["examples"]) == (1, RAW - CLEAN, [PLANTED])
    assert spike["models"] == 0


def test_tasks_equal_plain_sql(census, file):
    assert plain(share(census, "task")) == summed(file, "coalesce(nullif(trim(pipeline_tag), ''), '(none)')")


def test_licences_equal_plain_sql(census, file):
    """A licence is that of the column, else the first tag that tells one."""
    tag = "list_filter(tags, lambda t: starts_with(t, 'license:'))[1]"
    label = f"lower(coalesce(nullif(trim(license), ''), substr({tag}, 9), '(none)'))"
    assert plain(share(census, "licence")) == summed(file, label)


@pytest.fixture(scope="module")
def labelled(file):
    """The census joined to the register's own files by namespace."""
    for name in ("namespaces", "organisations"):
        rows = f"select * from read_csv('{files.data_file(name + '.csv')}', all_varchar=true)"  # noqa: S608
        file.execute(f"create view {name} as {rows}")
    assert file.execute("select count(*) from census where id not like '%/%'").fetchall() == [(0,)]
    file.execute(f"""
        create view party as
        select lower(namespace) as holder,
            case when n.organisation = '(unknown)' then 'unknown' else n.organisation end as organisation,
            case when n.organisation = '(unknown)' then 'unknown'
                else coalesce(n.type, o.type, 'individual') end as type,
            case when n.organisation = '(unknown)' then 'unknown'
                else coalesce(n.country, o.country, 'unaffiliated') end as country
        from namespaces n left join organisations o on n.organisation = o.organisation
        where hub = 'huggingface' and coalesce(since, '') <= '{LAST}' and coalesce("until", '9999') > '{LAST}'
    """)  # noqa: S608
    return "census left join party on holder = lower(split_part(id, '/', 1))"


@pytest.mark.parametrize("by", ["organisation", "type"])
def test_organisations_and_types_equal_plain_sql(census, file, labelled, by):
    assert plain(share(census, by)) == summed(file, f"coalesce({by}, 'unregistered')", labelled)


def test_countries_equal_plain_sql(census, file, labelled):
    found, expected = plain(share(census, "country")), summed(file, "coalesce(country, 'unregistered')", labelled)
    assert found == expected


@pytest.mark.parametrize("attribution", ["uploader", "base", "base-inferred"])
@pytest.mark.parametrize("by", ["country", "organisation", "family", "size"])
def test_every_share_of_the_census_sums_to_one_within_its_bounds(census, by, attribution):
    answer = share(census, by, attribution=attribution)
    assert answer.total == RAW == sum(row.downloads for row in answer.rows)
    assert sum(row.value for row in answer.rows) == pytest.approx(1, abs=1e-9)
    assert all(0 <= row.lo <= row.value <= row.hi <= 1 for row in answer.rows)
    keys = [(-row.value, row.group) for row in answer.rows]
    assert keys == sorted(keys)


def test_young_models_are_those_created_in_the_year_before(census, file):
    answer = share(census, "task", max_age_days=365)
    query = "select sum(downloads)::bigint from census where created_at::timestamp::date >= date '2023-07-12'"
    assert [(answer.total,)] == file.execute(query).fetchall()


def test_pulls_of_the_ollama_library_by_month_add_up_to_the_whole(census):
    options = {"hub": "ollama", "start": "2025-08-01", "end": "2026-06-01"}
    months = making.share(census, "organisation", parties.house(), "raw", over="month", **options)
    whole = making.share(census, "organisation", parties.house(), "raw", **options)
    assert [period["period"] for period in months.periods] == [
        *(f"2025-{month:02d}" for month in range(8, 13)),
        *(f"2026-{month:02d}" for month in range(1, 6)),
    ]
    assert all(period["complete"] for period in months.periods)
    assert months.total == whole.total == sum(period["total"] for period in months.periods)
    summed: dict[str, int] = {}
    for row in months.rows:
        summed[row.group] = summed.get(row.group, 0) + row.downloads
        assert 0 <= row.lo <= row.value <= row.hi <= 1
    assert {g: v for g, v in summed.items() if v} == {g: v for g, v in making.downloads(whole).items() if v}


def test_pulls_of_a_steady_model_equal_the_difference_of_its_counters(census, real_data):
    path = real_data / "ollama-pulls-daily" / "pulls.parquet"
    query = f"""
        select min(pulls)::bigint, max(pulls)::bigint from read_parquet('{path}')
        where model = 'llama3.1' and date::date between '2025-08-01' and '2025-09-01'
    """  # noqa: S608
    ((first, last),) = duckdb.execute(query).fetchall()
    answer = making.share(
        census, "model", parties.house(), "raw", hub="ollama", start="2025-08-01", end="2025-09-01", scope="everything"
    )
    assert making.downloads(answer)["llama3.1"] == last - first

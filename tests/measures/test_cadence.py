"""Cadence: days between the releases that organisations make themselves."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import making
from weighbridge.claims.check import check
from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.errors import DataMissing
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.measures.intervals import intervals, slope
from weighbridge.records.answer import Answer
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest
from weighbridge.surfaces.python import Observatory

AT = making.moment("2024-07-11")
START = date(2024, 1, 1)


def model(name, day=0, **more):
    """A model of the house's register, created so many days after the first of January 2024."""
    created = day if isinstance(day, str) or day is None else f"{START + timedelta(days=day)}T12:00:00Z"
    return {"id": name, "created_at": created, "downloads": 1, "likes": 0, **more}


def cadence(store, by="organisation", of="all", name="house", **options) -> Answer:
    own = {key: options.pop(key) for key in ("least", "top", "only") if key in options}
    return ask(StoreBacking(store), "cadence", making.asked(name, **options), {"by": by, "of": of, **own})


def rows(answer):
    return {row.group: row for row in answer.rows}


def releases(organisation, days):
    return [model(f"{organisation}/line{'abcdefghijklmnop'[n]}", day) for n, day in enumerate(days)]


def test_the_value_is_the_median_interval_between_release_days(store, read_hub):
    read_hub(releases("google", [0, 10, 40, 100]))
    row = rows(cadence(store))["Google"]
    assert (row.value, row["mean"], row["longest"]) == (30, pytest.approx(100 / 3), 60)
    assert (row["releases"], row["release_days"], row.models) == (4, 4, 4)
    assert (row["p10"], row["p25"], row["p75"], row["p90"]) == (14, 20, 45, 54)


def test_variants_of_one_line_and_day_are_one_release(store, read_hub):
    variants = [model(f"google/foo-{size}", 0) for size in ("7b", "70b", "7b-instruct")]
    read_hub([*variants, model("google/bar", 0), model("google/foo-9b", 30), model("google/foo-v2", 60)])
    row = rows(cadence(store))["Google"]
    assert (row["releases"], row["release_days"], row.models) == (4, 3, 6)
    assert row.value == 30


def test_variants_of_one_line_within_a_week_may_be_one_release(store, read_hub):
    read_hub(
        [model("google/foo-7b", 0), model("google/foo-70b", 7), model("google/bar", 50), model("google/foo-v2", 58)]
    )
    row = rows(cadence(store))["Google"]
    assert row.value == 8
    assert (row.lo, row.hi) == (8, 29)  # 7, 43, 8 each by itself; 50, 8 with the first two as one


def test_lines_of_different_names_are_not_put_together(store, read_hub):
    read_hub([model("google/foo", 0), model("google/bar", 5), model("google/baz", 10)])
    row = rows(cadence(store))["Google"]
    assert (row.value, row.hi) == (5, 5)


def test_without_grouping_models_of_one_day_have_no_days_between_them(store, read_hub):
    read_hub([model(f"google/foo-{n}b-{day}", day) for day in (0, 20, 40) for n in (1, 2, 3)])
    row = rows(cadence(store))["Google"]
    assert (row.lo, row.value, row.hi) == (0, 20, 20)


@pytest.mark.parametrize(
    ("repository", "rule"),
    [
        (model("google/other", 5, base_model=["meta-llama/Llama-3-8B"]), "derived-elsewhere"),
        (model("google/mixed", 5, base_model=["meta-llama/Llama-3-8B", "google/one"]), "derived-elsewhere"),
        (model("google/of-somebody", 5, base_model=["nobody-knows/x"]), "derived-elsewhere"),
        (model("google/thin", 5, library_name="peft"), "adapter"),
        (model("google/one-GGUF", 5, base_model=["google/one"]), "quantised-copy"),
        (model("google/one-onnx", 5), "converted-copy"),
        (model("google/one-checkpoint-500", 5), "checkpoint"),
        (model("google/tiny-random-one", 5), "test"),
        (model("google/one-tokenizer", 5), "dataset-dump"),
    ],
)
def test_what_is_no_release_of_its_own_is_left_out_and_counted(store, read_hub, repository, rule):
    read_hub([model("google/one", 0), model("google/two", 10), model("google/three", 20), repository,
              model("meta-llama/Llama-3-8B", 0)])  # fmt: skip
    answer = cadence(store)
    assert rows(answer)["Google"].models == 3
    excluded = {row["rule"]: row["models"] for row in answer.values["excluded"]}
    assert {name: models for name, models in excluded.items() if models} == {rule: 1}
    assert any(f"{rule} 1" in note for note in answer.notes)


def test_an_original_in_few_bits_is_a_release(store, read_hub):
    read_hub([*releases("google", [0, 10, 20]), model("google/native", 30, tags=["8-bit"]),
              model("google/copy", 40, tags=["8-bit"], base_model=["google/native"])])  # fmt: skip
    assert rows(cadence(store))["Google"].models == 4


def test_a_variant_of_an_own_base_stays_even_from_another_account(store, read_hub):
    read_hub([model("google/one", 0), model("google/two", 10, base_model=["google/one"]),
              model("google-bert/three", 20, base_model=["google/one"])])  # fmt: skip
    assert rows(cadence(store))["Google"].models == 3


def test_persons_and_unregistered_accounts_have_no_row(store, read_hub):
    read_hub([*releases("google", [0, 1, 2]), *releases("TheBloke", [0, 1, 2]), *releases("nobody-knows", [0, 1, 2])])
    answer = cadence(store)
    assert list(rows(answer)) == ["Google"]
    assert any(note.startswith("6 models of persons") for note in answer.notes)


def test_only_the_organisations_that_are_named_have_rows(store, read_hub):
    read_hub([*releases("google", [0, 10, 20]), *releases("openai", [0, 10, 20])])
    assert list(rows(cadence(store, only="openai"))) == ["OpenAI"]
    with pytest.raises(DataMissing, match="no organisation 'Goggle'") as refused:
        cadence(store, only=["Goggle"])
    assert "Google" in refused.value.hint


def test_few_release_days_make_no_row_and_are_told(store, read_hub):
    read_hub([*releases("google", [0, 30, 90]), *releases("facebook", [0, 100])])
    assert list(rows(cadence(store))) == ["Google"]
    assert cadence(store).values["fewer_release_days"] == 1
    assert rows(cadence(store, least=2))["Meta"].value == 100


def test_no_organisation_with_enough_days_says_so(store, read_hub):
    read_hub(releases("google", [0, 30]))
    with pytest.raises(DataMissing, match="no organisation has 3 days"):
        cadence(store)


def test_a_country_is_the_median_of_its_organisations_each_once(store, read_hub):
    read_hub([
        *releases("google", range(0, 16)), *releases("facebook", [0, 20, 40]), *releases("nvidia", [0, 60, 120]),
        *releases("allenai", [0, 2, 4]), *releases("Qwen", [0, 7, 14]), *releases("apple", [0, 90]),
    ])  # fmt: skip
    answer = cadence(store, "country", "companies")
    us = rows(answer)["US"]
    assert (us.value, us["organisations"], us["rarer"]) == (20, 3, 1)
    assert us["with_rare"] == (20 + 60) / 2
    assert rows(answer)["CN"].value == 7
    assert rows(cadence(store, "country"))["US"].value == (2 + 20) / 2


def test_by_type_academia_and_companies_are_apart(store, read_hub):
    read_hub([*releases("google", [0, 20, 40]), *releases("allenai", [0, 2, 4])])
    assert {name: row.value for name, row in rows(cadence(store, "type")).items()} == {"company": 20, "nonprofit": 2}


def test_by_itself_it_is_the_year_before_the_census(store, read_hub):
    read_hub([*releases("google", [0, 30, 90]), model("google/old", "2023-07-11T00:00:00Z"),
              model("google/today", "2024-07-11T00:00:00Z"), model("google/in", "2023-07-12T00:00:00Z")])  # fmt: skip
    for answer in (cadence(store), cadence(store, at="2024-07-11")):
        assert (answer.window["from"], answer.window["to"]) == ("2023-07-12", "2024-07-11")
        assert rows(answer)["Google"].models == 4
    wide = cadence(store, start="2023-01-01", end="2024-07-11")
    assert rows(wide)["Google"].models == 5


def test_an_older_census_answers_for_the_year_before_it(store, read_hub):
    read_hub(releases("google", [0, 30, 60]), at="2024-04-01")
    read_hub(releases("google", [0, 30, 60, 61, 62, 63]), at="2024-07-01")
    assert rows(cadence(store, at="2024-04-01"))["Google"].value == 30
    assert rows(cadence(store))["Google"].value == 1


def test_periods_have_intervals_of_their_own(store, read_hub):
    read_hub(releases("google", [0, 10, 20, 40, 45, 50]))
    answer = cadence(store, over="month")
    assert {row.period: row.value for row in answer.rows} == {"2024-01": 10, "2024-02": 5}


def test_the_first_date_and_unknown_dates_are_left_out_and_counted(store, read_hub):
    read_hub(
        [*releases("google", [0, 30, 60]), model("google/old", "2022-03-02T00:00:00Z"), model("google/when", None)]
    )
    answer = cadence(store, start="2022-01-01", end="2024-07-11")
    assert rows(answer)["Google"].models == 3
    assert (answer.values["flat_date"], answer.unknown_age) == (1, 1)


def test_a_hub_without_dates_says_so(store, read_hub):
    read_hub([{"id": "google/x", "downloads": 5, "likes": 1}])
    with pytest.raises(DataMissing):
        cadence(store)


def test_releases_are_cleaned_where_that_is_asked(store, read_hub):
    liked = [{**row, "likes": 50} for row in releases("google", [0, 30, 60])]
    read_hub([*liked, model("google/dependency", 45) | {"downloads": 200_000}])
    plain, cleaned = cadence(store), cadence(store, clean=["low-likes"])
    assert (rows(plain)["Google"].models, rows(cleaned)["Google"].models) == (4, 3)
    assert (plain.definition["clean"], cleaned.definition["clean"]) == ([], ["low-likes"])
    assert [(rule["rule"], rule["models"]) for rule in cleaned.removed] == [("low-likes", 1)]


def test_choices_that_change_no_interval_are_told(store, read_hub):
    read_hub(releases("google", [0, 30, 60]))
    notes = cadence(store, attribution="base", max_age_days=30).notes
    assert any("attribution changes nothing" in note for note in notes)
    assert any("age limit changes nothing" in note for note in notes)


def test_the_scope_is_that_of_the_released_model(store, read_hub):
    text = [{**row, "pipeline_tag": "text-generation"} for row in releases("google", [0, 30, 60])]
    read_hub([*text, model("google/picture", 1, pipeline_tag="text-to-image")])
    assert rows(cadence(store, scope="language"))["Google"].models == 3


def test_a_cube_file_does_not_know_when_models_were_created():
    with pytest.raises(DataMissing, match="cube file"):
        Observatory(CubeFile(sample_path())).cadence()


def test_from_python_it_is_a_method(store, read_hub):
    read_hub(releases("google", [0, 30, 60]))
    answer = Observatory(StoreBacking(store)).cadence(by="country", of="companies", least=2)
    assert answer.values["asked"] == {"by": "country", "of": "companies", "least": 2}


def test_intervals_that_grow_by_a_day_each_have_a_rising_trend():
    found = intervals(np.cumsum(np.arange(1, 40)))
    assert found.trend is not None
    assert found.trend > 0
    assert intervals(np.arange(0, 300, 10)).trend == 0


def test_the_trend_is_the_median_of_the_slopes_of_all_pairs():
    days, gaps = np.array([10, 30, 60, 70, 90]), np.array([10, 20, 30, 10, 20])
    pairs = [(gaps[j] - gaps[i]) / (days[j] - days[i]) for i in range(5) for j in range(i + 1, 5)]
    assert slope(days, gaps) == pytest.approx(np.median(pairs) * 365.25)


def test_few_intervals_have_no_trend():
    assert intervals(np.array([0, 1, 3, 4, 9])).trend is None
    assert intervals(np.array([0, 1, 3, 4, 9, 20])).trend is not None
    assert intervals(np.array([5])) is None


@given(
    days=st.lists(st.integers(0, 180), min_size=3, max_size=14),
    lines=st.lists(st.sampled_from(["foo-7b", "foo-v2", "bar", "baz-2b"]), min_size=14, max_size=14),
)
def test_limits_hold_the_median_and_counts_nest(tmp_path_factory, days, lines):
    folder = tmp_path_factory.mktemp("hub")
    hub = [model(f"google/{lines[n]}-x{n}", day) for n, day in enumerate(days)]
    held = Store(folder / "store")
    ingest(held, source("hub-dump"), making.csv_file(folder / "rows.csv", hub), at=AT, known=AT)
    if len(set(days)) < 3:
        with pytest.raises(DataMissing):
            cadence(held)
        return
    row = rows(cadence(held))["Google"]
    assert row["release_days"] == len(set(days))
    assert row["release_days"] <= row["releases"] <= row.models == len(days)
    assert row.lo <= row.value <= row.hi
    assert row["p10"] <= row["p25"] <= row.value == row["median"] <= row["p75"] <= row["p90"] <= row["longest"]
    assert row["mean"] == pytest.approx((max(days) - min(days)) / (len(set(days)) - 1))


def test_release_days_of_a_real_organisation_are_those_of_plain_sql(census, real_data):
    file = str(real_data / "hub-census-2024-07" / "models.parquet")
    query = """
        select distinct cast(created_at as date) from read_parquet(?) where id like '01-ai/%'
        and created_at >= '2023-07-12' and created_at < '2024-07-11' and not regexp_matches(id, '(4|8)bits') order by 1
    """
    days = [day.toordinal() for (day,) in duckdb.connect().execute(query, [file]).fetchall()]
    row = rows(cadence(census, hub="huggingface", at="2024-07-11", top=1000))["01.AI"]
    assert row["release_days"] == len(days) > 5
    assert row.value == np.median(np.diff(days))


def test_the_census_cannot_test_a_claim_on_a_later_year_but_says_what_is_nearest(census):
    for claim in check(StoreBacking(census), ["article-cadence-cn", "article-cadence-us"]):
        assert claim["verdict"] == "not testable"
        assert claim["nearest"]["unit"] == "days"
        assert 5 < claim["nearest"]["value"] < 40
        assert claim["nearest"]["window"]["to"] == "2024-07-11"

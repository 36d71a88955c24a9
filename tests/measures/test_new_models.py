"""New models: counted once each in the period of their creation, by group, by what they come from, or all."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

import making
from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.records.answer import Answer
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest
from weighbridge.surfaces.python import Observatory

FLAT = "≤2022-03-02"
AT = making.moment("2024-07-11")
JUNE = """
    select LABEL, count(*) from census where created_at >= '2024-06-01' and created_at < '2024-07-01' group by 1
"""
DAYS = ("2022-03-02", "2022-03-03", "2023-12-31", "2024-01-01", "2024-02-29", "2024-06-30", None)


def model(name, created="2024-06-10T00:00:00Z", downloads=10, **more):
    return {"id": name, "created_at": created, "downloads": downloads, "likes": 0, **more}


def new(store, by="family", relation=None, top=None, name="raw", **options) -> Answer:
    own = {"by": by, "relation": relation, "top": top}
    return ask(StoreBacking(store), "new-models", making.asked(name, **options), own)


def counts(answer):
    return {(row.period, row.group): row.models for row in answer.rows}


def groups(answer):
    return {row.group: row.models for row in answer.rows}


LINE = [
    model("Qwen/Qwen2-7B"),
    model("someone/mine", base_model=["Qwen/Qwen2-7B"]),
    model("someone/thin", base_model=["Qwen/Qwen2-7B"], library_name="peft"),
    model("packer/Qwen2-7B-GGUF", base_model=["Qwen/Qwen2-7B"]),
    model("someone/both", base_model=["Qwen/Qwen2-7B", "meta-llama/Llama-3-8B"]),
    model("meta-llama/Llama-3-8B"),
    model("nobody/lora", library_name="peft"),
    model("nobody/thing-GPTQ"),
    model("nobody/new"),
]


def test_derivatives_of_undeclared_copies_are_told_with_the_measure_that_leaves_them_out(store, read_hub):
    copy = "copier/Llama-3-8b-4bit"
    read_hub([*LINE, model(copy), model("x/one", base_model=[copy]), model("x/two", base_model=[copy])])
    [note] = [note for note in new(store, relation="any", attribution="base").notes if "derivatives --by" in note]
    assert note.startswith("2 of these")
    assert f"{copy} 2" in note
    assert not any("derivatives --by" in note for note in new(store, relation="any").notes)


def test_only_the_groups_that_are_named_have_rows_of_their_own(store, read_hub):
    read_hub(LINE)
    answer = ask(StoreBacking(store), "new-models", making.asked("raw"), {"by": "family", "only": "llama"})
    assert groups(answer) == {"Llama": 1, "(other)": 8}


def test_an_age_limit_that_changes_nothing_is_not_echoed(store, read_hub):
    read_hub(LINE)
    answer = new(store, name="young-models")
    assert answer.definition["max_age_days"] is None
    assert any("age limit changes nothing" in note for note in answer.notes)
    assert "max_age_days" not in new(store, max_age_days=30).definition["changed"]


def test_each_model_is_counted_once_in_the_month_of_its_creation(store, read_hub):
    rows = ("2024-05-31T23:59:59Z", "2024-06-01T00:00:00Z", "2024-06-30T23:59:59Z", "2024-07-01T00:00:00Z")
    read_hub([model(f"a/{n}", at) for n, at in enumerate(rows)])
    answer = new(store, "namespace", over="month")
    assert counts(answer) == {("2024-05", "a"): 1, ("2024-06", "a"): 2, ("2024-07", "a"): 1}
    assert [period["complete"] for period in answer.periods] == [True, True, False]
    assert (answer.unit, answer.total) == ("models", 4)


def test_a_model_without_downloads_counts_as_much_as_any_other(store, read_hub):
    read_hub([model("a/x", downloads=0), model("b/y", downloads=1_000_000)])
    assert groups(new(store, "namespace")) == {"a": 1, "b": 1}


def test_the_age_limit_counts_in_what_cleaning_leaves_out_and_the_note_says_so(store, read_hub):
    read_hub([model("a/x"), model("b/y")])
    answer = new(store, "namespace", name="house", clean=["material-outlier"], max_age_days=1_000)
    assert not any("age limit changes nothing" in note for note in answer.notes)
    assert any("age limit counts only in the downloads that rules look at" in note for note in answer.notes)


def test_first_releases_leave_out_only_what_comes_from_others_and_tell_how_many(store, read_hub):
    read_hub([*LINE, model("old/lora", "2023-01-01T00:00:00Z", library_name="peft")])
    answer = new(store, relation="none", start="2024-06-01", end="2024-07-01")
    assert any(note.startswith("Of 6 models that are left out since they come from others, 6") for note in answer.notes)


def test_all_uploads_first_releases_and_derivatives_are_different_wholes(store, read_hub):
    read_hub(LINE)
    everything, first, derived = (new(store, relation=relation) for relation in (None, "none", "any"))
    assert (everything.total, first.total, derived.total) == (9, 3, 6)
    assert groups(first) == {"Llama": 1, "Qwen": 1, "(none)": 1}
    qwen = {kind: row.value for kind, answer in (("all", everything), ("derived", derived))
            for row in answer.rows if row.group == "Qwen"}  # fmt: skip
    assert qwen == {"all": pytest.approx(4 / 9), "derived": pytest.approx(3 / 6)}


@pytest.mark.parametrize(
    ("relation", "models"),
    [
        ("finetune", {"someone/mine"}),
        ("adapter", {"someone/thin", "nobody/lora"}),
        ("quantized", {"packer/Qwen2-7B-GGUF", "nobody/thing-GPTQ"}),
        ("merge", {"someone/both"}),
    ],
)
def test_a_relation_that_is_not_declared_is_inferred_and_marked(store, read_hub, relation, models):
    read_hub(LINE)
    answer = new(store, "namespace", relation)
    namespaces = [name.split("/")[0] for name in models]
    assert groups(answer) == {name: namespaces.count(name) for name in namespaces}
    assert answer.values["inferred"] == len(models)
    assert any("inferred" in note for note in answer.notes)


def test_a_declared_relation_is_not_inferred(store, read_hub):
    tags = ["base_model:adapter:o/base"]
    read_hub([model("o/base"), model("a/x", base_model=["o/base"], tags=tags)])
    answer = new(store, "namespace", "any")
    assert answer.values["relations"][2] == {"relation": "adapter", "models": 1, "inferred": 0}
    assert answer.values["inferred"] == 0


def test_under_base_a_derivative_is_its_roots_and_a_merge_is_shared_out(store, read_hub):
    read_hub(LINE)
    answer = new(store, "namespace", "any", attribution="base")
    value = {row.group: row.value for row in answer.rows}
    assert value["Qwen"] == pytest.approx(3.5 / 6)
    assert value["meta-llama"] == pytest.approx(0.5 / 6)
    assert sum(groups(answer).values()) == answer.total == 6
    assert groups(new(store, "namespace", "any")) == {"someone": 3, "nobody": 2, "packer": 1}


def test_the_part_of_a_merge_in_thirds_is_exact(store, read_hub):
    bases = [model(f"{name}/base") for name in "abc"]
    read_hub([*bases, model("z/mix", base_model=[row["id"] for row in bases])])
    answer = new(store, "namespace", "merge", attribution="base")
    assert [row.value for row in answer.rows] == [1 / 3, 1 / 3, 1 / 3]
    assert sum(row.models for row in answer.rows) == 1


def test_the_flat_first_date_is_a_period_of_its_own(store, read_hub):
    read_hub([model("a/old", "2022-03-02T23:29:04Z"), model("a/next", "2022-03-03T00:00:00Z"), model("a/new")])
    answer = new(store, "namespace", over="year")
    assert counts(answer) == {(FLAT, "a"): 1, ("2022", "a"): 1, ("2024", "a"): 1}
    assert [p["period"] for p in answer.periods if not p["complete"]] == ["2022", "2024"]
    assert any(FLAT in note for note in answer.notes)


def test_the_flat_first_date_is_not_in_later_periods(store, read_hub):
    read_hub([model("a/old", "2022-03-02T23:29:04Z"), model("a/new")])
    answer = new(store, "namespace", over="month", start="2024-06-01", end="2024-07-01")
    assert counts(answer) == {("2024-06", "a"): 1}


def test_models_of_unknown_date_are_reported_apart(store, read_hub):
    read_hub([model("a/x"), model("a/y", None), model("b/z", None)])
    answer = new(store, "namespace")
    assert (groups(answer), answer.unknown_age) == ({"a": 1}, 2)
    assert any(note.startswith("2 models whose creation date is not known are left out") for note in answer.notes)


def test_a_hub_without_creation_dates_says_so(store, read_hub):
    read_hub([{"id": "a/x", "downloads": 5, "likes": 1}])
    with pytest.raises(DataMissing, match="when they were created"):
        new(store)


def test_a_model_that_is_gone_counts_as_created_and_is_named(store, read_hub):
    read_hub([model("a/x"), model("a/gone", removed=True)])
    answer = new(store, "namespace")
    assert (groups(answer), answer.values["removed_models"]) == ({"a": 2}, 1)
    assert any(note.startswith("1 model of these") for note in answer.notes)


def test_the_scope_is_that_of_the_created_model(store, read_hub):
    read_hub([model("a/text", pipeline_tag="text-generation"), model("b/image", pipeline_tag="text-to-image")])
    assert groups(new(store, "namespace", scope="language")) == {"a": 1}


def test_an_age_limit_changes_nothing(store, read_hub):
    read_hub([model("a/x", "2022-03-02T00:00:00Z"), model("b/y")])
    limited = new(store, "namespace", max_age_days=1)
    assert groups(limited) == groups(new(store, "namespace"))
    assert any("age limit changes nothing" in note for note in limited.notes)


def test_cleaning_is_off_unless_it_is_asked_for(store, read_hub):
    liked = [model(f"a/m{n}", downloads=10, likes=50) for n in range(3)]
    read_hub([*liked, model("b/dependency", downloads=200_000, likes=0)])
    house = new(store, "namespace", name="house")
    assert groups(house) == {"a": 3, "b": 1}
    assert house.definition["clean"] == []
    assert any("is of downloads" in note for note in house.notes)
    cleaned = new(store, "namespace", name="house", clean=["low-likes"])
    assert groups(cleaned) == {"a": 3}
    assert cleaned.definition["clean"] == ["low-likes"]
    assert [(r["rule"], r["models"], r["examples"]) for r in cleaned.removed] == [("low-likes", 1, ["b/dependency"])]


def test_cleaning_that_is_the_definitions_own_runs_where_it_is_asked_for(store, read_hub):
    read_hub([model("a/x"), model("b/y")])
    answer = new(store, "namespace", name="house", clean=["material-outlier", "spike"])
    assert [removal["rule"] for removal in answer.removed] == ["material-outlier", "spike"]


def test_the_newest_census_answers_and_an_older_one_where_it_is_asked(store, read_hub):
    read_hub([model("a/x", "2024-05-01T00:00:00Z")], at="2024-06-01")
    read_hub([model("a/x", "2024-05-01T00:00:00Z"), model("b/y")], at="2024-07-01")
    assert groups(new(store, "namespace")) == {"a": 1, "b": 1}
    assert groups(new(store, "namespace", at="2024-06-01")) == {"a": 1}
    assert groups(new(store, "namespace", as_of=making.moment("2026-01-01T01:30:00"))) == {"a": 1}
    with pytest.raises(DataMissing, match="no census of 2024-06-15"):
        new(store, at="2024-06-15")


def test_a_census_of_cumulative_counters_alone_answers_too(store, read_hub):
    read_hub([{"id": "a/x", "created_at": "2024-06-10T00:00:00Z", "downloads_all_time": 7, "likes": 0}])
    assert groups(new(store, "namespace")) == {"a": 1}


def test_a_chosen_set_answers_only_when_it_is_named_and_says_so(store, read_hub):
    reading = read_hub([model("a/x")], selection=True)
    with pytest.raises(DataMissing, match="no census"):
        new(store)
    answer = new(store, "namespace", vintage=reading.vintage.id)
    assert any("chosen set" in note for note in answer.notes)


def test_time_without_new_models_is_refused_with_what_is_held(store, read_hub):
    read_hub([model("a/x")])
    with pytest.raises(DataMissing, match="no model that is held was created") as refused:
        new(store, start="2020-01-01", end="2021-01-01")
    assert "2024-06-10" in refused.value.hint


def test_a_cube_file_does_not_know_single_models():
    with pytest.raises(DataMissing, match="cube file"):
        Observatory(CubeFile(sample_path())).new_models()


def test_another_engine_is_refused(store, read_hub):
    read_hub([model("a/x")])
    with pytest.raises(UsageError, match="engine"):
        new(store, engine="spark")


def test_the_largest_groups_have_rows_and_the_rest_is_one(store, read_hub):
    read_hub([model(f"{name}/{n}") for name, many in (("a", 5), ("b", 3), ("c", 1), ("d", 1)) for n in range(many)])
    answer = new(store, "namespace", top=2)
    assert [(row.group, row.models) for row in answer.rows] == [("a", 5), ("b", 3), ("(other)", 2)]


def test_rows_say_group_period_models_and_part_with_limits(store, read_hub):
    read_hub([model("nobody/x"), model("google/gemma-7b")])
    answer = new(store, "country", name="house")
    assert [set(row) for row in answer.to_dict()["rows"]] == [{"group", "period", "models", "value", "lo", "hi"}] * 2
    rows = {row["group"]: row for row in answer.to_dict()["rows"]}
    assert (rows["US"]["lo"], rows["US"]["hi"]) == (0.5, 1.0)
    assert (rows["unregistered"]["lo"], rows["unregistered"]["hi"]) == (0.0, 0.5)


def test_from_python_it_is_a_method(store, read_hub):
    read_hub(LINE)
    answer = Observatory(StoreBacking(store)).new_models(by="family", relation="any", over="month", attribution="base")
    assert answer.values["asked"] == {"relation": "any", "models": "derivatives of any relation"}


@given(
    created=st.lists(st.sampled_from(DAYS), min_size=1, max_size=12),
    bases=st.lists(st.lists(st.integers(0, 11), max_size=3), min_size=12, max_size=12),
    grain=st.sampled_from(["week", "month", "quarter", "year", None]),
    attribution=st.sampled_from(["uploader", "base", "base-inferred"]),
    by=st.sampled_from(["family", "namespace", "country", "size", "quantised"]),
)
def test_groups_periods_and_unknown_dates_together_are_the_census(
    tmp_path_factory, created, bases, grain, attribution, by
):
    folder = tmp_path_factory.mktemp("hub")
    many = len(created)
    rows = [
        model(f"n{n % 3}/m{n}-7b", day and f"{day}T12:00:00Z",
              base_model=[f"n{b % 3}/m{b}-7b" for b in bases[n] if b < many])
        for n, day in enumerate(created)
    ]  # fmt: skip
    held = Store(folder / "store")
    ingest(held, source("hub-dump"), making.csv_file(folder / "rows.csv", rows), at=AT, known=AT)
    if not any(created):
        with pytest.raises(DataMissing):
            new(held, by, over=grain, attribution=attribution)
        return
    answer = new(held, by, over=grain, attribution=attribution)
    assert sum(row.models for row in answer.rows) + answer.unknown_age == len(rows)
    parts = {}
    for row in answer.rows:
        assert 0 <= row.lo <= row.value <= row.hi <= 1
        parts[row.period] = parts.get(row.period, 0.0) + row.value
    assert all(part == pytest.approx(1) for part in parts.values())
    if answer.periods is not None:
        totals = {period["period"]: period["total"] for period in answer.periods if period["total"]}
        sums = {period: sum(r.models for r in answer.rows if r.period == period) for period in totals}
        assert sums == totals


def sql(real_data, query):
    census = real_data / "hub-census-2024-07" / "models.parquet"
    return duckdb.connect().execute(query.replace("census", f"'{census}'")).fetchall()


def test_months_of_the_real_census_are_those_of_plain_sql(census, real_data):
    answer = new(census, "family", name="house", over="month", start="2023-07-01", end="2024-07-01")
    found = {}
    for row in answer.rows:
        found[row.period] = found.get(row.period, 0) + row.models
    wanted = sql(real_data, "select strftime(created_at, '%Y-%m'), count(*) from census "
                 "where created_at >= '2023-07-01' and created_at < '2024-07-01' group by 1")  # fmt: skip
    assert found == dict(wanted)
    assert len(found) == 12


@pytest.mark.parametrize(
    ("by", "label"),
    [
        ("library", "coalesce(library_name, '(none)')"),
        ("namespace", "split_part(id, '/', 1)"),
        ("task", "coalesce(pipeline_tag, '(none)')"),
    ],
)
def test_groups_of_a_real_month_are_those_of_plain_sql(census, real_data, by, label):
    answer = new(census, by, start="2024-06-01", end="2024-07-01", hub="huggingface")
    assert groups(answer) == dict(sql(real_data, JUNE.replace("LABEL", label)))


def test_models_of_the_real_first_date_are_those_of_plain_sql(census, real_data):
    answer = new(census, "quantised", over="year", hub="huggingface")
    flat = sum(row.models for row in answer.rows if row.period == FLAT)
    assert [(flat,)] == sql(real_data, "select count(*) from census where created_at < '2022-03-03'")
    assert answer.total + answer.unknown_age == 760_000


def test_adapters_of_the_real_census_are_those_of_plain_sql(census, real_data):
    answer = new(census, "library", "adapter", hub="huggingface")
    assert [(answer.total,)] == sql(real_data, "select count(*) from census where library_name = 'peft'")

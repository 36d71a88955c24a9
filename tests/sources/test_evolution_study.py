"""The study's public files: counters of a chosen set of models, and the study's own register of places."""

from __future__ import annotations

import csv
import io
import json
from importlib import resources

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import made_history
import standin
from weighbridge.errors import SchemaChanged, SourceFailed
from weighbridge.records.clock import day_text, parse_day
from weighbridge.records.source import Asked
from weighbridge.register.parties import is_country, read_in
from weighbridge.sources import evolution_study, source
from weighbridge.sources.place_names import place_of
from weighbridge.sources.study_places import places
from weighbridge.store.catalogue import read_counters
from weighbridge.store.parts import read_document, read_part
from weighbridge.upkeep.syncing import Telling, fetch_and_read, live

HISTORY = made_history.History(models=40)
ALL, ROLLING = evolution_study.ALL, evolution_study.ROLLING


@pytest.fixture(scope="module")
def files():
    return HISTORY.study()


@pytest.fixture
def served(files, monkeypatch):
    with standin.hub([], {evolution_study.REPOSITORY: files}, day="2025-08-13", far_files=True) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


@pytest.fixture
def read(tmp_path, files):
    """A function that writes the study's files, some of them changed, and reads them."""

    def take(changed=None, **others):
        folder = tmp_path / "study"
        folder.mkdir(exist_ok=True)
        table = pq.read_table(io.BytesIO(files[ALL]))
        for name, body in {**files, ALL: made_history.parquet(changed(table) if changed else table), **others}.items():
            if body is not None:
                (folder / name).write_bytes(body)
        return list(source("evolution-study").read(folder, None))

    return take


def sync(store, **asked):
    return fetch_and_read(store, live(source("evolution-study")), Asked(**asked), Telling())


def model(name: str, downloads: int = 10, row: int = 1, **labels):
    return {
        "row": row,
        "name": name,
        "downloads_all": downloads,
        "country": None,
        "countries": None,
        "group": None,
    } | labels


def registered(*models):
    table, rejects = places(pa.Table.from_pylist(list(models)))
    return {row["namespace"]: (row["place"], row["note"]) for row in table.to_pylist()}, rejects


def test_the_set_is_a_selection_with_the_studys_register(served, store):
    (reading,) = sync(store)
    vintage = reading.vintage
    assert (vintage.population, vintage.register) == ("selection", "study-2025")
    assert vintage.days_all[0] == parse_day("2025-02-26")
    assert vintage.days_30d == ()
    register = read_in(vintage)
    assert {register.party("huggingface", m.name.split("/")[0], 20_000).country for m in HISTORY.models} <= {
        "CN", "US", "FR", "INT", "unaffiliated",
    }  # fmt: skip


def test_every_counter_of_the_file_is_kept(served, store):
    (reading,) = sync(store)
    counters = read_counters([reading.vintage], "downloads_all")
    names = read_part(reading.vintage, "models", ["name"])["name"].to_pylist()
    number = {model.name: at for at, model in enumerate(HISTORY.models)}
    looked = [
        (names[m], d, v)
        for m, d, v in zip(counters.model, counters.day.tolist(), counters.value.tolist(), strict=True)
        if d in made_history.STUDY_LOOKS
    ]
    assert looked
    assert all(value == HISTORY.all_time(number[name], day) for name, day, value in looked)


def test_a_model_born_between_two_looks_begins_at_zero_on_its_day(served, store):
    (reading,) = sync(store)
    counters = read_counters([reading.vintage], "downloads_all")
    names = read_part(reading.vintage, "models", ["name"])["name"].to_pylist()
    zeros = {
        names[m]: day_text(d)
        for m, d, v in zip(counters.model, counters.day.tolist(), counters.value.tolist(), strict=True)
        if v == 0
    }
    late = {m.name: day_text(m.created) for m in HISTORY.models if m.created > parse_day("2025-02-26")}
    assert zeros == late


def test_a_model_that_was_seen_late_is_given_no_zero(read):
    from datetime import UTC, datetime

    def late(table):
        created = pa.array([datetime(2025, 3, 1, tzinfo=UTC)] * len(table), pa.timestamp("us", "UTC"))
        return table.set_column(table.schema.get_field_index("created"), "created", created).filter(
            pa.compute.greater(table["time"], pa.scalar(datetime(2025, 3, 12), pa.timestamp("ns")))
        )

    assert sum(batch.rows.num_rows for batch in read(late)[1:]) == 0


def test_where_it_came_from_and_which_columns_were_mapped_stand_in_its_document(served, store):
    (reading,) = sync(store)
    origin = read_document(reading.vintage)["weighbridge"]["origin"]
    assert origin["repository"] == "mmpr/open_model_evolution_data"
    assert [file["path"] for file in origin["files"]] == [ALL, ROLLING]
    assert origin["columns"]["downloads_all"] == "downloadsAllTime"
    assert origin["columns"]["country"] == "org_country_single"


def test_the_same_revision_is_nothing_new_and_neither_is_one_of_another_file(served, store, files):
    sync(store)
    served.forget()
    assert sync(store) == []
    served.site.repositories.put(evolution_study.REPOSITORY, {"2025-08-20": {**files, "more.txt": b"1"}})
    assert sync(store) == []
    assert not served.asked("lfs")
    served.site.repositories.put(
        evolution_study.REPOSITORY, {"2025-08-27": HISTORY.study(made_history.STUDY_LOOKS[:-1])}
    )
    assert [reading.vintage.known.isoformat()[:10] for reading in sync(store)] == ["2025-08-27"]


def test_a_missing_counter_is_refused_with_the_columns_that_are_there(read):
    with pytest.raises(SchemaChanged, match=r"downloadsAllTime.*its columns: _id, model, author, time") as caught:
        read(lambda table: table.drop_columns("downloadsAllTime"))
    assert caught.value.kind == "schema-changed"


def test_labels_under_other_names_are_refused_not_guessed(read):
    gone = ["org_country_single", "org_country", "merged_country_groups_single"]
    with pytest.raises(SchemaChanged, match="org_country_single"):
        read(lambda table: table.drop_columns(gone))


def test_counters_under_another_usual_name_are_read(read):
    batches = read(lambda table: table.rename_columns({"downloadsAllTime": "downloads_all_time", "time": "date"}))
    assert batches[0].rows["downloads_all"].null_count == 0


def test_a_data_set_without_its_file_is_refused_with_those_it_has(served, store, files):
    served.site.repositories.put(evolution_study.REPOSITORY, {"2025-08-20": {"other.parquet": b"1"}})
    with pytest.raises(SchemaChanged, match=ALL) as caught:
        sync(store)
    assert "other.parquet" in caught.value.hint
    assert store.vintages() == []


def test_a_folder_without_the_file_is_refused(tmp_path):
    with pytest.raises(SourceFailed, match="does not hold"):
        list(source("evolution-study").read(tmp_path, None))


def test_the_second_file_is_compared_and_not_read_as_more(read):
    batches = read()
    assert [doubt.reason for batch in batches for doubt in batch.doubts] == []
    assert sum(batch.rows.num_rows for batch in batches) == 40 * 0 + sum(
        b.rows.num_rows for b in read(**{ROLLING: None})
    )


def test_where_the_second_file_says_otherwise_it_is_told(read, files):
    table = pq.read_table(io.BytesIO(files[ROLLING]))
    other = pa.compute.add(table["downloadsAllTime"], 1)
    table = table.set_column(table.schema.get_field_index("downloadsAllTime"), "downloadsAllTime", other)
    (doubt,) = read(**{ROLLING: made_history.parquet(table)})[0].doubts
    assert doubt.column == ROLLING
    assert f"{len(table):,} of its {len(table):,} rows have another counter" in doubt.reason


def test_a_second_file_of_another_form_is_told_with_its_columns(read):
    (doubt,) = read(**{ROLLING: made_history.parquet(pa.table({"week": [1], "CN": [2]}))})[0].doubts
    assert "was not compared" in doubt.reason
    assert "week, CN" in doubt.reason


def test_rows_without_a_name_or_counter_are_refused_one_by_one(read):
    def damaged(table):
        names = table["model"].to_pylist()
        names[0], names[1] = "<script>", None
        return table.set_column(table.schema.get_field_index("model"), "model", pa.array(names))

    rejects = read(damaged)[0].rejects
    assert [(reject.row, reject.column) for reject in rejects] == [(1, "name"), (2, "name")]


def test_base_models_are_kept_and_words_among_them_are_not(read):
    def derived(table):
        column = pa.array([["No"], ["meta-llama/Llama-3", "No"]] + [None] * (len(table) - 2))
        return table.set_column(table.schema.get_field_index("merged_derived_from"), "merged_derived_from", column)

    assert read(derived)[0].rows["base_models"].to_pylist()[:3] == [None, ["meta-llama/Llama-3"], None]


# ---- places


def test_a_country_is_its_code():
    found, rejects = registered(model("a/m", country="United States of America"), model("b/m", country="china"))
    assert (found["a"][0], found["b"][0], rejects) == ("US", "CN", [])


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("user", "unaffiliated"),
        ("Online", "INT"),
        ("International", "INT"),
        ("International / Online", "INT"),
        ("Unknown", "unknown"),
    ],
)
def test_what_is_no_country_is_one_of_the_registers_other_places(written, place):
    found, _ = registered(model("a/m", country=written))
    assert found["a"] == (place, f"labelled {written}")


def test_of_several_countries_the_studys_first_holds_and_the_others_are_noted():
    found, _ = registered(model("a/m", country="France", countries=["France", "Germany"]))
    assert found["a"] == ("FR", "labelled France (of France, Germany)")


def test_several_countries_without_a_first_one_are_international():
    found, _ = registered(model("a/m", countries=["France", "Germany"]))
    assert found["a"][0] == "INT"


def test_no_label_is_unknown():
    assert registered(model("a/m"))[0]["a"] == ("unknown", "no label")


def test_a_broad_group_stands_in_where_the_country_is_not_given():
    assert registered(model("a/m", group="Europe"))[0]["a"][0] == "(europe)"


def test_a_place_that_nobody_knows_is_refused_by_name_and_left_out():
    found, (reject,) = registered(model("a/m", country="Atlantis", row=7))
    assert found == {}
    assert (reject.row, reject.name) == (7, "a/m")
    assert "'Atlantis' is no place" in reject.reason


def test_a_namespace_whose_models_disagree_is_where_its_downloads_are():
    found, _ = registered(
        model("a/one", 100, country="France"),
        model("a/two", 900, country="China"),
        model("a/three", 1, country="France"),
    )
    place, note = found["a"]
    assert place == "CN"
    assert "FR (10.3% of the downloads)" in note


def test_every_name_of_a_place_means_a_code_or_one_of_the_other_places():
    folder = resources.files("weighbridge.sources") / "data"
    schema = json.loads((folder / "schema" / "place-names.schema.json").read_text())
    rows = list(csv.DictReader((folder / "place-names.csv").read_text(encoding="utf-8").splitlines()))
    checker = jsonschema.Draft202012Validator(schema)
    assert [error.message for row in rows for error in checker.iter_errors(row)] == []
    written = [row["written"].casefold() for row in rows]
    assert len(set(written)) == len(written)
    others = {"INT", "unaffiliated", "unknown", "(europe)", "(elsewhere)"}
    assert all(is_country(row["place"]) or row["place"] in others for row in rows)
    assert all(bool(row["reason"]) != is_country(row["place"]) for row in rows)


def test_every_country_of_the_register_is_known_by_its_name():
    countries = csv.DictReader(
        (resources.files("weighbridge.register") / "data" / "countries.csv").read_text(encoding="utf-8").splitlines()
    )
    assert [row["name"] for row in countries if place_of(row["name"]) != row["code"]] == []

"""The commands that compare definitions, resamples, periods and readings, as other programs see them."""

from __future__ import annotations

import csv
import io

import pytest

COMPARING = ("matrix", "influence", "stability", "crossover", "revisions")
ON_PULLS = {"crossover": ("--hub", "ollama", "--over", "month")}


def asked(command, store, name, *more):
    return command(name, *ON_PULLS.get(name, ()), *more, "--store", store)


def document(command, store, name, *more):
    ran = asked(command, store, name, *more, "--json")
    assert ran.status == 0, ran.out + ran.err
    return ran.document


def refused(ran, status, kind):
    """An error as one document: its message, with a hint that is not empty."""
    assert ran.status == status, ran.out + ran.err
    error = ran.document["error"]
    assert error["kind"] == kind
    assert error["hint"]
    return error["message"]


@pytest.mark.parametrize("name", COMPARING)
def test_every_document_says_what_it_rests_on(command, hub_store, name):
    found = document(command, hub_store, name)
    assert found["measure"] == name
    assert found["definition"]["name"] == "house"
    assert found["coverage"]["registered_share"] <= 1
    assert found["window"]["from"] < found["window"]["to"]
    assert found["vintages"]
    assert isinstance(found["rows"], list)
    assert found["rows"]


def test_a_row_of_the_matrix_has_the_choices_the_shares_and_who_leads(command, hub_store):
    found = document(command, hub_store, "matrix")
    row = found["rows"][0]
    assert list(row)[:6] == ["max_age_days", "attribution", "scope", "clean", "register", "contested"]
    assert row.keys() >= {"values", "bounds", "leader", "outside_bounds", "total"}
    assert found["groups"] == list(row["values"]) == list(row["bounds"]) == ["CN", "US"]
    assert {"rows", "leaders", "summary", "skipped"} <= found.keys()
    assert all(skipped.keys() == {"choice", "reason"} for skipped in found["skipped"])


def test_influence_has_lists_breakdown_numbers_and_their_argument(command, hub_store):
    found = document(command, hub_store, "influence", "--groups", "CN,US", "--clean", "none")
    assert found["exact"] is True
    assert found["because"]
    assert found["breakdown"].keys() == {"models", "organisations"}
    assert all({"model", "group", "moves"} <= row.keys() for row in found["models"])
    assert all({"organisation", "group", "moves"} <= row.keys() for row in found["organisations"])
    assert found["breakdown"]["organisations"] == 1


def test_top_cuts_the_lists_of_influence(command, hub_store):
    found = document(command, hub_store, "influence", "--top", "2")
    assert len(found["models"]) == len(found["organisations"]) == 2


def test_stability_names_its_interval(command, hub_store):
    found = document(command, hub_store, "stability", "--resamples", "160", "--seed", "5")
    interval = found["interval"]
    assert (interval["resamples"], interval["seed"], interval["level"]) == (160, 5, 0.95)
    assert interval["coverage_claimed"] is (interval["largest_cluster_share"] <= 0.2)
    assert all(row["lo"] <= row["hi"] for row in found["rows"])


@pytest.mark.parametrize("of", ["share", "difference", "hhi"])
def test_every_figure_of_stability_can_be_asked_over_time(command, hub_store, of):
    found = document(command, hub_store, "stability", "--of", of, "--hub", "ollama", "--over", "month")
    assert {row["period"] for row in found["rows"]} == {"2026-04", "2026-05", "2026-06"}


def test_crossover_has_a_row_a_definition(command, hub_store):
    found = document(command, hub_store, "crossover", "--groups", "CN,US", "--stays", "1")
    assert found["stays"] == 1
    assert found.keys() >= {"crossed", "state", "outside_bounds", "last_period", "values", "summary", "skipped"}
    assert sum(found["summary"].values()) == len(found["rows"])


def test_revisions_have_a_row_a_reading_and_group(command, hub_store):
    found = document(command, hub_store, "revisions", "--groups", "US,CN", "--at", "2024-07-11", "--hub", "huggingface")
    assert [row["known"] for row in found["rows"][::2]] == ["2024-07-12T00:00:00Z", "2024-08-11T10:00:00Z"]
    assert all({"known", "group", "value", "lo", "hi", "downloads", "moved"} <= row.keys() for row in found["rows"])


BAD_GROUPS = {"an unknown one": "US,Atlantis", "an empty list": "", "commas alone": ",,"}


@pytest.mark.parametrize("what", BAD_GROUPS)
@pytest.mark.parametrize("name", COMPARING)
def test_groups_that_there_are_not_are_wrong_usage(command, hub_store, name, what):
    refused(asked(command, hub_store, name, "--groups", BAD_GROUPS[what], "--json"), 2, "usage")


@pytest.mark.parametrize("name", ["matrix", "influence", "crossover"])
def test_one_group_cannot_be_compared(command, hub_store, name):
    message = refused(asked(command, hub_store, name, "--groups", "US", "--json"), 2, "usage")
    assert message == "one group was given (US), and 2 are needed"


@pytest.mark.parametrize("groups", ["US,US", "CN,US,US"])
@pytest.mark.parametrize("name", COMPARING)
def test_a_group_that_is_given_twice_is_refused(command, hub_store, name, groups):
    assert "US is given twice" in refused(asked(command, hub_store, name, "--groups", groups, "--json"), 2, "usage")


def test_a_census_with_one_group_says_that_two_are_needed(command, csv_file, tmp_path):
    path = csv_file(tmp_path / "hub.csv", [{"id": "Qwen/a", "downloads": 1}])
    assert command("ingest", "hub-dump", path, "--at", "2024-07-11", "--store", tmp_path / "store").status == 0
    for name in ("matrix", "influence"):
        ran = command(name, "--by", "organisation", "--store", tmp_path / "store", "--json")
        assert refused(ran, 3, "data-missing") == "only Alibaba has weight by organisation"
        assert "two groups with weight" in ran.document["error"]["hint"]


def test_a_crossover_is_resampled_by_month_where_no_period_is_named(command, hub_store):
    stability = ("stability", "--of", "crossover", "--hub", "ollama", "--store", hub_store, "--json")
    found, named = command(*stability).document, command(*stability, "--over", "month").document
    assert found["rows"] == named["rows"]
    assert [period["period"] for period in found["periods"]] == ["2026-04", "2026-05", "2026-06"]
    assert "needs a series" in refused(command(*stability, "--at", "2026-05-01"), 2, "usage")


@pytest.mark.parametrize("name", ["influence", "crossover"])
def test_three_groups_are_too_many_for_a_difference(command, hub_store, name):
    assert "not of 3" in refused(asked(command, hub_store, name, "--groups", "US,CN,FR", "--json"), 2, "usage")


@pytest.mark.parametrize("name", ["matrix", "influence", "revisions"])
def test_what_is_of_one_window_refuses_a_series(command, hub_store, name):
    ran = command(name, "--hub", "ollama", "--over", "month", "--store", hub_store, "--json")
    assert "one window" in refused(ran, 2, "usage")


WRONG = [
    ("stability", "--resamples", "0"),
    ("stability", "--resamples", "many"),
    ("stability", "--seed", "-1"),
    ("stability", "--of", "gini"),
    ("stability", "--of", "hhi", "--by", "task"),
    ("crossover", "--stays", "0"),
    ("crossover", "--at", "2026-05-01"),
    ("influence", "--top", "0"),
    ("matrix", "--by", "task"),
    ("matrix", "--by", "planet"),
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_values_that_there_are_not_are_wrong_usage(command, hub_store, arguments):
    refused(command(*arguments, "--hub", "ollama", "--store", hub_store, "--json"), 2, "usage")


MISSING = {
    "a series of a single census": ("crossover", "--hub", "huggingface", "--over", "week"),
    "another hub": ("matrix", "--hub", "modelscope"),
    "another day": ("influence", "--at", "2020-01-01"),
    "what was known before anything": ("revisions", "--as-of", "2001-01-01"),
    "a crossing in one window": ("stability", "--of", "crossover"),
}


@pytest.mark.parametrize("what", MISSING)
def test_what_is_not_held_is_missing_data(command, hub_store, what):
    ran = command(*MISSING[what], "--store", hub_store, "--json")
    if ran.status == 2:  # windows of thirty days make no weeks
        assert what == "a series of a single census"
        return
    refused(ran, 3, "data-missing")


@pytest.mark.parametrize("name", COMPARING)
def test_csv_holds_every_row_with_one_column_a_figure(command, hub_store, name):
    ran = asked(command, hub_store, name, "--format", "csv")
    assert ran.status == 0, ran.err
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert len(rows) == len(document(command, hub_store, name)["rows"])
    assert None not in rows[0]
    assert not any("{" in cell for row in rows for cell in row.values())


def test_shares_of_the_matrix_are_columns_in_csv(command, hub_store):
    rows = list(csv.DictReader(io.StringIO(asked(command, hub_store, "matrix", "--format", "csv").out)))
    found = document(command, hub_store, "matrix")["rows"]
    assert [(float(row["CN"]), float(row["US"])) for row in rows] == [
        (r["values"]["CN"], r["values"]["US"]) for r in found
    ]


@pytest.mark.parametrize("name", COMPARING)
def test_markdown_is_a_table_whose_rows_have_the_same_cells(command, hub_store, name):
    ran = asked(command, hub_store, name, "--format", "md")
    assert ran.status == 0, ran.err
    lines = [line for line in ran.out.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(document(command, hub_store, name)["rows"])
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


@pytest.mark.parametrize("name", COMPARING)
def test_people_get_a_table_with_notes(command, hub_store, name):
    ran = asked(command, hub_store, name)
    assert ran.status == 0, ran.err
    assert "Definition  house" in ran.out
    assert "\nNote  " in ran.out


ON_THE_SAMPLE = [
    ("matrix",),
    ("influence",),
    ("stability",),
    ("crossover", "--hub", "ollama", "--over", "month"),
    ("revisions",),
]


@pytest.mark.parametrize("arguments", ON_THE_SAMPLE, ids=" ".join)
def test_the_sample_answers_where_there_is_no_store(command, no_store, sample_note, arguments):
    found = command(*arguments, "--store", no_store, "--json").document
    assert found["rows"]
    assert any(note.startswith(sample_note) for note in found["notes"])
    assert found.get("exact", False) is False


@pytest.mark.parametrize("arguments", [("stability", "--of", "hhi", "--by", "model"), ("matrix", "--max-age", "123"),
                                       ("stability", "--of", "hhi", "--by", "organisation"),
                                       ("influence", "--at", "2020-01-01"),
                                       ("crossover", "--hub", "huggingface")], ids=" ".join)  # fmt: skip
def test_what_the_sample_cannot_answer_is_missing_data(command, no_store, arguments):
    refused(command(*arguments, "--store", no_store, "--json"), 3, "data-missing")

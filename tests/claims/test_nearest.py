"""The nearest thing to a claim: a value, a command that prints it, and in words how it differs."""

from __future__ import annotations

import json
import shlex

import pytest

from weighbridge.claims.check import check
from weighbridge.claims.ledger import ledger
from weighbridge.measures.asking import StoreBacking, open_backing

FIRST = ("longpre-cn-share", "longpre-us-share", "hf-summer-lt200", "osborne-zero")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """What the bundled sample says of every claim, by id."""
    return {row["id"]: row for row in check(open_backing(tmp_path_factory.mktemp("none") / "store"))}


@pytest.fixture(scope="module")
def of_census(census):
    """What the census of July 2024 says of every claim, by id."""
    return {row["id"]: row for row in check(StoreBacking(census))}


def printed(command, line: str, figure: dict, *more: object):
    """The figure of a row that a command line prints."""
    status, out = command(*shlex.split(line)[1:], *more, "--json")
    assert status == 0
    rows = {row["group"]: row for row in json.loads(out)["rows"]}
    return rows[figure["row"]][figure.get("column", "value")]


def test_one_month_of_2024_tests_no_figure_of_another_time(of_census):
    assert {row["verdict"] for row in of_census.values()} == {"not testable"}
    assert set(FIRST) <= set(of_census)


def test_the_census_of_2024_has_something_near_to_say_of_many_figures(of_census):
    assert sum(row["nearest"] is not None for row in of_census.values()) >= 25


def test_half_of_the_models_of_2024_say_nothing_against_seven_tenths_in_2023(of_census):
    row = of_census["osborne-zero"]
    near = row["nearest"]
    assert (row["verdict"], row["published"], row["comparison"]) == ("not testable", 70, "over")
    assert near["value"] == pytest.approx(49.51, abs=0.005)
    assert near["window"] == {"from": "2024-06-11", "to": "2024-07-11", "kind": "windowed"}
    for word in ("does not refute", "2024-06-11", "October 2023"):
        assert word in near["differs"]


def test_the_census_counts_its_models(of_census):
    assert of_census["hub-size-2024-09"]["nearest"]["value"] == 760_000


def test_every_row_has_a_reason_and_a_nearest_thing_or_why_there_is_none(sample, of_census):
    for rows in (sample, of_census):
        assert set(rows) == set(ledger())
        for row in rows.values():
            assert len(row["because"]) > 20
            assert (row["nearest"] is None) == bool(row["no_nearest"])


def test_a_nearest_thing_stands_with_definition_window_vintage_and_words(sample):
    for row in filter(lambda one: one["nearest"], sample.values()):
        near = row["nearest"]
        assert near["definition"]["name"]
        assert near["vintages"]
        assert near["lo"] is None or near["lo"] <= near["value"] <= near["hi"]
        assert f"the claim: {row['window']}" in near["differs"]


def test_what_a_cube_file_cannot_say_is_left_out_with_the_reason(sample):
    row = sample["osborne-zero"]
    assert row["nearest"] is None
    assert "cube file" in row["no_nearest"]


@pytest.mark.parametrize(
    "name", ["longpre-cn-share", "hf-industry-share-2025", "article-qwen-downloads", "atom-us-cumulative"]
)
def test_the_command_prints_the_nearest_value_from_the_sample(sample, command, name, tmp_path):
    asked, near = ledger()[name].nearest.asked, sample[name]["nearest"]
    value = printed(command, near["command"], asked.figure, "--store", tmp_path / "none")
    assert value * asked.scale == pytest.approx(near["value"])


@pytest.mark.parametrize(
    "name",
    [
        "osborne-zero",
        "hf-summer-99",
        "lbourdois-top50",
        "osborne-top1",
        "article-qwen-derivatives",
        "article-cadence-cn",
    ],
)
def test_the_command_prints_the_nearest_value_from_a_store(census, of_census, command, name):
    asked, near = ledger()[name].nearest.asked, of_census[name]["nearest"]
    value = printed(command, near["command"], asked.figure, "--store", census.path)
    assert value * asked.scale == pytest.approx(near["value"])


def test_flows_are_pinned_by_both_ends(store, read_counters):
    read_counters({"2024-07-01": {"Qwen": 0, "google": 0}, "2024-08-01": {"Qwen": 62, "google": 248}})
    (row,) = check(StoreBacking(store), ["hf-spring-cn-share"])
    assert row["nearest"]["value"] == pytest.approx(20)
    assert row["nearest"]["command"].endswith("--from 2024-07-02 --to 2024-08-01")


def test_a_claim_that_was_tested_needs_nothing_nearer(store, read_hub):
    read_hub([{"id": f"Qwen/m{number}", "downloads": 1} for number in range(10)], at="2023-10-31")
    (row,) = check(StoreBacking(store), ["osborne-zero"])
    assert (row["verdict"], row["ours"], row["nearest"], row["no_nearest"]) == ("differs", 0, None, "")

"""Claims against small stores: a verdict only where window, population, unit and counter are those of the claim."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

import making
from weighbridge.claims import needs
from weighbridge.claims.answers import Answers
from weighbridge.claims.check import checked
from weighbridge.claims.ledger import read
from weighbridge.claims.matching import matches
from weighbridge.errors import DataMissing
from weighbridge.measures.asking import StoreBacking, weighed_for

CN, US, NOBODY = "Qwen", "google", "nobody-looked-here"
JULY = {"from": "2024-07-01", "to": "2024-08-01"}
FLOWS = {"window": JULY, "counter": "cumulative"}


def test_the_same_figure_is_reproduced(row, read_day):
    read_day({CN: 20, US: 80})
    found = row(value=20)
    assert (found["verdict"], found["ours"], found["lo"], found["hi"]) == ("reproduced", 20, 20, 20)
    assert "agrees" in found["because"]


def test_another_figure_differs(row, read_day):
    read_day({CN: 20, US: 80})
    found = row(value=41)
    assert (found["verdict"], found["ours"]) == ("differs", 20)
    assert "not equal 41 percent" in found["because"]


def test_weight_that_nobody_has_registered_may_decide_and_then_nothing_is_refuted(row, read_day):
    read_day({CN: 20, US: 60, NOBODY: 20})
    found = row(value=35)
    assert found["verdict"] == "not testable"
    assert (found["ours"], found["lo"], found["hi"]) == (20, 20, 40)
    assert "what is unknown could put it anywhere from 20 percent to 40 percent" in found["because"]
    assert found["needs"] == []


def test_weight_that_nobody_has_registered_does_not_save_a_figure_beyond_it(row, read_day):
    read_day({CN: 20, US: 60, NOBODY: 20})
    assert row(value=41)["verdict"] == "differs"
    assert row(value=40.4)["verdict"] == "not testable"


def test_an_agreeing_figure_with_wide_limits_says_how_wide_they_are(row, read_day):
    read_day({CN: 20, US: 40, NOBODY: 40})
    found = row(value=20.3)
    assert found["verdict"] == "reproduced"
    assert "anywhere from 20 percent to 60 percent" in found["because"]


def test_one_day_says_nothing_of_another(row, read_day):
    read_day({CN: 20, US: 80})
    found = row(value=41, test={"window": {"at": "2023-10-31"}})
    assert (found["verdict"], found["ours"]) == ("not testable", None)
    assert "2023-10-31" in found["because"]
    assert "2024-07-11" in found["because"]


def test_a_chosen_set_says_nothing_of_the_hub(row, read_day):
    read_day({CN: 20, US: 80}, selection=True)
    found = row(value=20)
    assert found["verdict"] == "not testable"
    assert "census" in found["because"]


def test_thirty_days_of_windows_are_not_flows_of_the_cumulative_counter(row, read_day):
    read_day({CN: 20, US: 80}, at="2024-07-31")
    window = {"from": "2024-07-01", "to": "2024-07-31"}
    found = row(value=20, test={"window": window, "counter": "cumulative"})
    assert found["verdict"] == "not testable"
    assert "the cumulative counter" in found["because"]
    assert row(value=20, test={"window": window, "counter": "either"})["verdict"] == "reproduced"


def test_flows_do_not_answer_for_the_counters_of_a_day(row, read_counters):
    read_counters({"2024-07-01": {CN: 0, US: 0}, "2024-08-01": {CN: 20, US: 80}})
    found = row(value=20, test={"window": {"at": "2024-08-01"}})
    assert found["verdict"] == "not testable"
    assert row(value=20, test=FLOWS)["verdict"] == "reproduced"


def test_a_window_that_was_not_wholly_observed_tests_nothing(row, read_counters):
    read_counters({"2024-07-05": {CN: 0, US: 0}, "2024-08-01": {CN: 20, US: 80}})
    found = row(value=20, test=FLOWS)
    assert found["verdict"] == "not testable"
    assert "not observed over the whole of 2024-07-01 to 2024-08-01" in found["because"]


def test_lifetime_downloads_are_not_flows(row, read_counters):
    read_counters({"2024-07-01": {CN: 0, US: 0}, "2024-08-01": {CN: 20, US: 80}})
    found = row(value=20, test={"window": {"lifetime": "2024-08-01"}, "counter": "lifetime"})
    assert found["verdict"] == "not testable"
    assert "lifetime downloads" in found["because"]


def test_growth_is_a_quotient_of_two_windows(row, read_counters):
    days = {"2024-07-01": (0, 0), "2024-08-01": (10, 90), "2024-09-01": (60, 140)}
    read_counters({day: {CN: cn, US: us} for day, (cn, us) in days.items()})
    test = {"window": {"from": "2024-08-01", "to": "2024-09-01"}, "against": JULY, "counter": "cumulative", "scale": 1}
    found = row(value=5, unit="times", test=test)
    assert (found["verdict"], found["ours"]) == ("reproduced", pytest.approx(5))


def test_growth_is_not_testable_while_its_first_window_is_missing(row, read_counters):
    read_counters({"2024-08-01": {CN: 0, US: 0}, "2024-09-01": {CN: 50, US: 50}})
    test = {"window": {"from": "2024-08-01", "to": "2024-09-01"}, "against": JULY, "counter": "cumulative"}
    assert row(value=5, unit="times", test=test)["verdict"] == "not testable"


def test_shares_of_several_months_are_added_up_by_weight(row, read_counters):
    days = {"2024-07-01": (0, 0), "2024-08-01": (10, 90), "2024-09-01": (10, 390)}
    read_counters({day: {CN: cn, US: us} for day, (cn, us) in days.items()})
    window = {"from": "2024-07-01", "to": "2024-09-01", "over": "month"}
    found = row(value=2.5, test={"window": window, "counter": "cumulative", "tolerance": 0.001})
    assert (found["verdict"], found["ours"]) == ("reproduced", pytest.approx(2.5))


def test_an_order_is_reproduced_by_its_sign(row, read_day):
    read_day({CN: 60, US: 40})
    ahead = {"comparison": "order", "value": True, "unit": "order"}
    found = row(**ahead, test={"figure": {"above": "CN", "below": "US"}})
    assert (found["verdict"], found["ours"]) == ("reproduced", pytest.approx(20))
    assert row(**ahead, test={"figure": {"above": "US", "below": "CN"}})["verdict"] == "differs"


def test_an_order_that_the_unknown_could_turn_round_is_not_refuted(row, read_day):
    read_day({CN: 30, US: 40, NOBODY: 30})
    ahead = {"comparison": "order", "value": True, "unit": "order"}
    found = row(**ahead, test={"figure": {"above": "CN", "below": "US"}})
    assert (found["verdict"], found["lo"], found["hi"]) == ("not testable", pytest.approx(-40), pytest.approx(20))


def test_a_count_may_be_claimed(row, read_day):
    read_day({CN: 20, US: 80})
    reach = {"measure": "reach", "options": {"of": "models"}, "figure": {"row": "counted"}, "scale": 1}
    assert row(value=2, unit="models", test=reach)["verdict"] == "reproduced"
    assert row(value=3, unit="models", test=reach)["verdict"] == "differs"


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ({"measure": "users"}, "no measure 'users'"),
        ({"options": {"by": "modality"}}, "'modality'"),
        ({"options": {"by": "country", "cumulative": True}}, "'cumulative'"),
        ({"question": {"scope": "atom-tracked"}}, "'atom-tracked'"),
        ({"question": {"register": "nobodys"}}, "'nobodys'"),
        ({"figure": {"row": "gini"}, "measure": "reach", "options": {}}, "'gini'"),
        ({"hub": "openrouter"}, "'openrouter'"),
        ({"unit": "tokens"}, "counts tokens"),
    ],
)
def test_what_this_version_or_store_cannot_be_asked_is_not_testable(row, read_day, test, said):
    read_day({CN: 20, US: 80})
    found = row(value=20, test=test)
    assert found["verdict"] == "not testable"
    assert said in found["because"]


def test_a_figure_without_public_data_says_why():
    claim = read(
        {"id": "cost", "statement": "What it cost", "value": 5, "comparison": "equal", "unit": "USD",
         "window": {"words": "2024"}, "definition": "compute", "source": "a test", "evidence": "article",
         "untestable": "Costs are no public data."}
    )  # fmt: skip
    found = checked(claim, Answers(SimpleNamespace(hubs=list)))
    assert (found["verdict"], found["because"], found["needs"]) == ("not testable", "Costs are no public data.", [])


@pytest.fixture
def sliced(store, read_day):
    read_day({CN: 20, US: 80})
    return weighed_for(StoreBacking(store), making.asked("raw", at="2024-07-11")).slice


@pytest.fixture
def wanted():
    window = {"at": "2024-07-11"}
    return SimpleNamespace(population="census", unit="downloads", counter="30-day"), window


def test_what_is_asked_matches_itself(sliced, wanted):
    matches(*wanted, sliced)


def test_simulated_data_say_nothing_of_the_world(sliced, wanted):
    with pytest.raises(DataMissing, match="simulated"):
        matches(*wanted, replace(sliced, simulated=True))


def test_months_with_a_gap_between_them_are_no_year(sliced):
    test = SimpleNamespace(population="census", unit="downloads", counter="either")
    first = replace(sliced.windows[0], start=0, end=31)
    window = {"from": "1970-01-01", "to": "1970-04-01"}
    whole = (first, replace(first, start=31, end=59), replace(first, start=59, end=90))
    matches(test, window, replace(sliced, windows=whole))
    for windows in ((whole[0], whole[2]), whole[:2], whole[1:]):
        with pytest.raises(DataMissing, match="the claim is of 1970-01-01 to 1970-04-01"):
            matches(test, window, replace(sliced, windows=windows))


def test_a_data_set_without_a_reader_is_named_with_what_will_do(row, read_day, monkeypatch):
    read_day({CN: 20, US: 80})
    monkeypatch.setattr(needs, "sources", dict)
    found = row(test={"window": {"at": "2025-12-31"}, "sources": ["hub-stats", "hub-characterization"]})
    listing, series = found["needs"]
    assert listing["command"] == "weighbridge ingest hub-dump FILE --at 2025-12-31"
    assert series["command"] is None
    for text in (
        "reads a listing in a file",
        "harvardMadsys/hf-hub-characterization",
        "no reader for it",
    ):
        assert text in found["because"]


def test_a_data_set_that_can_be_fetched_is_named_with_its_command(row, read_day, monkeypatch):
    read_day({CN: 20, US: 80})
    fetching = SimpleNamespace(fetch=lambda: None)
    monkeypatch.setattr(needs, "sources", lambda: {"hub-stats": fetching})
    found = row(test={"window": {"at": "2025-12-31"}})
    assert [need["command"] for need in found["needs"]] == ["weighbridge sync hub-stats --at 2025-12-31"]
    assert "`weighbridge sync hub-stats --at 2025-12-31` fetches" in found["because"]


def test_what_is_fetched_along_is_named(row, read_day, monkeypatch):
    read_day({CN: 20, US: 80})
    fetching = SimpleNamespace(fetch=lambda: None, companions=(("model-pulse", None),))
    monkeypatch.setattr(needs, "sources", lambda: {"evolution-study": fetching})
    found = row(test={"measure": "later", "sources": ["evolution-study"]})
    assert found["needs"][0]["command"] == "weighbridge sync evolution-study"
    assert "and with it model-pulse." in found["because"]


def test_a_data_set_that_is_read_from_a_file_is_named_with_its_command(row, read_day):
    read_day({CN: 20, US: 80})
    found = row(test={"measure": "later", "sources": ["atom-tracked-models"]})
    assert found["needs"][0]["command"] == "weighbridge ingest atom-tracked-models PATH --at 2024-07-11"

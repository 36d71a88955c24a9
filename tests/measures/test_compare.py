"""Groups side by side under every named definition."""

from __future__ import annotations

import pytest

import making
from weighbridge.definitions.named import definitions
from weighbridge.errors import UsageError
from weighbridge.measures.asking import StoreBacking, ask


@pytest.fixture
def hub(store, read_hub):
    """A hub in which an old American model outweighs all, and a young Chinese one leads the young."""
    read_hub(
        [
            {"id": "google/old", "downloads": 700, "createdAt": "2022-06-01", "pipeline_tag": "fill-mask"},
            {"id": "Qwen/young", "downloads": 200, "createdAt": "2024-05-01", "pipeline_tag": "text-generation"},
            {"id": "nobody/x", "downloads": 100, "createdAt": "2024-05-01", "pipeline_tag": "text-generation"},
        ],
        at="2024-07-11",
    )
    return StoreBacking(store)


def compared(backing, definition="house", by="country", groups=("US", "CN"), **options):
    return ask(backing, "compare", making.asked(definition, **options), {"by": by, "groups": groups}).to_dict()


def test_every_named_definition_has_a_row_of_each_group(hub):
    rows = compared(hub)["rows"]
    assert [(row["definition"], row["group"]) for row in rows] == [
        (name, group) for name in definitions() for group in ("US", "CN")
    ]


@pytest.mark.parametrize("name", definitions())
def test_a_row_is_what_a_share_under_that_definition_says(hub, name):
    share = {row.group: row for row in ask(hub, "share", making.asked(name), {"by": "country"}).rows}
    for row in compared(hub)["rows"]:
        if row["definition"] == name and row["group"] in share:
            told = share[row["group"]]
            figures = ("value", "lo", "hi", "downloads", "models")
            assert [row[figure] for figure in figures] == [told[figure] for figure in figures]


def test_a_lead_that_hangs_on_the_definition_is_said(hub):
    (note,) = [note for note in compared(hub)["notes"] if note.startswith("The most of these groups")]
    assert "US under" in note
    assert "CN under" in note


def test_of_one_group_nothing_is_said_about_a_lead(hub):
    assert not [note for note in compared(hub, groups=("US",))["notes"] if note.startswith("The most")]


def test_weight_of_nobody_has_most_of_nothing_and_is_said_to_be_more(store, read_hub):
    read_hub(
        [
            {"id": "google/old", "downloads": 300, "createdAt": "2022-06-01"},
            {"id": "Qwen/young", "downloads": 200, "createdAt": "2024-05-01"},
            {"id": "nobody/x", "downloads": 900, "createdAt": "2023-05-01"},
        ],
        at="2024-07-11",
    )
    notes = compared(StoreBacking(store), groups=("US", "CN", "unregistered"))["notes"]
    (note,) = [note for note in notes if note.startswith("The most of these groups that are one party: ")]
    most, _, more = note.partition(" More than any of them is ")
    assert "US under" in most
    assert "unregistered" not in most
    assert more.startswith("unregistered under ")
    assert "house" in more


def test_two_with_the_same_share_have_most_under_no_definition(store, read_hub):
    rows = [{"id": f"{who}/x", "downloads": 300, "createdAt": "2024-05-01"} for who in ("google", "Qwen")]
    read_hub(rows, at="2024-07-11")
    (note,) = [note for note in compared(StoreBacking(store))["notes"] if note.startswith("The most of these")]
    assert note.startswith("The most of these groups: no single one under ")


def test_a_group_without_weight_has_what_could_be_its_own(hub):
    (row,) = [r for r in compared(hub, groups=("US", "FR"))["rows"] if (r["definition"], r["group"]) == ("raw", "FR")]
    assert (row["value"], row["lo"], row["hi"]) == (0, 0, pytest.approx(0.1))


def test_changes_of_a_definition_hold_for_all(hub):
    strict = compared(hub, scope="language")["rows"]
    assert {row["value"] for row in strict if row["group"] == "US"} == {0}


def test_without_names_the_largest_that_are_known_are_compared(hub):
    assert compared(hub, groups=None)["groups"] == ["US", "CN"]


@pytest.mark.parametrize("groups", [(), ("US", "US"), ("nowhere",), tuple("abcdefg")], ids=str)
def test_groups_that_are_none_twice_strange_or_too_many_are_refused(hub, groups):
    with pytest.raises(UsageError) as caught:
        compared(hub, groups=groups)
    assert caught.value.hint


def test_countries_may_be_given_by_their_names_and_in_any_letter_case(hub):
    assert compared(hub, groups=("united states", "China", "fr"))["groups"] == ["US", "CN", "FR"]


def test_a_name_that_is_almost_right_is_answered_with_the_right_one(hub):
    with pytest.raises(UsageError) as caught:
        compared(hub, by="organisation", groups=("Gogle",))
    assert "Google" in caught.value.hint

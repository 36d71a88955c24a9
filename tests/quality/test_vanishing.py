"""Absence from a later census is an event; absence from a choice is not."""

from __future__ import annotations

from readings import days


def test_a_model_that_a_later_census_lacks_has_vanished(read_hub, events):
    read_hub([{"id": "a/a", "downloads": 70}, {"id": "a/b", "downloads": 30}], at="2024-07-01")
    read_hub([{"id": "a/a", "downloads": 80}], at="2024-08-01")
    [gone] = events("vanished")
    assert (gone.model, gone.weight, gone.share) == ("a/b", 30, 0.3)
    assert days(gone) == ("2024-08-01", "2024-08-02")
    assert len(gone.vintages) == 1


def test_a_later_reading_moves_the_end_of_an_absence_and_not_its_name(read_hub, events):
    read_hub([{"id": "a/a", "downloads": 70}, {"id": "a/b", "downloads": 30}], at="2024-07-01")
    read_hub([{"id": "a/a", "downloads": 80}], at="2024-08-01")
    [before] = events("vanished")
    read_hub([{"id": "a/a", "downloads": 90}], at="2024-09-01")
    [after] = events("vanished")
    assert before.id == after.id
    assert days(after) == ("2024-08-01", "2024-09-02")


def test_a_model_that_comes_back_had_a_gap(read_hub, events):
    for at, there in (("2024-07-01", True), ("2024-08-01", False), ("2024-09-01", True)):
        read_hub([{"id": "a/a", "downloads": 70}, *([{"id": "a/b", "downloads": 30}] if there else [])], at=at)
    assert events("vanished") == []
    assert [gap.model for gap in events("gap")] == ["a/b"]


def test_a_model_that_a_choice_no_longer_holds_is_missing_and_no_event(read_hub, events):
    rows = [{"id": "a/a", "date": "2025-01-01", "downloads": 1}, {"id": "a/b", "date": "2025-01-02", "downloads": 1}]
    assert events("vanished", read_hub(rows, at=None, selection=True)) == []


def test_a_model_flagged_as_removed_has_vanished_from_a_choice_too(read_hub, events):
    rows = [
        {"id": "a/a", "date": "2025-01-01", "downloads": 9, "removed": "false"},
        {"id": "a/b", "date": "2025-01-01", "downloads": 5, "removed": "false"},
        {"id": "a/a", "date": "2025-01-02", "downloads": 9, "removed": "false"},
        {"id": "a/b", "date": "2025-01-02", "downloads": 0, "removed": "true"},
    ]
    [gone] = events("vanished", read_hub(rows, at=None, selection=True))
    assert (gone.model, gone.weight, days(gone)) == ("a/b", 5, ("2025-01-02", "2025-01-03"))


def test_a_model_that_was_flagged_and_is_counted_again_has_not_vanished(read_hub, events):
    read_hub([{"id": "a/a", "downloads": 1, "removed": ""}, {"id": "a/b", "downloads": 1, "removed": "true"}])
    read_hub([{"id": "a/a", "downloads": 1}, {"id": "a/b", "downloads": 1}], at="2024-08-01")
    assert events("vanished") == []


def test_a_flagged_model_that_was_never_counted_has_no_known_weight(read_hub, events):
    reading = read_hub([{"id": "a/a", "downloads": 1}, {"id": "a/b", "downloads": 1, "removed": "true"}])
    [gone] = events("vanished", reading)
    assert (gone.model, gone.weight, gone.share) == ("a/b", None, None)


def test_a_renamed_model_with_its_immutable_id_has_not_vanished(read_hub, events):
    read_hub([{"id": "a/old", "_id": "1", "downloads": 5}, {"id": "a/b", "_id": "2", "downloads": 5}], at="2024-07-01")
    read_hub([{"id": "a/new", "_id": "1", "downloads": 5}, {"id": "a/b", "_id": "2", "downloads": 5}], at="2024-08-01")
    assert events("vanished") == []


def test_a_later_census_in_which_all_are_flagged_has_lost_them_all(read_hub, events):
    rows = [{"id": "a/a", "downloads": 70}, {"id": "a/b", "downloads": 30}]
    read_hub(rows, at="2024-07-01")
    later = read_hub([row | {"removed": "true"} for row in rows], at="2024-08-01")
    gone = events("vanished")
    assert [(event.model, event.weight, event.numbers["flagged"]) for event in gone] == [("a/a", 70, 1), ("a/b", 30, 1)]
    assert {days(event) for event in gone} == {("2024-08-01", "2024-08-02")}
    assert {event.vintages for event in gone} == {(later.vintage.id,)}


def test_a_census_that_comes_after_such_a_one_leaves_its_events_their_names(read_hub, events):
    rows = [{"id": "a/a", "downloads": 70}, {"id": "a/b", "downloads": 30}]
    read_hub(rows, at="2024-07-01")
    read_hub([row | {"removed": "true"} for row in rows], at="2024-08-01")
    before = {event.model: event.id for event in events("vanished")}
    read_hub([{"id": "a/a", "downloads": 80}], at="2024-09-01")
    assert {event.model: event.id for event in events("vanished")} == {"a/b": before["a/b"]}


def test_a_model_flagged_after_the_last_count_of_all_has_vanished(read_hub, events):
    rows = [
        {"id": "a/a", "date": "2025-01-01", "downloads": 9, "removed": "false"},
        {"id": "a/b", "date": "2025-01-01", "downloads": 5, "removed": "false"},
        {"id": "a/b", "date": "2025-01-02", "downloads": 0, "removed": "true"},
    ]
    [gone] = events("vanished", read_hub(rows, at=None, selection=True))
    assert (gone.model, gone.weight, days(gone)) == ("a/b", 5, ("2025-01-02", "2025-01-03"))


def test_a_model_counted_by_a_later_reading_of_the_same_day_has_not_vanished(read_hub, events):
    read_hub([{"id": "a/a", "downloads": 1, "removed": "true"}, {"id": "a/b", "downloads": 1, "removed": ""}])
    read_hub([{"id": "a/a", "downloads": 1}, {"id": "a/b", "downloads": 1}])
    assert events("vanished") == []


def test_a_model_that_a_later_reading_says_is_there_has_not_vanished(read_hub, events):
    read_hub([{"id": "a/a", "downloads": 1}, {"id": "a/b", "downloads": 1}], at="2024-07-01")
    read_hub([{"id": "a/a", "downloads": 1, "removed": "true"}], at="2024-08-01")
    read_hub([{"id": "a/a", "downloads": 1, "removed": "false"}, {"id": "a/b", "downloads": 2}], at="2024-09-01")
    assert events("vanished") == []

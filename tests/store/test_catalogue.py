"""Several vintages are one catalogue: models joined by key or name, counters by model and day."""

from __future__ import annotations

import making
from weighbridge.store.catalogue import read_counters, read_models


def by_name(store, quantity="downloads_30d"):
    vintages = store.vintages()
    names = read_models(vintages, ["name"])["name"].to_pylist()
    counters = read_counters(vintages, quantity)
    return {
        (names[m], int(d)): int(v) for m, d, v in zip(counters.model, counters.day, counters.value, strict=True)
    }, counters


def test_of_two_vintages_of_a_day_the_later_known_wins(store, read_hub):
    read_hub([{"id": "a/b", "downloads": 10}, {"id": "c/d", "downloads": 1}], known=making.moment("2024-08-02"))
    read_hub([{"id": "a/b", "downloads": 99}], known=making.moment("2024-08-01"))
    day = making.day("2024-07-11")
    assert by_name(store)[0] == {("a/b", day): 10, ("c/d", day): 1}


def test_a_renamed_model_is_one_model_by_its_key(store, read_hub):
    read_hub([{"_id": "k", "id": "old/name", "downloads": 1}], at="2024-01-01")
    read_hub([{"_id": "k", "id": "new/name", "downloads": 2}], at="2024-02-01")
    assert by_name(store)[0] == {
        ("new/name", making.day("2024-01-01")): 1,
        ("new/name", making.day("2024-02-01")): 2,
    }


def test_a_vintage_without_keys_joins_by_the_name_that_another_gives_a_key(store, read_hub):
    read_hub([{"id": "a/b", "downloads": 1}, {"id": "only/here", "downloads": 5}], at="2024-01-01")
    read_hub([{"_id": "k", "id": "a/b", "downloads": 2}], at="2024-02-01")
    assert len(read_models(store.vintages(), ["name"])) == 2
    assert by_name(store)[0] == {
        ("a/b", making.day("2024-01-01")): 1,
        ("a/b", making.day("2024-02-01")): 2,
        ("only/here", making.day("2024-01-01")): 5,
    }


def test_of_each_attribute_the_latest_value_that_is_given_counts(store, read_hub):
    read_hub([{"id": "a/b", "downloads": 1, "likes": 5, "license": "mit", "tags": ["gguf"]}], at="2024-01-01")
    read_hub([{"id": "a/b", "downloads": 2, "likes": 7, "license": None, "tags": None}], at="2024-02-01")
    (model,) = read_models(store.vintages(), ["likes", "licence", "tags"]).to_pylist()
    assert model == {"likes": 7, "licence": "mit", "tags": ["gguf"]}


def test_an_old_name_is_joined_to_todays_where_a_link_says_so(store, read_hub):
    read_hub([{"id": "old/name", "downloads": 1}], at="2024-01-01")
    read_hub([{"id": "new/name", "downloads": 2}], at="2024-02-01")
    link = {"old/name": "new/name"}.get
    assert len(read_models(store.vintages(), ["name"])) == 2
    assert read_models(store.vintages(), ["name"], link)["name"].to_pylist() == ["new/name"]
    assert set(read_counters(store.vintages(), "downloads_30d", today=link).model.tolist()) == {0}


def test_a_link_to_a_name_that_the_same_vintage_has_joins_nothing(store, read_hub):
    read_hub([{"id": "old/name", "downloads": 1}, {"id": "new/name", "downloads": 3}], at="2024-01-01")
    read_hub([{"id": "new/name", "downloads": 2}], at="2024-02-01")
    assert len(read_models(store.vintages(), ["name"], {"old/name": "new/name"}.get)) == 2


def test_counters_know_every_day_on_which_the_hub_was_observed(store, read_hub):
    read_hub([{"id": "a/b", "downloads": 1}], at="2024-01-01")
    read_hub([{"id": "c/d", "downloads": 2}], at="2024-01-08")
    counters = by_name(store)[1]
    assert counters.days.tolist() == [making.day("2024-01-01"), making.day("2024-01-08")]
    assert counters.census


def test_a_selection_among_the_vintages_makes_absence_mean_nothing(store, read_hub):
    read_hub([{"id": "a/b", "downloads": 1}], at="2024-01-01")
    read_hub([{"id": "a/b", "downloads": 2}], at="2024-01-02", selection=True)
    assert not by_name(store)[1].census

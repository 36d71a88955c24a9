"""An age limit counts what was downloaded so many days after creation; what is not known is left out and told."""

from __future__ import annotations

import pytest

import making
from weighbridge.errors import DataMissing

REGISTER = making.register({})
OBSERVED = "2024-07-11"  # 365 days before: 2023-07-12


def kept(answer):
    return set(making.downloads(answer))


def test_a_model_counts_if_it_was_created_at_most_so_many_days_before_the_windows_end(store, read_hub):
    read_hub(
        [
            {"id": "a/in", "downloads": 1, "created_at": "2023-07-12T00:00:00Z"},
            {"id": "a/out", "downloads": 2, "created_at": "2023-07-11T23:59:59Z"},
            {"id": "a/new", "downloads": 4, "created_at": "2024-07-01"},
        ]
    )
    answer = making.share(store, "model", REGISTER, max_age_days=365)
    assert kept(answer) == {"a/in", "a/new"}
    assert (answer.total, answer.unknown_age) == (5, 0)


def test_unknown_age_is_left_out_and_reported(store, read_hub):
    read_hub(
        [
            {"id": "a/new", "downloads": 4, "created_at": "2024-07-01"},
            {"id": "a/who", "downloads": 9, "created_at": None},
        ]
    )
    answer = making.share(store, "model", REGISTER, max_age_days=365)
    assert (kept(answer), answer.total, answer.unknown_age) == ({"a/new"}, 4, 9)
    assert any("9 downloads of models of unknown age" in note for note in answer.notes)
    assert making.share(store, "model", REGISTER).unknown_age == 0


@pytest.mark.parametrize(("days", "unknown"), [(861, 0), (862, 7), (2_000, 7)])
def test_the_hubs_flat_first_date_means_on_or_before(store, read_hub, days, unknown):
    """From 2022-03-02 to 2024-07-11 there are 862 days: under a shorter limit such a model is surely too old."""
    read_hub(
        [
            {"id": "a/new", "downloads": 4, "created_at": "2024-07-01"},
            {"id": "a/flat", "downloads": 7, "created_at": "2022-03-02T23:29:04.000Z"},
        ]
    )
    answer = making.share(store, "model", REGISTER, max_age_days=days)
    assert (kept(answer), answer.unknown_age) == ({"a/new"}, unknown)


def test_in_a_series_a_models_flow_ends_with_its_age(store, read_hub):
    rows = [
        {
            "id": "a/b",
            "downloads_all_time": 10 * number,
            "date": f"2024-01-{number + 1:02d}",
            "created_at": "2024-01-01",
        }
        for number in range(20)
    ]
    read_hub(rows, at=None)
    answer = making.share(store, "model", REGISTER, max_age_days=5, start="2024-01-01", end="2024-01-20")
    assert answer.total == 60  # the days 1 to 6 January: t - created is 0 to 5 days


def test_nothing_young_enough_is_missing_data_with_the_reason(store, read_hub):
    read_hub([{"id": "a/who", "downloads": 9, "created_at": None}])
    with pytest.raises(DataMissing, match="the age of 9 downloads is not known"):
        making.share(store, "model", REGISTER, max_age_days=365)


def test_scope_comes_before_age_and_age_before_cleaning(store, read_hub):
    text = "text-generation"
    read_hub(
        [
            {"id": "a/kept", "downloads": 3, "pipeline_tag": text, "created_at": "2024-07-01", "likes": 9},
            {"id": "a/stub-tiny-random", "downloads": 5, "pipeline_tag": text, "created_at": "2024-07-01"},
            {"id": "a/old-tiny-random", "downloads": 70, "pipeline_tag": text, "created_at": "2020-01-01"},
            {"id": "a/who", "downloads": 11, "pipeline_tag": text, "created_at": None},
            {"id": "a/picture-tiny-random", "downloads": 900, "pipeline_tag": "fill-mask", "created_at": "2024-07-01"},
            {"id": "a/picture-who", "downloads": 1300, "pipeline_tag": "fill-mask", "created_at": None},
        ]
    )
    answer = making.share(store, "model", REGISTER, scope="language", max_age_days=365, clean=("test-stubs",))
    assert kept(answer) == {"a/kept"}
    assert answer.unknown_age == 11
    assert [(r["rule"], r["models"], r["downloads"]) for r in answer.removed] == [("test-stubs", 1, 5)]


def test_rules_run_in_the_order_in_which_they_are_given(store, read_hub):
    both = {"id": "a/tiny-random", "downloads": 200_000, "likes": 0}
    read_hub([both, {"id": "a/b", "downloads": 1}])
    for clean in (("test-stubs", "low-likes"), ("low-likes", "test-stubs")):
        answer = making.share(store, "model", REGISTER, clean=clean)
        assert [(r["rule"], r["models"]) for r in answer.removed] == [(clean[0], 1), (clean[1], 0)]

"""One mapping of what the Hub says of a model: structs, JSON text and flat columns mean the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from weighbridge.sources.hub_rows import batch_of, piece_of
from weighbridge.sources.tabular import Piece

CARDS = [
    {"license": "apache-2.0", "base_model": ["a/b", "c/d"], "base_model_relation": "merge", "datasets": ["x/y"]},
    {"license": None, "base_model": None, "base_model_relation": None, "datasets": None},
    None,
]
WEIGHTS = [{"total": 7_000_000_000, "parameters": {"BF16": 7_000_000_000}}, {"total": None, "parameters": None}, None]
GGUF = [{"total": 1}, {"total": 8_030_261_312}, None]
PLAIN = {"id": ["a/one", "a/two", "a/three"], "downloads": [3, 2, 1], "parameters": [5, 6, 1_100_000_000]}


def texts(values: list[Any]) -> list[str | None]:
    return [None if value is None else json.dumps(value) for value in values]


def forms() -> list[pa.Table]:
    """The same three models: with structs, and with JSON text."""
    nested = {"safetensors": WEIGHTS, "gguf": GGUF, "cardData": CARDS}
    return [
        pa.table({**PLAIN, **nested}),
        pa.table({**PLAIN, **{name: pa.array(texts(values), pa.string()) for name, values in nested.items()}}),
        pa.table({**PLAIN, **{name: pa.array(texts(values), pa.large_string()) for name, values in nested.items()}}),
    ]


@pytest.mark.parametrize("form", range(3))
def test_structs_and_json_text_say_the_same(read: Callable[..., Any], form: int) -> None:
    taken = read(forms()[form])
    one, two, three = taken.rows
    assert not taken.rejects
    assert not taken.doubts
    assert [(row["parameters"], row["parameters_from"]) for row in taken.rows] == [
        (7_000_000_000, "safetensors"),
        (8_030_261_312, "gguf"),
        (1_100_000_000, "listed"),
    ]
    assert (one["licence"], one["base_models"], one["relation"]) == ("apache-2.0", ["a/b", "c/d"], "merge")
    assert one["datasets"] == ["x/y"]
    assert [(row["licence"], row["base_models"], row["relation"]) for row in (two, three)] == [(None, None, None)] * 2


def test_what_the_row_says_goes_before_its_card_and_tags_before_both_for_the_relation(
    read: Callable[..., Any],
) -> None:
    (row,) = read(
        pa.table(
            {
                "id": ["a/one"],
                "downloads": [3],
                "license": ["mit"],
                "base_model": [["x/y"]],
                "tags": [["base_model:adapter:a/b", "license:other"]],
                "cardData": CARDS[:1],
            }
        )
    ).rows
    assert (row["licence"], row["base_models"], row["relation"]) == ("mit", ["x/y"], "adapter")


def test_an_empty_list_of_parents_is_filled_from_the_card(read: Callable[..., Any]) -> None:
    table = pa.table(
        {"id": ["a/one"], "downloads": [3], "base_model": pa.array([[]], pa.list_(pa.string())), "cardData": CARDS[:1]}
    )
    assert read(table).rows[0]["base_models"] == ["a/b", "c/d"]


def test_a_count_of_no_parameters_is_none(read: Callable[..., Any]) -> None:
    (row,) = read(pa.table({"id": ["a/one"], "downloads": [3], "safetensors": [{"total": 0}], "parameters": [9]})).rows
    assert (row["parameters"], row["parameters_from"]) == (9, "listed")


def test_a_relation_that_nobody_knows_is_a_doubt(read: Callable[..., Any]) -> None:
    table = pa.table({"id": ["a/one"], "downloads": [3], "cardData": [{"base_model_relation": "cousin"}]})
    taken = read(table)
    assert taken.rows[0]["relation"] is None
    assert [(doubt.column, doubt.reason) for doubt in taken.doubts] == [("relation", "'cousin' is not valid here")]


@pytest.mark.parametrize("text", ["not json", "[" * 50_000, '"text"', "7", '{"license": {"a": 1}, "base_model": 5}'])
def test_a_card_that_is_none_says_nothing(read: Callable[..., Any], text: str) -> None:
    (row,) = read(pa.table({"id": ["a/one"], "downloads": [3], "cardData": [text]})).rows
    assert (row["licence"], row["base_models"], row["relation"], row["datasets"]) == (None, None, None, None)


def test_weights_that_are_no_count_are_a_doubt(read: Callable[..., Any]) -> None:
    taken = read(pa.table({"id": ["a/one"], "downloads": [3], "safetensors": ['{"total": "large"}']}))
    assert taken.rows[0]["parameters"] is None
    assert [doubt.column for doubt in taken.doubts] == ["safetensors"]


def test_a_column_that_is_wrong_throughout_is_one_doubt() -> None:
    rows = [{"id": f"a/m{number}", "downloads": 1, "likes": "many"} for number in range(500)]
    batch = batch_of(piece_of([*rows, {"id": "a/last", "downloads": 1, "likes": None}], range(1, 502)), at())
    assert [(doubt.row, doubt.column) for doubt in batch.doubts] == [(1, "likes")]
    assert batch.rows.num_rows == 501


def test_a_column_that_is_mostly_wrong_is_told_value_by_value() -> None:
    rows = [{"id": f"a/m{number}", "downloads": 1, "likes": 3 if number == 9 else "many"} for number in range(500)]
    assert len(batch_of(piece_of(rows, range(1, 501)), at()).doubts) == 499


def test_rows_without_any_counter_are_rows_with_null_counters() -> None:
    batch = batch_of(piece_of([{"id": "a/b"}], [1]), at())
    assert batch.rows["downloads_30d"].to_pylist() == [None]


def test_a_piece_without_rows_is_an_empty_batch() -> None:
    batch = batch_of(piece_of(["x"], [5]), at())
    assert batch.rows.num_rows == 0
    assert [(reject.row, reject.reason) for reject in batch.rejects] == [(5, "not a JSON object")]
    assert isinstance(piece_of([], []), Piece)


def at() -> Any:
    import making

    return making.moment("2024-07-11")

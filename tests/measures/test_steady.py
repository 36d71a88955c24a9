"""A steady backing makes what questions share once."""

from __future__ import annotations

import making
from weighbridge.definitions.named import define
from weighbridge.measures.asking import StoreBacking
from weighbridge.measures.profiles.steady import steady
from weighbridge.records.question import Question


def test_who_names_the_only_hub_and_who_does_not_share_what_is_kept(store, read_hub):
    read_hub([{"id": "google/one", "downloads": 900, "likes": 5}])
    backing = steady(StoreBacking(store))
    plain = Question(definition=define("house"))
    named = Question(hub="huggingface", definition=define("raw"))
    assert backing.slicing(plain) is backing.slicing(named)


def test_a_day_before_the_first_reading_shares_nothing(store, read_hub):
    read_hub([{"id": "google/one", "downloads": 900, "likes": 5}])
    backing = steady(StoreBacking(store))
    now, then = (
        Question(definition=define("raw")),
        Question(definition=define("raw"), as_of=making.moment("2200-01-01")),
    )
    assert backing.slicing(now) is not backing.slicing(then)


def test_one_day_of_counters_is_held_once_whatever_the_definition(store, read_hub):
    read_hub([{"id": "google/one", "downloads": 900, "likes": 5}])
    backing = steady(StoreBacking(store))
    cells = [backing.slicing(Question(definition=define(name))).under(define(name)).cells for name in ("raw", "house")]
    assert cells[0].value is cells[1].value

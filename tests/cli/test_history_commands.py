"""`weigh` and `history` as other programs and people see them."""

from __future__ import annotations

import csv
import io

import pytest

import making
from weighbridge.errors import UsageError
from weighbridge.records.clock import day_text

FIRST = making.day("2024-01-01")


@pytest.fixture
def pulled(store, read_hub):
    """A store with two months of cumulative counters."""
    names = ("meta-llama/Llama-3-8B", "Qwen/Qwen2-7B-GGUF")
    read_hub(
        [
            {"id": name, "downloads_all_time": 100 * day * (n + 1), "date": day_text(FIRST + day)}
            for n, name in enumerate(names)
            for day in range(60)
        ],
        at=None,
    )
    return store.path


def test_weighing_says_what_it_did_and_does_it_once(command, pulled):
    first = command("weigh", "--store", pulled, "--json").document
    assert (first["weeks"], first["weeks_added"], first["models"]) == (9, 9, 2)
    again = command("weigh", "--store", pulled, "--json").document
    assert (again["weeks"], again["weeks_added"], again["rows_written"]) == (9, 0, 0)
    assert "9 held" in command("weigh", "--store", pulled).out


def test_a_history_is_told_as_text_csv_and_json(command, pulled):
    command("weigh", "--store", pulled)
    document = command("history", "--store", pulled, "--over", "month", "--json").document
    assert {(row["period"], row["group"]) for row in document["rows"]} == {
        (month, country) for month in ("2024-01", "2024-02") for country in ("US", "CN")
    }
    ran = command("history", "--store", pulled, "--over", "month", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [int(row["downloads"]) for row in rows] == [row["downloads"] for row in document["rows"]]
    text = command("history", "--store", pulled).out
    assert "cleaned by nothing" in text
    assert "Not cleaned" in text


def test_filters_are_read_from_pairs(command, pulled):
    command("weigh", "--store", pulled)
    document = command("history", "--store", pulled, "--where", "quantised=yes", "--json").document
    assert {row["group"] for row in document["rows"]} == {"CN"}
    assert document["definition"]["where"] == {"quantised": ["yes"]}
    assert command("history", "--store", pulled, "--where", "quantised").status == 2
    assert command("history", "--store", pulled, "--where", "licence=mit").status == 2


def test_a_history_that_was_not_weighed_is_missing(command, pulled):
    ran = command("history", "--store", pulled)
    assert ran.status == 3
    assert "weighbridge weigh" in ran.err


def test_python_asks_a_weighed_history_too(command, pulled):
    from weighbridge.surfaces.python import open_observatory

    assert command("weigh", "--store", pulled).status == 0
    held = open_observatory(pulled)
    assert held.history(by="country")["rows"] == command("history", "--store", pulled, "--json").document["rows"]
    with pytest.raises(UsageError, match="no option byy"):
        held.history(byy="country")

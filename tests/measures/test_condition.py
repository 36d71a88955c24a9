"""What a store can answer is said of hubs with counters and of hubs that give amounts of periods."""

from __future__ import annotations

import json

import pytest

import making
from weighbridge.errors import DataMissing
from weighbridge.measures.asking import StoreBacking
from weighbridge.measures.condition import condition
from weighbridge.register.parties import house
from weighbridge.sources import source
from weighbridge.store.writing import ingest


def bring_tokens(store, tmp_path):
    file = tmp_path / "rankings.json"
    rows = [
        {"date": day, "model_permaslug": name, "total_tokens": "5"}
        for day in ("2026-08-20", "2026-08-21")
        for name in ("a/x", "b/y", "other")
    ]
    meta = {"as_of": "2026-08-22T12:00:00Z", "start_date": "2026-08-20", "end_date": "2026-08-21", "version": "v1"}
    file.write_text(json.dumps({"data": rows, "meta": meta}))
    return ingest(store, source("openrouter-rankings"), file, at=None, known=making.moment("2026-08-22"))


def test_a_hub_of_amounts_alone_says_its_span_and_what_reads_it(store, tmp_path):
    bring_tokens(store, tmp_path)
    (row,) = condition(StoreBacking(store))["rows"]
    assert (row["hub"], row["population"], row["vintages"], row["models"]) == ("openrouter", "selection", 1, 2)
    assert row["amounts"] == ["2026-08-20", "2026-08-21"]
    assert (row["at"], row["flows"], row["newest"]) == ([], [], "2026-08-21")
    assert row["ask_with"] == "usage --hub openrouter"


def test_amounts_stand_beside_counters_in_rows_of_the_same_columns(store, tmp_path, read_hub):
    read_hub([{"id": "a/b", "downloads": 1}])
    bring_tokens(store, tmp_path)
    census, router = condition(StoreBacking(store))["rows"]
    assert (census["hub"], census["amounts"], census["at"]) == ("huggingface", [], ["2024-07-11", "2024-07-11"])
    assert router["hub"] == "openrouter"
    assert list(census) == list(router)


@pytest.mark.parametrize("hub", [None, "openrouter"])
def test_a_share_of_a_hub_of_amounts_alone_is_refused_and_says_what_reads_it(store, tmp_path, hub):
    bring_tokens(store, tmp_path)
    with pytest.raises(DataMissing, match="openrouter gives amounts of periods") as raised:
        making.share(store, "country", house(), hub=hub)
    assert "weighbridge usage --hub openrouter" in raised.value.hint


def test_amounts_do_not_stand_in_the_way_of_the_only_hub_with_counters(store, tmp_path, read_hub):
    bring_tokens(store, tmp_path)
    read_hub([{"id": "a/b", "downloads": 1}])
    assert making.share(store, "country", house()).hub == "huggingface"

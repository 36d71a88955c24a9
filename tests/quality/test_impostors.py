"""A name borrowed by a stranger and downloaded for it is an event; copies that say so, kin and the unknown are not."""

from __future__ import annotations

from typing import Any

import pytest
from readings import day_of, days, series

import making
from weighbridge.register import files
from weighbridge.sources import source
from weighbridge.store.writing import ingest

GIANT = {"id": "nobody-one/wonder-large", "downloads": 2_000_000, "likes": 900, "created_at": "2023-01-01"}
COPY = {"id": "nobody-two/wonder-large", "downloads": 60_000, "likes": 2, "created_at": "2024-06-20"}


def namespaces_of_one_organisation() -> tuple[str, str]:
    """Two namespaces that the register gives to the same organisation."""
    held: dict[str, str] = {}
    for row in files.rows("namespaces"):
        if row["hub"] != "huggingface" or row["organisation"].startswith("(") or row["until"] or row["since"]:
            continue
        if row["organisation"] in held:
            return held[row["organisation"]], row["namespace"]
        held[row["organisation"]] = row["namespace"]
    raise LookupError


def changed(row: dict[str, Any], **cells: Any) -> dict[str, Any]:
    return row | cells


def test_a_strangers_new_copy_of_the_name_with_many_downloads_is_an_event(read_hub, events):
    read_hub([GIANT, COPY])
    [event] = events("impostor")
    assert (event.model, event.weight) == (COPY["id"], 60_000)
    assert event.numbers["giant"] == GIANT["id"]
    assert event.share == pytest.approx(60_000 / 2_060_000)


@pytest.mark.parametrize("name", ["nobody-two/Wonder_Large", "nobody-two/w0nder-large", "nobody-two/wonder-1arge"])
def test_a_name_that_looks_the_same_is_the_same(read_hub, events, name):
    read_hub([GIANT, changed(COPY, id=name)])
    assert [event.model for event in events("impostor")] == [name]


def test_a_misspelt_name_is_an_event_and_a_word_that_many_write_is_none(read_hub, events):
    typo = changed(COPY, id="nobody-two/wodner-large")
    read_hub([GIANT, typo], at="2024-07-11")
    assert [event.model for event in events("impostor")] == ["nobody-two/wodner-large"]
    others = [{"id": f"nobody-{i}0/wodner-tiny", "downloads": 1} for i in range(3)]
    read_hub([GIANT, typo, *others], at="2024-07-12")
    assert events("impostor") == []


INNOCENT = {
    "it declares the giant as its base": {"base_model": [GIANT["id"]]},
    "it declares any base": {"base_model": ["nobody-three/other"]},
    "its name says that it is quantised": {"id": "nobody-two/wonder-large-gguf"},
    "it is tagged as quantised": {"tags": ["gguf"]},
    "it is in the giant's namespace": {"id": "nobody-one/wonder_large"},
    "it is older": {"created_at": "2022-06-01"},
    "it is no longer new and has not jumped": {"created_at": "2024-06-10"},
    "its age is not known": {"created_at": None},
    "it has few downloads": {"downloads": 9_000},
    "another size": {"id": "nobody-two/wonder-large-7b"},
    "another word": {"id": "nobody-two/wander-x-large"},
}


@pytest.mark.parametrize("why", INNOCENT)
def test_a_model_is_no_impostor_where(read_hub, events, why):
    read_hub([GIANT, changed(COPY, **INNOCENT[why])])
    assert events("impostor") == []


def test_a_name_of_no_giant_can_be_borrowed(read_hub, events):
    read_hub([changed(GIANT, downloads=90_000), COPY])
    assert events("impostor") == []
    read_hub([changed(GIANT, likes=3), changed(COPY, likes=0)], at="2024-08-01")
    assert events("impostor") == []


def test_another_namespace_of_the_giants_organisation_is_no_impostor(read_hub, events):
    one, other = namespaces_of_one_organisation()
    read_hub([changed(GIANT, id=f"{one}/wonder-large"), changed(COPY, id=f"{other}/wonder-large")])
    assert events("impostor") == []


def test_an_organisation_of_the_register_is_no_impostor(read_hub, events):
    known, _ = namespaces_of_one_organisation()
    read_hub([GIANT, changed(COPY, id=f"{known}/wonder-large")])
    assert events("impostor") == []


def test_a_series_shows_the_jump_and_its_day(read_hub, events):
    calm = [20_000 + 10 * (i % 3) for i in range(40)]
    jumping = [value + (50_000 if i >= 25 else 0) for i, value in enumerate(calm)]
    rows = series({GIANT["id"]: [2_000_000 + i % 2 for i in range(40)]}, likes=900)
    rows += series({COPY["id"]: jumping, "nobody-three/wonder-large": calm}, likes=2)
    read_hub(rows, at=None)
    [event] = events("impostor")
    assert (event.model, days(event)) == (COPY["id"], (day_of(25), day_of(26)))
    assert event.weight == jumping[25]


def test_a_hub_without_namespaces_has_no_impostors(store, events, tmp_path):
    rows = [{"date": "2025-01-01", "model": name, "pull_count_text": "9M"} for name in ("wonder", "w0nder")]
    path = making.csv_file(tmp_path / "pulls.csv", rows)
    ingest(store, source("ollama-pulls"), path, at=None, known=making.moment("2026-01-01"))
    assert events("impostor") == []

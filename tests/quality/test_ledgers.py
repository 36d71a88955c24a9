"""The ledger as a whole: order, names that stay, what it reads, and what is kept ready."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from readings import series

import making
from weighbridge import quality
from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.errors import DataMissing, UsageError
from weighbridge.quality import detectors, kept
from weighbridge.quality.ledger import answer, ledger
from weighbridge.store.ready import Shelf

ROWS = [
    {"id": "a/a", "downloads": 70},
    {"id": "a/b", "downloads": 20, "base_model": ["x"]},
    {"id": "a/c", "downloads": 30, "base_model": ["y"]},
    {"id": "a/d", "downloads": -1},
]


def test_the_weightiest_event_comes_first_and_the_unknown_last(store, read_hub):
    read_hub(ROWS)
    weights = [event.weight for event in ledger(store).events]
    assert weights == [30, 20, None]


def test_the_summary_names_every_kind_and_adds_up(store, read_hub):
    read_hub(ROWS)
    found = ledger(store)
    rows = {row["event"]: row for row in found.summary()}
    assert set(rows) == set(detectors())
    assert rows["dangling-base"] == {"event": "dangling-base", "events": 2, "weight": 50, "share": 50 / 120}
    assert rows["gap"] == {"event": "gap", "events": 0, "weight": 0, "share": None}
    assert sum(row["events"] for row in rows.values()) == len(found.events)


def test_no_two_events_have_one_id(store, read_hub):
    read_hub([*ROWS, *({"id": f"a/{i}", "downloads": i, "base_model": ["z"], "likes": -1} for i in range(50))])
    ids = [event.id for event in ledger(store).events]
    assert len(ids) == len(set(ids)) > 100


def test_an_id_depends_on_what_and_when_and_not_on_the_weight():
    event = quality.Event("gap", "hub", "a/a", 10, 12, 5, 50, ("v",), "detail")
    same = dataclasses.replace(event, weight=9, whole=1, vintages=("w",), detail="other", end=13)
    assert event.id == same.id
    for change in ({"kind": "fall"}, {"hub": "other"}, {"model": None}, {"start": 11}, {"subject": "row 3"}):
        assert dataclasses.replace(event, **change).id != event.id


def test_what_became_known_later_is_left_out(store, read_hub):
    read_hub(ROWS, at="2024-07-01", known=making.moment("2024-07-02"))
    read_hub(ROWS[:1], at="2024-08-01", known=making.moment("2024-08-02"))
    before = ledger(store, as_of=making.moment("2024-07-15"))
    assert not [event for event in before.events if event.kind == "vanished"]
    assert len(before.vintages) == 1
    assert [event for event in ledger(store).events if event.kind == "vanished"]


def test_a_choice_has_a_ledger_only_by_its_name(store, read_hub):
    reading = read_hub(ROWS, selection=True)
    with pytest.raises(DataMissing) as caught:
        ledger(store)
    assert reading.vintage.id in caught.value.hint
    found = ledger(store, vintage=reading.vintage.id)
    assert found.population == "selection"
    assert "chosen set" in found.notes[0]
    with pytest.raises(DataMissing, match="not of"):
        ledger(store, hub="ollama", vintage=reading.vintage.id)


def test_a_census_says_that_choices_are_held_too(store, read_hub):
    read_hub(ROWS)
    chosen = read_hub(ROWS, at="2024-07-12", selection=True)
    found = ledger(store)
    assert chosen.vintage.id not in found.vintages
    assert chosen.vintage.id in found.notes[0]


def test_rows_can_be_of_one_kind_and_few(store, read_hub):
    read_hub(ROWS)
    document = ledger(store).to_dict("dangling-base", 1)
    assert [row["model"] for row in document["rows"]] == ["a/c"]
    assert any("1 more" in note for note in document["notes"])
    with pytest.raises(UsageError) as caught:
        ledger(store).to_dict("gaps")
    assert "gap" in caught.value.hint


def test_a_cube_file_has_no_ledger():
    with pytest.raises(DataMissing, match="cube file"):
        answer(CubeFile(sample_path()))


def test_an_empty_store_has_no_ledger(store):
    with pytest.raises(DataMissing):
        ledger(store)


def test_the_second_answer_comes_from_what_was_kept_and_is_the_same(store, read_hub, monkeypatch):
    bad = {"id": "a/c", "date": "2025-01-01", "downloads": -1}
    read_hub([*series({"a/a": [30] * 3, "a/b": [60, None, 60]}), bad], at=None)
    first = ledger(store).events
    monkeypatch.setattr("weighbridge.quality.ledger.found", lambda held: pytest.fail("looked again"))
    assert ledger(store).events == first
    assert len(first) == 2


def test_a_kept_ledger_that_is_damaged_is_made_again(store, read_hub):
    read_hub(ROWS)
    first = ledger(store).events
    [folder] = (store.ready / "ledgers").iterdir()
    [file] = folder.iterdir()
    file.write_bytes(b"PAR1 nonsense")
    assert ledger(store).events == first


def test_a_detector_of_another_version_is_asked_again(store, read_hub, monkeypatch):
    read_hub(ROWS)
    ledger(store)
    monkeypatch.setattr(type(detectors()["gap"]), "version", 99)
    ledger(store)
    assert len(list((store.ready / "ledgers").iterdir())) == 2


def test_only_some_ledgers_are_kept(store, read_hub, monkeypatch):
    monkeypatch.setattr(kept, "LEDGERS", Shelf("ledgers", 2))
    for i in range(4):
        ledger(store, vintage=read_hub(ROWS, at=f"2024-07-{i + 1:02}").vintage.id)
    assert len(list((store.ready / "ledgers").iterdir())) == 2


STRANGER = '''
"""Models with a lucky number of downloads."""


class Lucky:
    id = "lucky"
    version = 1
    title = "a model with seven downloads"
    words = "For this test."

    def find(self, held):
        counters = held.counters("downloads_30d")
        for model, day, value in zip(counters.model, counters.day, counters.value):
            if value == 7:
                yield held.event(self.id, int(model), int(day), int(day) + 1, int(value), "seven downloads")


DETECTOR = Lucky()
'''


def test_one_file_adds_a_kind_of_event(store, read_hub, tmp_path: Path, monkeypatch):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "lucky.py").write_text(STRANGER)
    monkeypatch.setattr(quality, "__path__", [*quality.__path__, str(folder)])
    detectors.cache_clear()
    try:
        read_hub([{"id": "a/a", "downloads": 7}, {"id": "a/b", "downloads": 13}])
        assert [(e.kind, e.model, e.share) for e in ledger(store).events] == [("lucky", "a/a", 0.35)]
    finally:
        detectors.cache_clear()


@pytest.mark.parametrize("name", sorted(detectors()))
def test_a_detector_says_what_it_finds(name: str):
    detector = detectors()[name]
    assert detector.version >= 1
    assert 10 < len(detector.title) < len(detector.words)

"""A shelf makes an answer once, keeps what cannot be answered, and says when what it holds became known."""

from __future__ import annotations

import pytest

from weighbridge.errors import DataMissing, SourceFailed, UsageError
from weighbridge.surfaces.python import Observatory, open_observatory
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Kept, Shelf

ROWS = [{"id": "google/one", "downloads": 900, "license": "mit", "created_at": "2024-01-01", "likes": 5}]


@pytest.fixture
def shelf(store, read_hub):
    """A store of one reading."""
    read_hub(ROWS)
    return Shelf(open_observatory(store.path))


@pytest.mark.parametrize(("error", "times"), [
    (DataMissing("not held", "ask more"), 1), (UsageError("not so", "say it right"), 1), (SourceFailed("broken"), 3),
])  # fmt: skip
def test_what_cannot_be_had_is_looked_for_once_and_a_failure_each_time(error, times):
    asked, kept = [], Kept(3)

    def make():
        asked.append(1)
        raise error

    raised = []
    for _ in range(3):
        with pytest.raises(type(error)) as found:
            kept.get("key", make)
        raised.append(found.value)
        assert (found.value.message, found.value.hint) == (error.message, error.hint)
    assert len(asked) == times


def test_a_refusal_leaves_room_for_values():
    kept = Kept(3, len)
    for number in range(9):
        with pytest.raises(DataMissing):
            kept.get(number, lambda: _refuse())
    assert kept.get("value", lambda: "xx") == "xx"
    assert kept.held("value") == "xx"


def _refuse():
    raise DataMissing("not held", "ask more")


def test_a_question_without_an_answer_is_asked_once(shelf, monkeypatch):
    asked = []

    def ask(self, *given, **options):
        asked.append(given)
        raise DataMissing("not held", "ask more")

    monkeypatch.setattr(Observatory, "ask", ask)
    for _ in range(3):
        with pytest.raises(DataMissing, match="not held"):
            shelf.document(Asked())
    assert len(asked) == 1


def test_the_ledger_of_readings_is_as_of_the_newest_and_not_of_the_moment(shelf, store):
    (held,) = store.vintages()
    assert shelf.as_of
    assert shelf.document(Asked("quality"))["as_of"] == shelf.as_of == shelf.document(Asked())["as_of"]
    assert shelf.quality("huggingface")["as_of"] == shelf.as_of
    assert held.known.isoformat().startswith(shelf.as_of[:10])

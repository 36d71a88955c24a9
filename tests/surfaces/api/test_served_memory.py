"""Memory that large answers leave behind is given back, and not after each small file."""

from __future__ import annotations

import time

import pytest

from weighbridge.errors import DataMissing
from weighbridge.surfaces.api import desk, memory
from weighbridge.surfaces.api.desk import Desk
from weighbridge.surfaces.api.memory import LARGE_SECONDS, give_back
from weighbridge.surfaces.api.sending import Packed


@pytest.fixture
def served(small):
    """A desk on the small store."""
    made = Desk(small.path, threads=1)
    yield made
    made.close()


@pytest.mark.parametrize(("seconds", "times"), [(0, 0), (LARGE_SECONDS, 1)])
@pytest.mark.parametrize("fails", [False, True])
def test_memory_is_given_back_after_what_took_long_and_not_after_the_rest(served, monkeypatch, seconds, times, fails):
    given = []
    monkeypatch.setattr(desk, "give_back", lambda: given.append(1))

    def make(shelf):
        time.sleep(seconds)
        if fails:
            raise DataMissing("not held", "ask more")
        return Packed(b"x", "text/plain")

    try:
        served.begin(served.held, "key", make).result()
    except DataMissing:
        assert fails
    assert len(given) == times


def test_giving_back_works_on_any_system(monkeypatch):
    give_back()
    monkeypatch.setattr(memory.sys, "platform", "plan9")
    memory._trim.cache_clear()
    assert memory._trim() is None
    give_back()
    memory._trim.cache_clear()

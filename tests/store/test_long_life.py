"""A store that is fed for years: an append costs what it cost at first, and the number of files stays small."""

from __future__ import annotations

import gc
import json
import statistics
import time

import pytest

from bench import soak
from weighbridge.store import index, tidying
from weighbridge.store.home import Store

APPENDS = 200
NOISE = 1.5  # times the first median, on a machine that does other things too


@pytest.fixture(scope="module")
def life(tmp_path_factory) -> tuple[soak.Soak, Store]:
    folder = tmp_path_factory.mktemp("life")
    gc.collect()
    gc.freeze()  # else one append pays for going through what thousands of tests before it left
    try:
        return soak.soak(folder, APPENDS, models=40), Store(folder / "store")
    finally:
        gc.unfreeze()


def test_every_vintage_of_a_long_life_is_held_in_order(life):
    measured, store = life
    held = store.vintages()
    assert measured.vintages == len(held) == APPENDS
    assert [v.known for v in held] == [soak.FIRST + soak.timedelta(days=day, hours=1) for day in range(APPENDS)]


def test_the_last_appends_take_no_longer_than_the_first(life):
    measured, _ = life
    assert measured.processor_last < NOISE * measured.processor_first


def test_the_dearest_append_is_bounded_by_what_one_writer_may_move(life):
    measured, _ = life
    assert measured.worst_processor < 12 * measured.processor_first


def test_the_number_of_files_is_bounded(life):
    measured, _ = life
    loose = tidying.RUN * 4  # a document and three tables each
    assert measured.most_files <= loose + 4 + tidying.MERGED + APPENDS // tidying.FULL + 3
    assert measured.files <= measured.most_files


def test_a_share_of_the_past_is_the_same_after_a_long_life(life, tmp_path):
    _, old = life
    young = Store(tmp_path / "store")
    for day in range(3):
        soak.append(young, soak.listing(tmp_path / "listing.csv", day, 40), day)
    assert json.dumps(soak.share(Store(old.path), 2)) == json.dumps(soak.share(young, 2))


def test_an_append_to_a_long_life_reads_few_documents(life, tmp_path, monkeypatch):
    _, old = life
    read, described = [], index.described
    monkeypatch.setattr(index, "described", lambda path: read.append(path) or described(path))
    soak.append(Store(old.path), soak.listing(tmp_path / "listing.csv", APPENDS, 40), APPENDS)
    assert len(read) <= tidying.RUN


def test_a_new_process_lists_a_long_life_faster_than_its_documents_can_be_read(life):
    _, old = life
    kept = statistics.median(soak_seconds(old) for _ in range(5))
    content = old.index.kept.read_bytes()
    old.index.kept.unlink()
    without = statistics.median(soak_seconds(old) for _ in range(5))
    old.index.kept.write_bytes(content)
    assert kept < without


def soak_seconds(store: Store) -> float:
    started = time.process_time()
    assert len(Store(store.path).vintages()) >= APPENDS
    return time.process_time() - started

"""Files of answers, and the shelf that keeps them."""

from __future__ import annotations

import threading

import pytest

from weighbridge.cubes.cubefile import sample_path
from weighbridge.errors import UsageError
from weighbridge.measures import measures
from weighbridge.surfaces.views import files
from weighbridge.surfaces.views.asked import PICTURED, Asked
from weighbridge.surfaces.views.columns import columns
from weighbridge.surfaces.views.dataset import MEDIA
from weighbridge.surfaces.views.opening import open_shelf
from weighbridge.surfaces.views.shelf import Kept, Look


@pytest.fixture(scope="module")
def shelf():
    """The bundled sample."""
    return open_shelf(sample_path())


def test_every_ending_has_a_media_type():
    assert set(files.ENDINGS) == set(MEDIA)


@pytest.mark.parametrize("ending", [ending for ending in files.ENDINGS if ending != "html"])
def test_the_same_question_has_the_same_bytes_on_every_shelf(shelf, ending):
    asked = Asked.of("share", [("by", "country")])
    assert files.file(shelf, asked, ending).body == files.file(open_shelf(sample_path()), asked, ending).body


def test_a_file_is_made_once(shelf):
    first = files.file(shelf, Asked(), "svg", Look("dark"))
    assert files.file(shelf, Asked(), "svg", Look("dark")) is first


def test_files_without_a_picture_do_not_hang_on_the_look(shelf):
    assert files.file(shelf, Asked(), "csv", Look("dark", 360)) is files.file(shelf, Asked(), "csv")


def test_an_ending_that_is_not_there_is_refused(shelf):
    with pytest.raises(UsageError):
        files.file(shelf, Asked(), "exe")


def test_a_chart_alone_needs_to_know_where_its_parts_are(shelf):
    with pytest.raises(UsageError):
        files.file(shelf, Asked(), "html")


def test_pictures_are_drawn_once(shelf, monkeypatch):
    drawing = shelf.drawing(Asked(), Look(width=420))
    first = drawing.svg()
    monkeypatch.setattr("weighbridge.charts.drawing.drawn", lambda spec: pytest.fail("drawn again"))
    assert shelf.drawing(Asked(), Look(width=420)).svg() == first


def test_only_what_is_described_is_described():
    rows = [{"group": "US", "value": 0.5, "strange": 1, "values": {"US": 0.5}, "bounds": {"US": [0.1, 0.9]}}]
    found = {column["name"]: column for column in columns("matrix", rows, "pulls")}
    assert found["US"] == {"name": "US", "means": "Share of US.", "unit": "part of one"}
    assert found["bounds US"]["means"] == "Least and most share of US."
    assert found["strange"]["means"] == ""
    assert columns("share", [{"downloads": 3}], "pulls")[0]["unit"] == "pulls"


def test_what_is_described_is_a_measure():
    from weighbridge.surfaces.views.columns import _told

    assert set(_told()) <= {"general", *measures(), *PICTURED}


def test_kept_values_leave_the_least_used_first():
    kept = Kept(3, len)
    for key in ("a", "b", "c"):
        kept.get(key, lambda key=key: key)
    assert kept.held("a") == "a"
    kept.get("d", lambda: "d")
    assert kept.held("b") is None
    assert (kept.held("a"), kept.held("c"), kept.held("d")) == ("a", "c", "d")


def test_a_value_that_is_too_heavy_for_all_is_still_given():
    kept = Kept(3, len)
    assert kept.get("big", lambda: "x" * 10) == "x" * 10
    kept.get("a", lambda: "a")
    assert kept.held("big") is None


def test_many_threads_have_one_make_a_value():
    kept, made, gate = Kept(10), [], threading.Barrier(8)

    def ask():
        gate.wait()
        kept.get("key", lambda: made.append(1) or "value")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]

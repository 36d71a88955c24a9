"""The feed is valid Atom whatever strangers call their models, and keeps its identifiers."""

from __future__ import annotations

import os
import re
import uuid
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.errors import UsageError
from weighbridge.upkeep.feed import check_feed, entry_id, feed, write_feed

NAME = "4f2d9a0e-3d5c-4a54-9d57-0f3b8d6f2a11"
ATOM = "{http://www.w3.org/2005/Atom}"


def alert(number=0, **more):
    return {"id": f"{number:016x}", "rule": "vanished", "title": "A model vanished", "hub": "huggingface",
            "model": "a/b", "day": "2024-07-11", "detail": "no longer in the census", "weight": 1234, "share": 0.25,
            "vintages": ["v1"], "found": f"2026-01-01T00:00:{number:02}Z"} | more  # fmt: skip


def required(document: bytes) -> ElementTree.Element:
    """The root, after the checks that RFC 4287 makes of every feed and entry."""
    root = ElementTree.fromstring(document)  # noqa: S314 - we have just written it
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for tag in ("id", "title", "updated"):  # 4.1.1, 4.1.2: exactly one
            assert len(element.findall(f"{ATOM}{tag}")) == 1
        uuid.UUID(element.findtext(f"{ATOM}id").removeprefix("urn:uuid:"))  # 4.2.6: an IRI
        moment = element.findtext(f"{ATOM}updated")  # 3.3: RFC 3339, T and Z in capitals
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment)
        datetime.fromisoformat(moment)
    entries = root.findall(f"{ATOM}entry")
    assert root.findall(f"{ATOM}author/{ATOM}name")  # 4.1.1: as the entries have none
    for entry in entries:
        assert len(entry.findall(f"{ATOM}content")) == 1  # 4.1.2: as there is no link
        assert entry.find(f"{ATOM}content").get("type") == "text"
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    return root


def test_a_feed_is_valid_with_and_without_entries():
    assert not required(feed(NAME, [])).findall(f"{ATOM}entry")
    root = required(feed(NAME, [alert(1), alert(2)]))
    assert [entry.findtext(f"{ATOM}updated")[-3:] for entry in root.findall(f"{ATOM}entry")] == ["02Z", "01Z"]
    assert root.findtext(f"{ATOM}updated") == "2026-01-01T00:00:02Z"


def test_an_entry_keeps_its_identifier_whatever_is_found_again_about_it():
    one, other = (
        required(feed(NAME, [alert(7, **more)])) for more in ({}, {"detail": "other", "found": "2027-01-01T00:00:00Z"})
    )
    assert one.findtext(f"{ATOM}entry/{ATOM}id") == other.findtext(f"{ATOM}entry/{ATOM}id") == entry_id(f"{7:016x}")


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_model_is_called_the_feed_is_valid_and_has_no_markup_of_it(name, detail):
    root = required(feed(NAME, [alert(1, model=name, detail=detail)]))
    entry = root.find(f"{ATOM}entry")
    assert not list(entry.find(f"{ATOM}title"))
    assert not list(entry.find(f"{ATOM}content"))


@pytest.mark.parametrize(
    "name", ["</title><script>alert(1)</script>", "]]>", "&amp;", "\x00\x1b[31m", "\ufffe\uffff", "\ud800"]
)
def test_hostile_names_stand_as_text(name):
    document = feed(NAME, [alert(1, model=f"a/{name}")])
    assert b"<script>" not in document
    assert required(document).findtext(f"{ATOM}entry/{ATOM}title").startswith("A model vanished: a/")


def test_a_feed_that_says_the_same_is_not_written_again(tmp_path):
    path = tmp_path / "alerts.atom"
    write_feed(path, NAME, [alert(1)])
    before = path.stat().st_mtime_ns, path.stat().st_ino
    write_feed(path, NAME, [alert(1)])
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    write_feed(path, NAME, [alert(1), alert(2)])
    assert path.stat().st_ino != before[1]
    assert [p.name for p in tmp_path.iterdir()] == ["alerts.atom"]


def test_only_a_feed_of_ours_is_replaced(tmp_path):
    path = tmp_path / "alerts.atom"
    check_feed(path)
    write_feed(path, NAME, [])
    check_feed(path)
    (tmp_path / "thesis.tex").write_text("years of work")
    for other in (tmp_path / "thesis.tex", tmp_path, tmp_path / "no" / "where.atom"):
        with pytest.raises(UsageError):
            check_feed(other)


@pytest.mark.parametrize(
    "text",
    [
        "my notes on <generator version='1'>weighbridge</generator>, <generator version=\"1\">weighbridge</generator>",
        '<?xml version="1.0"?><html><!-- <generator version="1">weighbridge</generator> --></html>',
        "<?xml version='1.0' encoding='utf-8'?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
        ' <title>Another</title><generator version="1">weighbridge</generator></feed>',
    ],
)
def test_a_file_that_only_quotes_our_mark_is_not_replaced(tmp_path, text):
    path = tmp_path / "mine.xml"
    path.write_text(text)
    with pytest.raises(UsageError, match="no feed of ours"):
        check_feed(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_or_a_device_is_no_place_for_a_feed_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(UsageError, match="no regular file"):
            check_feed(path)


def test_a_feed_with_entries_is_known_as_ours_again(tmp_path):
    path = tmp_path / "alerts.atom"
    write_feed(path, NAME, [alert(n, detail="x" * 3000) for n in range(3)])
    check_feed(path)

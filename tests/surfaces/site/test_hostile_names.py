"""A name that a stranger wrote never leaves the folder, never takes another's place, and is never markup."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import HOSTILE

from weighbridge.errors import UsageError
from weighbridge.surfaces.site.places import key_of, places
from weighbridge.surfaces.site.publishing import folder_address
from weighbridge.surfaces.site.writer import PART_MOST, Writer

RESERVED = {"con", "prn", "aux", "nul", "com1", "lpt1"}


class Page:
    """A page with these subjects."""

    title, rank = "", 0

    def __init__(self, kind: str, subjects: list[str]) -> None:
        self.id, self.subjects = kind, subjects

    def published(self, shelf):
        return [(None, ()), *((name, ()) for name in self.subjects)]


def check(found) -> None:
    """Refuse folders that no two file systems agree on, or that leave the root."""
    folders = [place.folder for place in found.values()]
    files = {place.file.casefold() for place in found.values()}
    assert len({folder.casefold() for folder in folders}) == len(folders)
    for folder in folders:
        parts = PurePosixPath(folder).parts
        assert not folder.startswith("/")
        assert folder == "" or folder == "/".join(parts) + "/"
        for part in parts:
            assert part not in ("..", ".")
            assert not part.endswith((".", " "))
            assert part.isascii()
            assert part.isprintable()
            assert not set(part) & set('\\:*?"<>|')
            assert part.split(".")[0].lower() not in RESERVED
            assert len(part) <= PART_MOST
        assert not {"/".join(parts[:n]).casefold() for n in range(1, len(parts) + 1)} & files


@pytest.mark.parametrize("kind", ["model", "organisation", "family"])
@given(names=st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(), st.text(alphabet="aA./\\~-_ "))))
def test_whatever_names_there_are_each_has_a_folder_of_its_own_inside(kind: str, names: list[str]):
    found = places([Page(kind, names)], None)
    assert len(found) == len(set(names)) + 1
    check(found)


def test_names_keep_their_place_whatever_their_order():
    one, other = (places([Page("model", list(names))], None) for names in (HOSTILE, HOSTILE[::-1]))
    assert {key: place.folder for key, place in one.items()} == {key: place.folder for key, place in other.items()}


def test_options_are_the_same_page_in_any_order():
    assert key_of("explore", None, (("by", "x"), ("at", "y"))) == key_of("explore", None, (("at", "y"), ("by", "x")))
    assert key_of("explore", None, (("measure", "share"), ("by", ""))) == key_of("explore", None, ())
    assert key_of("claims", None, (("measure", "share"),)) != key_of("claims", None, ())


@given(st.text())
def test_options_never_become_a_way_out(text: str):
    class Options(Page):
        def published(self, shelf):
            return [(None, (("by", text),)), (None, (("by", text + "x"),)), (None, (("measure", text), ("by", "y")))]

    check(places([Options("explore", [])], None))
    check(places([Options("quality", [])], None))


def test_hostile_names_are_published_as_text_in_places_of_their_own(public: Path):
    pages = list((public / "model").rglob("index.html"))
    assert len(pages) == len(set(HOSTILE)) + 1
    assert all(path.resolve().is_relative_to(public.resolve()) for path in pages)
    text = "".join(path.read_text(encoding="utf-8") for path in pages)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    front = (public / "index.html").read_text(encoding="utf-8")
    assert "<li>nobody/there</li>" in front


def test_names_of_a_hub_are_text_in_every_file_of_the_real_pages(real: Path):
    for path in real.rglob("*"):
        if path.suffix in (".html", ".svg", ".xml"):
            assert "<script>alert" not in path.read_text(encoding="utf-8"), path
    index = json.loads((real / "data" / "search.json").read_text(encoding="utf-8"))
    assert all(".." not in row[3] and row[3].isascii() for row in index["rows"])


@pytest.mark.parametrize(
    "path",
    ["", "/a", "../a", "a/../../b", "a/./b", "a//b", "a\\b", "c:x", "a/b.", "a/b ", "a\nb", "a/" + "x" * 256, "a/<b>"],
)
def test_no_odd_path_is_ever_written(tmp_path: Path, path: str):
    folder = tmp_path / "inside"
    folder.mkdir()
    with pytest.raises(ValueError, match="no path inside"):
        Writer(folder).put(path, b"")
    assert [*folder.iterdir(), *(p for p in tmp_path.iterdir() if p != folder)] == []


def test_no_two_files_share_a_name_in_any_case(tmp_path: Path):
    writer = Writer(tmp_path)
    writer.put("a/B.txt", b"1")
    with pytest.raises(ValueError, match="taken"):
        writer.put("A/b.TXT", b"2")
    assert (tmp_path / "a" / "B.txt").read_bytes() == b"1"


@pytest.mark.parametrize(
    "address",
    ["", "example.org", "ftp://example.org", "//example.org", "https://", "https://a b/", "https://example.org/?q",
     "https://example.org/#x", "https://me@example.org/", "https://example.org:x/", 'https://example.org/"><script>',
     "javascript:alert(1)", "https://example.org/\n", "https://exämple.org/", "https://[::1", "x" * 3000],
)  # fmt: skip
def test_what_is_no_address_of_a_folder_is_refused(address: str):
    with pytest.raises(UsageError, match="no address"):
        folder_address(address)


def test_an_address_of_a_folder_ends_with_a_slash():
    assert folder_address("https://example.org") == folder_address("https://example.org/") == "https://example.org/"
    assert folder_address("http://[::1]:8000/a") == "http://[::1]:8000/a/"

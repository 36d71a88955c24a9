"""The documents show every page, wide and narrow, by pictures that a command takes."""

from __future__ import annotations

import re

import pytest
from docs import screenshots

from weighbridge.surfaces.web import pages

DOCUMENT = screenshots.FOLDER.parents[1] / "pages.md"
LARGEST = 150_000
SHOWN = re.compile(r'(?:\]\(|src=")pictures/pages/([^")]+)')


@pytest.mark.parametrize("name", screenshots.names())
def test_every_page_has_its_pictures_and_none_is_large(name):
    picture = (screenshots.FOLDER / name).read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(picture[16:20]) >= 300
    assert len(picture) <= LARGEST


def test_the_document_shows_every_picture_once_and_no_other():
    assert sorted(SHOWN.findall(DOCUMENT.read_text(encoding="utf-8"))) == sorted(screenshots.names())


def test_no_picture_is_left_of_a_page_that_is_no_more():
    assert {path.name for path in screenshots.FOLDER.iterdir()} == set(screenshots.names())


def test_every_page_has_a_heading_in_the_document():
    headings = re.findall(r"^## (.+)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [page.title for page in pages().values()]


def test_pictures_are_taken_of_pages_that_there_are():
    assert set(screenshots.addresses()) == set(pages())

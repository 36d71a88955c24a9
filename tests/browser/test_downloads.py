"""Every figure's files can be read by what they are for, and say the same."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET

import pytest
from places import ADDRESSES, WITH_FIGURE

PNG = b"\x89PNG\r\n\x1a\n"
SVG = "{http://www.w3.org/2000/svg}svg"


@pytest.fixture
def downloaded(reader, site):
    """The files that the first figure of explore offers, by ending."""
    one = reader()
    page = one.open(site / ADDRESSES["explore"])
    links = page.locator("figure.chart").first.locator("ul.files a[download]")
    found = {}
    for place in range(links.count()):
        link = links.nth(place)
        address = link.evaluate("one => one.href")
        answer = one.context.request.get(address)
        assert answer.status == 200, address
        found[link.get_attribute("data-ending")] = answer
    return found


def test_the_table_the_document_and_the_csv_agree(downloaded, reader, site):
    document = downloaded["json"].json()
    table = list(csv.DictReader(io.StringIO(downloaded["csv"].body().decode("utf-8-sig"))))
    rows = document["rows"]
    assert [row["group"] for row in table] == [row["group"] for row in rows]
    assert [int(row["downloads"]) for row in table] == [row["downloads"] for row in rows]
    assert [float(row["value"]) for row in table] == pytest.approx([row["value"] for row in rows])
    page = reader().open(site / ADDRESSES["explore"])
    names = (
        page.locator("figure.chart").first.locator(".table tbody th, .table tbody td:first-child").all_text_contents()
    )
    assert any(row["group"] in " ".join(names) for row in rows)


def test_a_picture_is_xml_and_a_png_is_one_of_some_size(downloaded):
    drawn = ET.fromstring(downloaded["svg"].body())  # noqa: S314 (our own server's answer)
    assert drawn.tag == SVG
    assert downloaded["svg"].headers["content-type"].startswith("image/svg+xml")
    assert downloaded["png"].body().startswith(PNG)
    width = int.from_bytes(downloaded["png"].body()[16:20])
    assert width >= 900


def test_the_metadata_say_whence_when_and_under_which_licence(downloaded):
    said = json.dumps(downloaded["metadata.json"].json())
    document = downloaded["json"].json()
    for vintage in document["vintages"]:
        assert vintage in said
    assert document["definition"]["name"] in said
    assert "licen" in said


def test_a_click_downloads_the_file_under_a_name_of_its_own(reader, site):
    page = reader(accept_downloads=True).open(site / ADDRESSES["explore"])
    link = page.locator("figure.chart").first.locator('ul.files a[data-ending="csv"]')
    with page.expect_download() as waiting:
        link.click()
    assert waiting.value.suggested_filename.endswith(".csv")
    assert waiting.value.suggested_filename.startswith("share")


@pytest.mark.parametrize("page", WITH_FIGURE)
def test_every_page_with_a_figure_offers_its_files(reader, site, page):
    one = reader()
    shown = one.open(site / ADDRESSES[page])
    figures = shown.locator("figure.chart")
    assert figures.count() >= 1
    for ending in ("csv", "json", "svg", "png", "metadata.json"):
        link = figures.first.locator(f'ul.files a[data-ending="{ending}"]')
        assert link.count() == 1, ending
        assert one.context.request.get(link.evaluate("one => one.href")).status == 200


def test_a_citation_names_the_vintage_and_can_be_copied(reader, site):
    one = reader(permissions=["clipboard-read", "clipboard-write"])
    page = one.open(site / ADDRESSES["explore"])
    cite = page.locator("figure.chart").first.locator("details.cite")
    cite.locator("summary").click()
    bibtex = cite.locator("pre", has_text="@").first
    assert "hub-dump-2024" in bibtex.inner_text()
    cite.locator("button.copy").first.click()
    page.wait_for_function("document.getElementById('status').textContent.length > 0")
    assert page.evaluate("navigator.clipboard.readText()") in cite.inner_text()

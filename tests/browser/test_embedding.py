"""A chart can stand in a page of somebody else; a page cannot."""

from __future__ import annotations

import re

import pytest
import sites
from places import ADDRESSES
from playwright.sync_api import expect


@pytest.fixture
def elsewhere(tmp_path):
    """Writes somebody's page and serves it from another origin."""
    with sites.files(tmp_path) as url:

        def write(markup):
            head = "<!doctype html><html lang=en><title>Somebody</title><link rel=icon href=data:,>"
            (tmp_path / "somebody.html").write_text(f"{head}<body>{markup}</body></html>", encoding="utf-8")
            return url.replace("127.0.0.1", "localhost") + "somebody.html"

        yield write


def test_the_offered_frame_shows_the_chart_on_another_host(reader, site, elsewhere):
    page = reader().open(site / ADDRESSES["explore"])
    figure = page.locator("figure.chart").first
    title = figure.locator("figcaption h2, figcaption h3").first.inner_text()
    offered = figure.locator("details.embed pre").text_content().strip()
    assert re.match(r"<iframe [^>]*title=", offered)
    offered = offered.replace("https://address-of-this-site/", str(site.url))
    page.goto(elsewhere(f"<div style='width:760px'>{offered}</div>"))
    frame = page.frame_locator("iframe")
    picture = frame.locator("svg, img").first
    expect(picture).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert picture.evaluate("one => one.tagName !== 'IMG' || one.naturalWidth > 0")
    expect(frame.locator("body")).to_contain_text(title)
    assert picture.evaluate("one => one.getBoundingClientRect().right <= document.documentElement.clientWidth")
    for width in (760, 1000, 375):
        page.locator("div").first.evaluate("(one, width) => { one.style.width = `${width}px`; }", width)
        page.wait_for_timeout(200)
        whole = frame.locator("html").evaluate("one => [one.scrollHeight, one.scrollWidth, innerHeight, innerWidth]")
        assert whole[0] <= whole[2], (width, whole)
        assert whole[1] <= whole[3], (width, whole)


def test_a_page_of_the_server_cannot_be_framed_by_another_host(reader, served, elsewhere):
    one = reader()
    page = one.open(elsewhere(f'<iframe src="{served.url}" title="caught"></iframe>'))
    page.wait_for_timeout(500)
    assert page.frame_locator("iframe").locator("main").count() == 0
    assert any("frame-ancestors" in t for t in one.trouble)
    one.trouble.clear()

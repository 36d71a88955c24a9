"""A page on paper is the figure, its words and its source, without what one clicks."""

from __future__ import annotations

import pytest
from places import ADDRESSES
from playwright.sync_api import expect

from weighbridge.charts.theme import LIGHT

INK = "rgb({}, {}, {})".format(*bytes.fromhex(LIGHT.ink.removeprefix("#")))
PAPER = ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")


@pytest.mark.parametrize("page", ["overview", "explore", "definitions"])
def test_menus_and_controls_are_not_printed_and_paper_is_white(reader, served, page):
    shown = reader(794, 1123, scheme="dark").open(served / ADDRESSES[page])
    shown.emulate_media(media="print", color_scheme="dark")
    for gone in ("header.site nav", "form[role=search]", "button.theme", "#controls", "ul.files", "a.skip"):
        assert shown.locator(f"{gone}:visible").count() == 0, gone
    assert shown.evaluate("getComputedStyle(document.documentElement).backgroundColor") in PAPER
    assert shown.locator("figure.chart figcaption").first.is_visible()
    assert shown.locator("figure.chart .origin").first.is_visible()


@pytest.mark.parametrize("page", ["explore", "overview"])
def test_a_reader_who_chose_dark_prints_the_wide_light_drawing_and_no_live_chart(reader, served, page):
    shown = reader(scheme="light").open(served / ADDRESSES[page])
    expect(shown.locator("figure.chart .live").first).to_be_visible()
    shown.locator("button.theme").click()
    shown.wait_for_function("document.querySelector('figure.chart').querySelectorAll('.live').length === 1")
    shown.emulate_media(media="print")
    assert shown.evaluate("getComputedStyle(document.documentElement).backgroundColor") in PAPER
    assert shown.evaluate("getComputedStyle(document.body).color") == INK
    pictures = shown.locator("figure.chart").first.locator(".picture > :visible")
    assert pictures.evaluate_all("all => all.map(one => one.className)") == ["drawn wide light"]
    assert shown.locator(".live:visible").count() == 0


def test_a_printed_page_is_a_document_of_few_sheets(reader, served):
    shown = reader().open(served / ADDRESSES["explore"])
    printed = shown.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 8

"""A page on paper is the figure, its words and its source, without what one clicks."""

from __future__ import annotations

import pytest
from places import ADDRESSES

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


def test_a_printed_page_is_a_document_of_few_sheets(reader, served):
    shown = reader().open(served / ADDRESSES["explore"])
    printed = shown.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 8

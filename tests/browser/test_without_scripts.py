"""With scripts off, every page shows its picture, its table and links, and forms work."""

from __future__ import annotations

import re

import pytest
from places import ADDRESSES, IN_MENU, PLACED, WITH_FIGURE


@pytest.mark.parametrize("page", WITH_FIGURE)
def test_picture_and_table_are_there(reader, site, page):
    shown = reader(scripts=False).open(site / ADDRESSES[page])
    figure = shown.locator("figure.chart").first
    assert figure.locator(".picture svg:visible, .picture img:visible").count() == 1
    assert shown.locator("main table tbody tr, main article.claim").count() >= 1  # each claim has its own facts


@pytest.mark.parametrize(("site", "page"), PLACED, indirect=["site"])
def test_every_page_says_something_and_has_its_menu(reader, site, page):
    shown = reader(375, 720, scripts=False).open(site / ADDRESSES[page])
    assert len(shown.locator("main").inner_text()) > 80
    assert shown.locator('nav[aria-label="Pages"] a').count() == len(IN_MENU)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (375, "light"), (375, "dark")])
def test_one_drawing_of_four_is_shown(reader, served, width, scheme):
    shown = reader(width, 800, scheme=scheme, scripts=False).open(served / ADDRESSES["explore"])
    drawn = shown.locator("figure.chart").first.locator(".drawn:visible")
    assert drawn.count() == 1
    classes = drawn.get_attribute("class").split()
    assert scheme in classes
    assert ("wide" if width > 700 else "narrow") in classes


def test_the_form_of_explore_leads_to_the_short_address(reader, served):
    shown = reader(scripts=False).open(served / ADDRESSES["explore"])
    shown.locator("#controls [name=by]").select_option("organisation")
    shown.locator("#controls button:visible").first.click()
    shown.wait_for_url(re.compile(r"explore/\?by=organisation$"))
    assert "Google" in shown.locator("figure.chart .table").first.text_content()


def test_the_search_form_answers(reader, served):
    shown = reader(scripts=False).open(served.url)
    shown.locator("form[role=search] input[name=q]").fill("whisper")
    shown.keyboard.press("Enter")
    shown.wait_for_url(re.compile(r"search/\?q=whisper$"))
    assert shown.locator("main a", has_text="whisper").count() >= 1


def test_the_compare_form_answers(reader, served):
    shown = reader(scripts=False).open(served / "compare/?groups=US,CN")
    assert shown.locator("#compare").count() == 1
    assert shown.locator("#compare button:visible").count() >= 1


def test_nothing_is_offered_that_needs_a_script(reader, site):
    shown = reader(scripts=False).open(site / ADDRESSES["explore"])
    assert shown.locator("button.copy:visible").count() == 0
    assert shown.locator("button.theme:visible").count() == 0

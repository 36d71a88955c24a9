"""Names, tasks and licences come from a public hub: a page shows them as text, whatever they try."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from places import ADDRESSES
from reading import overflow
from sites import CONTROL, HOSTILE, LONG, MARKUP

from weighbridge.records.shown import plain
from weighbridge.surfaces.views import naming

CAUGHT = "window.caught = []; for (const f of ['alert', 'confirm', 'prompt']) window[f] = text => caught.push(text);"
STEERING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\x1b\x07")
"""Without U+2068 and U+2069, in which charts wrap names of either direction."""
DATA = ("application/json", "application/ld+json")


def model(name):
    return f"model/{naming.place(naming.MODEL, name)}/"


@pytest.fixture
def wary(reader):
    """Opens an address; nothing there may run, point elsewhere, steer the direction of text or widen the page."""
    one = reader(375, 800)
    one.context.add_init_script(CAUGHT)

    def look(address):
        page = one.open(address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.caught") == []
        assert page.locator("img[onerror], [onclick], [onload], a[href^='javascript']").count() == 0
        kinds = page.locator("script:not([src])").evaluate_all("all => all.map(one => one.type)")
        assert set(kinds) <= set(DATA)
        text = page.locator("html").evaluate("one => one.textContent + document.title")
        assert not set(text) & STEERING
        assert overflow(page) == []
        return page

    return look


@pytest.mark.parametrize("what", HOSTILE)
def test_a_model_with_a_hostile_name_has_a_page_that_shows_it(wary, served, what):
    number = list(HOSTILE).index(what)
    name = f"nobody-{number}/{HOSTILE[what]}"
    page = wary(served / model(name))
    assert plain(name) in page.locator("h1").text_content()


@pytest.mark.parametrize("what", ["markup", "broken out", "override", "300 characters", "a path"])
def test_a_search_for_a_hostile_text_shows_it_as_text(wary, served, what):
    page = wary(served / f"search/?q={quote(HOSTILE[what], safe='')}")
    assert any(page.locator("input[name=q]").evaluate_all("all => all.map(one => one.value)"))


@pytest.mark.parametrize("asked", ["by=task", "by=licence", "by=library", "by=namespace&top=60", "measure=top&top=60"])
def test_explore_shows_hostile_groups_in_chart_and_table(wary, served, asked):
    page = wary(served / f"explore/?{asked}")
    assert MARKUP.partition("/")[0] in page.locator("figure.chart .table").first.text_content()


def test_the_bounds_of_a_hostile_word_in_the_address_are_told_as_text(reader, served):
    one = reader()
    one.context.add_init_script(CAUGHT)
    for name in ("by", "definition", "register", "groups", "measure"):
        page = one.open(served / f"explore/?{name}={quote(MARKUP)}")
        assert page.evaluate("window.caught") == []
        assert page.locator("main script:not([type])").count() == 0
    one.trouble = [t for t in one.trouble if not t.startswith(("400", "422")) and "status of 4" not in t]


@pytest.mark.parametrize("page", ["overview", "quality", "data", "family", "organisation"])
def test_other_pages_show_nothing_that_runs(wary, site, page):
    wary(site / ADDRESSES[page])


def test_the_live_search_offers_hostile_names_as_text(wary, served):
    page = wary(served.url)
    page.locator("form[role=search] input[name=q]").press_sequentially("nobody-0")
    option = page.locator("[role=option]", has_text=MARKUP)
    option.first.wait_for()
    assert page.evaluate("window.caught") == []


def test_a_name_of_300_characters_wraps_and_is_whole(wary, served):
    number = list(HOSTILE).index("300 characters")
    page = wary(served / model(f"nobody-{number}/{LONG}"))
    assert LONG in page.locator("h1").text_content()


def test_a_control_character_stands_as_a_mark_of_what_was_replaced(wary, served):
    number = list(HOSTILE).index("control characters")
    page = wary(served / model(f"nobody-{number}/{CONTROL}"))
    assert "\N{REPLACEMENT CHARACTER}" in page.locator("h1").text_content()

"""What holds of every page, wide and narrow, light and dark, served and published."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from places import ADDRESSES, IN_MENU, PLACED, PUBLISHED
from reading import faults, overflow

WIDTHS = {1440: 900, 375: 720}
ALL = pytest.mark.parametrize("page", ADDRESSES)
SIZES = pytest.mark.parametrize("width", WIDTHS)


@ALL
@SIZES
def test_a_page_fits_its_window_and_has_no_fault_that_axe_finds_in_light_and_dark(reader, served, axe, page, width):
    shown = reader(width, WIDTHS[width]).open(served / ADDRESSES[page])
    for scheme in ("light", "dark"):
        shown.emulate_media(color_scheme=scheme)
        assert overflow(shown) == []
        assert faults(shown, axe) == []


@pytest.mark.parametrize(
    ("where", "page"), [("published", page) for page in PUBLISHED] + [("sample", page) for page in IN_MENU]
)
def test_a_page_opens_without_error_and_fits_wherever_it_comes_from(reader, request, where, page):
    """A sample, which may hold no models, has no page of a subject that we know."""
    shown = reader(scheme="dark").open(request.getfixturevalue(where) / ADDRESSES[page])
    for width, height in WIDTHS.items():
        shown.set_viewport_size({"width": width, "height": height})
        shown.wait_for_load_state("networkidle")
        assert overflow(shown) == []


@ALL
def test_a_page_has_a_title_one_first_heading_its_landmarks_no_level_left_out_and_no_id_twice(reader, served, page):
    shown = reader().open(served / ADDRESSES[page])
    assert shown.locator("h1").count() == 1
    for landmark in ("header.site", "nav[aria-label=Pages]", "main#main", "footer.site", "form[role=search]"):
        assert shown.locator(f"body {landmark}").count() == 1, landmark
    levels = shown.eval_on_selector_all("main h1, main h2, main h3, main h4", "all => all.map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert shown.evaluate("document.documentElement.lang") == "en"
    assert "Weighbridge" in shown.title()
    assert len(shown.locator("meta[name=description]").get_attribute("content") or "") > 20
    ids = shown.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_the_menu_reaches_every_page_and_says_where_one_is(reader, site):
    shown = reader().open(site.url)
    for page in (page for page in IN_MENU if ADDRESSES[page]):
        shown.get_by_role("navigation", name="Pages").locator(f'a[href*="{ADDRESSES[page]}"]').first.click()
        shown.wait_for_url(site / ADDRESSES[page] + "*")
        assert shown.locator("nav[aria-label=Pages] [aria-current=page]").count() == 1
        assert shown.locator("html").get_attribute("data-page") == page
    shown.locator("header.site a.name").click()
    shown.wait_for_url(re.compile(f"^{re.escape(site.url)}(index\\.html)?$"))  # files are named, so that disks work too


@pytest.fixture(scope="module")
def leads_nowhere():
    """Tells whether an address answers anything but 200; asks once, since most links stand on every page."""
    told = {}

    def ask(context, link):
        if link not in told:
            told[link] = context.request.get(link).status != 200
        return told[link]

    return ask


@pytest.mark.parametrize(("site", "page"), PLACED, indirect=["site"])
def test_every_link_of_a_page_leads_somewhere(reader, leads_nowhere, site, page):
    one = reader()
    shown = one.open(site / ADDRESSES[page])
    links = shown.eval_on_selector_all(
        "a[href], img[src], source[srcset], link[href]",
        "all => all.map(one => one.href || one.src || new URL(one.srcset, location).href)",
    )
    inside = [link.partition("#")[0] for link in links if link.startswith(site.url)]
    assert inside
    assert [link for link in sorted(set(inside)) if leads_nowhere(one.context, link)] == []

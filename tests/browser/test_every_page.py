"""What holds of every page, wide and narrow, light and dark, served and published."""

from __future__ import annotations

from itertools import pairwise

import pytest
from places import ADDRESSES, IN_MENU
from reading import faults, overflow

from weighbridge.surfaces.web.page import SUBJECTS

WIDTHS = {1440: 900, 375: 720}
ALL = pytest.mark.parametrize("page", ADDRESSES)
SIZES = pytest.mark.parametrize("width", WIDTHS)


@pytest.fixture(params=["served", "published", "sample"])
def anywhere(request):
    """The made store's pages from the server and from files, and the sample's from the server."""
    return request.getfixturevalue(request.param)


@ALL
@SIZES
def test_a_page_fits_its_window_and_has_no_fault_that_axe_finds_in_light_and_dark(reader, served, axe, page, width):
    shown = reader(width, WIDTHS[width]).open(served / ADDRESSES[page])
    for scheme in ("light", "dark"):
        shown.emulate_media(color_scheme=scheme)
        assert overflow(shown) == []
        assert faults(shown, axe) == []


@ALL
@SIZES
def test_a_page_opens_without_error_wherever_it_comes_from(reader, anywhere, page, width):
    if anywhere.of_sample and page in SUBJECTS:
        page = "overview"  # a cube file may hold no models, or others
    shown = reader(width, WIDTHS[width], scheme="dark").open(anywhere / ADDRESSES[page])
    shown.wait_for_load_state("networkidle")
    assert overflow(shown) == []


@ALL
def test_a_page_has_one_first_heading_its_landmarks_and_no_level_left_out(reader, served, page):
    shown = reader().open(served / ADDRESSES[page])
    assert shown.locator("h1").count() == 1
    for landmark in ("header.site", "nav[aria-label=Pages]", "main#main", "footer.site", "form[role=search]"):
        assert shown.locator(f"body {landmark}").count() == 1, landmark
    levels = shown.eval_on_selector_all("main h1, main h2, main h3, main h4", "all => all.map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert shown.evaluate("document.documentElement.lang") == "en"


@ALL
def test_every_title_is_its_own_and_says_whose_it_is(reader, served, page):
    mine = reader().open(served / ADDRESSES[page])
    assert "Weighbridge" in mine.title()
    assert len(mine.locator("meta[name=description]").get_attribute("content") or "") > 20


@pytest.mark.parametrize("page", [page for page in IN_MENU if ADDRESSES[page]])
def test_the_menu_reaches_every_page_and_says_where_one_is(reader, site, page):
    shown = reader().open(site.url)
    shown.get_by_role("navigation", name="Pages").locator(f'a[href$="{ADDRESSES[page]}"]').first.click()
    shown.wait_for_url(site / ADDRESSES[page] + "*")
    current = shown.locator("nav[aria-label=Pages] [aria-current=page]")
    assert current.count() == 1
    assert shown.locator("html").get_attribute("data-page") == page
    shown.locator("header.site a.name").click()
    shown.wait_for_url(site.url)


def test_no_two_elements_of_a_page_share_an_id(reader, served):
    for page, address in ADDRESSES.items():
        shown = reader().open(served / address)
        ids = shown.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
        assert len(ids) == len(set(ids)), page
        shown.close()


@pytest.mark.parametrize("page", ADDRESSES)
def test_every_link_of_a_page_leads_somewhere(reader, site, page):
    one = reader()
    shown = one.open(site / ADDRESSES[page])
    links = shown.eval_on_selector_all(
        "a[href], img[src], source[srcset], link[href]",
        "all => all.map(one => one.href || one.src || new URL(one.srcset, location).href)",
    )
    inside = [link.partition("#")[0] for link in links if link.startswith(site.url)]
    assert inside
    broken = [link for link in sorted(set(inside)) if one.context.request.get(link).status != 200]
    assert broken == []

"""Everything can be reached and worked without a mouse."""

from __future__ import annotations

import re

from places import ADDRESSES
from playwright.sync_api import expect


def tab_to(page, selector, most=200):
    """Press Tab until something that matches has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached with {most} tabs")


def outlined(page):
    """Whether one sees where the focus is."""
    return page.evaluate(
        """() => {
            const style = getComputedStyle(document.activeElement);
            return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
        }"""
    )


def test_the_first_tab_offers_to_skip_the_menu(reader, site):
    page = reader().open(site / ADDRESSES["explore"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('a.skip')")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id || location.hash.slice(1)") == "main"


def test_the_menu_is_reached_and_followed_with_tab_and_enter(reader, site):
    page = reader().open(site.url)
    tab_to(page, 'nav[aria-label="Pages"] a[href*="definitions/"]')
    assert outlined(page)
    page.keyboard.press("Enter")
    page.wait_for_url(site / "definitions/*")


def test_the_menu_works_with_the_keyboard_on_a_phone(reader, site):
    page = reader(375, 720).open(site.url)
    tab_to(page, 'nav[aria-label="Pages"] a[href*="explore/"], header.site summary, header.site button.menu')
    if not page.evaluate("document.activeElement.matches('a')"):
        page.keyboard.press("Enter")
        tab_to(page, 'nav[aria-label="Pages"] a[href*="explore/"]')
    page.keyboard.press("Enter")
    page.wait_for_url(site / "explore/*")


def test_a_control_of_explore_is_changed_with_the_keyboard_and_the_chart_follows(reader, served):
    page = reader().open(served / ADDRESSES["explore"])
    before = page.locator("figure.chart figcaption").first.inner_text()
    tab_to(page, "#controls [name=by]")
    assert outlined(page)
    page.keyboard.type("organisation")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"[?&]by=organisation"))
    expect(page.locator("figure.chart figcaption").first).not_to_have_text(before)
    expect(page.locator("#status")).not_to_be_empty()
    assert page.evaluate("document.activeElement.name") == "by"


def test_the_heat_map_is_walked_with_arrows_and_entered(reader, site):
    page = reader().open(site / ADDRESSES["definitions"])
    tab_to(page, "table.heat[role=grid] *")
    assert outlined(page)

    def place():
        return page.evaluate(
            """() => { const cell = document.activeElement.closest('[data-row][data-col]');
                       return cell && [+cell.dataset.row, +cell.dataset.col]; }"""
        )

    first = place()
    page.keyboard.press("ArrowRight")
    assert place() == [first[0], first[1] + 1]
    page.keyboard.press("ArrowDown")
    assert place() == [first[0] + 1, first[1] + 1]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert place() == first
    page.keyboard.press("End")
    assert place()[1] > first[1]
    page.keyboard.press("Home")
    assert place()[1] == 0
    assert page.locator("table.heat [tabindex='0']").count() == 1, "a grid is one stop of the tab key"
    before = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != before)


def test_the_search_is_typed_walked_and_followed(reader, site):
    page = reader().open(site.url)
    tab_to(page, "form[role=search] input[name=q]")
    page.keyboard.type("whisper")
    field = page.locator("form[role=search] input[name=q]")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[role=option]").first).to_contain_text("whisper", ignore_case=True)
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(field).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("whisper"))
    expect(page.locator("h1")).to_contain_text(re.compile("whisper", re.IGNORECASE))


def test_escape_closes_what_the_search_offers(reader, served):
    page = reader().open(served.url)
    field = page.locator("form[role=search] input[name=q]")
    field.press_sequentially("gemma")
    expect(page.locator("[role=option]").first).to_be_visible()
    field.press("Escape")
    expect(page.locator("[role=option]:visible")).to_have_count(0)


def test_the_switch_changes_light_and_dark_and_is_remembered(reader, site):
    page = reader(scheme="light").open(site.url)
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    tab_to(page, "button.theme")
    switch = page.locator("button.theme")
    expect(switch).to_have_text("Use dark colours")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(switch).to_have_text("Use light colours")
    assert switch.get_attribute("aria-pressed") is None, "a name that changes says the state already"
    assert page.evaluate(ground) != light
    assert "theme" not in page.url
    dark = page.evaluate(ground)
    page.goto(site / ADDRESSES["explore"])
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate(ground) == dark


def test_no_focus_is_lost_or_trapped_on_a_page(reader, served):
    for page in ("explore", "compare", "definitions"):
        shown = reader().open(served / ADDRESSES[page])
        tab_to(shown, "footer.site a", most=400)
        shown.close()

"""What is seen first is the drawn picture; the live chart that takes its place says the same."""

from __future__ import annotations

import re

import pytest
from places import ADDRESSES
from playwright.sync_api import expect

SCRIPTS = re.compile(r"/(app|charts)\.js")
"""All but the few bytes that choose light or dark before anything is seen."""


def test_the_drawing_is_seen_before_any_script_came_and_the_live_chart_says_the_same(reader, site):
    one = reader()
    held, released = [], False
    one.context.route(SCRIPTS, lambda route: route.continue_() if released else held.append(route))
    page = one.context.new_page()
    page.goto(site / ADDRESSES["explore"], wait_until="commit")
    figure = page.locator("figure.chart").first
    expect(figure.locator(".drawn:visible svg")).to_have_count(1)
    title = figure.locator("figcaption h2, figcaption h3").first.inner_text()
    released = True
    for route in held:
        route.continue_()
    expect(figure.locator(".picture .live")).to_be_visible()
    assert figure.locator("figcaption h2, figcaption h3").first.inner_text() == title
    assert figure.locator(".picture").evaluate("one => one.querySelectorAll('svg, canvas').length") >= 1


@pytest.mark.parametrize("width", [1440, 375])
def test_the_live_chart_does_not_move_the_page(reader, served, width):
    one = reader(width, 800)
    page = one.context.new_page()
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver(list => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
        }).observe({type: 'layout-shift', buffered: true});"""
    )
    page.goto(served / ADDRESSES["explore"])
    expect(page.locator("figure.chart .live").first).to_be_visible()
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") < 0.1


def test_the_live_chart_follows_the_colour_scheme(reader, served):
    page = reader(scheme="light").open(served / ADDRESSES["explore"])
    live = page.locator("figure.chart .live").first
    expect(live).to_be_visible()
    light = live.inner_html()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("light => document.querySelector('figure.chart .live').innerHTML !== light", arg=light)


def test_a_chart_that_cannot_be_made_live_stays_as_it_was_drawn(reader, served):
    one = reader()
    one.context.route("**/*.vl.json*", lambda route: route.abort())
    page = one.open(served / ADDRESSES["explore"])
    page.wait_for_timeout(500)
    assert page.locator("figure.chart").first.locator(".drawn:visible svg").count() == 1
    one.trouble = [t for t in one.trouble if "vl.json" not in t and "ERR_FAILED" not in t]

"""Every control is in the address, with defaults left out; an address shows the same to whoever opens it."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from places import ADDRESSES
from playwright.sync_api import expect


def query(page):
    return dict(parse_qsl(urlsplit(page.url).query))


def shown(page):
    """What a reader sees of a figure: its words and its table."""
    figure = page.locator("figure.chart").first
    rows = figure.locator(".table tr").evaluate_all("rows => rows.map(row => row.textContent)")
    return figure.locator("figcaption").inner_text(), rows


def follows(page, before):
    """Wait until the figure says something else."""
    expect(page.locator("figure.chart figcaption").first).not_to_have_text(before)


def caption(page):
    return page.locator("figure.chart figcaption").first.inner_text()


def choose(page, name, value):
    """Change a control of explore as a reader does."""
    before, control = page.url, page.locator(f"#controls [name={name}]")
    folded = page.locator("#controls details:not([open])", has=page.locator(f"[name={name}]"))
    if folded.count():
        folded.locator("summary").click()
    control.select_option(label=value)
    page.wait_for_url(lambda url: url != before)


def chosen(page, name):
    """What a control shows."""
    return page.locator(f"#controls [name={name}]").evaluate(
        "one => one.selectedOptions ? one.selectedOptions[0].label : one.value"
    )


def test_the_first_address_of_explore_holds_no_default(reader, site):
    page = reader().open(site / ADDRESSES["explore"])
    assert query(page) == {}


def test_what_is_chosen_is_in_the_address_and_leaves_it_with_the_default(reader, served):
    page = reader().open(served / ADDRESSES["explore"])
    before = caption(page)
    choose(page, "by", "organisation")
    assert query(page) == {"by": "organisation"}
    follows(page, before)
    choose(page, "attribution", "base")
    assert query(page) == {"by": "organisation", "attribution": "base"}
    choose(page, "by", "country")
    assert query(page) == {"attribution": "base"}


def test_back_and_forward_show_what_was_there(reader, served):
    page = reader().open(served / ADDRESSES["explore"])
    first = caption(page)
    choose(page, "by", "family")
    follows(page, first)
    second = caption(page)
    page.go_back()
    expect(page.locator("figure.chart figcaption").first).to_have_text(first, use_inner_text=True)
    assert chosen(page, "by") == "country"
    page.go_forward()
    expect(page.locator("figure.chart figcaption").first).to_have_text(second, use_inner_text=True)
    assert chosen(page, "by") == "family"


@pytest.mark.parametrize(
    "asked",
    [
        "by=organisation", "by=family&attribution=base", "measure=concentration", "measure=top&of=organisations",
        "hub=ollama&over=month", "by=type&max-age=365&scope=language",
    ],
)  # fmt: skip
def test_a_copied_link_shows_another_reader_the_same(reader, served, asked):
    mine = reader().open(served / f"explore/?{asked}")
    theirs = reader(375, 720, scheme="dark").open(mine.url)
    assert shown(mine) == shown(theirs)
    for name, value in parse_qsl(asked):
        assert mine.locator(f"#controls [name={name}]").input_value() == value
    assert query(mine) == dict(parse_qsl(asked))


def test_an_address_that_says_defaults_is_led_to_the_short_one(reader, served):
    page = reader().open(served / "explore/?measure=share&by=country&definition=house&attribution=")
    assert query(page) == {}


def test_a_link_of_the_server_works_in_a_published_folder_where_its_page_is_there(reader, published):
    page = reader().open(published / "explore/?by=organisation")
    page.wait_for_url(re.compile("organisation"))
    expect(page.locator("#controls [name=by]")).to_have_value("organisation")


@pytest.mark.parametrize(("page", "name"), [("definitions", "matrix"), ("compare", "compare")])
def test_deep_links_and_forms_of_pages_that_compare_work_in_a_published_folder(reader, published, page, name):
    shown = reader().open(published / f"{page}/?by=organisation")
    shown.wait_for_url(re.compile("organisation/"))
    expect(shown.locator("main [name=by]")).to_have_value("organisation")
    shown.locator("main [name=by]").select_option("family")
    shown.wait_for_url(re.compile(f"{page}/.*family/"))
    expect(shown.locator("main [name=by]")).to_have_value("family")
    assert f"{name} --by family" in shown.locator("figure.chart .command").first.text_content()


def test_what_a_published_folder_cannot_answer_is_disabled_with_a_reason(reader, published):
    page = reader().open(published / ADDRESSES["explore"])
    disabled = page.locator("#controls :disabled")
    assert disabled.count() > 0
    assert "weighbridge" in page.locator("main").inner_text()


def test_the_groups_that_are_compared_are_in_the_address(reader, served):
    page = reader().open(served / "compare/?groups=US,CN,FR")
    assert query(page)["groups"] == "US,CN,FR"
    text = page.locator("figure.chart .table").first.text_content()
    for group in ("US", "CN", "FR"):
        assert group in text


def test_a_seventh_group_is_refused_in_words(reader, served):
    one = reader()
    page = one.open(served / "compare/?groups=US,CN,FR,GB,DE,CA,JP")
    assert page.locator("main").inner_text()
    said = page.locator("main").inner_text().lower()
    assert "six" in said or "6" in said
    one.trouble = [t for t in one.trouble if not t.startswith(("400", "422")) and "status of 4" not in t]


@pytest.mark.parametrize(
    "address",
    ["explore/?by=nonsense", "explore/?nonsense=1", "explore/?measure=nonsense", "model/no/such/", "nowhere/"],
)
def test_a_wrong_address_is_a_page_that_says_what_would_be_right(reader, served, address):
    one = reader()
    page = one.open(served / address)
    assert page.locator("h1").count() == 1
    assert page.locator("nav[aria-label=Pages]").count() == 1
    assert len(page.locator("main").inner_text()) > 40
    assert [t for t in one.trouble if not t.startswith(("400", "404", "422")) and "status of 4" not in t] == []
    one.trouble.clear()


@pytest.mark.parametrize("address", ["methods/", "explore/", "definitions/"])
def test_a_page_is_left_by_a_link_and_come_back_to_at_the_same_place(reader, served, address):
    page = reader().open(served / address)
    way = page.locator('footer.site a[href*="data/"]')
    way.scroll_into_view_if_needed()
    was = settled(page)
    assert was > 300
    way.click()
    page.wait_for_url("**/data/")
    page.go_back()
    page.wait_for_url(f"**/{address}")
    page.wait_for_function("was => Math.abs(scrollY - was) < 40", arg=was)


def test_a_view_is_left_for_another_page_and_come_back_to_at_the_same_place(reader, served):
    page = reader().open(served / "explore/")
    choose(page, "by", "organisation")
    page.locator('footer.site a[href*="methods/"]').scroll_into_view_if_needed()
    was = settled(page)
    page.locator('footer.site a[href*="methods/"]').click()
    page.wait_for_url("**/methods/")
    page.go_back()
    page.wait_for_url("**/explore/?by=organisation")
    page.wait_for_function("was => Math.abs(scrollY - was) < 40", arg=was)


def settled(page):
    """How far the page is scrolled, once it moves no more."""
    page.wait_for_load_state("networkidle")
    return page.evaluate("scrollY")

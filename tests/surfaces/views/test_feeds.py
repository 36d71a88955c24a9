"""The feed of vintages, the sitemap and the rules for robots are what their standards ask for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from weighbridge.records.clock import parse_moment
from weighbridge.surfaces.views.feeds import ATOM, SITEMAP, feed, robots, sitemap

BASE = "https://example.org/weigh/"


def reading(name: str = "hub-dump-1", **more: Any) -> dict[str, Any]:
    """A row as `readings` gives it."""
    return {
        "id": name, "source": "hub-dump", "title": "A listing", "producer": "somebody", "licence": "CC0", "hub": "hub",
        "population": "census", "known": "2024-07-12T00:00:00Z", "observed_from": "2024-07-11",
        "observed_to": "2024-07-11", "models": 10, "counters": 10, "simulated": False, "sha256": "0" * 64,
    } | more  # fmt: skip


def parsed(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)  # noqa: S314, written by this project just before


def one(element: ElementTree.Element, tag: str) -> ElementTree.Element:
    (found,) = element.findall(f"{{{ATOM}}}{tag}")
    return found


def check_feed(content: bytes) -> list[ElementTree.Element]:
    """Refuse what RFC 4287 refuses, sections 4.1.1 and 4.1.2; the entries."""
    root = parsed(content)
    assert root.tag == f"{{{ATOM}}}feed"
    entries = root.findall(f"{{{ATOM}}}entry")
    for element in (root, *entries):
        assert urlsplit(one(element, "id").text or "").scheme
        assert one(element, "title").text
        parse_moment(one(element, "updated").text or "")
    assert one(one(root, "author"), "name").text
    relations = [link.get("rel") for link in root.findall(f"{{{ATOM}}}link")]
    assert sorted(relations, key=str) == ["alternate", "self"]
    ids = [one(entry, "id").text for entry in entries]
    assert len(set(ids)) == len(ids)
    return entries


def test_the_feed_has_an_entry_a_vintage_the_newest_first():
    entries = check_feed(feed([reading(), reading("hub-dump-2", known="2025-01-01T00:00:00Z")], BASE))
    assert [one(entry, "updated").text for entry in entries] == ["2025-01-01T00:00:00Z", "2024-07-12T00:00:00Z"]


def test_the_feed_of_nothing_is_a_feed():
    assert check_feed(feed([], None)) == []


def test_ids_stay_as_readings_come_and_as_the_folder_moves():
    before, after = (parsed(content) for content in (feed([reading()], None), feed([reading(), reading("z")], BASE)))
    assert one(before, "id").text == one(after, "id").text
    named = [one(entry, "id").text for entry in after.findall(f"{{{ATOM}}}entry")]
    assert one(one(before, "entry"), "id").text in named


def test_links_of_the_feed_are_absolute_where_the_address_is_known_and_relative_where_not():
    for base, start in ((BASE, BASE), (None, "data/index.html")):
        root = parsed(feed([reading()], base))
        (link,) = [link for link in root.findall(f"{{{ATOM}}}link") if link.get("rel") == "alternate"]
        assert link.get("href", "").startswith(start)


def test_simulated_readings_say_so_in_the_feed():
    (entry,) = check_feed(feed([reading(simulated=True)], None))
    assert "SIMULATED" in (one(entry, "content").text or "")


@given(st.text(), st.text())
def test_whatever_stands_in_a_reading_the_feed_is_xml_and_holds_it_as_text(title: str, producer: str):
    (entry,) = check_feed(feed([reading(title=f"A {title}", producer=producer)], None))
    assert not len(one(entry, "title"))
    assert not len(one(entry, "content"))


def test_the_sitemap_holds_each_page_with_an_absolute_address():
    root = parsed(sitemap([BASE, f"{BASE}explore/?a=1&b=2"], "2024-07-12"))
    assert root.tag == f"{{{SITEMAP}}}urlset"
    assert [url.findtext(f"{{{SITEMAP}}}loc") for url in root] == [BASE, f"{BASE}explore/?a=1&b=2"]
    assert {url.findtext(f"{{{SITEMAP}}}lastmod") for url in root} == {"2024-07-12"}


def test_the_sitemap_holds_no_more_than_the_protocol_allows():
    assert len(parsed(sitemap((f"{BASE}{n}/" for n in range(50_001)), ""))) == 50_000


def test_robots_may_read_everything_and_learn_where_the_sitemap_is():
    assert robots(None) == "User-agent: *\nAllow: /\n"
    assert f"Sitemap: {BASE}sitemap.xml\n" in robots(f"{BASE}sitemap.xml")

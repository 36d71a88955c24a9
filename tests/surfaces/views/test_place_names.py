"""Names as parts of an address: whatever a hub calls its models, a place is one and no path."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.charts.subject import NOBODIES
from weighbridge.register import families, parties
from weighbridge.surfaces.views.naming import KINDS, hashed, named, place, places, reversed_places, stands

SAFE = re.compile(r"~[0-9a-f]{20}|[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)?")
NAMES = st.one_of(
    st.text(max_size=120),
    st.from_regex(r"\A[A-Za-z0-9._-]{1,12}/[A-Za-z0-9._-]{1,12}\Z"),
    st.sampled_from(["..", "a/..", "../a", ".", "a/b/c", "", "/", "a//b", "CON/nul", "a/b.", "~abc", "a/~b", "a\\b"]),
)


@given(st.sampled_from(KINDS), NAMES)
def test_a_place_is_plain_whatever_the_name(kind, name):
    at = place(kind, name)
    assert SAFE.fullmatch(at)
    assert not {"", ".", ".."} & set(at.split("/"))


@given(st.sampled_from(KINDS), st.lists(NAMES, max_size=12))
def test_no_two_names_share_a_place_on_any_file_system(kind, names):
    found = places(kind, names)
    assert set(found) == set(names)
    assert len({at.casefold() for at in found.values()}) == len(found)


@given(st.sampled_from(KINDS), st.lists(NAMES, max_size=12))
def test_the_way_back_ends_at_the_name(kind, names):
    back = reversed_places(kind, names)
    assert all(named(kind, at, back) == name for name, at in places(kind, names).items())
    assert named(kind, "~nothing", back) is None


@given(st.sampled_from(KINDS), st.permutations(["A/b", "a/b", "a/B", "x/y", "Mistral AI", "mistral ai", "é", "e"]))
def test_the_order_of_the_names_does_not_matter(kind, names):
    assert places(kind, names) == places(kind, sorted(names))


@given(st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,20}[A-Za-z0-9]/[A-Za-z0-9][A-Za-z0-9._-]{0,20}[A-Za-z0-9]\Z"))
def test_an_ordinary_model_stands_at_its_own_name(name):
    assert place("model", name) in (name, hashed(name))
    if not any(part.lower().startswith(("con", "prn", "aux", "nul", "com", "lpt")) for part in name.split("/")):
        assert place("model", name) == name


@pytest.mark.parametrize(("name", "at"), [
    ("Mistral AI", "mistral-ai"), ("Meta", "meta"), ("Hugging Face", "hugging-face"), ("01.AI", "01-ai"),
])  # fmt: skip
def test_organisations_stand_at_their_words(name, at):
    assert place("organisation", name) == at


def test_names_that_would_lose_letters_get_a_hash():
    assert place("organisation", "智谱") == hashed("智谱")
    assert place("family", "(none)") == "none"


def test_all_organisations_and_families_of_the_register_have_a_readable_place():
    for kind, names in (
        ("organisation", {party.organisation for party in parties.house().parties}),
        ("family", set(families.names())),
    ):
        odd = [name for name, at in places(kind, names).items() if at.startswith("~")]
        assert len(odd) < len(names) / 100, odd


@pytest.mark.parametrize("name", ["x/index.html", "index.html/x", "INDEX.HTML/x", "index.html"])
def test_no_folder_is_called_as_the_file_of_another_page(name):
    assert place("model", name) == hashed(name)


def test_who_stands_for_many_or_for_nobody_known_is_no_subject():
    assert not any(stands(kind, name) for kind in ("organisation", "family") for name in NOBODIES)
    assert stands("organisation", "Google")
    assert stands("model", "unknown"), "a model may be called so"
    assert not stands("country", "US")

"""A model, organisation or family stands at the same place on a server and in a published folder."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.surfaces.api.links import ServedLinks
from weighbridge.surfaces.python import open_observatory
from weighbridge.surfaces.site.places import key_of, places
from weighbridge.surfaces.views import naming
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.views.subjects import named, odd_place, twice, twins
from weighbridge.surfaces.web import pages

NAMES = ["nobody/Twin", "nobody/twin", "nobody/other", "nobody/index.html", "nobody", "nobody/con", "nobody/a b"]


@pytest.fixture
def shelf(store, read_hub):
    """A store with models whose names are odd for folders."""
    read_hub([{"id": name, "downloads": 90 - place, "likes": 1} for place, name in enumerate(NAMES)])
    return Shelf(open_observatory(store.path))


@pytest.mark.parametrize("published", [1, len(NAMES)])
def test_a_subject_stands_at_one_place_whether_served_or_published(shelf, published):
    odd = partial(odd_place, shelf)
    served, there = ServedLinks(odd=odd), places(pages().values(), shelf, published, odd)
    subjects = [(page, name) for page, name, given in there if name is not None and not given]
    assert ("model", "nobody/Twin") in subjects
    for kind, name in subjects:
        assert served.subject(kind, name) == f"./{there[key_of(kind, name, ())].folder}"
        at = there[key_of(kind, name, ())].folder.removeprefix(f"{kind}/").removesuffix("/")
        assert named(shelf, kind, at) == name, "the server finds it there"


def test_models_that_differ_in_the_case_of_letters_stand_at_hashes(shelf):
    assert twins(shelf) == {name: naming.hashed(name) for name in NAMES[:2]}


@given(st.lists(st.text(alphabet="aAbB/", max_size=3), unique=True))
def test_twins_are_told_whatever_the_order(names):
    found = twice(names)
    assert {name.casefold() for name in found} & {name.casefold() for name in names if name not in found} == set()
    assert all(sum(other.casefold() == name.casefold() for other in names) > 1 for name in found)

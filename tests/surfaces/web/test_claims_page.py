"""The page of published figures says of each who said it, what we find, and why that is or is no verdict."""

from __future__ import annotations

from typing import Any

import pytest

import made_pages
from weighbridge.claims.ledger import ledger
from weighbridge.errors import UsageError
from weighbridge.surfaces.python import Observatory, open_observatory
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web import pages


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    """What the bundled sample answers."""
    return Shelf(open_observatory())


@pytest.fixture(scope="module")
def page(shelf: Shelf) -> made_pages.Reading:
    return made_pages.kept(made_pages.html(shelf, "claims"))


def answered(shelf: Shelf, **more: Any) -> Shelf:
    """A shelf whose first claim was answered otherwise."""
    rows = [dict(row) for row in shelf.document(pages()["claims"].figures(shelf)[0])["rows"]]  # type: ignore[index]
    rows[0] |= more
    observatory = Observatory(shelf.observatory.backing)
    observatory.claims = lambda *ids: {"rows": rows, "notes": []}  # type: ignore[method-assign]
    return Shelf(observatory)


def test_every_claim_stands_on_the_page_with_its_verdict(page: made_pages.Reading):
    classes = {str(a["id"]): str(a["class"]) for a in page.all("article") if "claim" in str(a.get("class"))}
    assert set(classes) == {f"claim-{name}" for name in ledger()}
    assert all(
        any(verdict in kind for verdict in ("reproduced", "differs", "not-testable")) for kind in classes.values()
    )


def test_the_first_lines_count_the_verdicts(page: made_pages.Reading, shelf: Shelf):
    assert f"Of {len(ledger())} published figures" in page.text


def test_each_claim_says_its_source_its_reason_and_what_prints_the_nearest(page: made_pages.Reading, shelf: Shelf):
    for claim in ledger().values():
        assert " ".join(claim.source.split()) in page.text
    document = shelf.document(pages()["claims"].figures(shelf)[0])  # type: ignore[index]
    for row in document["rows"]:
        if row["nearest"]:
            assert " ".join(row["nearest"]["command"].split()) in page.text
            assert row["nearest"]["window"]["from"] in page.text


def test_only_publications_are_linked_outside_and_nothing_is_told_to_them(page: made_pages.Reading):
    outside = [a for a in page.all("a") if str(a.get("href")).startswith("https:")]
    addresses = {claim.address for claim in ledger().values() if claim.address}
    assert {a["href"] for a in outside if not str(a["href"]).startswith(made_pages.BASE)} == addresses
    assert all("noreferrer" in str(a["rel"]) for a in outside)


def test_an_address_that_is_no_https_is_no_link():
    from weighbridge.surfaces.web.parts.entries import leaving

    for address in ("http://x.example", "javascript:alert(1)", "data:text/html,x", "//x.example", "", "https:x"):
        assert str(leaving(address, "words")) == "words"


def test_the_address_narrows_by_verdict_and_measure(shelf: Shelf):
    page = made_pages.kept(made_pages.html(shelf, "claims", (("verdict", "not-testable"), ("measure", "reach"))))
    shown = [str(a["id"]) for a in page.all("article")]
    assert shown
    for name in shown:
        claim = ledger()[name.removeprefix("claim-")]
        asked = claim.test or claim.nearest
        assert asked is not None
        assert asked.asked.measure == "reach"


@pytest.mark.parametrize("given", [("verdict", "proven"), ("measure", "vibes")])
def test_a_filter_that_there_is_not_is_answered_with_those_there_are(shelf: Shelf, given: tuple[str, str]):
    with pytest.raises(UsageError, match=r"there is no verdict|no claim is of") as caught:
        made_pages.html(shelf, "claims", (given,))
    assert "not-testable" in caught.value.hint or "share" in caught.value.hint


def test_a_figure_that_differs_stands_first_and_shows_its_bounds(shelf: Shelf):
    found = {"verdict": "differs", "ours": 12.0, "lo": 10.0, "hi": 15.5, "because": "it is another"}
    page = made_pages.kept(made_pages.html(answered(shelf, **found), "claims"))
    first = next(a for a in page.all("article"))
    assert "differs" in str(first["class"])
    assert "(10 to 15.5)" in page.text
    assert "1 differ," in page.text


def test_text_of_a_claim_is_text(shelf: Shelf):
    hostile = made_pages.html(answered(shelf, because=made_pages.MARKUP + made_pages.OVERRIDE), "claims")
    page = made_pages.kept(hostile)
    assert made_pages.MARKUP not in hostile
    assert made_pages.MARKUP in page.text
    assert "\u202e" not in hostile


def test_a_published_folder_has_a_page_for_each_filter_that_finds_something(shelf: Shelf):
    addresses = pages()["claims"].published(shelf)
    assert (None, ()) in addresses
    for subject, given in addresses:
        assert subject is None
        assert 'class="claim' in made_pages.html(shelf, "claims", given, published=True)

"""Search: results as a page, for those whose browser runs no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from htpy import Node, button, div, fieldset, form, h1, legend, p
from htpy import input as input_
from htpy import label as label_

from weighbridge.charts.text import clean
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import Option
from weighbridge.measures.search import KINDS, LONGEST
from weighbridge.records.amounts import several
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.searching import search
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts.controls import Choices, control
from weighbridge.surfaces.web.parts.notes import problem
from weighbridge.surfaces.web.parts.table import table
from weighbridge.surfaces.web.parts.text import subject

MOST = 100
KIND = Option("kind", "Only one kind of thing.", KINDS)


class Search:
    """The page of results."""

    id = "search"
    title = "Search"
    rank = 110

    def make(self, view: View) -> Made:
        """See `Page.make`.

        Raises:
            UsageError: the text is too long, or there is no such kind.
        """
        text, kind = view.value("q").strip(), view.value("kind")
        if len(text) > LONGEST:
            raise UsageError(f"the text has {len(text):,} characters", f"give at most {LONGEST}")
        if kind:
            KIND.checked(kind)
        canonical = tuple((name, value) for name, value in (("q", text), ("kind", kind)) if value)
        title = f"Search: {clean(text)}" if text else "Search"
        body = [h1["Search"], _form(view, text, kind), _found(view, text, kind)]
        return Made(title, "Search models, organisations and families.", body, canonical)

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """See `Page.published`: nothing can be searched where nothing computes but the page's own script."""
        return []

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """See `Page.figures`."""
        return []


def _form(view: View, text: str, kind: str) -> Node:
    plural = {"model": "models", "organisation": "organisations", "family": "families"}
    return form("#find", class_="choose", method="get", action=view.links.page("search") or "")[
        fieldset[
            legend(".hidden")["What to find"],
            div(".control")[
                label_(for_="find-q")["Name"],
                input_("#find-q", type="search", name="q", value=text, maxlength=str(LONGEST), autocomplete="off"),
            ],
            control(KIND, kind, Choices(KINDS, plural, "everything")),
        ],
        button(type="submit")["Search"],
    ]


def _found(view: View, text: str, kind: str) -> Node:
    if not text:
        return p(".hint")["Write a part of a name: of a model, an organisation or a family."]
    try:
        found = search(view.shelf, text, kind or None, MOST)
    except DataMissing as error:
        return problem(error.message, error.hint)
    if not found:
        return p["Nothing is called so. A part of a name is enough; large and small letters are the same."]
    rows = [
        {"name": subject(view, hit.kind, hit.name), "what": f"{hit.kind}: {hit.what}", hit.unit: hit.weight}
        for hit in found
    ]

    heading = f"The first {MOST}" if len(found) == MOST else several(len(found), "hit")
    return table(rows, f"{heading} for {clean(text)}")


PAGE = Search()

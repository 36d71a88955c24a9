"""Compare: up to six groups side by side, under every named definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from htpy import Node, br, caption, div, h1, h2, p, section, small, table, tbody, td, th, thead, tr

from weighbridge.charts.subject import Subject
from weighbridge.charts.text import clean, percent
from weighbridge.errors import DataMissing, UsageError, WeighbridgeError
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts.bounds import strip
from weighbridge.surfaces.web.parts.chosen import chosen
from weighbridge.surfaces.web.parts.definition import terms
from weighbridge.surfaces.web.parts.figure import figure
from weighbridge.surfaces.web.parts.notes import notes, problem
from weighbridge.surfaces.web.parts.text import subject
from weighbridge.surfaces.web.parts.views import views
from weighbridge.surfaces.web.parts.ways import explore, way

MEASURE = "compare"
NAMES = ("by", "groups", "hub")
DIMENSIONS = ("organisation", "family", "model")
"""Beside countries, what a published folder compares."""


class Compare:
    """The page of groups side by side."""

    id = "compare"
    title = "Compare"
    rank = 30

    def make(self, view: View) -> Made:
        """See `Page.make`; a question that cannot be answered is said within the page."""
        asked = Asked.of(MEASURE, view.given)
        shown: Node
        try:
            document = view.shelf.document(asked)
            shown, said, groups = _compared(view, asked, document), _summary(document), document["groups"]
        except (UsageError, DataMissing) as error:
            shown, said, groups = problem(error.message, error.hint), error.message, []
        body = [
            h1["Compare"],
            p(".lead")["Up to six groups side by side: their shares and bounds, and whether their order hangs on the "
                       "definition."],
            chosen(view, asked, self.id, "compare", NAMES, asked.given.get("groups") or ",".join(groups)),
            view.published and views(view, self.id, (given for _, given in self.published(view.shelf))),
            shown,
        ]  # fmt: skip
        return Made("Compare", said, body, asked.options)

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """See `Page.published`."""
        return [(None, asked.options) for asked in _offered(shelf)]

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """See `Page.figures`."""
        return _offered(shelf)[:1]


def _offered(shelf: Shelf) -> list[Asked]:
    """The largest of each dimension, and of each hub."""
    first = Asked.of(MEASURE)
    wanted = [Asked.of(MEASURE, [("by", by)]) for by in DIMENSIONS]
    wanted += [Asked.of(MEASURE, [("hub", hub)]) for hub in shelf.observatory.backing.hubs()[1:]]
    return [first, *(asked for asked in wanted if _answered(shelf, asked))]


def _answered(shelf: Shelf, asked: Asked) -> bool:
    try:
        shelf.document(asked)
    except WeighbridgeError:
        return False
    return True


def _summary(document: Mapping[str, Any]) -> str:
    names = ", ".join(Subject.of(document).name(group) for group in document["groups"])
    return clean(f"Shares of {names} under every named definition, with bounds.")


def _compared(view: View, asked: Asked, document: Mapping[str, Any]) -> Node:
    return [
        figure(view, asked, first=True),
        section("#side-by-side")[
            h2["Share, bounds and rank under each definition"], _table(view, asked, document), terms(document)
        ],
        notes(document),
        _series(view, asked),
    ]


def _table(view: View, asked: Asked, document: Mapping[str, Any]) -> Node:
    """A row a group, a column a definition."""
    about, groups = Subject.of(document), document["groups"]
    rows = {(row["definition"], row["group"]): row for row in document["rows"]}
    names = list(dict.fromkeys(row["definition"] for row in document["rows"]))
    most = max((row["hi"] or 0.0 for row in document["rows"]), default=0.0)
    kept = [(name, value) for name, value in asked.options if name not in ("groups", "definition")]

    def cell(name: str, group: str) -> Node:
        row = rows[name, group]
        if row["value"] is None:
            return td[small[clean(row["because"])]]
        order = sorted((rows[name, other]["value"] or 0.0 for other in groups), reverse=True)
        return td(".n")[
            percent(row["value"]), " ", small(".rank")[f"no. {order.index(row['value']) + 1}"], br,
            small[f"{percent(row['lo'])} to {percent(row['hi'])}"], strip(row["value"], row["lo"], row["hi"], most),
        ]  # fmt: skip

    def head(name: str) -> Node:
        return way(explore(view, Asked.of("share", [*kept, ("definition", name)])), name)

    title = _summary(document)
    return div(".table", role="region", tabindex="0", aria_label=title)[
        table(".compared")[
            caption[title, " Ranks are among these groups."],
            thead[tr[th(scope="col")[clean(document["by"])], (th(scope="col")[head(name)] for name in names)]],
            tbody[(
                tr[
                    th(scope="row")[subject(view, document["by"], group, about.name(group))],
                    (cell(name, group) for name in names),
                ]
                for group in groups
            )],
        ]
    ]  # fmt: skip


def _series(view: View, asked: Asked) -> Node:
    """The shares over time, where the hub's counters give them."""
    kept = [(name, value) for name, value in asked.options if name in ("by", "hub", "register", "as-of")]
    series = Asked.of("share", [*kept, ("over", "month")])
    if not _answered(view.shelf, series):
        return None
    periods = view.shelf.document(series)["periods"] or ()
    return section[h2["Over time"], figure(view, series, level=3)] if len(periods) > 1 else None


PAGE = Compare()

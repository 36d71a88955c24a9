"""Ways from one page to another: the explore page of a question."""

from __future__ import annotations

from htpy import Node, a

from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.web.page import Given, View

MEASURE, CHART = "measure", "chart"
"""Options of the explore page beside those of a question."""
DEFAULT = "share"


def explored(asked: Asked, chart: str | None = None) -> Given:
    """Options of the explore page that shows an answer, defaults left out."""
    measure = () if asked.measure == DEFAULT else ((MEASURE, asked.measure),)
    return (*measure, *asked.options, *(((CHART, chart),) if chart else ()))


def explore(view: View, asked: Asked, chart: str | None = None) -> str | None:
    """Its address, if there is such a page."""
    return view.links.page("explore", explored(asked, chart))


def way(address: str | None, words: Node, **attributes: str | None) -> Node:
    """Words as a link where there is an address, else the words alone."""
    return words if address is None else a(href=address, **attributes)[words]

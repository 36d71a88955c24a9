"""The pages there are, as this folder's tests visit them: all that are registered, those of subjects by an example."""

from __future__ import annotations

from sites import OWN

from weighbridge.surfaces.views import naming
from weighbridge.surfaces.web import pages
from weighbridge.surfaces.web.page import SUBJECTS

EXAMPLES = {"model": OWN, "organisation": "Google", "family": "Gemma"}
WITH_FIGURE = ("overview", "explore", "definitions", "compare", "claims")
"""Pages that always have a figure; whether others do hangs on what is held."""


def address(page: str) -> str:
    """Where a page is; that of a subject shows its example."""
    if page in SUBJECTS:
        return f"{page}/{naming.place(page, EXAMPLES[page])}/"
    return "" if page == "overview" else f"{page}/"


ADDRESSES = {page: address(page) for page in pages()}
IN_MENU = [page for page in ADDRESSES if pages()[page].rank < 100]
PUBLISHED = [page for page in ADDRESSES if page != "search"]
"""Pages of a folder of files: there the box alone searches."""
PLACED = [("served", page) for page in ADDRESSES] + [("published", page) for page in PUBLISHED]

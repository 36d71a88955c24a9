"""The observatory's pages as HTML that needs no script. One file a page, in `pages`, found by itself."""

from __future__ import annotations

import functools
from typing import cast

from weighbridge.records.discovery import registered
from weighbridge.surfaces.web import pages as folder
from weighbridge.surfaces.web.page import Page


@functools.cache
def pages() -> dict[str, Page]:
    """All pages by id, in the order of the menu."""
    found = cast("dict[str, Page]", registered(folder, "PAGE"))
    return dict(sorted(found.items(), key=lambda item: (item[1].rank, item[0])))

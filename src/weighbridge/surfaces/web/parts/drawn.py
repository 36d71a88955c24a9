"""Pictures of documents that are no answer of a question with an address, such as a model's lineage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import htpy
from htpy import Node, div, figcaption, p

from weighbridge import charts
from weighbridge.charts.drawing import Drawing
from weighbridge.errors import DataMissing, UsageError
from weighbridge.surfaces.views.shelf import NARROW, WIDE
from weighbridge.surfaces.web.parts.inline import inline

THEMES = ("light", "dark")


def drawn(document: Mapping[str, Any] | None, key: str, level: int = 3) -> Node:
    """The picture of a document as part of the page, for each width and theme; nothing where none shows it.

    Args:
        document: with rows, as charts take it; null: nothing.
        key: of the figure, other than that of any other of the page.
        level: of the title's heading.
    """
    if document is None:
        return None
    try:
        said = charts.specification(document, head=False)["usermeta"]["weighbridge"]
        pictures = [
            inline(Drawing(document, None, theme, width, head=False).svg(), key, name, theme)
            for width, name in ((WIDE, "wide"), (NARROW, "narrow"))
            for theme in THEMES
        ]
    except (DataMissing, UsageError):
        return None
    return htpy.figure(".chart", id=f"figure-{key}")[
        figcaption[getattr(htpy, f"h{level}")[said["title"]], p(".subtitle")[said["subtitle"]]],
        div(".picture")[pictures],
        p(".note")[said["note"]] if said["note"] else None,
        p(".origin")[said["source"]],
    ]

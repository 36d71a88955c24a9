"""Which pages of a published folder answer which options, as the page's script reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import urlencode

import htpy
from htpy import Node
from markupsafe import Markup

from weighbridge.surfaces.web.page import Given, View


def views(view: View, page: str, given: Iterable[Given]) -> Node:
    """Canonical queries and the addresses of their pages, from one of them.

    A published folder has no server to read the query of `definitions/?by=organisation`, or what a form asks.

    Args:
        view: of the page.
        page: its id.
        given: options of each page of this kind that is published.
    """
    found = {urlencode(pairs): address for pairs in given if (address := view.links.page(page, pairs)) is not None}
    text = json.dumps(found, ensure_ascii=True).replace("<", "\\u003c").replace("&", "\\u0026")
    return htpy.script("#views", type="application/json")[Markup(text)]  # noqa: S704, JSON without `<` and `&`

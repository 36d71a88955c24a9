"""The small form of pages that compare: along which dimension, which groups, and under which terms."""

from __future__ import annotations

from collections.abc import Sequence

from htpy import Node, button, fieldset, form, legend

from weighbridge.errors import WeighbridgeError
from weighbridge.surfaces.views.asked import Asked, options_of
from weighbridge.surfaces.web.page import View
from weighbridge.surfaces.web.parts.controls import ANY, Choices, control, hidden

OFFERED = 60
"""Groups that a field suggests."""
NO_SERVER = "This published edition cannot compute: start `weighbridge serve`."


def chosen(view: View, asked: Asked, page: str, id_: str, names: Sequence[str], groups: str) -> Node:
    """The form.

    Args:
        view: of the page.
        asked: what the page answers.
        page: its id.
        id_: of the form.
        names: options that are controls; others that were given are kept.
        groups: the groups that are compared, as an address writes them.
    """
    there = options_of(asked.measure)
    kept = [(name, value) for name, value in asked.options if name not in names]

    def made(name: str) -> Node:
        value = groups if name == "groups" else asked.given.get(name, "")
        return control(there[name], value, _choices(view, asked, page, name))

    return form(id=id_, class_="choose", method="get", action=view.links.page(page) or "")[
        hidden(kept),
        fieldset[legend(".hidden")["What is compared"], (made(name) for name in names)],
        button(type="submit")["Compare"],
    ]


def _choices(view: View, asked: Asked, page: str, name: str) -> Choices:
    option = options_of(asked.measure)[name]
    values = view.shelf.observatory.backing.hubs() if name == "hub" else option.choices
    default = "the usual one" if name == "hub" else None
    if values is None:
        return Choices(closed={ANY: NO_SERVER} if view.published else {}, hints=_largest(view, asked))
    closed = {
        value: NO_SERVER
        for value in values
        if view.published and view.links.page(page, asked.changed(**{option.keyword: value}).options) is None
    }
    return Choices(values, default=default, closed={ANY: NO_SERVER} if len(closed) >= len(values) - 1 > 0 else closed)


def _largest(view: View, asked: Asked) -> list[str]:
    """The largest groups of the dimension, to choose from."""
    kept = [(name, value) for name, value in asked.options if name in ("by", "hub")]
    try:
        rows = view.shelf.document(Asked.of("share", kept))["rows"]
    except WeighbridgeError:
        return []
    return [str(row["group"]) for row in rows[:OFFERED]]

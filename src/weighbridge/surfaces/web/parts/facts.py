"""Facts as a list of terms and what is said of them."""

from __future__ import annotations

from collections.abc import Iterable

from htpy import Node, dd, div, dl, dt


def facts(pairs: Iterable[tuple[Node, Node]]) -> Node:
    """A definition list; what is null is left out."""
    listed = [(term, said) for term, said in pairs if said is not None and said != ""]
    return dl(".facts")[(div[dt[term], dd[said]] for term, said in listed)] if listed else None

"""Tools that find things and tell all that is held of one: search, and profiles of models, organisations, families."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from weighbridge.measures import Option
from weighbridge.measures.search import KINDS
from weighbridge.surfaces.mcp.arguments import checked
from weighbridge.surfaces.mcp.listed import known
from weighbridge.surfaces.mcp.outlined import facts
from weighbridge.surfaces.mcp.tool import Reply, Tool
from weighbridge.surfaces.mcp.untrusted import quoted
from weighbridge.surfaces.views import told
from weighbridge.surfaces.views.profiles import profile
from weighbridge.surfaces.views.searching import index
from weighbridge.surfaces.views.shelf import Shelf

Given = Mapping[str, Any]
HITS_MOST = 200
SEARCH = (
    Option("text", "Any part of a name; several words in any order."),
    Option("kind", "Only these.", choices=KINDS),
)
WORDS = {
    "model": "what it is, whose and why, lineage, licence, size, share, rank, and what descends from it",
    "organisation": "who and where it is and on which evidence, its share under every named definition, its models",
    "family": "its developer, its share under every named definition, models, uploaders, and what descends from it",
}


def tools() -> Iterator[Tool]:
    """All of them."""
    yield Tool(
        "search",
        "Find models, organisations and families",
        "Names that hold a text, exact ones first, then by downloads. Use the names it gives in other tools.",
        SEARCH,
        search,
        needed=("text",),
    )
    for kind, words in WORDS.items():
        yield Tool(
            kind,
            f"All that is held of one {kind}",
            f"One {kind} in the newest window under the definition house: {words}.",
            _options(kind),
            partial(told_of, kind),
            needed=("name",),
            paged=False,
        )


def _options(kind: str) -> tuple[Option, ...]:
    return (
        Option("name", f"Name of the {kind}; letter case does not count."),
        Option("hub", "Hub to ask about. [default: the only one held, else huggingface]"),
    )


def search(shelf: Shelf, given: Given) -> Reply:
    """Names that hold a text."""
    asked = checked(SEARCH, ("text",), given)
    names = index(shelf)
    hits = names.find(asked["text"], asked["kind"], HITS_MOST)
    notes = [f"Only the first {HITS_MOST} are listed; more words find fewer."] if len(hits) == HITS_MOST else []
    document = {
        "hub": names.hub,
        "unit": names.unit,
        "as_of": known(shelf),
        "definition": {"name": "raw"},
        "rows": [{name: value for name, value in hit.to_dict().items() if name != "what"} for hit in hits],
        "notes": [*notes, *shelf.observatory.notes],
    }
    lines: list[tuple[str, str]] = [
        ("Looked for", quoted(asked["text"])),
        ("As of", known(shelf)),
        ("Weight", f"{names.unit} on {names.hub} in the newest window, under the definition raw: nothing left out"),
    ]
    return Reply("Names that hold a text", document, lines)


def told_of(kind: str, shelf: Shelf, given: Given) -> Reply:
    """All that is held of one model, organisation or family.

    Raises:
        DataMissing: nothing of that name is held; the hint lists similar names.
    """
    asked = checked(_options(kind), ("name",), given)
    document = profile(shelf, kind, asked["name"], asked["hub"])
    name = str(document["name"])
    lines = [*told.above({**document, "by": ""}), *facts(document)]
    command = shlex.join(["weighbridge", "explain", name]) if kind == "model" else ""
    return Reply(f"{kind.capitalize()} {quoted(name)}", document, lines, command=command)

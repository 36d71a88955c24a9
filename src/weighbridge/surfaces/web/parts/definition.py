"""A definition in words: every choice that it makes, and which of them were changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from htpy import Node, mark

from weighbridge.charts.text import clean, counted, percent
from weighbridge.charts.wording import day, span_of
from weighbridge.definitions.named import definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.surfaces.views import told
from weighbridge.surfaces.web.parts.facts import facts

ATTRIBUTION = {
    "uploader": "whoever published the model",
    "base": "the developer of the furthest declared ancestor",
    "base-inferred": "the developer of the furthest ancestor, declared or inferred from names",
}
CONTESTED = {
    "main": "attributions that are disputed count as the register has them",
    "widest": "bounds take in what reasonable people hold instead",
}
EVIDENCE = {
    "recalled": "all grades of evidence count",
    "inferred": "what is only recalled counts as unregistered",
    "stated": "only what is stated counts as registered",
}
BOUNDS = {
    "plain": "bounds hold what is unregistered or unknown",
    "strict": "bounds hold the unaffiliated too",
}


def definition(document: Mapping[str, Any]) -> Node:
    """What is counted, of which models, to whose credit, after which cleaning, by which register."""
    chosen = document["definition"]
    changed = set(chosen["changed"])
    named = definitions().get(chosen["name"], {})
    said: dict[str, tuple[str, str]] = {
        "scope": ("Models", _scope(chosen["scope"])),
        "max_age_days": ("Age", age(chosen["max_age_days"])),
        "attribution": ("Credit goes to", ATTRIBUTION.get(chosen["attribution"], chosen["attribution"])),
        "clean": ("Cleaned of", "; ".join(_rule(rule) for rule in chosen["clean"]) or "nothing"),
        "register": ("Register of parties", chosen["register"]),
        "contested": ("Disputed rows", CONTESTED.get(chosen["contested"], chosen["contested"])),
        "evidence": ("Evidence", EVIDENCE.get(chosen["evidence"], chosen["evidence"])),
        "bounds": ("Bounds", BOUNDS.get(chosen["bounds"], chosen["bounds"])),
    }
    title = clean(f"{chosen['name']} v{chosen['version']}: {named.get('title', '')}")
    listed: list[tuple[Node, Node]] = [("Definition", title)]
    listed += [(head, _changed(clean(text)) if key in changed else clean(text)) for key, (head, text) in said.items()]
    return facts(listed)


def terms(document: Mapping[str, Any]) -> Node:
    """What an answer is of: window, hub, unit, population, coverage, vintage, as-of."""
    known = document["coverage"]
    return facts([
        ("Window", clean(span_of(document["window"]))),
        ("In all", clean(f"{told.weighed(document)} on {document['hub']}")),
        ("Population", clean(f"a {document['population']}")),
        ("Coverage", f"{percent(known['registered_share'])} of the weight is registered, "
                     f"{percent(known['located_share'])} has a country, "
                     f"{percent(known['declared_base_share'])} a declared base"),
        ("Left out", f"{counted(document['unknown_age'])} of unknown age" if document["unknown_age"] else None),
        ("Vintage", clean(", ".join(document["vintages"]))),
        ("Known by", day(document["as_of"])),
    ])  # fmt: skip


def age(days: int | None) -> str:
    """An age limit in words."""
    return "any" if days is None else f"the first {days} days of each model"


def _changed(text: str) -> Node:
    return [text, " ", mark(".changed")["changed"]]


def _scope(name: str) -> str:
    found = scopes().get(name)
    return f"{found.title} ({name})" if found else name


def _rule(name: str) -> str:
    found = rules().get(name)
    return f"{found.title} ({name})" if found else name

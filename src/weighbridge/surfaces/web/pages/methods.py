"""How a share is made: sections of a data file, filled with the words of what is registered."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

from htpy import Node, a, article, h1, h2, h3, li, nav, ol, p, pre, section, strong

from weighbridge import __version__
from weighbridge.definitions.named import define, definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.measures import Comparison, Measure, measures
from weighbridge.quality import detectors
from weighbridge.records.definition import BOUNDS, CONTESTED
from weighbridge.register import files
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.views.told import choice
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts import entries, evidence
from weighbridge.surfaces.web.parts.facts import facts

REGISTER = ("namespaces", "organisations", "entries", "aliases", "families", "countries")
ALL = "measures"
HOW_BOUNDED = {
    "plain": "what is unregistered or unknown could be anybody's",
    "strict": "the unaffiliated could be anybody's too",
}
HOW_CONTESTED = {
    "main": "a disputed row counts where most evidence puts it",
    "widest": "the bounds take in every place that a disputed row could have",
}


class Methods:
    """Sections with formulas, then every measure."""

    id = "methods"
    title = "Methods"
    rank = 70

    def make(self, view: View) -> Made:
        """See `Page.make`."""
        told = sections()
        summary = "From counters to shares: what is counted, who is credited, what the bounds are of, what is left out."
        return Made(
            title="How a share is made",
            summary=summary,
            body=[
                h1["How a share is made"],
                p(".lead")[summary],
                p(".origin")[version()],
                nav(".contents", aria_label="Sections")[
                    ol[
                        (li[a(href=f"#{one['id']}")[one["title"]]] for one in told),
                        li[a(href=f"#{ALL}")["Every measure"]],
                    ]
                ],
                [_section(one) for one in told],
                _measures(view),
            ],
        )

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """The one page."""
        return [(None, ())]

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """None."""
        return ()


@functools.cache
def document() -> dict[str, Any]:
    """The data file of the page."""
    text = resources.files("weighbridge.surfaces.web").joinpath("data/methods.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def sections() -> list[dict[str, Any]]:
    """The sections in order."""
    found: list[dict[str, Any]] = document()["section"]
    return found


def version() -> str:
    """Versions of all that moves a figure: the package, definitions, rules and the register's rows."""
    named = [f"{name} v{found['version']}" for name, found in definitions().items()]
    cleaned = [f"{rule.id} v{rule.version}" for rule in rules().values()]
    return (
        f"Version of the methods: Weighbridge {__version__}; definitions {', '.join(named)}; "
        f"rules {', '.join(cleaned)}; register {files.fingerprint(*REGISTER)}."
    )


def _section(one: Mapping[str, Any]) -> Node:
    about = [measures()[name] for name in one["measures"]]
    return section(aria_labelledby=one["id"])[
        h2(id=one["id"])[one["title"]],
        paragraphs(one["words"]),
        pre(".formula")[one["formula"]] if "formula" in one else None,
        facts(SHOWS[one["shows"]]()) if "shows" in one else None,
        p(".about")[
            "Measures: ",
            [[", " if place else "", a(href=f"#measure-{m.id}")[m.title]] for place, m in enumerate(about)],
        ]
        if about
        else None,
    ]


def paragraphs(words: str) -> Node:
    """Text with an empty line between its paragraphs."""
    return [p[" ".join(part.split())] for part in words.split("\n\n") if part.strip()]


def _kinds() -> Iterable[tuple[Node, Node]]:
    return [(name.replace("_", " "), words) for name, words in document()["kinds"].items()]


def _scopes() -> Iterable[tuple[Node, Node]]:
    return [(scope.id, scope.title) for scope in scopes().values()]


def _rules() -> Iterable[tuple[Node, Node]]:
    house = define("house").clean
    for rule in rules().values():
        runs = "of the house" if rule.id in house else "only when asked for"
        yield f"{rule.id} v{rule.version}", [p[strong[f"{rule.title} ({runs})"]], p[rule.words]]


def _bounds() -> Iterable[tuple[Node, Node]]:
    yield from ((f"bounds {name}", HOW_BOUNDED[name]) for name in BOUNDS)
    yield from ((f"contested {name}", HOW_CONTESTED[name]) for name in CONTESTED)


def _definitions() -> Iterable[tuple[Node, Node]]:
    for name, found in definitions().items():
        made = define(name).to_dict()
        chosen = ("scope", "max_age_days", "clean", "attribution", "register", "contested", "evidence")
        said = ", ".join(f"{key.replace('_', ' ')} {choice(made, key)}" for key in chosen if made[key] is not None)
        yield (
            f"{name} v{found['version']}",
            [p[strong[str(found["title"])]], paragraphs(str(found["words"])), p(".note")[said]],
        )


def _events() -> Iterable[tuple[Node, Node]]:
    return [(kind.id, kind.title) for kind in detectors().values()]


SHOWS = {
    "kinds": _kinds,
    "scopes": _scopes,
    "rules": _rules,
    "grades": evidence.meanings,
    "bounds": _bounds,
    "definitions": _definitions,
    "events": _events,
}
"""What is registered, by the names under which sections ask for it."""


def _measures(view: View) -> Node:
    return section(aria_labelledby=ALL)[
        h2(id=ALL)["Every measure"],
        p["Each has words, a formula and its source, and answers under every definition that fits it."],
        [_measure(view, measure) for measure in measures().values()],
    ]


def _measure(view: View, measure: Measure | Comparison) -> Node:
    where = view.links.page("explore", () if measure.id == "share" else (("measure", measure.id),))
    return article(".measure", id=f"measure-{measure.id}")[
        h3[measure.title],
        paragraphs(measure.words),
        pre(".formula")[measure.formula],
        p(".note")[f"Source of the formula: {measure.source}."],
        entries.listed([a(href=where)["Explore it"]] if where else []),
        entries.command(f"weighbridge {measure.id}"),
    ]


PAGE = Methods()

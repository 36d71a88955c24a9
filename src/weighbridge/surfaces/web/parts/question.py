"""The form of a question: measure, its own options, hub and window, definition, and what was known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import htpy
from htpy import Node, button, details, fieldset, form, label, legend, optgroup, option, p, select, small, summary

from weighbridge.charts.subject import HUBS
from weighbridge.definitions.named import definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.measures import Option, measures, offered
from weighbridge.surfaces.views.asked import PICTURED, Asked, options_of
from weighbridge.surfaces.views.dataset import readings
from weighbridge.surfaces.web.page import View
from weighbridge.surfaces.web.parts import grid
from weighbridge.surfaces.web.parts.controls import ANY, Choices, control, hidden
from weighbridge.surfaces.web.parts.views import views
from weighbridge.surfaces.web.parts.ways import DEFAULT, MEASURE, explore

WAS = "was"
"""The measure for which a form was made: another one does not have all its options."""
WINDOW = ("hub", "over", "at", "from", "to", "trailing")
DEFINITION = ("definition", "scope", "max-age", "attribution", "clean", "register")
CARE = ("contested", "bounds", "evidence", "as-of", "vintage", "splice")
TITLES = {
    "over": "Length of periods",
    "at": "Counters of the day",
    "to": "To, that day left out",
    "trailing": "The last weeks or days",
    "max-age": "Age in days, at most",
    "clean": "Cleaning rule",
    "contested": "Disputed rows",
    "as-of": "Known by",
    "splice": "Fill gaps from 30-day counters",
    "top": "How many groups",
}
"""Labels of controls whose option's name says too little."""
NO_SERVER = "This published edition cannot compute: start `weighbridge serve`, or use the command below."


def question(view: View, asked: Asked) -> Node:
    """The form; its address is that of the page which answers."""
    own = [option_ for option_ in options_of(asked.measure).values() if option_ not in offered.QUESTION]
    there = _there(view, asked)
    named = {option_.name: option_ for option_ in offered.QUESTION} if asked.measure not in PICTURED else {}

    def controls(options: Iterable[Option]) -> Node:
        return [
            control(one, asked.given.get(one.name, ""), _closed(view, asked, one, there), TITLES.get(one.name))
            for one in options
        ]

    def group(title: str, names: Iterable[str], folded: bool) -> Node:
        options = [named[name] for name in names if name in named]
        if not options:
            return None
        inside = fieldset[legend(class_="hidden" if folded else None)[title], controls(options)]
        changed = any(one.name in asked.given for one in options)
        return details(open=changed)[summary[title], inside] if folded else inside

    return form("#controls", method="get", action=view.links.page("explore") or "")[
        hidden([(WAS, asked.measure)]),
        fieldset[legend["What to weigh"], _measure(view, asked), controls(own)],
        group("Where and when", WINDOW, True),
        group("Definition", DEFINITION, True),
        group("Doubt and knowledge", CARE, True),
        button(type="submit")["Show"],
        p(".hint")["What you leave open is as the definition and the newest window held say."],
        view.published and views(view, "explore", grid.given(view.shelf)),
    ]


def _measure(view: View, asked: Asked) -> Node:
    entries = [(id_, found.title) for id_, found in measures().items()]
    return htpy.div(".control")[
        label(for_="option-measure")["Measure"],
        select("#option-measure", name=MEASURE, aria_describedby="option-measure-help")[
            optgroup(label="Measures")[
                (
                    option(
                        value=ANY if id_ == DEFAULT else id_,
                        selected=id_ == asked.measure,
                        disabled=id_ != asked.measure and explore(view, Asked.of(id_)) is None,
                    )[title]
                    for id_, title in entries
                )
            ],
        ],
        small("#option-measure-help")["Each has options of its own."],
    ]


def _there(view: View, asked: Asked) -> Mapping[str, Choices]:
    """What is held, and so can be chosen."""
    backing = view.shelf.observatory.backing
    held = readings(view.shelf)
    hub = asked.given.get("hub")
    of_hub = [row for row in held if hub is None or row["hub"] == hub]
    days = sorted({str(day) for row in of_hub for key in ("observed_from", "observed_to") if (day := row[key])})
    hubs, titles = backing.hubs(), {id_: str(found["title"]) for id_, found in definitions().items()}
    return {
        "hub": Choices(hubs, {name: HUBS.get(name, name) for name in hubs}, "the usual one"),
        "definition": Choices(list(definitions()), {name: f"{name}: {title}" for name, title in titles.items()}),
        "scope": Choices(list(scopes()), {name: f"{name}: {found.title}" for name, found in scopes().items()}),
        "clean": Choices(["none", *rules()], {"none": "none: no rule"}),
        "register": Choices(backing.registers(None)),
        "vintage": Choices([str(row["id"]) for row in of_hub], default="all together"),
        "over": Choices(offered_choices("over"), default="one window"),
        "at": Choices(hints=days),
    }


def offered_choices(name: str) -> tuple[str, ...]:
    """Valid values of an option of every question."""
    return next((option_.choices or () for option_ in offered.QUESTION if option_.name == name), ())


def _closed(view: View, asked: Asked, option_: Option, there: Mapping[str, Choices]) -> Choices:
    """What a control offers; in a published folder what no page answers is closed, with the reason."""
    choices = there.get(option_.name, Choices(option_.choices, default="all" if option_.name == "relation" else None))
    if option_.choices and choices.values is None:
        choices = Choices(option_.choices, choices.names, choices.default)
    if not view.published:
        return choices
    if choices.values is None:
        return Choices(None, closed={ANY: NO_SERVER})
    closed = {
        value: NO_SERVER for value in choices.values if explore(view, asked.changed(**{option_.keyword: value})) is None
    }
    current = asked.given.get(option_.name) or str(option_.default)
    if all(value in closed for value in choices.values if value != current):
        closed = {ANY: NO_SERVER}
    return Choices(choices.values, choices.names, choices.default, closed)

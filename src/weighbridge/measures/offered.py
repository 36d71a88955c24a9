"""The options of every question as data: the command line, the server, the page and the tools are made from them."""

from __future__ import annotations

from weighbridge.measures import Option
from weighbridge.records.clock import GRAINS
from weighbridge.records.definition import ATTRIBUTIONS, BOUNDS, CONTESTED, EVIDENCE

OLDEST_DAYS = 36_500

QUESTION = (
    Option("hub", "Hub to ask about. [default: the only one held, else huggingface]"),
    Option("definition", "A named definition.", default="house"),
    Option("attribution", "Who gets the credit.", choices=ATTRIBUTIONS),
    Option("max-age", "Count only so many days after a model's creation.", number=True, most=OLDEST_DAYS),
    Option("scope", "Which models: everything, language, without-quantised, open-weights, ..."),
    Option("clean", "Cleaning rule, repeatable; none: no rule.", many=True, repeated=True),
    Option("register", "Register of parties: house, one that a source brought, or a .csv of corrections."),
    Option("evidence", "At least this grade of evidence.", choices=EVIDENCE),
    Option("contested", "widest: bounds take in contested attributions.", choices=CONTESTED),
    Option("bounds", "strict: the unaffiliated count as unknown too.", choices=BOUNDS),
    Option("at", "The 30-day counters observed that day.", form="DATE"),
    Option("from", "Flows from this day on.", form="DATE"),
    Option("to", "Flows before this day.", form="DATE"),
    Option("trailing", "Flows of the last weeks or days held, e.g. 52w.", form="SPAN"),
    Option("over", "One answer a period.", choices=GRAINS),
    Option("as-of", "Only what was known then.", form="DATE"),
    Option("vintage", "Answer from this vintage alone.", form="ID"),
    Option("splice", "Fill periods without cumulative counters from 30-day windows.", flag=True),
)
"""What every question can be asked with. Defaults that depend on what is held (the hub, the newest window) are null."""

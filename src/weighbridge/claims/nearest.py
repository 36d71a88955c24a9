"""The nearest thing to a claim that what is held can say, with the command line that prints it."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from typing import Any

from weighbridge.claims import figures
from weighbridge.claims.answers import Answers
from weighbridge.claims.ledger import Asked, Claim
from weighbridge.claims.wording import place, whole
from weighbridge.errors import DataMissing
from weighbridge.measures import measures
from weighbridge.records.answer import Answer


def nearest(claim: Claim, answers: Answers) -> tuple[dict[str, Any] | None, str]:
    """The nearest thing, or null with the reason.

    Returns:
        `{"value", "unit", "lo", "hi", "window", "definition", "vintages", "command", "figure", "differs"}` or null,
        and the reason where it is null; `figure` says where in what the command prints the value stands.
    """
    if claim.nearest is None:
        return None, "Nothing that a census of downloads can say comes near it."
    asked = claim.nearest.asked
    try:
        answers.options(asked)
        answer = answers.answer(asked, answers.question(asked))
        found = figures.scaled(figures.read(answer, asked.figure), asked.scale)
    except DataMissing as error:
        return None, f"{error.message[:1].upper()}{error.message[1:]} ({error.hint})."
    window = answer.window
    span = f"Ours is of {window['from']} to {window['to']} ({window['kind']}); the claim: {claim.window.words}."
    return {
        "value": whole(found.value),
        "unit": asked.unit or claim.unit,
        "lo": whole(found.lo),
        "hi": None if found.hi is None or math.isinf(found.hi) else whole(found.hi),
        "window": window,
        "definition": answer.definition,
        "vintages": list(answer.vintages),
        "command": command(asked, answer),
        "figure": place(asked.figure),
        "differs": f"{claim.nearest.differs} {span}",
    }, ""


def command(asked: Asked, answer: Answer) -> str:
    """The command line that prints an answer, with its window written out so that newer data does not change it."""
    return shlex.join(["weighbridge", asked.measure, *_own(asked), *_choices(asked.question), *_window(asked, answer)])


def _own(asked: Asked) -> list[str]:
    """The measure's options."""
    found = []
    for option in measures()[asked.measure].options:
        if option.name in asked.options:
            value = asked.options[option.name]
            text = ",".join(value) if isinstance(value, list) else str(value)
            found += [text] if option.argument else [f"--{option.name}", text]
    return found


def _choices(question: Mapping[str, Any]) -> list[str]:
    """Hub, definition and its changes."""
    found = []
    for key, value in question.items():
        for text in value if isinstance(value, list) else [value]:
            found += [f"--{key.replace('_', '-')}", str(text)]
    return found


def _window(asked: Asked, answer: Answer) -> list[str]:
    window = answer.window
    over = ["--over", str(asked.window["over"])] if "over" in asked.window else []
    if not over and window["kind"] == "windowed" and "from" not in asked.window:
        return ["--at", window["to"]]
    return ["--from", window["from"], "--to", window["to"], *over]

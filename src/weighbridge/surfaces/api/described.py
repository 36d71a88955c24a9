"""What can be asked, described for OpenAPI: an operation a measure, with choices, limits and defaults."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from weighbridge.measures import Option, measures, offered
from weighbridge.surfaces.api import shapes
from weighbridge.surfaces.api.answers import LOOK
from weighbridge.surfaces.views.asked import LONGEST, PICTURED, most_of, options_of, title_of

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The question is not valid.", "content": PROBLEM},
    404: {"description": "What is held cannot answer it, or there is nothing at this address.", "content": PROBLEM},
    503: {"description": "Too many questions at once.", "content": PROBLEM},
}


def parameter(option: Option) -> dict[str, Any]:
    """An option as a parameter of a query."""
    schema: dict[str, Any]
    if option.number:
        schema = {"type": "integer", "minimum": option.least, "maximum": most_of(option)}
    elif option.flag:
        schema = {"type": "string", "enum": ["yes", "no"]}
    elif option.choices is not None and not option.many:
        schema = {"type": "string", "enum": list(option.choices)}
    else:
        schema = {"type": "string", "maxLength": LONGEST}
    if option.default is not None and not option.many:
        schema["default"] = "no" if option.flag else option.default
    elif option.flag:
        schema["default"] = "no"
    told = f"{option.help} Several with commas." if option.many else option.help
    return {"name": option.name, "in": "query", "required": False, "description": told, "schema": schema}


def parameters(options: Iterable[Option]) -> list[dict[str, Any]]:
    """Options as parameters of a query."""
    return [parameter(option) for option in options]


def chart_parameters(measure: str) -> list[dict[str, Any]]:
    """What a file of an answer can be asked with."""
    return parameters((*options_of(measure).values(), *LOOK))


def option_row(option: Option) -> dict[str, Any]:
    """An option as a row of a list."""
    default = list(option.default) if isinstance(option.default, tuple) else option.default
    return {
        "name": option.name,
        "help": option.help,
        "choices": None if option.choices is None else list(option.choices),
        "default": default,
        "number": option.number,
        "least": option.least if option.number else None,
        "most": most_of(option) if option.number else None,
        "many": option.many,
        "flag": option.flag,
        "form": option.form,
    }


def measure_rows() -> list[dict[str, Any]]:
    """What each measure says of itself, with its own options."""
    return [
        {
            **{part: getattr(found, part) for part in ("id", "title", "words", "formula", "source", "example")},
            "options": [option_row(option) for option in found.options],
        }
        for found in measures().values()
    ]


def question_rows() -> list[dict[str, Any]]:
    """What every question can be asked with."""
    return [option_row(option) for option in offered.QUESTION]


def operations() -> list[tuple[str, str, str, type[shapes.Shape]]]:
    """Id, title, words and shape of all that can be asked."""
    found = [(known.id, known.title, known.words, shapes.Answer) for known in measures().values()]
    return [*found, *((id_, title_of(id_), title_of(id_), shapes.Rows) for id_ in PICTURED)]

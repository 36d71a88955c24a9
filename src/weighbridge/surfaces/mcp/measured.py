"""A tool for each registered measure, and for the quality ledger, made from what they say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from weighbridge.measures import Described, measures
from weighbridge.surfaces.mcp.arguments import pairs, refuse_strange
from weighbridge.surfaces.mcp.resources import address
from weighbridge.surfaces.mcp.tool import Reply, Tool
from weighbridge.surfaces.mcp.words import of_answer
from weighbridge.surfaces.views.asked import Asked, options_of
from weighbridge.surfaces.views.shelf import Shelf

WORDS_MOST = 400
"""Characters of a description."""
SENTENCE = re.compile(r"(?<=[.:]) ")


def tools() -> Iterator[Tool]:
    """The tools of all measures, in order of their ids."""
    for measure in sorted(measures().values(), key=lambda found: found.id):
        options = tuple(options_of(measure.id).values())
        yield Tool(measure.id, measure.title, _words(measure), options, partial(answer, measure.id))


def answer(measure: str, shelf: Shelf, given: Mapping[str, Any]) -> Reply:
    """What a measure answers.

    Raises:
        UsageError: an argument is strange or not valid.
        DataMissing: what is held cannot answer it.
    """
    options = options_of(measure)
    refuse_strange(options, given)
    return of(shelf, Asked.of(measure, pairs(options.values(), given)))


def of(shelf: Shelf, asked: Asked) -> Reply:
    """The answer to a question."""
    found = shelf.told(asked)
    return Reply(
        str(found.document["title"]), found.document, tuple(of_answer(found.document)), found.presented, asked.command
    )


def _words(measure: Described) -> str:
    """Its first sentences; all of them stand in the resource of its method."""
    said = f"{measure.title}."
    for sentence in SENTENCE.split(measure.words.split("\n\n", 1)[0]):
        if len(said) + len(sentence) > WORDS_MOST:
            break
        said = f"{said} {sentence}"
    return f"{said} More: {address(measure.id)}"

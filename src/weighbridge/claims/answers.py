"""Asking for a claim: a question from data to an answer, with the last weighing kept, since many claims share it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from weighbridge.claims.ledger import Asked
from weighbridge.cubes.weigh import Weighed
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import Comparison, measures
from weighbridge.measures.asking import Asking, Backing, ask, weighed_for
from weighbridge.measures.questions import question
from weighbridge.records.answer import Answer
from weighbridge.records.cells import Slice
from weighbridge.records.question import Question

KEYS = {"from": "from_"}
"""Names of window keys in the ledger that Python keeps for itself."""


WORDS = {"lifetime": "lifetime downloads, the level of the cumulative counter on a day, but for flows only"}
"""What a claim may need that is no option of a question."""


class Answers:
    """Answers of a store or a cube file."""

    def __init__(self, backing: Backing) -> None:
        self.backing = backing
        self.months: dict[Any, Any] = {}  # what `spliced` has weighed of the Hub, which several claims share
        self._last: tuple[Question, Weighed] | None = None

    def question(self, asked: Asked, window: Mapping[str, Any] | None = None) -> Question:
        """The question of a claim, over its own window or another.

        Raises:
            DataMissing: this version cannot be asked so.
        """
        there = inspect.signature(question).parameters
        given = {KEYS.get(key, key): value for key, value in (asked.window if window is None else window).items()}
        for key in {**asked.question, **given}:
            if key not in there:
                raise DataMissing(f"this version cannot be asked for {WORDS.get(key, key)}", "a later one may be")
        try:
            return question(self.backing.hubs(), **asked.question, **given)
        except UsageError as error:
            raise DataMissing(error.message, error.hint) from None

    def options(self, asked: Asked) -> dict[str, Any]:
        """The measure's options, checked, each present.

        Raises:
            DataMissing: this version has no such measure, or the measure no such option or choice.
        """
        if asked.measure not in measures():
            raise DataMissing(f"this version has no measure {asked.measure!r}", "a later one may have")
        known = {option.name: option for option in measures()[asked.measure].options}
        for name in asked.options:
            if name not in known:
                raise DataMissing(f"{asked.measure} cannot be asked with {name!r}", f"it has: {', '.join(known)}")
        chosen = {}
        for name, option in known.items():
            value = asked.options.get(name)
            try:
                chosen[name] = option.checked(value)
            except UsageError as error:
                raise DataMissing(f"{asked.measure} cannot be asked with {name} {value!r}", error.hint) from None
        return chosen

    def weighed(self, question: Question) -> Weighed:
        """The weighed cells of a question.

        Raises:
            DataMissing: what is held cannot answer it.
        """
        if self._last is None or self._last[0] != question:
            self._last = None  # two weighings of a whole hub need not be held at once
            try:
                self._last = question, weighed_for(self.backing, question)
            except UsageError as error:
                raise DataMissing(error.message, error.hint) from None
        return self._last[1]

    def created(self, question: Question) -> Slice:
        """The models that a question counts, in the periods of their creation.

        Raises:
            DataMissing: what is held cannot answer it.
        """
        try:
            return Asking(self.backing, question).created().weighed.slice
        except UsageError as error:
            raise DataMissing(error.message, error.hint) from None

    def answer(self, asked: Asked, question: Question) -> Answer:
        """A measure's answer to a question.

        Raises:
            DataMissing: what is held cannot answer it.
        """
        chosen = self.options(asked)
        measure = measures()[asked.measure]
        try:
            if isinstance(measure, Comparison):
                return ask(self.backing, asked.measure, question, asked.options)
            if measure.clean is not None:
                question = replace(question, definition=replace(question.definition, clean=measure.clean))
            return measure.of(self.weighed(question), chosen)
        except UsageError as error:
            raise DataMissing(error.message, error.hint) from None

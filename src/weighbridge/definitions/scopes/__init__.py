"""One file a scope: which models a question is about. What defines `SCOPE` here is found by itself."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from weighbridge.records.cells import Coded
from weighbridge.records.discovery import registered

Mask = npt.NDArray[np.bool_]

LANGUAGE_TASKS = (
    "text-generation",
    "text2text-generation",
    "conversational",
    "image-text-to-text",
    "visual-question-answering",
    "any-to-any",
)
"""The Hub's task tags of language and vision-language models; `conversational` is the older tag."""


@dataclass(frozen=True)
class Subject:
    """What a scope may look at: one row a model.

    Attributes:
        task: task tags.
        relation: declared or inferred relation to the base.
        quantised: whether the weights are a quantised copy.
        created: creation day number, -2**31 where unknown.
        weights: whether weights can be downloaded; false only where the register says so.
        names: repository names.
    """

    task: Coded
    relation: Coded
    quantised: Mask
    created: npt.NDArray[np.int32]
    weights: Mask
    names: Coded


class Scope(Protocol):
    """A choice of models."""

    @property
    def id(self) -> str:
        """Name on the command line."""
        ...

    @property
    def title(self) -> str:
        """One line."""
        ...

    def holds(self, subject: Subject) -> Mask:
        """Which models are in it, bool[n]."""
        ...


def in_labels(coded: Coded, wanted: tuple[str, ...]) -> Mask:
    """Which rows carry one of some texts."""
    hit = np.array([name in wanted for name in coded.names.to_pylist()], bool)
    return np.asarray(hit[coded.codes], dtype=bool)


@functools.cache
def scopes() -> dict[str, Scope]:
    """All scopes by id."""
    return cast("dict[str, Scope]", registered(sys.modules[__name__], "SCOPE"))

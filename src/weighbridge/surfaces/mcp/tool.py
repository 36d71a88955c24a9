"""What a tool is, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from weighbridge.measures import Option
from weighbridge.records.presented import Presented
from weighbridge.surfaces.mcp.arguments import Schema, schema
from weighbridge.surfaces.mcp.fitting import PAGING
from weighbridge.surfaces.views.shelf import Shelf


@dataclass(frozen=True)
class Reply:
    """What a tool found, before it is fitted and marked.

    Attributes:
        title: what it is, in a line of ours.
        document: the JSON document; its `rows` are what is paged.
        lines: what is said of it above its rows, each a head and a text; the hub's names in it are quoted.
        presented: how its rows are shown to people.
        command: the command that prints the same; empty where none does.
    """

    title: str
    document: Mapping[str, Any]
    lines: Sequence[tuple[str, str]] = ()
    presented: Presented = field(default_factory=Presented)
    command: str = ""


@dataclass(frozen=True)
class Tool:
    """Something that an assistant can ask.

    Attributes:
        name: by which it is called.
        title: in a few words.
        words: what it answers.
        options: what it can be asked with; those of paging come on top.
        needed: names of the options that must be given.
        paged: whether it gives rows, of which some can be asked for.
        answer: from the given arguments without those of paging, unchecked, to what is found.
    """

    name: str
    title: str
    words: str
    options: tuple[Option, ...]
    answer: Callable[[Shelf, Mapping[str, Any]], Reply]
    needed: tuple[str, ...] = ()
    paged: bool = True

    @property
    def paging(self) -> tuple[Option, ...]:
        """Options that say which rows are shown."""
        return PAGING if self.paged else ()

    @property
    def schema(self) -> Schema:
        """The JSON schema of its arguments."""
        return schema((*self.options, *self.paging), self.needed)
